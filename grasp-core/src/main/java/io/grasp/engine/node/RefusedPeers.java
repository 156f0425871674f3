package io.grasp.engine.node;

import io.grasp.inspection.RefusedPeer;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The peers that were refused last, for the operator: as many as fit on a screen, since any host can cause them. */
public final class RefusedPeers {
    private static final int MOST = 32;

    private final Loop loop;
    /** The one that was refused last is the last. */
    private final Map<Key, Refused> peers = new LinkedHashMap<>();

    RefusedPeers(Loop loop) {
        this.loop = loop;
    }

    private record Key(@Nullable InetAddress address, PeerRefusal reason) {}

    private record Refused(
            InetSocketAddress peer, @Nullable PeerIdentity identity, String detail, long count, long lastNanos) {}

    void add(PeerRefusal reason, InetSocketAddress peer, @Nullable PeerIdentity identity, String detail) {
        Key key = new Key(peer.getAddress(), reason);
        Refused before = peers.remove(key);
        peers.put(key, new Refused(peer, identity, detail, before == null ? 1 : before.count + 1, loop.nanoTime()));
        if (peers.size() > MOST) {
            peers.remove(peers.keySet().iterator().next());
        }
    }

    /** {@return the peers, the one that was refused last first} */
    public List<RefusedPeer> entries() {
        long now = loop.nanoTime();
        List<RefusedPeer> all = new ArrayList<>(peers.size());
        peers.forEach((key, each) -> all.add(new RefusedPeer(
                each.peer,
                Optional.ofNullable(each.identity),
                key.reason,
                each.detail,
                each.count,
                Duration.ofNanos(now - each.lastNanos))));
        Collections.reverse(all);
        return all;
    }
}
