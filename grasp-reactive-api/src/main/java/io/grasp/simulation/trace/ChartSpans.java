package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds out how long nodes are down and the network is partitioned. */
final class ChartSpans {
    private static final String NETWORK = "";

    private final Map<String, ChartSpan> open = new LinkedHashMap<>();
    private final List<ChartSpan> ended = new ArrayList<>();

    /**
     * Something happened; most of what happens begins and ends nothing.
     *
     * @param kind what
     * @param node to whom
     * @param row the row that shows it, or {@link ChartSpan#BEFORE}
     */
    void happened(SimEvent.Kind kind, String node, int row) {
        switch (kind) {
            case CRASHED, SUSPENDED, CLOSED -> begin(kind, node, row);
            case PARTITIONED -> begin(kind, NETWORK, row);
            case STARTED, RESUMED -> end(node, row);
            case HEALED -> end(NETWORK, row);
            default -> {}
        }
    }

    /** {@return all of them; those that last end after the last row} */
    List<ChartSpan> finish(int rows) {
        List.copyOf(open.keySet()).forEach(node -> end(node, rows));
        return List.copyOf(ended);
    }

    private void begin(SimEvent.Kind kind, String node, int row) {
        end(node, row);
        open.put(node, new ChartSpan(kind, node, row, row));
    }

    private void end(String node, int row) {
        ChartSpan span = open.remove(node);
        if (span != null && row > ChartSpan.BEFORE) {
            ended.add(new ChartSpan(span.kind(), node, span.firstRow(), row));
        }
    }
}
