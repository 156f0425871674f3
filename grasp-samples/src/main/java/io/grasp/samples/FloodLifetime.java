package io.grasp.samples;

import io.grasp.model.FloodedObjective;
import org.jspecify.annotations.Nullable;

/** How long what was flooded is valid. */
final class FloodLifetime {
    private FloodLifetime() {}

    /** {@return it for a person} */
    static String words(FloodedObjective flooded) {
        return flooded.isIndefinite()
                ? "valid without end"
                : "valid for " + flooded.ttl().toMillis() + " ms";
    }

    /** {@return it for a program: in whole milliseconds, 0 if less is left, {@code null} if it does not expire} */
    static @Nullable Long millis(FloodedObjective flooded) {
        return flooded.isIndefinite() ? null : flooded.ttl().toMillis();
    }
}
