package io.grasp.substrate.sim.topology;

import io.grasp.substrate.sim.topology.Topology.Edge;
import java.util.Arrays;
import java.util.List;

/** A graph in arrays, for repeated searches of the whole graph. */
final class Graph {
    private static final int UNSEEN = -1;
    /** From how many nodes a lower bound of the diameter is searched. */
    private static final int STARTS = 4;

    /** The index at which the neighbors of each node begin; one entry more than there are nodes. */
    private final int[] begin;

    private final int[] neighbors;

    Graph(int nodes, List<Edge> edges) {
        begin = new int[nodes + 1];
        for (Edge edge : edges) {
            begin[edge.a() + 1]++;
            begin[edge.b() + 1]++;
        }
        for (int i = 0; i < nodes; i++) {
            begin[i + 1] += begin[i];
        }
        neighbors = new int[2 * edges.size()];
        int[] next = begin.clone();
        for (Edge edge : edges) {
            neighbors[next[edge.a()]++] = edge.b();
            neighbors[next[edge.b()]++] = edge.a();
        }
    }

    int degree(int node) {
        return begin[node + 1] - begin[node];
    }

    int[] distances(int from) {
        int[] distances = new int[begin.length - 1];
        search(from, distances, new int[distances.length]);
        return distances;
    }

    /** {@return the distance of the farthest node, or -1 if a node cannot be reached} */
    int eccentricity(int from) {
        int[] distances = new int[begin.length - 1];
        int[] queue = new int[distances.length];
        boolean reachesAll = search(from, distances, queue) == queue.length;
        return reachesAll ? distances[queue[queue.length - 1]] : UNSEEN;
    }

    /** {@return the greatest eccentricity in a connected graph} */
    int diameter() {
        int[] distances = new int[begin.length - 1];
        int[] queue = new int[distances.length];
        int diameter = 0;
        for (int node = 0; node < distances.length; node++) {
            search(node, distances, queue);
            diameter = Math.max(diameter, distances[queue[queue.length - 1]]);
        }
        return diameter;
    }

    /**
     * {@return a lower bound of the diameter of a connected graph} It goes from a node to the farthest one, from there
     * to the farthest one, and so on, as long as the distance grows.
     */
    int diameterAtLeast() {
        int[] distances = new int[begin.length - 1];
        int[] queue = new int[distances.length];
        int greatest = 0;
        for (int start = 0; start < STARTS; start++) {
            int from = (int) ((long) distances.length * start / STARTS);
            int before = UNSEEN;
            int distance = 0;
            while (distance > before) {
                before = distance;
                search(from, distances, queue);
                from = queue[queue.length - 1];
                distance = distances[from];
            }
            greatest = Math.max(greatest, distance);
        }
        return greatest;
    }

    /** Searches breadth first; {@return the number of nodes reached}, which are then in the queue, nearest first. */
    private int search(int from, int[] distances, int[] queue) {
        Arrays.fill(distances, UNSEEN);
        distances[from] = 0;
        queue[0] = from;
        int seen = 1;
        for (int done = 0; done < seen; done++) {
            int node = queue[done];
            for (int i = begin[node]; i < begin[node + 1]; i++) {
                int neighbor = neighbors[i];
                if (distances[neighbor] == UNSEEN) {
                    distances[neighbor] = distances[node] + 1;
                    queue[seen++] = neighbor;
                }
            }
        }
        return seen;
    }
}
