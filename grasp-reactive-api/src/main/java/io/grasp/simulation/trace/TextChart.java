package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Draws a chart for a fixed-width font: times at the left, lifelines with arrows, words at the right. */
final class TextChart {
    private static final int TIME_WIDTH = 13;
    private static final int TIME_DIGITS = 6;
    /** What there is to say of a large network may have no end. */
    private static final int LONGEST = 160;

    private final ChartLayout layout;
    private final Glyphs glyphs;
    private final TextColumns columns;
    private final Map<String, Integer> lanes;
    private final StringBuilder out = new StringBuilder();

    private TextChart(ChartLayout layout, Glyphs glyphs) {
        this.layout = layout;
        this.glyphs = glyphs;
        this.columns = TextColumns.of(layout.nodes());
        this.lanes = layout.lanes();
    }

    static String draw(ChartLayout layout, Glyphs glyphs) {
        if (layout.nodes().isEmpty() && layout.rows().isEmpty()) {
            return "nothing to show\n";
        }
        return new TextChart(layout, glyphs).draw();
    }

    private String draw() {
        for (String header : columns.headers(layout.nodes(), glyphs.lifeline())) {
            line("", header, "");
        }
        String before = "";
        for (int i = 0; i < layout.rows().size(); i++) {
            ChartRow row = layout.rows().get(i);
            String time = row instanceof ChartRow.Pause ? "" : PrintableText.seconds(row.at(), TIME_DIGITS);
            row(time.equals(before) ? "" : time, i, row);
            before = time.isEmpty() ? before : time;
        }
        if (layout.omittedRows() > 0) {
            line("", layout.omission(), "");
        }
        return out.toString();
    }

    private void row(String time, int index, ChartRow row) {
        char[] canvas = lifelines(index);
        String words;
        if (row instanceof ChartRow.Transfer transfer) {
            arrow(canvas, transfer);
            words = words(transfer);
        } else if (row instanceof ChartRow.Marks marks) {
            marks.nodes().forEach(node -> canvas[x(node)] = mark(marks.kind()));
            words = marks.sentence();
        } else if (row instanceof ChartRow.Band band) {
            Arrays.fill(canvas, glyphs.band());
            words = band.text();
        } else {
            ChartRow.Pause pause = (ChartRow.Pause) row;
            Arrays.fill(canvas, ' ');
            layout.nodes().forEach(node -> canvas[x(node)] = glyphs.pause());
            words = PrintableText.seconds(pause.length(), TIME_DIGITS) + " s pass";
        }
        line(time, new String(canvas), words);
    }

    private char[] lifelines(int row) {
        char[] canvas = new char[columns.width()];
        Arrays.fill(canvas, ' ');
        layout.nodes().forEach(node -> canvas[x(node)] = glyphs.lifeline());
        layout.spans().stream()
                .filter(span -> span.covers(row) && !span.node().isEmpty())
                .forEach(span -> canvas[x(span.node())] = glyphs.down());
        return canvas;
    }

    private void arrow(char[] canvas, ChartRow.Transfer transfer) {
        int source = x(transfer.from());
        List<ChartRow.Target> right = new ArrayList<>();
        List<ChartRow.Target> left = new ArrayList<>();
        for (ChartRow.Target target : transfer.targets()) {
            (x(target.node()) > source ? right : left).add(target);
        }
        side(canvas, source, 1, right);
        side(canvas, source, -1, left);
        canvas[source] = glyphs.source();
    }

    private void side(char[] canvas, int source, int step, List<ChartRow.Target> targets) {
        int arrived = targets.stream()
                .filter(target -> target.fate().isArrival())
                .mapToInt(target -> distance(source, target))
                .max()
                .orElse(0);
        int far = targets.stream()
                .mapToInt(target -> distance(source, target))
                .max()
                .orElse(0);
        for (int d = 1; d < far; d++) {
            int x = source + step * d;
            canvas[x] = canvas[x] != ' ' ? glyphs.crossing() : d < arrived ? glyphs.line() : glyphs.dashed();
        }
        for (ChartRow.Target target : targets) {
            head(canvas, x(target.node()), source, step, target.fate());
        }
    }

    private void head(char[] canvas, int x, int source, int step, DeliveryOutcome fate) {
        if (x == source) {
            canvas[Math.min(x + 1, canvas.length - 1)] = fate.isArrival() ? glyphs.left() : glyphs.lost();
            return;
        }
        canvas[x - step] = !fate.isArrival() ? glyphs.lost() : step > 0 ? glyphs.right() : glyphs.left();
        if (fate == DeliveryOutcome.CORRUPTED) {
            canvas[x - 2 * step] = glyphs.corrupted();
        }
    }

    private int distance(int source, ChartRow.Target target) {
        return Math.abs(x(target.node()) - source);
    }

    private int x(String node) {
        return columns.x(lanes.getOrDefault(node, 0));
    }

    /** The words tell whom it did not reach only if it reached others. */
    private static String words(ChartRow.Transfer transfer) {
        boolean alone = transfer.targets().size() == 1;
        String fates = transfer.targets().stream()
                .filter(target -> target.fate() != DeliveryOutcome.ARRIVED)
                .collect(Collectors.groupingBy(TextChart::describe, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + (alone ? "" : ": " + names(entry.getValue())))
                .collect(Collectors.joining("; "));
        String self = alone && transfer.targets().get(0).node().equals(transfer.from()) ? "  [to itself]" : "";
        return transfer.summary().text() + self + (fates.isEmpty() ? "" : "  [" + fates + "]");
    }

    private static String describe(ChartRow.Target target) {
        String detail = target.detail();
        return target.fate().words() + (detail.isEmpty() ? "" : " (" + detail + ")");
    }

    private static String names(List<ChartRow.Target> targets) {
        return targets.stream().map(ChartRow.Target::node).collect(Collectors.joining(", "));
    }

    private static char mark(SimEvent.Kind kind) {
        return switch (kind) {
            case STARTED, RESUMED -> '*';
            case CLOSED -> '_';
            case CRASHED -> 'X';
            case SUSPENDED -> 'z';
            case LINK_UP -> '^';
            case LINK_DOWN -> 'v';
            case DUPLICATED -> '2';
            default -> 'x';
        };
    }

    private void line(String time, String drawing, String words) {
        String line = PrintableText.padLeft(time, TIME_WIDTH, ' ') + "  " + drawing + "  "
                + PrintableText.ellipsis(words, LONGEST);
        out.append(line.stripTrailing()).append('\n');
    }
}
