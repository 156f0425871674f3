package io.grasp.benchmarks.load.growth;

import io.grasp.benchmarks.load.growth.Growth.Point;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws growth with logarithmic axes. A horizontal line means no growth. */
public final class GrowthPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;

    private GrowthPlot() {}

    /** Writes a PNG image: above, the time of a step; below, the heap for each object if it was measured. */
    public static void write(List<Growth> all, OutputStream out) throws IOException {
        List<XYChart> charts = Stream.of(
                        chart("Nanoseconds for a step", all, Point::stepNanos),
                        chart("Nanoseconds for a step on ten fixed objects", all, Point::fewNanos),
                        chart("Bytes of heap for each", all, Point::bytesEach))
                .filter(chart -> !chart.getSeriesCollection().isEmpty())
                .toList();
        BitmapEncoder.saveBitmap(charts, charts.size(), 1, out, BitmapFormat.PNG);
    }

    private static XYChart chart(String title, List<Growth> all, ToDoubleFunction<Point> value) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("number")
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Vertical)
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler()
                .setXAxisDecimalPattern("#,###")
                .setYAxisDecimalPattern("#,###")
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setXAxisMin(1.0)
                .setYAxisMin(100.0)
                .setYAxisMax(10_000.0);
        for (Growth growth : all) {
            List<Point> measured = growth.points().stream()
                    .filter(point -> !Double.isNaN(value.applyAsDouble(point)))
                    .toList();
            if (!measured.isEmpty()) {
                chart.addSeries(
                        growth.what(),
                        measured.stream().mapToDouble(Point::count).toArray(),
                        measured.stream().mapToDouble(value).toArray());
            }
        }
        return chart;
    }
}
