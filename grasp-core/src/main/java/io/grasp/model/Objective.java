package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.Objects;

/**
 * A GRASP objective (RFC 8990 section 2.10, RFC 8991 section 2.3.2.4): a name, flags for its use, a loop count, and a
 * value that the protocol never interprets.
 *
 * <p>Make one with {@link #negotiable}, {@link #synchronizable} or {@link #discoverable} and refine it with the
 * {@code with...} methods.
 *
 * @param name the name, compared byte by byte; a private name contains a colon. It is Unicode text: a surrogate that is
 *     not part of a pair is refused
 * @param flags the objective flags F_DISC, F_NEG, F_SYNCH and F_NEG_DRY; unknown bits are kept
 * @param loopCount 0 to 255
 * @param value the value, or {@link ObjectiveValue#NONE}
 */
public record Objective(String name, int flags, int loopCount, ObjectiveValue value) {
    /** Valid for discovery. */
    public static final int F_DISC = 1;

    /** Valid for negotiation. */
    public static final int F_NEG = 1 << 1;

    /** Valid for synchronization. */
    public static final int F_SYNCH = 1 << 2;

    /** The negotiation is a dry run. */
    public static final int F_NEG_DRY = 1 << 3;

    /** GRASP_DEF_LOOPCT (RFC 8990 section 2.6). */
    public static final int DEFAULT_LOOP_COUNT = 6;

    /** The largest loop count. */
    public static final int MAX_LOOP_COUNT = 255;

    /** Checks the components. */
    public Objective {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (!isUnicode(name)) {
            throw new IllegalArgumentException(
                    "the objective's name has half of a surrogate pair, which no message can contain");
        }
        if (flags < 0) {
            throw new IllegalArgumentException("objective flags " + flags + " are negative");
        }
        if (loopCount < 0 || loopCount > MAX_LOOP_COUNT) {
            throw new IllegalArgumentException("loop count " + loopCount + " is not in 0.." + MAX_LOOP_COUNT);
        }
    }

    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /**
     * An objective for negotiation.
     *
     * @param name the objective's name
     * @return the objective, with the default loop count and no value
     */
    public static Objective negotiable(String name) {
        return new Objective(name, F_DISC | F_NEG, DEFAULT_LOOP_COUNT, ObjectiveValue.NONE);
    }

    /**
     * An objective for synchronization and flooding.
     *
     * @param name the objective's name
     * @return the objective, with the default loop count and no value
     */
    public static Objective synchronizable(String name) {
        return new Objective(name, F_DISC | F_SYNCH, DEFAULT_LOOP_COUNT, ObjectiveValue.NONE);
    }

    /**
     * An objective for discovery only.
     *
     * @param name the objective's name
     * @return the objective, with the default loop count and no value
     */
    public static Objective discoverable(String name) {
        return new Objective(name, F_DISC, DEFAULT_LOOP_COUNT, ObjectiveValue.NONE);
    }

    /** {@return whether the objective supports negotiation} */
    public boolean isNegotiable() {
        return (flags & F_NEG) != 0;
    }

    /** {@return whether the objective supports synchronization} */
    public boolean isSynchronizable() {
        return (flags & F_SYNCH) != 0;
    }

    /** {@return whether negotiation is, or may be, a dry run} */
    public boolean isDryRun() {
        return (flags & F_NEG_DRY) != 0;
    }

    /**
     * This objective with or without the dry-run flag. A session never mixes the two modes.
     *
     * @param dryRun whether F_NEG_DRY is set
     * @return the changed objective
     */
    public Objective withDryRun(boolean dryRun) {
        return new Objective(name, dryRun ? flags | F_NEG_DRY : flags & ~F_NEG_DRY, loopCount, value);
    }

    /**
     * This objective with another loop count.
     *
     * @param newLoopCount 0 to 255
     * @return the changed objective
     */
    public Objective withLoopCount(int newLoopCount) {
        return new Objective(name, flags, newLoopCount, value);
    }

    /**
     * This objective with another value.
     *
     * @param newValue the value
     * @return the changed objective
     */
    public Objective withValue(ObjectiveValue newValue) {
        return new Objective(name, flags, loopCount, newValue);
    }

    /**
     * This objective with a value that Jackson writes as CBOR.
     *
     * @param newValue what {@link ObjectiveValue#of} takes
     * @return the changed objective
     */
    public Objective withValue(Object newValue) {
        return withValue(ObjectiveValue.of(newValue));
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
