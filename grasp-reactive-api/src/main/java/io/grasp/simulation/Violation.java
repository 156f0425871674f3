package io.grasp.simulation;

import io.grasp.util.PrintableText;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * A violation of an invariant.
 *
 * @param invariant the invariant's name
 * @param at when it was noticed, since the network was created
 * @param what a description
 */
public record Violation(String invariant, Duration at, String what) {
    /** Checks the components. */
    public Violation {
        Objects.requireNonNull(invariant, "invariant");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(what, "what");
    }

    /** {@return a time as text, such as {@code 1.500 s}, the same in every locale} */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%d.%03d s", time.toSeconds(), time.toMillisPart());
    }

    @Override
    public String toString() {
        return PrintableText.of(invariant + ": " + what + " (noticed at " + seconds(at) + ")");
    }
}
