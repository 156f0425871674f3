package io.grasp.simulation.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A chart, whatever it is drawn with.
 *
 * @param nodes the names of the lifelines, from left to right; printable
 * @param rows from above to below
 * @param spans what lasts over several rows
 * @param omittedRows how many rows there are no more, because there would be too many
 */
record ChartLayout(List<String> nodes, List<ChartRow> rows, List<ChartSpan> spans, int omittedRows) {
    ChartLayout {
        nodes = List.copyOf(nodes);
        rows = List.copyOf(rows);
        spans = List.copyOf(spans);
    }

    /** {@return the number of each lifeline, from 0} */
    Map<String, Integer> lanes() {
        Map<String, Integer> lanes = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            lanes.put(nodes.get(i), i);
        }
        return lanes;
    }

    /** {@return what to say of the rows that are left out; empty if there are none} */
    String omission() {
        return omittedRows == 0 ? "" : "rows not shown: " + omittedRows;
    }
}
