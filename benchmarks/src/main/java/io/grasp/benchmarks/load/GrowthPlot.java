package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.Growth.Point;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A plot of growth. Both axes are logarithmic, so constant values are level. */
final class GrowthPlot {
    private static final int WIDTH = 880;
    private static final int PANEL_HEIGHT = 300;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 46;
    private static final int BOTTOM = 46;
    private static final int LEGEND_LINE = 20;
    private static final String[] COLORS = {"#1b6ca8", "#c8553d", "#3a7d44", "#b8860b", "#7a4fa3"};

    private final List<Growth> all;
    private final StringBuilder svg = new StringBuilder();
    private final double decades;

    private GrowthPlot(List<Growth> all) {
        this.all = all;
        int most = all.stream()
                .flatMap(growth -> growth.points().stream())
                .mapToInt(Point::count)
                .max()
                .orElse(10);
        this.decades = Math.max(1, Math.log10(most));
    }

    static String draw(List<Growth> all) {
        return new GrowthPlot(all).draw();
    }

    private String draw() {
        int legend = LEGEND_LINE * (all.size() + 1);
        int height = 2 * PANEL_HEIGHT + legend;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"13\">%n",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, height);
        panel(0, "Nanoseconds a step; dotted: in ten of them only", 100, 10_000);
        lines(0, Point::fewNanos, 100, 10_000, " stroke-dasharray=\"2 5\"");
        lines(0, Point::stepNanos, 100, 10_000, "");
        panel(PANEL_HEIGHT, "Bytes of heap for each", 100, 10_000);
        lines(PANEL_HEIGHT, Point::bytesEach, 100, 10_000, "");
        for (int i = 0; i < all.size(); i++) {
            int y = 2 * PANEL_HEIGHT + LEGEND_LINE * (i + 1);
            add(
                    "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"%s\"/>"
                            + "<text x=\"%d\" y=\"%d\">%s; a step is %s</text>%n",
                    LEFT,
                    y - 4,
                    COLORS[i % COLORS.length],
                    LEFT + 14,
                    y,
                    all.get(i).what(),
                    all.get(i).step());
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(int y, String title, double least, double most) {
        add("<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n", LEFT, y + TOP - 18, title);
        for (double tick = least; tick <= most; tick *= 10) {
            double at = y + TOP + inPanel(tick, least, most);
            add("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>%n", LEFT, at, WIDTH - RIGHT);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,.0f</text>%n", LEFT - 8, at + 4, tick);
        }
        for (int decade = 0; decade <= decades; decade++) {
            double x = across(Math.pow(10, decade));
            add("<path d=\"M%.1f %dV%d\" stroke=\"#eee\"/>%n", x, y + TOP, y + PANEL_HEIGHT - BOTTOM);
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,.0f</text>%n",
                    x, y + PANEL_HEIGHT - BOTTOM + 18, Math.pow(10, decade));
        }
    }

    private void lines(int y, ToDoubleFunction<Point> value, double least, double most, String dashes) {
        for (int i = 0; i < all.size(); i++) {
            line(y, all.get(i), value, least, most, COLORS[i % COLORS.length], dashes);
        }
    }

    private void line(
            int y,
            Growth growth,
            ToDoubleFunction<Point> value,
            double least,
            double most,
            String color,
            String dashes) {
        StringBuilder path = new StringBuilder();
        for (Point point : growth.points()) {
            double shown = Math.min(most, Math.max(least, value.applyAsDouble(point)));
            if (!Double.isNaN(shown)) {
                double at = y + TOP + inPanel(shown, least, most);
                path.append(String.format(
                        Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", across(point.count()), at));
                if (dashes.isEmpty()) {
                    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n", across(point.count()), at, color);
                }
            }
        }
        add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>%n", path, color, dashes);
    }

    private double across(double count) {
        return LEFT + Math.log10(count) / decades * (WIDTH - LEFT - RIGHT - 30);
    }

    private static double inPanel(double value, double least, double most) {
        double share = Math.log(value / least) / Math.log(most / least);
        return (1 - share) * (PANEL_HEIGHT - TOP - BOTTOM);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
