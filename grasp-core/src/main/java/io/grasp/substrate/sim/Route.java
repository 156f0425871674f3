package io.grasp.substrate.sim;

import io.grasp.substrate.sim.time.SeededRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A route through the network: the links from one node to another. It never changes, and breaks if one of the links
 * goes away.
 *
 * @param from the node where it begins
 * @param to the node where it ends
 * @param hops the links in between; none from a node to itself
 */
record Route(SimNode from, SimNode to, List<Hop> hops) implements Path {
    /** One link of the route, from node to node. */
    record Hop(Attachment from, Attachment to) implements Path.Hop {
        SimLink link() {
            return from.link();
        }

        @Override
        public LinkConditions conditions() {
            return link().conditions();
        }

        @Override
        public SeededRandom random() {
            return link().random();
        }

        @Override
        public long transmit(int bytes) {
            return from.transmit(bytes);
        }

        private boolean isUsable() {
            return from.isAttached() && to.isAttached() && !link().isDown() && from.reaches(to);
        }
    }

    /** The route from a node to itself, or to nowhere. */
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

    @Override
    public long delayNanos() {
        long sum = 0;
        for (Hop hop : hops) {
            LinkConditions conditions = hop.conditions();
            sum += conditions.delay().toNanos() + conditions.jitter().toNanos();
        }
        return sum;
    }

    /** {@return whether the nodes at its ends authenticate each other} */
    boolean isSecured() {
        return hops.stream().anyMatch(hop -> hop.link().kind().isSecured());
    }

    /** {@return the maximum segment size of a stream on it} */
    int segmentSize() {
        int size = Integer.MAX_VALUE;
        for (Hop hop : hops) {
            LinkConditions conditions = hop.conditions();
            if (conditions.cutsStreams()) {
                size = Math.min(size, conditions.mtu() - LinkConditions.TCP_HEADERS);
            }
        }
        return size;
    }

    @Override
    public boolean isUsable() {
        for (int i = 0; i < hops.size(); i++) {
            Hop hop = hops.get(i);
            boolean forwards = i == 0 || hop.from().node().isAwake();
            if (!forwards || !hop.isUsable()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long flaps() {
        long flaps = 0;
        for (Hop hop : hops) {
            flaps += hop.link().flaps();
        }
        return flaps;
    }

    @Override
    public boolean isEndAwake() {
        return to.isAwake();
    }

    @Override
    public void whenStartIsAwake(Runnable task) {
        from.host().whenAwake(task);
    }

    @Override
    public String start() {
        return from.name();
    }

    @Override
    public String end() {
        return to.name();
    }

    @Override
    public String linkName() {
        return hops.size() == 1 ? hops.get(0).link().name() : "";
    }
}
