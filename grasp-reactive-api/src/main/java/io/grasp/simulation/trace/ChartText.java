package io.grasp.simulation.trace;

import java.time.Duration;

/** Makes text that is the same on every machine and in every locale. */
final class ChartText {
    private static final long NANOS_OF_A_SECOND = 1_000_000_000;

    private ChartText() {}

    /** Seconds with a decimal point and a number of digits after it, at most nine; the rest is truncated. */
    static String seconds(Duration time, int digits) {
        String sign = time.isNegative() ? "-" : "";
        Duration size = time.abs();
        String nanos = Long.toString(NANOS_OF_A_SECOND + size.getNano()).substring(1);
        return sign + size.getSeconds() + "." + nanos.substring(0, digits);
    }

    /** {@return the text, or as many of its first characters as fit with an ellipsis} */
    static String ellipsis(String text, int characters) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
    }
}
