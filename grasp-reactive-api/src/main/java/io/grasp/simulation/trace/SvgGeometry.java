package io.grasp.simulation.trace;

import java.util.List;
import java.util.Map;

/** Where everything stands in an image, in pixels. Lifelines begin at y = 0, below the names. */
final class SvgGeometry {
    /** The height of the names. */
    static final int NAMES_HEIGHT = 44;
    /** The width of the times. */
    static final int TIMES_WIDTH = 104;
    /** From a row's top to its arrow. */
    static final int BASELINE = 28;
    /** The width of a letter in a label. */
    static final double LETTER = 6.65;

    private static final int TOP = 6;
    private static final int BOTTOM = 26;
    private static final int ROW_HEIGHT = 40;
    private static final int BAND_HEIGHT = 34;
    private static final int PAUSE_HEIGHT = 30;
    private static final int NARROWEST = 460;
    /** How far apart lifelines stand: the first number for at most one, the next for two, and so on. */
    private static final int[] STEPS = {400, 400, 290, 230, 190, 170, 150, 140, 130, 120, 112, 104};

    private static final int STEP_OF_MANY = 88;

    private final Map<String, Integer> lanes;
    private final int[] tops;
    private final int step;
    private final int margin;
    private final int width;

    SvgGeometry(ChartLayout layout) {
        int count = layout.nodes().size();
        this.lanes = layout.lanes();
        this.tops = tops(layout.rows());
        this.step = count > STEPS.length ? STEP_OF_MANY : STEPS[Math.max(0, count - 1)];
        int lifelines = Math.max(0, count - 1) * step;
        this.width = Math.max(NARROWEST, lifelines + Math.max(160, Math.min(step, 240)));
        this.margin = (width - lifelines) / 2;
    }

    private static int[] tops(List<ChartRow> rows) {
        int[] tops = new int[rows.size() + 1];
        tops[0] = TOP;
        for (int i = 0; i < rows.size(); i++) {
            ChartRow row = rows.get(i);
            int height = row instanceof ChartRow.Pause
                    ? PAUSE_HEIGHT
                    : row instanceof ChartRow.Band ? BAND_HEIGHT : ROW_HEIGHT;
            tops[i + 1] = tops[i] + height;
        }
        return tops;
    }

    int x(String node) {
        return margin + lanes.getOrDefault(node, 0) * step;
    }

    /** {@return where a row begins; for the number of rows, where the last one ends} */
    int top(int row) {
        return tops[row];
    }

    /** {@return the height of a row} */
    int height(int row) {
        return tops[row + 1] - tops[row];
    }

    /** {@return where a row's arrow is; before the first row and after the last one, the end of the lifelines} */
    int baseline(int row) {
        if (row < 0) {
            return 0;
        }
        return row >= tops.length - 1 ? bottom() : tops[row] + BASELINE;
    }

    /** {@return where lifelines end} */
    int bottom() {
        return tops[tops.length - 1] + BOTTOM;
    }

    /** {@return the width of the lifelines' part, without the times} */
    int width() {
        return width;
    }

    /** {@return the width of a name's box} */
    int boxWidth() {
        return Math.min(step - 12, 170);
    }

    /** {@return how many letters fit on one line across all lifelines} */
    int letters() {
        return (int) ((width - 16) / LETTER);
    }
}
