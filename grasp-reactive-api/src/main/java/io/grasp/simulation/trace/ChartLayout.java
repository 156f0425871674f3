package io.grasp.simulation.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a chart, in whatever language it is written.
 *
 * @param nodes the names of the lifelines, from left to right; printable
 * @param rows from top to bottom
 * @param before the states of nodes and network before the first row
 * @param omittedRows how many rows were left out because there would be too many
 */
record ChartLayout(List<String> nodes, List<ChartRow> rows, NodeStates before, int omittedRows) {
    ChartLayout {
        nodes = List.copyOf(nodes);
        rows = List.copyOf(rows);
    }

    /** {@return the number of each lifeline, from 0} */
    Map<String, Integer> lanes() {
        Map<String, Integer> lanes = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            lanes.put(nodes.get(i), i);
        }
        return lanes;
    }

    /** {@return a note about the rows that were left out; empty if there are none} */
    String omission() {
        return omittedRows == 0 ? "" : "rows not shown: " + omittedRows;
    }
}
