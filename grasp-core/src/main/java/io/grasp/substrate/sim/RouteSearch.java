package io.grasp.substrate.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Searches for the route with the fewest links, from both ends at once, so that it visits few nodes of a large network.
 * It only looks up entries of maps and never iterates over them, so that the result does not depend on identities.
 */
final class RouteSearch {
    private final SimNode from;
    private final boolean despiteFaults;
    private final Side here;
    private final Side there;

    private RouteSearch(SimNode from, SimNode to, boolean despiteFaults) {
        this.from = from;
        this.despiteFaults = despiteFaults;
        this.here = new Side(from);
        this.there = new Side(to);
    }

    /** {@return the shortest usable route, or {@code null} if there is none} */
    static @Nullable Route usable(SimNode from, SimNode to) {
        return from.group() == to.group() ? new RouteSearch(from, to, false).search(to) : null;
    }

    /** {@return the shortest route, even if faults block it, or {@code null} if there is none} */
    static @Nullable Route physical(SimNode from, SimNode to) {
        return new RouteSearch(from, to, true).search(to);
    }

    private @Nullable Route search(SimNode to) {
        if (from == to) {
            return Route.none(from);
        }
        while (!here.isExhausted() && !there.isExhausted()) {
            boolean smaller = here.frontierSize() <= there.frontierSize();
            Side side = smaller ? here : there;
            Side other = smaller ? there : here;
            if (side.nodeFrontier.isEmpty()) {
                SimNode met = side.nodesOfLinks(other);
                if (met != null) {
                    return route(to, met);
                }
            } else {
                SimLink met = side.linksOfNodes(other);
                if (met != null) {
                    return route(to, here.entry(met), there.entry(met));
                }
            }
        }
        return null;
    }

    private Route route(SimNode to, SimNode met) {
        List<Route.Hop> hops = new ArrayList<>(here.hopsFrom(met));
        Collections.reverse(hops);
        there.hopsFrom(met).forEach(hop -> hops.add(new Route.Hop(hop.to(), hop.from())));
        return new Route(from, to, hops);
    }

    private Route route(SimNode to, Attachment out, Attachment in) {
        List<Route.Hop> hops = new ArrayList<>(here.hopsFrom(out.node()));
        Collections.reverse(hops);
        hops.add(new Route.Hop(out, in));
        there.hopsFrom(in.node()).forEach(hop -> hops.add(new Route.Hop(hop.to(), hop.from())));
        return new Route(from, to, hops);
    }

    /** The part visited from one end, in alternate layers of nodes and links; one of the two frontiers is empty. */
    private final class Side {
        private final SimNode start;
        private final Map<SimNode, Route.Hop> nodes = new HashMap<>();
        private final Map<SimLink, Attachment> links = new HashMap<>();
        private List<SimNode> nodeFrontier;
        private List<SimLink> linkFrontier = List.of();

        Side(SimNode start) {
            this.start = start;
            this.nodeFrontier = List.of(start);
        }

        boolean isExhausted() {
            return frontierSize() == 0;
        }

        int frontierSize() {
            return nodeFrontier.size() + linkFrontier.size();
        }

        /** {@return the attachment by which the link was entered} */
        Attachment entry(SimLink link) {
            Attachment entry = links.get(link);
            if (entry == null) {
                throw new AssertionError(link + " has not been seen");
            }
            return entry;
        }

        /** Continues to the links of the nodes; {@return a link that the other side has visited}. */
        @Nullable
        SimLink linksOfNodes(Side other) {
            List<SimLink> next = new ArrayList<>();
            for (SimNode node : nodeFrontier) {
                for (Attachment attachment : node.attachments()) {
                    SimLink link = attachment.link();
                    if ((despiteFaults || !link.isDown()) && links.putIfAbsent(link, attachment) == null) {
                        if (other.links.containsKey(link)) {
                            return link;
                        }
                        next.add(link);
                    }
                }
            }
            nodeFrontier = List.of();
            linkFrontier = next;
            return null;
        }

        /** Continues to the nodes of the links; {@return a node that the other side has visited}. */
        @Nullable
        SimNode nodesOfLinks(Side other) {
            List<SimNode> next = new ArrayList<>();
            for (SimLink link : linkFrontier) {
                Attachment entry = entry(link);
                for (Attachment attachment : link.attachments()) {
                    SimNode node = attachment.node();
                    if (node != start
                            && passes(node)
                            && nodes.putIfAbsent(node, new Route.Hop(entry, attachment)) == null) {
                        if (node == other.start || other.nodes.containsKey(node)) {
                            return node;
                        }
                        next.add(node);
                    }
                }
            }
            linkFrontier = List.of();
            nodeFrontier = next;
            return null;
        }

        private boolean passes(SimNode node) {
            return despiteFaults || node.group() == from.group() && (node.isAwake() || isEnd(node));
        }

        private boolean isEnd(SimNode node) {
            return node == here.start || node == there.start;
        }

        /** {@return the links from a node back to this side's end} */
        List<Route.Hop> hopsFrom(SimNode node) {
            List<Route.Hop> hops = new ArrayList<>();
            for (Route.Hop hop = nodes.get(node);
                    hop != null;
                    hop = nodes.get(hop.from().node())) {
                hops.add(hop);
            }
            return hops;
        }
    }
}
