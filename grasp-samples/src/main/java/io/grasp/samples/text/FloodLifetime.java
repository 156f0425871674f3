package io.grasp.samples.text;

import io.grasp.model.FloodedObjective;
import org.jspecify.annotations.Nullable;

/** The remaining validity of a flooded objective. */
public final class FloodLifetime {
    private FloodLifetime() {}

    /** {@return the validity as text} */
    public static String words(FloodedObjective flooded) {
        return flooded.isIndefinite()
                ? "valid indefinitely"
                : "valid for " + flooded.ttl().toMillis() + " ms";
    }

    /** {@return the validity for JSON: in whole milliseconds, 0 if less is left, {@code null} if it does not expire} */
    public static @Nullable Long millis(FloodedObjective flooded) {
        return flooded.isIndefinite() ? null : flooded.ttl().toMillis();
    }
}
