package io.grasp.substrate.sim.topology;

import io.grasp.substrate.sim.time.SeededRandom;
import io.grasp.substrate.sim.topology.Topology.Edge;
import java.util.ArrayList;
import java.util.List;

/**
 * The links of a graph whose degrees follow a power law: it grows node by node, and each new node prefers neighbors
 * that already have many links (Barabási and Albert, 1999).
 */
final class PreferentialAttachment {
    private final int links;
    private final SeededRandom random;
    private final List<Edge> edges;

    /** Both ends of each edge, so that a node occurs as often as it has links. */
    private final int[] ends;

    private PreferentialAttachment(int links, int count, long seed) {
        this.links = links;
        this.random = new SeededRandom(seed, 0);
        this.edges = new ArrayList<>(count);
        this.ends = new int[2 * count];
    }

    /** {@return the number of edges} */
    static long count(int nodes, int links) {
        long core = links * (links + 1L) / 2;
        return core + (nodes - links - 1L) * links;
    }

    /** {@return the edges of this number of nodes, more than the number of links that each new node gets} */
    static List<Edge> draw(int nodes, int links, long seed) {
        PreferentialAttachment drawing = new PreferentialAttachment(links, Math.toIntExact(count(nodes, links)), seed);
        drawing.meshOfTheFirst();
        for (int node = links + 1; node < nodes; node++) {
            drawing.attach(node);
        }
        return drawing.edges;
    }

    private void meshOfTheFirst() {
        for (int a = 0; a <= links; a++) {
            for (int b = a + 1; b <= links; b++) {
                add(a, b);
            }
        }
    }

    private void attach(int node) {
        int[] chosen = new int[links];
        int known = 2 * edges.size();
        for (int i = 0; i < links; i++) {
            do {
                chosen[i] = ends[(int) random.upTo(known - 1)];
            } while (isAmong(chosen, i));
        }
        for (int neighbor : chosen) {
            add(neighbor, node);
        }
    }

    private static boolean isAmong(int[] chosen, int last) {
        for (int i = 0; i < last; i++) {
            if (chosen[i] == chosen[last]) {
                return true;
            }
        }
        return false;
    }

    private void add(int a, int b) {
        ends[2 * edges.size()] = a;
        ends[2 * edges.size() + 1] = b;
        edges.add(new Edge(a, b));
    }
}
