package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;

/** Draws the parts of an image that are put together in different ways: names, times, and all between. */
final class SvgParts {
    private static final int TIME_DIGITS = 6;

    private final ChartLayout layout;
    private final SvgGeometry geometry;

    SvgParts(ChartLayout layout) {
        this.layout = layout;
        this.geometry = new SvgGeometry(layout);
    }

    SvgGeometry geometry() {
        return geometry;
    }

    /** {@return the boxes with the names} */
    String names() {
        Xml xml = new Xml();
        int letters = (geometry.boxWidth() - 10) / 7;
        for (String node : layout.nodes()) {
            int x = geometry.x(node);
            int half = geometry.boxWidth() / 2;
            xml.open("g", "class", "name").element("title", node);
            xml.empty("rect", "class", "box", "x", x - half, "y", 8, "width", 2 * half, "height", 28, "rx", 6);
            xml.element("text", PrintableText.middleEllipsis(node, letters), "x", x, "y", 26);
            xml.close("g").line();
        }
        return xml.toString();
    }

    /** {@return the time of each row that has another one than the row above} */
    String times() {
        Xml xml = new Xml();
        int right = SvgGeometry.TIMES_WIDTH - 12;
        String before = "";
        for (int i = 0; i < layout.rows().size(); i++) {
            ChartRow row = layout.rows().get(i);
            String time = PrintableText.seconds(row.at(), TIME_DIGITS);
            if (!(row instanceof ChartRow.Pause) && !time.equals(before)) {
                xml.element("text", time, "class", "time", "x", right, "y", geometry.baseline(i) + 4);
                before = time;
            }
        }
        return xml.toString();
    }

    /** {@return what is between the names and the bottom} */
    String body() {
        Xml xml = new Xml();
        for (ChartSpan span : layout.spans()) {
            if (span.kind() == SimEvent.Kind.PARTITIONED) {
                int y = geometry.baseline(span.firstRow());
                int height = geometry.baseline(span.lastRow()) - y;
                xml.empty("rect", "class", "tint", "x", 0, "y", y, "width", geometry.width(), "height", height);
            }
        }
        for (String node : layout.nodes()) {
            int x = geometry.x(node);
            xml.empty("line", "class", "life", "x1", x, "y1", 0, "x2", x, "y2", geometry.bottom());
        }
        layout.spans().forEach(span -> bar(xml, span));
        SvgRows rows = new SvgRows(layout, geometry, xml);
        for (int i = 0; i < layout.rows().size(); i++) {
            rows.draw(i, layout.rows().get(i));
        }
        String end = layout.rows().isEmpty() ? "nothing to show" : layout.omission();
        if (!end.isEmpty()) {
            int y = geometry.bottom() - 8;
            xml.element("text", end, "class", "label faint", "x", geometry.width() / 2, "y", y);
        }
        return xml.toString();
    }

    private void bar(Xml xml, ChartSpan span) {
        if (span.kind() == SimEvent.Kind.PARTITIONED) {
            return;
        }
        int width = barWidth(span.kind());
        int x = geometry.x(span.node()) - width / 2;
        int y = geometry.baseline(span.firstRow());
        int height = Math.max(2, geometry.baseline(span.lastRow()) - y);
        xml.open("g").element("title", span.node() + ": " + EventLabels.of(span.kind()));
        xml.empty("rect", "class", barClass(span.kind()), "x", x, "y", y, "width", width, "height", height, "rx", 2);
        xml.close("g").line();
    }

    /** {@return how wide the bar is that shows a node that is down} */
    static int barWidth(SimEvent.Kind kind) {
        return kind == SimEvent.Kind.CLOSED ? 4 : 10;
    }

    static String barClass(SimEvent.Kind kind) {
        return kind == SimEvent.Kind.SUSPENDED ? "sleep" : "bar";
    }
}
