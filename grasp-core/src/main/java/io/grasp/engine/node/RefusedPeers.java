package io.grasp.engine.node;

import io.grasp.inspection.RefusedPeer;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Loop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The peers that were refused last, for the operator: as many as fit on a screen, since any host can cause them. */
public final class RefusedPeers {
    private static final int MOST = 32;

    private final Loop loop;
    /** The one that was refused last is the last. */
    private final List<Refused> peers = new ArrayList<>();

    RefusedPeers(Loop loop) {
        this.loop = loop;
    }

    private record Refused(
            PeerRefusal reason,
            InetSocketAddress peer,
            @Nullable PeerIdentity identity,
            String detail,
            long count,
            long lastNanos) {
        boolean isLike(PeerRefusal other, InetSocketAddress from) {
            return reason == other && Objects.equals(peer.getAddress(), from.getAddress());
        }
    }

    void add(PeerRefusal reason, InetSocketAddress peer, @Nullable PeerIdentity identity, String detail) {
        long before = 0;
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).isLike(reason, peer)) {
                before = peers.remove(i).count;
                break;
            }
        }
        if (peers.size() == MOST) {
            peers.remove(0);
        }
        peers.add(new Refused(reason, peer, identity, detail, before + 1, loop.nanoTime()));
    }

    /** {@return the peers, the one that was refused last first} */
    public List<RefusedPeer> entries() {
        long now = loop.nanoTime();
        List<RefusedPeer> all = new ArrayList<>(peers.size());
        peers.forEach(each -> all.add(new RefusedPeer(
                each.peer,
                Optional.ofNullable(each.identity),
                each.reason,
                each.detail,
                each.count,
                Duration.ofNanos(now - each.lastNanos))));
        Collections.reverse(all);
        return all;
    }
}
