package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.util.List;
import java.util.Map;

/** Writes a chart in the language of Mermaid, which many Markdown viewers render. */
final class MermaidChart {
    private static final int TIME_DIGITS = 6;
    private static final String SPECIAL = "#;<>&%{}\\`+*~$";

    private final ChartLayout layout;
    private final Map<String, Integer> lanes;
    private final StringBuilder out = new StringBuilder("sequenceDiagram\n");

    private MermaidChart(ChartLayout layout) {
        this.layout = layout;
        this.lanes = layout.lanes();
    }

    static String draw(ChartLayout layout) {
        return new MermaidChart(layout).draw();
    }

    private String draw() {
        List<String> nodes = layout.nodes().isEmpty() ? List.of("nothing to show") : layout.nodes();
        for (int lane = 0; lane < nodes.size(); lane++) {
            line("participant n" + lane + " as " + escape(nodes.get(lane)));
        }
        layout.rows().forEach(this::row);
        if (layout.omittedRows() > 0) {
            note(0, nodes.size() - 1, layout.omission());
        }
        return out.toString();
    }

    private void row(ChartRow row) {
        String time = ChartText.seconds(row.at(), TIME_DIGITS) + " ";
        int last = Math.max(0, layout.nodes().size() - 1);
        if (row instanceof ChartRow.Transfer transfer) {
            transfer.targets().forEach(target -> arrow(time, transfer, target));
        } else if (row instanceof ChartRow.Marks marks) {
            int from = marks.nodes().stream().mapToInt(this::lane).min().orElse(0);
            int to = marks.nodes().stream().mapToInt(this::lane).max().orElse(0);
            note(from, to, time + marks.sentence());
        } else if (row instanceof ChartRow.Band band) {
            note(0, last, time + band.text());
        } else {
            note(0, last, ChartText.seconds(((ChartRow.Pause) row).length(), TIME_DIGITS) + " s pass");
        }
    }

    private void arrow(String time, ChartRow.Transfer transfer, ChartRow.Target target) {
        String label = EventLabels.of(target.kind()) + (target.detail().isEmpty() ? "" : ": " + target.detail());
        boolean plain = target.kind() == SimEvent.Kind.DELIVERED || target.kind() == SimEvent.Kind.DATA;
        boolean signal = transfer.summary().type() == MessageSummary.SIGNAL;
        String text = time + transfer.summary().text() + (plain || signal ? "" : " [" + label + "]");
        String head = EventLabels.isArrival(target.kind()) ? "->>" : "--x";
        line("n" + lane(transfer.from()) + head + "n" + lane(target.node()) + ": " + escape(text));
    }

    private void note(int from, int to, String text) {
        line("Note over n" + from + (from == to ? "" : ",n" + to) + ": " + escape(text));
    }

    private int lane(String node) {
        return lanes.getOrDefault(node, 0);
    }

    /** Replaces characters that Mermaid would read as syntax or markup by character references. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (SPECIAL.indexOf(point) >= 0) {
                escaped.append('#').append(point).append(';');
            } else {
                escaped.appendCodePoint(point);
            }
        });
        return escaped.toString();
    }

    private void line(String line) {
        out.append("    ").append(line).append('\n');
    }
}
