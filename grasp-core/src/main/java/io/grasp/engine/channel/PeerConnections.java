package io.grasp.engine.channel;

import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the connections that each peer has opened to this node or has made it open, so that no peer can use up all of
 * them.
 */
public final class PeerConnections {
    private final int most;
    /** Ordered, because peers can have any number of addresses with the same hash code. */
    private final Map<InetAddress, Integer> open = new TreeMap<>(PeerAddresses::compare);

    public PeerConnections(int most) {
        this.most = most;
    }

    /** {@return whether the peer may have one more connection} If so, {@link #end} releases it. */
    public boolean begin(InetAddress peer) {
        int count = open.getOrDefault(peer, 0);
        if (count >= most) {
            return false;
        }
        open.put(peer, count + 1);
        return true;
    }

    public void end(InetAddress peer) {
        open.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
    }
}
