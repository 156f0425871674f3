package io.grasp.samples.scenario;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as texts with a unit, such as {@code 5ms}, {@code 1.5s}, {@code 2min} or {@code 1h}. */
final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(us|ms|s|min|h)");

    private DurationText() {}

    static Duration parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a duration such as \"5ms\", \"1.5s\", \"2min\" or \"1h\"");
        }
        double nanosOfUnit = switch (parts.group(2)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "min" -> 60e9;
            default -> 3600e9;
        };
        return Duration.ofNanos(Math.round(Double.parseDouble(parts.group(1)) * nanosOfUnit));
    }
}
