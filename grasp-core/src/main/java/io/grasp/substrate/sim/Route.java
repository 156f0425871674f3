package io.grasp.substrate.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A way through the network: the links from one node to another. It stays the same, and breaks if one of them goes. */
record Route(List<Hop> hops) {
    /** The way from a node to itself, or to nowhere. */
    static final Route NONE = new Route(List.of());

    /** One link of the way, from node to node. */
    record Hop(Attachment from, Attachment to) {}

    static Route direct(Attachment from, Attachment to) {
        return new Route(List.of(new Hop(from, to)));
    }

    /** {@return the way with the fewest links, or {@code null} if there is none} */
    static @Nullable Route shortest(SimNode from, SimNode to) {
        Map<SimNode, Hop> reachedBy = new HashMap<>();
        Queue<SimNode> frontier = new ArrayDeque<>(List.of(from));
        for (SimNode node = frontier.poll(); node != null && node != to; node = frontier.poll()) {
            for (Attachment out : node.attachments()) {
                for (Attachment in : out.link().attachments()) {
                    if (in.node() != from && reachedBy.putIfAbsent(in.node(), new Hop(out, in)) == null) {
                        frontier.add(in.node());
                    }
                }
            }
        }
        Deque<Hop> hops = new ArrayDeque<>();
        Hop last = reachedBy.get(to);
        while (last != null) {
            hops.addFirst(last);
            last = reachedBy.get(last.from().node());
        }
        return from == to || !hops.isEmpty() ? new Route(List.copyOf(hops)) : null;
    }

    long delayNanos() {
        return hops.stream().mapToLong(hop -> hop.from().link().delayNanos()).sum();
    }

    boolean uses(Attachment attachment) {
        return hops.stream().anyMatch(hop -> hop.from() == attachment || hop.to() == attachment);
    }

    boolean isIntact() {
        return hops.stream().allMatch(hop -> hop.from().isAttached() && hop.to().isAttached());
    }
}
