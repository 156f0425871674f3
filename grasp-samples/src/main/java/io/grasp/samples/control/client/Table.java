package io.grasp.samples.control.client;

import io.grasp.samples.text.DisplayWidth;
import io.grasp.util.PrintableText;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of aligned columns, as {@code ss} prints it. On a terminal it is no wider than that: the widest columns are
 * cut.
 */
final class Table {
    private static final String GAP = "  ";
    private static final String CUT = "..";
    private static final String NOTHING = "-";
    private static final String NUMBER = "\\d+(\\.\\d+)?(%| [KMG]iB)?";
    private static final int LEAST_WIDTH = 6;

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        this.heads = List.of(heads);
    }

    /** Adds a row, with a cell for each column. */
    Table row(List<String> cells) {
        // Escaped first: escapes have a width, too.
        rows.add(cells.stream()
                .map(cell -> PrintableText.of(cell.isEmpty() ? NOTHING : cell))
                .toList());
        return this;
    }

    /**
     * {@return the lines of the table, the first of which has the names of the columns; without rows there are none}
     *
     * @param columns the width of the terminal
     */
    List<String> lines(int columns) {
        if (rows.isEmpty()) {
            return List.of();
        }
        int[] widths = new int[heads.size()];
        boolean[] numbers = new boolean[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = DisplayWidth.of(heads.get(i));
            numbers[i] = false;
            boolean others = false;
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], DisplayWidth.of(row.get(i)));
                boolean number = row.get(i).matches(NUMBER);
                numbers[i] |= number;
                others |= !number && !row.get(i).equals(NOTHING);
            }
            numbers[i] &= !others;
        }
        shrink(widths, columns);
        List<String> lines = new ArrayList<>();
        lines.add(line(heads, widths, numbers, columns));
        rows.forEach(row -> lines.add(line(row, widths, numbers, columns)));
        return lines;
    }

    private static void shrink(int[] widths, int columns) {
        long total = -GAP.length();
        for (int width : widths) {
            total += width + GAP.length();
        }
        for (; total > columns; total--) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= LEAST_WIDTH) {
                return;
            }
            widths[widest]--;
        }
    }

    private static String line(List<String> cells, int[] widths, boolean[] numbers, int columns) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cut(cells.get(i), widths[i]);
            String space = " ".repeat(widths[i] - DisplayWidth.of(cell));
            line.append(i == 0 ? "" : GAP).append(numbers[i] ? space + cell : cell + space);
        }
        return cut(line.toString().stripTrailing(), columns);
    }

    /** {@return a text that is not wider than this; what is cut ends with two points} */
    static String cut(String text, int width) {
        if (DisplayWidth.of(text) <= width) {
            return text;
        }
        int end = DisplayWidth.end(text, Math.max(0, width - CUT.length()));
        return text.substring(0, end) + CUT.substring(0, Math.min(width, CUT.length()));
    }
}
