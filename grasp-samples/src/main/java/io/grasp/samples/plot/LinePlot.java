package io.grasp.samples.plot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * A plot of curves as an SVG document. Each curve connects the means of the values at each position; a vertical bar
 * shows their range. The same values give the same document.
 */
public final class LinePlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 84;
    private static final int RIGHT = 180;
    private static final int TOP = 44;
    private static final int BOTTOM = 56;
    private static final int LEGEND_LINE = 20;
    /** Distinguishable without color vision (Okabe and Ito). */
    private static final List<String> COLORS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000");

    private static final List<String> DASHES = List.of("", "7 3", "2 3", "9 3 2 3");

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final boolean logX;
    private final boolean logY;
    private final List<Curve> curves = new ArrayList<>();

    /**
     * A plot without curves.
     *
     * @param title the text above it
     * @param xLabel the text at the horizontal axis
     * @param yLabel the text at the vertical axis
     * @param logX whether the horizontal axis is logarithmic
     * @param logY whether the vertical axis is logarithmic
     */
    public LinePlot(String title, String xLabel, String yLabel, boolean logX, boolean logY) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.logX = logX;
        this.logY = logY;
    }

    private record Curve(String name, TreeMap<Double, List<Double>> values) {}

    /** Adds a value at a position of a curve; the curve is created with its first value. */
    public void add(String curve, double x, double y) {
        Curve known = curves.stream()
                .filter(each -> each.name().equals(curve))
                .findFirst()
                .orElse(null);
        if (known == null) {
            known = new Curve(curve, new TreeMap<>());
            curves.add(known);
        }
        known.values().computeIfAbsent(x, absent -> new ArrayList<>()).add(y);
    }

    /** {@return whether there is nothing to draw} */
    public boolean isEmpty() {
        return curves.isEmpty();
    }

    /** {@return the SVG document} */
    public String svg() {
        Axis x = axis(point -> point.getKey(), point -> point.getKey(), logX);
        Axis y = axis(point -> Collections.min(point.getValue()), point -> Collections.max(point.getValue()), logY);
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\" role=\"img\">",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT);
        line(svg, "<title>%s</title>", escape(title));
        line(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
        line(svg, "<text x=\"%d\" y=\"26\" font-size=\"15\" font-weight=\"bold\">%s</text>", LEFT, escape(title));
        grid(svg, x, y);
        for (int i = 0; i < curves.size(); i++) {
            curve(svg, curves.get(i), i, x, y);
        }
        line(svg, "</svg>");
        return svg.toString();
    }

    private Axis axis(
            ToDoubleFunction<Map.Entry<Double, List<Double>>> least,
            ToDoubleFunction<Map.Entry<Double, List<Double>>> most,
            boolean logarithmic) {
        List<Map.Entry<Double, List<Double>>> points = curves.stream()
                .flatMap(curve -> curve.values().entrySet().stream())
                .toList();
        return Axis.of(
                points.stream().mapToDouble(least).min().orElse(0),
                points.stream().mapToDouble(most).max().orElse(1),
                logarithmic);
    }

    private void grid(StringBuilder svg, Axis x, Axis y) {
        for (double tick : x.ticks()) {
            double at = px(x, tick);
            line(
                    svg,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#ddd\"/>",
                    at,
                    TOP,
                    at,
                    HEIGHT - BOTTOM);
            line(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at,
                    HEIGHT - BOTTOM + 18,
                    Axis.text(tick));
        }
        for (double tick : y.ticks()) {
            double at = py(y, tick);
            line(
                    svg,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>",
                    LEFT,
                    at,
                    WIDTH - RIGHT,
                    at);
            line(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, at + 4, Axis.text(tick));
        }
        line(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 14,
                escape(xLabel));
        line(
                svg,
                "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (TOP + HEIGHT - BOTTOM) / 2,
                escape(yLabel));
    }

    private static void curve(StringBuilder svg, Curve curve, int number, Axis x, Axis y) {
        String color = COLORS.get(number % COLORS.size());
        String dash = DASHES.get(number % DASHES.size());
        StringBuilder points = new StringBuilder();
        curve.values().forEach((at, values) -> {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", px(x, at), py(y, mean(values))));
            if (Collections.max(values) > Collections.min(values)) {
                line(
                        svg,
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" opacity=\"0.5\"/>",
                        px(x, at),
                        py(y, Collections.min(values)),
                        px(x, at),
                        py(y, Collections.max(values)),
                        color);
            }
            line(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", px(x, at), py(y, mean(values)), color);
        });
        String pattern = dash.isEmpty() ? "" : " stroke-dasharray=\"" + dash + "\"";
        line(
                svg,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>",
                points.toString().strip(),
                color,
                pattern);
        int height = TOP + 10 + LEGEND_LINE * number;
        line(
                svg,
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"%s/>",
                WIDTH - RIGHT + 14,
                height,
                WIDTH - RIGHT + 40,
                height,
                color,
                pattern);
        line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", WIDTH - RIGHT + 46, height + 4, escape(curve.name()));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
    }

    private static double px(Axis axis, double value) {
        return LEFT + axis.position(value) * (WIDTH - RIGHT - LEFT);
    }

    private static double py(Axis axis, double value) {
        return HEIGHT - BOTTOM - axis.position(value) * (HEIGHT - BOTTOM - TOP);
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
