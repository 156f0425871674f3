package io.grasp.api;

import io.grasp.model.FloodedObjective;
import io.grasp.util.AddressText;
import java.util.Objects;

/**
 * A flooded value of a {@link io.grasp.model.TypedObjective}.
 *
 * @param value the value
 * @param flooded the flooded objective: its origin, tag and remaining validity
 * @param <T> the type of the objective's values
 */
public record TypedFlood<T>(T value, FloodedObjective flooded) {
    /** Checks the components. */
    public TypedFlood {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(flooded, "flooded");
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
