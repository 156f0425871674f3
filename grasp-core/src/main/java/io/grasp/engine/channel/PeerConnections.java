package io.grasp.engine.channel;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.util.LazyMap;
import java.util.Map;

/**
 * Counts the connections that each peer has opened to this node or has made it open, so that no peer can use up all of
 * them.
 */
public final class PeerConnections {
    private final int most;
    private final Map<TrafficSource, Integer> open = new LazyMap<>();
    private final Map<Integer, Integer> onLinks = new LazyMap<>();

    public PeerConnections(int most) {
        this.most = most;
    }

    /** {@return whether the peer may have one more connection} If so, {@link #end} releases it. */
    public boolean begin(TrafficSource peer) {
        boolean room = open(peer) < most;
        if (room) {
            add(peer);
        }
        return room;
    }

    /** Counts one more connection of a peer, although it may have as many as it may have. */
    public void add(TrafficSource peer) {
        open.merge(peer, 1, Integer::sum);
        onLinks.merge(peer.link(), 1, Integer::sum);
    }

    public void end(TrafficSource peer) {
        open.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
        onLinks.computeIfPresent(peer.link(), (key, count) -> count == 1 ? null : count - 1);
    }

    /** {@return the number of connections of a peer} */
    public int open(TrafficSource peer) {
        return open.getOrDefault(peer, 0);
    }

    /** {@return the number of connections on a link} */
    public int open(int link) {
        return onLinks.getOrDefault(link, 0);
    }
}
