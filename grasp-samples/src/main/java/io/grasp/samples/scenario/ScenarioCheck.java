package io.grasp.samples.scenario;

import io.grasp.substrate.sim.topology.Topology;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Checks that the parts of a scenario fit together: names of nodes, links and classes. */
final class ScenarioCheck {
    private final ScenarioFile file;
    private final Set<String> nodes = new HashSet<>();
    private final Set<String> links = new HashSet<>();

    ScenarioCheck(ScenarioFile file) {
        this.file = file;
    }

    /** @throws ScenarioException if something does not fit */
    void check() {
        Topology topology = file.graph(file.firstSeed());
        IntStream.range(0, topology.nodes()).forEach(node -> nodes.add("n" + node));
        topology.edges().forEach(edge -> links.add("n" + edge.a() + "-n" + edge.b()));
        if (topology.isLan()) {
            links.add("lan");
        }
        workloads();
        adversaries();
        events();
        plots();
    }

    private void workloads() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < file.workloads().size(); i++) {
            ScenarioFile.Entry entry = file.workloads().get(i);
            String place = "/workloads/" + i;
            if (!names.add(entry.name())) {
                throw new ScenarioException(place + "/name", "another workload is called \"" + entry.name() + "\"");
            }
            Workloads.create(entry.run(), place + "/run");
            chosen(entry, place + "/nodes");
        }
    }

    /** Checks the choice of nodes. */
    private void chosen(ScenarioFile.Entry entry, String place) {
        JsonNode choice = entry.nodes();
        if (choice == null || choice.isNull()) {
            return;
        }
        if (choice.isInt()) {
            if (choice.intValue() < 1 || choice.intValue() > nodes.size()) {
                throw new ScenarioException(place, "must be 1 to " + nodes.size() + ", the number of nodes");
            }
        } else if (choice.isArray()) {
            names(choice, place).forEach(name -> requireNode(name, place));
        } else {
            throw new ScenarioException(place, "must be a number of nodes, or a list of their names");
        }
    }

    /** {@return the names in an array} */
    static List<String> names(JsonNode array, String place) {
        List<String> names = new ArrayList<>();
        for (JsonNode each : array) {
            if (!each.isString()) {
                throw new ScenarioException(place, "must be a number of nodes, or a list of their names");
            }
            names.add(each.stringValue());
        }
        if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
            throw new ScenarioException(place, "must name at least one node, and each one once");
        }
        return names;
    }

    private void adversaries() {
        Set<String> names = new HashSet<>(nodes);
        for (int i = 0; i < file.allAdversaries().size(); i++) {
            ScenarioFile.Attacker attacker = file.allAdversaries().get(i);
            String place = "/adversaries/" + i;
            if (!names.add(attacker.name())) {
                throw new ScenarioException(place + "/name", "another node is called \"" + attacker.name() + "\"");
            }
            attacker.on().forEach(node -> requireNode(node, place + "/on"));
        }
    }

    private void events() {
        for (int i = 0; i < file.allEvents().size(); i++) {
            ScenarioFile.Event event = file.allEvents().get(i);
            String place = "/events/" + i;
            if (event.down() != null && !links.contains(event.down())) {
                throw new ScenarioException(place + "/down", "there is no link \"" + event.down() + "\"");
            }
            if (event.crash() != null) {
                requireNode(event.crash(), place + "/crash");
            }
            if (event.suspend() != null) {
                requireNode(event.suspend(), place + "/suspend");
            }
            if (event.partition() != null) {
                Set<String> seen = new HashSet<>();
                for (List<String> group : event.partition()) {
                    for (String node : group) {
                        requireNode(node, place + "/partition");
                        if (!seen.add(node)) {
                            throw new ScenarioException(place + "/partition", node + " is in two groups");
                        }
                    }
                }
            }
        }
    }

    private void plots() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < file.allPlots().size(); i++) {
            String name = file.allPlots().get(i).file();
            if (!names.add(name)) {
                throw new ScenarioException("/plots/" + i + "/file", "another plot is written to " + name);
            }
        }
    }

    private void requireNode(String name, String place) {
        if (!nodes.contains(name)) {
            throw new ScenarioException(
                    place, "there is no node \"" + name + "\"; the nodes are n0 to n" + (nodes.size() - 1));
        }
    }
}
