package io.grasp.substrate.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A way through the network: the links from one node to another. It stays the same, and breaks if one of them goes.
 *
 * @param from the node where it begins
 * @param to the node where it ends
 * @param hops the links between, none from a node to itself
 */
record Route(SimNode from, SimNode to, List<Hop> hops) {
    /** One link of the way, from node to node. */
    record Hop(Attachment from, Attachment to) {
        SimLink link() {
            return from.link();
        }

        private boolean isUsable() {
            return from.isAttached() && to.isAttached() && !link().isDown() && from.reaches(to);
        }
    }

    /** The way from a node to itself, or to nowhere. */
    static Route none(SimNode node) {
        return new Route(node, node, List.of());
    }

    static Route direct(Attachment from, Attachment to) {
        return new Route(from.node(), to.node(), List.of(new Hop(from, to)));
    }

    Route reversed() {
        List<Hop> back = new ArrayList<>(hops.size());
        hops.forEach(hop -> back.add(new Hop(hop.to(), hop.from())));
        Collections.reverse(back);
        return new Route(to, from, back);
    }

    /** {@return how long it takes at the most if nothing queues, one way} */
    long delayNanos() {
        long sum = 0;
        for (Hop hop : hops) {
            LinkConditions conditions = hop.link().conditions();
            sum += conditions.delay().toNanos() + conditions.jitter().toNanos();
        }
        return sum;
    }

    /** {@return the largest piece that a stream on it is cut into} */
    int segmentSize() {
        int size = Integer.MAX_VALUE;
        for (Hop hop : hops) {
            LinkConditions conditions = hop.link().conditions();
            if (conditions.cutsStreams()) {
                size = Math.min(size, conditions.mtu() - LinkConditions.TCP_HEADERS);
            }
        }
        return size;
    }

    /** {@return whether a packet can take it now; whether it is then heard at the end is another matter} */
    boolean isUsable() {
        for (int i = 0; i < hops.size(); i++) {
            Hop hop = hops.get(i);
            boolean forwards = i == 0 || hop.from().node().isAwake();
            if (!forwards || !hop.isUsable()) {
                return false;
            }
        }
        return true;
    }

    /** {@return how often its links have gone down: if it is another number than before, what was under way is lost} */
    long flaps() {
        long flaps = 0;
        for (Hop hop : hops) {
            flaps += hop.link().flaps();
        }
        return flaps;
    }

    /** {@return the name of its only link, or nothing} */
    String linkName() {
        return hops.size() == 1 ? hops.get(0).link().name() : "";
    }
}
