package io.grasp.samples.scale;

import io.grasp.substrate.sim.topology.Topology;
import java.util.Locale;

/** The kinds of graphs that are measured. All are connected. */
public enum GraphKind {
    /** A random graph with a mean degree of 4. */
    RANDOM,
    /** A tree in which each node has up to 3 children. */
    TREE,
    /** A graph in which each new node has links to 2 others, and prefers nodes with many links. */
    POWER_LAW;

    private static final int MEAN_DEGREE = 4;
    private static final int CHILDREN = 3;
    private static final int LINKS_OF_NEW_NODE = 2;

    /** {@return the graph, of at least 2 nodes} */
    Topology draw(int nodes, long seed) {
        return switch (this) {
            case RANDOM -> Topology.random(nodes, Math.min(MEAN_DEGREE, nodes - 1), seed);
            case TREE -> Topology.tree(nodes, CHILDREN);
            case POWER_LAW -> Topology.powerLaw(nodes, Math.min(LINKS_OF_NEW_NODE, nodes - 1), seed);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
