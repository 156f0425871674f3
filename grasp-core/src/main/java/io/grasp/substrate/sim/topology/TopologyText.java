package io.grasp.substrate.sim.topology;

import io.grasp.substrate.sim.topology.Topology.Edge;
import java.util.ArrayList;
import java.util.List;

/** The text form of a topology on a command line: a kind and its numbers, separated by colons. */
final class TopologyText {
    private static final String FORMS =
            "chain:N, ring:N, star:N, mesh:N, tree:N:ARITY, random:N:DEGREE, powerlaw:N:LINKS, lan:N or edges:A-B,C-D";

    private final String text;
    private final String[] parts;

    TopologyText(String text) {
        this.text = text;
        this.parts = text.split(":", -1);
    }

    Topology parse(long seed) {
        return switch (parts[0]) {
            case "chain" -> Topology.chain(onlyNumber());
            case "ring" -> Topology.ring(onlyNumber());
            case "star" -> Topology.star(onlyNumber());
            case "mesh" -> Topology.mesh(onlyNumber());
            case "lan" -> Topology.lan(onlyNumber());
            case "tree" -> {
                requireParts(2, "nodes and arity");
                yield Topology.tree(integer(parts[1]), integer(parts[2]));
            }
            case "random" -> {
                requireParts(2, "nodes and mean degree");
                yield Topology.random(integer(parts[1]), decimal(parts[2]), seed);
            }
            case "powerlaw" -> {
                requireParts(2, "nodes and links of each new node");
                yield Topology.powerLaw(integer(parts[1]), integer(parts[2]), seed);
            }
            case "edges" -> {
                requireParts(1, "a list of edges");
                yield Topology.of(edges(parts[1]));
            }
            default -> throw wrong("'" + parts[0] + "' is not one of " + FORMS);
        };
    }

    private int onlyNumber() {
        requireParts(1, "a number of nodes");
        return integer(parts[1]);
    }

    private void requireParts(int count, String what) {
        if (parts.length != count + 1) {
            throw wrong(parts[0] + " takes " + what);
        }
    }

    private int integer(String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw wrong("'" + number + "' is not a whole number");
        }
    }

    private double decimal(String number) {
        try {
            return Double.parseDouble(number);
        } catch (NumberFormatException e) {
            throw wrong("'" + number + "' is not a number");
        }
    }

    private List<Edge> edges(String list) {
        List<Edge> edges = new ArrayList<>();
        for (String edge : list.split(",", -1)) {
            String[] ends = edge.split("-", -1);
            if (ends.length != 2) {
                throw wrong("'" + edge + "' is not an edge such as 0-1");
            }
            edges.add(new Edge(integer(ends[0]), integer(ends[1])));
        }
        return edges;
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException("topology '" + text + "': " + why);
    }
}
