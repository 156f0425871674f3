package io.grasp.samples.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An axis of a plot: linear or logarithmic, from one round number to another. */
final class Axis {
    private static final int STEPS = 5;
    private static final double SLACK = 1e-9;

    private final boolean logarithmic;
    private final double least;
    private final double most;
    private final List<Double> ticks = new ArrayList<>();

    private Axis(boolean logarithmic, double least, double most) {
        this.logarithmic = logarithmic;
        this.least = least;
        this.most = most;
    }

    /** {@return the axis for values between two bounds; one with a logarithmic scale has only positive values} */
    static Axis of(double least, double most, boolean logarithmic) {
        return logarithmic && least > 0 ? logarithmic(least, most) : linear(Math.min(0, least), most);
    }

    private static Axis linear(double least, double most) {
        double range = most > least ? most - least : 1;
        double step = roundStep(range / STEPS);
        double from = Math.floor(least / step + SLACK) * step;
        double to = Math.ceil((least + range) / step - SLACK) * step;
        Axis axis = new Axis(false, from, to);
        for (long i = 0; from + i * step <= to + step * SLACK; i++) {
            axis.ticks.add(from + i * step);
        }
        return axis;
    }

    private static double roundStep(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= atLeast * (1 - SLACK)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static Axis logarithmic(double least, double most) {
        int from = (int) Math.floor(Math.log10(least) + SLACK);
        int to = Math.max(from + 1, (int) Math.ceil(Math.log10(most) - SLACK));
        Axis axis = new Axis(true, Math.pow(10, from), Math.pow(10, to));
        for (int power = from; power <= to; power++) {
            axis.ticks.add(Math.pow(10, power));
        }
        return axis;
    }

    /** {@return the position of a value, from 0 to 1} */
    double position(double value) {
        return logarithmic
                ? (Math.log10(Math.max(value, least)) - Math.log10(least)) / (Math.log10(most) - Math.log10(least))
                : (value - least) / (most - least);
    }

    List<Double> ticks() {
        return ticks;
    }

    /** {@return a number as text, with commas between thousands, and without zeros at its end} */
    static String text(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        String text = String.format(Locale.ROOT, "%.6f", value);
        return text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
    }
}
