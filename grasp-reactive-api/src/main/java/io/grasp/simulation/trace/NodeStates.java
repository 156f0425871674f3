package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tracks which nodes are down and whether the network is partitioned, from the events so far. */
final class NodeStates {
    private final Map<String, SimEvent.Kind> down = new LinkedHashMap<>();
    private boolean partitioned;

    NodeStates copy() {
        NodeStates copy = new NodeStates();
        copy.down.putAll(down);
        copy.partitioned = partitioned;
        return copy;
    }

    /** Notes an event; most kinds change nothing. */
    void happened(SimEvent.Kind kind, String node) {
        switch (kind) {
            case CRASHED, SUSPENDED, CLOSED -> down.put(node, kind);
            case STARTED, RESUMED -> down.remove(node);
            case PARTITIONED -> partitioned = true;
            case HEALED -> partitioned = false;
            default -> {}
        }
    }

    /** {@return the nodes that are down, with what brought them down; a view} */
    Map<String, SimEvent.Kind> down() {
        return Collections.unmodifiableMap(down);
    }

    boolean isPartitioned() {
        return partitioned;
    }
}
