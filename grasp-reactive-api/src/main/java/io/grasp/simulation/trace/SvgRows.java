package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;

/** Draws the rows of an image. */
final class SvgRows {
    private static final int LABEL = 17;
    private static final int TIME_DIGITS = 9;

    private final ChartLayout layout;
    private final SvgGeometry geometry;
    private final Xml xml;

    SvgRows(ChartLayout layout, SvgGeometry geometry, Xml xml) {
        this.layout = layout;
        this.geometry = geometry;
        this.xml = xml;
    }

    void draw(int index, ChartRow row) {
        if (row instanceof ChartRow.Transfer transfer) {
            transfer(index, transfer);
        } else if (row instanceof ChartRow.Marks marks) {
            marks(index, marks);
        } else if (row instanceof ChartRow.Band band) {
            band(index, band);
        } else {
            pause(index, (ChartRow.Pause) row);
        }
    }

    private void transfer(int index, ChartRow.Transfer transfer) {
        begin(index, SvgColor.of(transfer.summary().type()).cssClass(), tooltip(transfer));
        new SvgArrow(geometry, xml, geometry.baseline(index)).draw(transfer);
        int left = geometry.x(transfer.from());
        int right = left;
        for (ChartRow.Target target : transfer.targets()) {
            left = Math.min(left, geometry.x(target.node()));
            right = Math.max(right, geometry.x(target.node()));
        }
        label(
                index,
                (left + right) / 2,
                transfer.summary().name(),
                transfer.summary().rest());
        xml.close("g").line();
    }

    private static String tooltip(ChartRow.Transfer transfer) {
        StringBuilder text = new StringBuilder(PrintableText.seconds(transfer.at(), TIME_DIGITS)).append(" s\n");
        for (ChartRow.Target target : transfer.targets()) {
            text.append(transfer.from()).append(" → ").append(target.node());
            if (!target.link().isEmpty()) {
                text.append(" on ").append(target.link());
            }
            text.append(": ").append(target.fate().words());
            text.append(target.detail().isEmpty() ? "" : ", " + target.detail()).append('\n');
        }
        String what = transfer.notation();
        return text.append(what.isEmpty() ? transfer.summary().text() : what).toString();
    }

    private void marks(int index, ChartRow.Marks marks) {
        int left = Integer.MAX_VALUE;
        int right = Integer.MIN_VALUE;
        begin(index, "marks", String.join(", ", marks.nodes()) + ": " + marks.text());
        for (String node : marks.nodes()) {
            int x = geometry.x(node);
            mark(marks.kind(), x, geometry.baseline(index));
            left = Math.min(left, x);
            right = Math.max(right, x);
        }
        label(index, (left + right) / 2, "", marks.sentence());
        xml.close("g").line();
    }

    private void mark(SimEvent.Kind kind, int x, int y) {
        switch (kind) {
            case CRASHED -> path("cross", x, y, "m-6,-6l12,12m0,-12l-12,12");
            case SUSPENDED -> {
                circle("plain", x, y);
                path("s mark plain", x, y, "m-2,-3v6m4,-6v6");
            }
            case STARTED, RESUMED -> {
                circle("good", x, y);
                path("s mark good", x, y, "m-2,-3l5,3l-5,3z");
            }
            case CLOSED -> path("s mark plain", x, y, "m-8,0h16");
            case LINK_UP -> path("s mark good", x, y, "m0,6v-11m-4,4l4,-4l4,4");
            case LINK_DOWN -> path("s mark bad", x, y, "m0,-6v11m-4,-4l4,4l4,-4");
            case DUPLICATED -> {
                circle("plain", x - 2, y);
                circle("plain", x + 3, y);
            }
            default -> path("s mark plain", x, y, "m-5,0h10");
        }
    }

    private void circle(String css, int x, int y) {
        xml.empty("circle", "class", "dot mark " + css, "cx", x, "cy", y, "r", 7);
    }

    private void path(String css, int x, int y, String steps) {
        xml.empty("path", "class", css, "d", "M" + x + "," + y + steps);
    }

    private void band(int index, ChartRow.Band band) {
        String css = band.kind() == SimEvent.Kind.HEALED ? "good" : "bad";
        begin(index, "band", band.text());
        int y = geometry.baseline(index);
        xml.empty("line", "class", "edge " + css, "x1", 0, "y1", y, "x2", geometry.width(), "y2", y);
        label(index, geometry.width() / 2, "", band.text());
        xml.close("g").line();
    }

    /** Takes the lifelines away for a moment. */
    private void pause(int index, ChartRow.Pause pause) {
        int y = geometry.top(index) + 8;
        int height = geometry.height(index) - 14;
        xml.empty("rect", "class", "bg", "x", 0, "y", y, "width", geometry.width(), "height", height);
        String length = PrintableText.seconds(pause.length(), 3) + " s pass";
        xml.element("text", length, "class", "label faint", "x", geometry.width() / 2, "y", y + height / 2 + 4);
    }

    private void begin(int index, String css, String tooltip) {
        xml.open("g", "class", "row " + css).element("title", tooltip);
        int top = geometry.top(index);
        int height = geometry.height(index);
        xml.empty("rect", "class", "hit", "x", 0, "y", top, "width", geometry.width(), "height", height);
    }

    /** A label stands above the middle of its arrow, but inside the image. */
    private void label(int index, int middle, String bold, String rest) {
        String shownRest = PrintableText.ellipsis(rest, geometry.letters() - PrintableText.width(bold) - 1);
        int letters = PrintableText.width(bold) + PrintableText.width(shownRest) + 1;
        int half = (int) (letters * SvgGeometry.LETTER / 2) + 6;
        int x = Math.max(half, Math.min(geometry.width() - half, middle));
        // a box of the background's color, because what crosses the words would make them hard to read
        String back = isPartitioned(index) ? "tint" : "bg";
        int top = geometry.top(index) + LABEL - 11;
        xml.empty("rect", "class", back, "x", x - half + 3, "y", top, "width", 2 * half - 6, "height", 14);
        xml.open("text", "class", "label", "x", x, "y", geometry.top(index) + LABEL);
        if (!bold.isEmpty()) {
            xml.element("tspan", bold, "class", "b").text(shownRest.isEmpty() ? "" : " ");
        }
        xml.text(shownRest).close("text").line();
    }

    /** Whether the space above a row's arrow is inside a partition. */
    private boolean isPartitioned(int index) {
        return layout.spans().stream()
                .anyMatch(span ->
                        span.kind() == SimEvent.Kind.PARTITIONED && span.firstRow() < index && index <= span.lastRow());
    }
}
