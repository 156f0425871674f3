package io.grasp.simulation.trace;

import java.util.ArrayList;
import java.util.List;

/** Draws an arrow with one or more heads: solid as far as something arrived, dashed beyond. */
final class SvgArrow {
    /** From what did not arrive to the lifeline that it did not reach. */
    private static final int SHORT = 16;

    private static final int HEAD = 9;
    private static final int ZIGZAG = 24;
    private static final int LOOP_HEIGHT = 9;

    private final SvgGeometry geometry;
    private final Xml xml;
    private final int y;

    SvgArrow(SvgGeometry geometry, Xml xml, int y) {
        this.geometry = geometry;
        this.xml = xml;
        this.y = y;
    }

    void draw(ChartRow.Transfer transfer) {
        int source = geometry.x(transfer.from());
        List<ChartRow.Target> right = new ArrayList<>();
        List<ChartRow.Target> left = new ArrayList<>();
        for (ChartRow.Target target : transfer.targets()) {
            int x = geometry.x(target.node());
            if (x == source) {
                self(source, target.fate());
            } else {
                (x > source ? right : left).add(target);
            }
        }
        side(source, 1, right);
        side(source, -1, left);
        xml.empty("circle", "class", "f", "cx", source, "cy", y, "r", "3.5");
    }

    private void side(int source, int step, List<ChartRow.Target> targets) {
        int solid = source;
        int end = source;
        for (ChartRow.Target target : targets) {
            boolean arrives = target.fate().isArrival();
            int x = geometry.x(target.node()) - step * (arrives ? HEAD - 2 : SHORT);
            end = farther(end, x, step);
            solid = arrives ? farther(solid, x, step) : solid;
        }
        boolean corrupted = targets.stream().anyMatch(target -> target.fate() == DeliveryOutcome.CORRUPTED);
        if (solid != source) {
            line(source, solid, step, corrupted);
        }
        if (end != solid) {
            xml.empty("line", "class", "s dash", "x1", solid, "y1", y, "x2", end, "y2", y);
        }
        targets.forEach(target -> head(geometry.x(target.node()), step, target.fate()));
    }

    private static int farther(int one, int other, int step) {
        return step > 0 ? Math.max(one, other) : Math.min(one, other);
    }

    private void line(int from, int to, int step, boolean corrupted) {
        if (corrupted) {
            int begin = (from + to - step * ZIGZAG) / 2;
            String path = "M" + from + "," + y + "H" + begin + SvgSigns.zigzag(step * ZIGZAG) + "H" + to;
            xml.empty("path", "class", "s", "d", path);
        } else {
            xml.empty("line", "class", "s", "x1", from, "y1", y, "x2", to, "y2", y);
        }
    }

    private void head(int x, int step, DeliveryOutcome fate) {
        if (fate.isArrival()) {
            SvgSigns.head(xml, x - step, y, step);
        } else {
            SvgSigns.stop(xml, x - step * SHORT, y, fate);
        }
    }

    private void self(int x, DeliveryOutcome fate) {
        boolean arrives = fate.isArrival();
        int below = y + LOOP_HEIGHT;
        String path = "M" + x + "," + y + "h26v" + LOOP_HEIGHT + "H" + (x + (arrives ? HEAD - 2 : SHORT));
        xml.empty("path", "class", arrives ? "s" : "s dash", "d", path);
        if (arrives) {
            SvgSigns.head(xml, x + 1, below, -1);
        } else {
            SvgSigns.stop(xml, x + SHORT, below, fate);
        }
    }
}
