package io.grasp.simulation.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where the lifelines stand in a fixed-width font. With many nodes the lifelines stand close together, and their names
 * on several lines.
 *
 * @param first the column of the first lifeline
 * @param step from one lifeline to the next
 * @param width of all of them
 * @param levels how many lines the names take
 */
record TextColumns(int first, int step, int width, int levels) {
    private static final int MANY = 12;
    private static final int STEP_OF_MANY = 5;
    private static final int MIN_STEP = 9;
    private static final int MAX_STEP = 14;
    private static final int LONGEST_NAME = 24;

    static TextColumns of(List<String> nodes) {
        int longest = Math.min(
                LONGEST_NAME,
                nodes.stream().mapToInt(PrintableText::width).max().orElse(1));
        int step = nodes.size() > MANY ? STEP_OF_MANY : Math.max(MIN_STEP, Math.min(MAX_STEP, longest + 2));
        int levels = Math.max(1, Math.min(nodes.size(), (longest + step) / step));
        int margin = longest / 2;
        int lanes = Math.max(0, nodes.size() - 1) * step + 1;
        return new TextColumns(margin, step, lanes + 2 * margin, levels);
    }

    int x(int lane) {
        return first + lane * step;
    }

    /** {@return the lines with the names, and the lifelines of those whose names stand above} */
    List<String> headers(List<String> nodes, char lifeline) {
        List<String> headers = new ArrayList<>();
        for (int level = 0; level < levels && !nodes.isEmpty(); level++) {
            headers.add(header(nodes, level, lifeline));
        }
        return headers;
    }

    private String header(List<String> nodes, int level, char lifeline) {
        NavigableMap<Integer, String> pieces = new TreeMap<>();
        for (int lane = level; lane < nodes.size(); lane += levels) {
            String name = PrintableText.middleEllipsis(nodes.get(lane), LONGEST_NAME);
            pieces.put(x(lane) - PrintableText.width(name) / 2, name);
        }
        for (int lane = 0; lane < nodes.size(); lane++) {
            if (lane % levels < level && !isCovered(pieces, x(lane))) {
                pieces.put(x(lane), String.valueOf(lifeline));
            }
        }
        StringBuilder line = new StringBuilder();
        pieces.forEach((x, piece) -> line.append(" ".repeat(x - PrintableText.width(line.toString())))
                .append(piece));
        return line.toString();
    }

    /** A name may reach over the lifelines of neighbors. */
    private static boolean isCovered(NavigableMap<Integer, String> pieces, int x) {
        Map.Entry<Integer, String> before = pieces.floorEntry(x);
        return before != null && before.getKey() + PrintableText.width(before.getValue()) > x;
    }
}
