package io.grasp.substrate.sim.topology;

import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The topology of a network: nodes, numbered from 0, and links between pairs of them, or a single link with all nodes.
 * Immutable.
 */
public final class Topology {
    private static final int MOST_LINKS = 1 << 30;

    private final int nodes;
    private final boolean lan;
    private final List<Edge> edges;
    private final Graph graph;

    /**
     * A link between two nodes.
     *
     * @param a the number of one node
     * @param b the number of the other
     */
    public record Edge(int a, int b) {
        private Edge inOrder() {
            return a <= b ? this : new Edge(b, a);
        }

        @Override
        public String toString() {
            return a + "-" + b;
        }
    }

    private Topology(int nodes, boolean lan, List<Edge> edges) {
        this.nodes = nodes;
        this.lan = lan;
        this.edges = List.copyOf(edges);
        this.graph = new Graph(nodes, this.edges);
    }

    /**
     * Any graph. It need not be connected.
     *
     * @param nodes the number of nodes, from 1
     * @param edges the links between them
     * @return the topology
     * @throws IllegalArgumentException if an edge names a node that does not exist, joins a node to itself, or occurs
     *     twice
     */
    public static Topology of(int nodes, List<Edge> edges) {
        requireNodes(nodes, 1, "a topology");
        Set<Edge> seen = new HashSet<>();
        for (Edge edge : edges) {
            if (edge.a() < 0 || edge.b() < 0 || edge.a() >= nodes || edge.b() >= nodes) {
                throw new IllegalArgumentException("edge " + edge + " is not between nodes 0 to " + (nodes - 1));
            }
            if (edge.a() == edge.b()) {
                throw new IllegalArgumentException("edge " + edge + " joins a node to itself");
            }
            if (!seen.add(edge.inOrder())) {
                throw new IllegalArgumentException("edge " + edge + " occurs twice");
            }
        }
        return new Topology(nodes, false, edges);
    }

    /**
     * Any graph, with the nodes that its edges name.
     *
     * @param edges the links; the largest number in them is that of the last node
     * @return the topology
     * @throws IllegalArgumentException as {@link #of(int, List)}, or if there are no edges
     */
    public static Topology of(List<Edge> edges) {
        if (edges.isEmpty()) {
            throw new IllegalArgumentException("a topology of edges needs at least one");
        }
        int last = edges.stream()
                .mapToInt(edge -> Math.max(edge.a(), edge.b()))
                .max()
                .orElseThrow();
        return of(Math.addExact(last, 1), edges);
    }

    /**
     * {@return nodes in a row, at least 1}
     *
     * @param nodes the number of nodes
     */
    public static Topology chain(int nodes) {
        requireNodes(nodes, 1, "a chain");
        return tree(nodes, 1);
    }

    /**
     * {@return nodes in a circle, at least 3}
     *
     * @param nodes the number of nodes
     */
    public static Topology ring(int nodes) {
        requireNodes(nodes, 3, "a ring");
        List<Edge> edges = new ArrayList<>(chain(nodes).edges);
        edges.add(new Edge(nodes - 1, 0));
        return new Topology(nodes, false, edges);
    }

    /**
     * {@return a hub, which is node 0, and leaves around it; at least 2 nodes in all}
     *
     * @param nodes the number of nodes
     */
    public static Topology star(int nodes) {
        requireNodes(nodes, 2, "a star");
        return tree(nodes, nodes - 1);
    }

    /**
     * {@return nodes with a link between each pair, at least 1}
     *
     * @param nodes the number of nodes
     */
    public static Topology mesh(int nodes) {
        requireNodes(nodes, 1, "a mesh");
        List<Edge> edges = new ArrayList<>();
        for (int a = 0; a < nodes; a++) {
            for (int b = a + 1; b < nodes; b++) {
                edges.add(new Edge(a, b));
            }
        }
        return new Topology(nodes, false, edges);
    }

    /**
     * A tree, filled from the root, which is node 0, layer by layer.
     *
     * @param nodes how many nodes, from 1
     * @param arity the maximum number of children of a node, from 1
     * @return the topology
     * @throws IllegalArgumentException if a number is too small
     */
    public static Topology tree(int nodes, int arity) {
        requireNodes(nodes, 1, "a tree");
        if (arity < 1) {
            throw new IllegalArgumentException("a tree needs an arity of at least 1, not " + arity);
        }
        List<Edge> edges = new ArrayList<>(nodes - 1);
        for (int child = 1; child < nodes; child++) {
            edges.add(new Edge((child - 1) / arity, child));
        }
        return new Topology(nodes, false, edges);
    }

    /**
     * A connected random graph: a random tree plus random links.
     *
     * @param nodes the number of nodes, from 2
     * @param meanDegree the average number of links of a node, rounded to a whole number of links
     * @param seed determines the graph
     * @return the topology
     * @throws IllegalArgumentException if the degree is too small for a connected graph, or greater than one link to
     *     each other node
     */
    public static Topology random(int nodes, double meanDegree, long seed) {
        requireNodes(nodes, 2, "a random graph");
        double wanted = Math.rint(nodes * meanDegree / 2);
        double most = nodes * (nodes - 1.0) / 2;
        if (!(wanted >= nodes - 1 && wanted <= most)) {
            throw new IllegalArgumentException("mean degree " + meanDegree + " of " + nodes + " nodes is not from "
                    + 2.0 * (nodes - 1) / nodes + " to " + (nodes - 1));
        }
        return new Topology(nodes, false, RandomEdges.draw(nodes, (int) wanted, seed));
    }

    /**
     * A connected random graph whose degrees follow a power law: a few nodes have very many links. It grows node by
     * node, and each new node prefers neighbors that already have many links (Barabási and Albert).
     *
     * @param nodes the number of nodes, from 2
     * @param links the number of links of each new node, 1 to {@code nodes - 1}; the first {@code links + 1} nodes form
     *     a mesh
     * @param seed determines the graph
     * @return the topology
     * @throws IllegalArgumentException if a number is out of its range, or there would be more than 2^30 links
     */
    public static Topology powerLaw(int nodes, int links, long seed) {
        requireNodes(nodes, 2, "a power-law graph");
        if (links < 1 || links >= nodes) {
            throw new IllegalArgumentException("a power-law graph of " + nodes + " nodes has 1 to " + (nodes - 1)
                    + " links of each new node, not " + links);
        }
        if (PreferentialAttachment.count(nodes, links) > MOST_LINKS) {
            throw new IllegalArgumentException(
                    "a power-law graph of " + nodes + " nodes with " + links + " links of each new node is too large");
        }
        return new Topology(nodes, false, PreferentialAttachment.draw(nodes, links, seed));
    }

    /**
     * {@return nodes that are all on one link, at least 1}
     *
     * @param nodes the number of nodes
     */
    public static Topology lan(int nodes) {
        requireNodes(nodes, 1, "a lan");
        return new Topology(nodes, true, List.of());
    }

    /**
     * Parses the text of a command line: {@code chain:8}, {@code ring:8}, {@code star:8}, {@code mesh:8},
     * {@code tree:15:2} (nodes and arity), {@code random:100:4} (nodes and mean degree), {@code powerlaw:100:2} (nodes
     * and links of each new node), {@code lan:5} or {@code edges:0-1,1-2,2-0}.
     *
     * @param text the text
     * @param seed determines a random or power-law graph
     * @return the topology
     * @throws IllegalArgumentException if the text is not valid; the message says what is wrong
     */
    public static Topology parse(String text, long seed) {
        return new TopologyText(text).parse(seed);
    }

    private static void requireNodes(int nodes, int least, String what) {
        if (nodes < least) {
            throw new IllegalArgumentException(what + " needs at least " + least + " nodes, not " + nodes);
        }
    }

    /** {@return the number of nodes} */
    public int nodes() {
        return nodes;
    }

    /** {@return the links between two nodes; none in a {@link #lan}} */
    public List<Edge> edges() {
        return edges;
    }

    /** {@return whether all nodes are on one link} */
    public boolean isLan() {
        return lan;
    }

    /**
     * The number of neighbors of a node.
     *
     * @param node the node's number
     * @return the number of its neighbors
     * @throws IndexOutOfBoundsException if there is no such node
     */
    public int degree(int node) {
        return lan ? nodes - 1 : graph.degree(node);
    }

    /**
     * The distance of each node from one of them.
     *
     * @param from the number of that node
     * @return the number of links to each node, by node number; -1 if there is no path
     * @throws IndexOutOfBoundsException if there is no such node
     */
    public int[] distances(int from) {
        if (!lan) {
            return graph.distances(from);
        }
        int[] distances = new int[nodes];
        Arrays.fill(distances, 1);
        distances[from] = 0;
        return distances;
    }

    /** {@return whether there is a path between each pair of nodes} */
    public boolean isConnected() {
        return lan || graph.eccentricity(0) >= 0;
    }

    /**
     * The diameter: the greatest distance between two nodes. Takes time proportional to the number of nodes times the
     * number of links; {@link #diameterAtLeast} is for large graphs.
     *
     * @return the number of links between them, 0 for a single node
     * @throws IllegalStateException if the topology is not connected
     */
    public int diameter() {
        if (!isConnected()) {
            throw new IllegalStateException("the topology is not connected");
        }
        return lan ? Math.min(1, nodes - 1) : graph.diameter();
    }

    /**
     * A lower bound of the {@link #diameter}: the greatest distance that a few searches for farther and farther nodes
     * find. It is exact in a tree, and hardly ever more than one or two links too low in a random graph. Takes time
     * proportional to the number of links.
     *
     * @return the number of links
     * @throws IllegalStateException if the topology is not connected
     */
    public int diameterAtLeast() {
        if (!isConnected()) {
            throw new IllegalStateException("the topology is not connected");
        }
        return lan ? Math.min(1, nodes - 1) : graph.diameterAtLeast();
    }

    /**
     * Builds the topology in a network: nodes {@code n0}, {@code n1} and so on, and for each edge, in order, a link
     * {@code n0-n1}; a {@link #lan} has one link {@code lan}.
     *
     * @param network a network without links of these names; nodes of these names that it has are used
     * @param kind how the links carry multicasts
     * @param conditions how the links treat messages
     * @return the nodes and links
     */
    public SimTopology build(SimNetwork network, LinkKind kind, LinkConditions conditions) {
        List<SimNode> made = new ArrayList<>(nodes);
        for (int i = 0; i < nodes; i++) {
            made.add(network.node("n" + i));
        }
        List<SimLink> links = new ArrayList<>(edges.size());
        for (Edge edge : edges) {
            SimNode a = made.get(edge.a());
            SimNode b = made.get(edge.b());
            links.add(network.link(a.name() + "-" + b.name(), kind, conditions, a, b));
        }
        if (lan) {
            links.add(network.link("lan", kind, conditions, made.toArray(SimNode[]::new)));
        }
        return new SimTopology(this, made, links);
    }
}
