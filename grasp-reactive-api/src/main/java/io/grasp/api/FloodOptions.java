package io.grasp.api;

import io.grasp.model.FloodedObjective;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.Objects;

/** Options of a flood. Immutable; start from {@link #validFor} or {@link #indefinite}. */
public final class FloodOptions {
    private static final FloodExtension NO_EXTENSION = message -> ObjectiveValue.NONE;

    private final Duration ttl;
    private final FloodExtension extension;

    private FloodOptions(Duration ttl, FloodExtension extension) {
        this.ttl = ttl;
        this.extension = extension;
    }

    /**
     * A flood of values that expire.
     *
     * @param ttl how long they are valid: above zero and less than 2^32 ms, rounded up to whole milliseconds; or
     *     {@link FloodedObjective#INDEFINITE}, as {@link FloodedObjective#ttl} may be
     * @return the options
     * @throws IllegalArgumentException if it is zero, negative or too long
     */
    public static FloodOptions validFor(Duration ttl) {
        return new FloodOptions(
                ttl.equals(FloodedObjective.INDEFINITE) ? ttl : Durations.requireTtl("ttl", ttl), NO_EXTENSION);
    }

    /** {@return a flood of values that do not expire (a ttl of 0 on the wire, RFC 8990 section 2.8.11)} */
    public static FloodOptions indefinite() {
        return new FloodOptions(FloodedObjective.INDEFINITE, NO_EXTENSION);
    }

    /**
     * These options with an option of a later document in the message.
     *
     * @param newExtension creates the option
     * @return the changed options
     */
    public FloodOptions withExtension(FloodExtension newExtension) {
        return new FloodOptions(ttl, Objects.requireNonNull(newExtension, "extension"));
    }

    /** {@return how long the values are valid, possibly {@link FloodedObjective#INDEFINITE}} */
    Duration ttl() {
        return ttl;
    }

    boolean hasExtension() {
        return extension != NO_EXTENSION;
    }

    FloodExtension extension() {
        return extension;
    }
}
