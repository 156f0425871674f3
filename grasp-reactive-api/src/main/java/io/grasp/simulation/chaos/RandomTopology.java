package io.grasp.simulation.chaos;

import io.grasp.substrate.sim.topology.Topology;
import java.util.List;
import java.util.Locale;

/** Chooses a topology at random. */
final class RandomTopology {
    private static final int FEWEST = 3;
    private static final int MOST = 16;
    /** A larger mesh would have too many links. */
    private static final int LARGEST_MESH = 12;
    /** A longer chain would be too deep for loop counts. */
    private static final int LONGEST = 100;

    private RandomTopology() {}

    /** {@return the text for {@link Topology#parse}} */
    static String draw(ChaosConfig config, ChaosRandom draw) {
        int nodes = config.nodes() == 0 ? draw.between(FEWEST, MOST) : config.nodes();
        List<String> shallow = List.of("star", "tree", "random", "random", "lan");
        List<String> all = List.of("chain", "ring", "star", "mesh", "tree", "random", "random", "lan");
        String kind = draw.any(nodes > LONGEST ? shallow : all);
        int arity = draw.between(2, 3);
        double most = Math.min(nodes - 1.0, 5);
        double least = 2.0 * (nodes - 1) / nodes;
        double degree = least + draw.upTo(most - least);
        return switch (kind) {
            case "ring" -> nodes < FEWEST ? "chain:" + nodes : "ring:" + nodes;
            case "mesh" -> nodes > LARGEST_MESH ? "ring:" + nodes : "mesh:" + nodes;
            case "tree" -> "tree:" + nodes + ":" + arity;
            case "random" -> String.format(Locale.ROOT, "random:%d:%.3f", nodes, Math.max(degree, least + 1e-3));
            default -> kind + ":" + nodes;
        };
    }
}
