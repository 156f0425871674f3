package io.grasp.substrate.sim.topology;

import io.grasp.substrate.sim.time.SeededRandom;
import io.grasp.substrate.sim.topology.Topology.Edge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The links of a random connected graph. */
final class RandomEdges {
    private final int nodes;
    private final SeededRandom random;
    private final List<Edge> edges;
    private final Set<Long> taken = new HashSet<>();

    private RandomEdges(int nodes, int count, long seed) {
        this.nodes = nodes;
        this.random = new SeededRandom(seed, 0);
        this.edges = new ArrayList<>(count);
    }

    /** {@return this number of distinct edges, at least one less than there are nodes} */
    static List<Edge> draw(int nodes, int count, long seed) {
        RandomEdges drawing = new RandomEdges(nodes, count, seed);
        drawing.growTree();
        long pairs = nodes * (nodes - 1L) / 2;
        if (count <= pairs / 2) {
            drawing.tryPairs(count);
        } else {
            drawing.pickFromAllPairs(count);
        }
        return drawing.edges;
    }

    /** Connects each node to one that is already in the tree. */
    private void growTree() {
        for (int node = 1; node < nodes; node++) {
            add((int) random.upTo(node - 1), node);
        }
    }

    private void tryPairs(int count) {
        while (edges.size() < count) {
            int a = (int) random.upTo(nodes - 1);
            int b = (int) random.upTo(nodes - 1);
            if (a != b) {
                add(Math.min(a, b), Math.max(a, b));
            }
        }
    }

    /** Chooses from the list of all pairs: in a dense graph, most randomly tried pairs would already be edges. */
    private void pickFromAllPairs(int count) {
        List<Edge> free = new ArrayList<>();
        for (int a = 0; a < nodes; a++) {
            for (int b = a + 1; b < nodes; b++) {
                if (!taken.contains(key(a, b))) {
                    free.add(new Edge(a, b));
                }
            }
        }
        while (edges.size() < count) {
            int index = (int) random.upTo(free.size() - 1);
            Edge last = free.remove(free.size() - 1);
            edges.add(index == free.size() ? last : free.set(index, last));
        }
    }

    private void add(int a, int b) {
        if (taken.add(key(a, b))) {
            edges.add(new Edge(a, b));
        }
    }

    private long key(int a, int b) {
        return (long) a * nodes + b;
    }
}
