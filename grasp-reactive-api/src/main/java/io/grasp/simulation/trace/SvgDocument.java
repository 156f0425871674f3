package io.grasp.simulation.trace;

/** Puts an image together: the legend above, the names below it, the times at the left. */
final class SvgDocument {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";
    private static final int RIGHT = 12;

    private SvgDocument() {}

    static String draw(ChartLayout layout) {
        SvgParts parts = new SvgParts(layout);
        SvgGeometry geometry = parts.geometry();
        int width = SvgGeometry.TIMES_WIDTH + geometry.width() + RIGHT;
        SvgLegend.Drawing legend = SvgLegend.draw(layout, width);
        int below = legend.height() + SvgGeometry.NAMES_HEIGHT;
        Xml xml = new Xml();
        begin(xml, "sequence-chart", width, below + geometry.bottom()).line();
        xml.open("style").raw(SvgStyle.css()).close("style").line();
        xml.empty("rect", "class", "bg", "width", "100%", "height", "100%");
        group(xml, legend.svg(), 0, 0);
        group(xml, parts.names(), SvgGeometry.TIMES_WIDTH, legend.height());
        group(xml, parts.times(), 0, below);
        group(xml, parts.body(), SvgGeometry.TIMES_WIDTH, below);
        return xml.close("svg").line().toString();
    }

    /** {@return an image of its own that holds a part of a chart and has its style sheet elsewhere} */
    static String part(String css, String content, int width, int height) {
        Xml xml = new Xml();
        begin(xml, css, width, height).line().raw(content);
        return xml.close("svg").toString();
    }

    private static Xml begin(Xml xml, String css, int width, int height) {
        String box = "0 0 " + width + " " + height;
        return xml.open("svg", "xmlns", NAMESPACE, "class", css, "width", width, "height", height, "viewBox", box);
    }

    private static void group(Xml xml, String content, int x, int y) {
        xml.open("g", "transform", "translate(" + x + "," + y + ")").line().raw(content);
        xml.close("g").line();
    }
}
