package io.grasp.engine.channel;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the connections that each peer has opened to this node or has made it open, so that no peer can use up all of
 * them.
 */
public final class PeerConnections {
    private final int most;
    private final Map<InetAddress, Integer> open = new HashMap<>();

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
