package io.grasp.api;

import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/** A move of an ASA when it is its turn in a negotiation. */
public sealed interface Move {
    /**
     * Offers another value (M_NEGOTIATE).
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @return the move
     */
    static Move propose(Object value) {
        return new Propose(ObjectiveValue.of(value));
    }

    /**
     * Offers another value (M_NEGOTIATE) with a loop count that the ASA sets, for objectives that are {@linkplain
     * io.grasp.config.RegistrationOptions#raisedLoopCount registered that way}; for others the move fails.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @param loopCount the loop count, at least 1; a greater one than 255 is sent as 255
     * @return the move
     */
    static Move propose(Object value, int loopCount) {
        return new Propose(ObjectiveValue.of(value), OptionalInt.of(loopCount));
    }

    /** {@return the move that accepts the peer's last offer and ends the negotiation (M_END with O_ACCEPT)} */
    static Move accept() {
        return new Accept();
    }

    /**
     * Ends the negotiation without agreement (M_END with O_DECLINE).
     *
     * @param reason the reason, for the peer; may be empty
     * @return the move
     */
    static Move decline(String reason) {
        return new Decline(reason);
    }

    /**
     * Asks the peer to wait (M_WAIT). It remains our turn.
     *
     * @param duration the time from now, less than 2^32 ms, rounded up to whole milliseconds; zero ends an earlier wait
     *     at once
     * @return the move
     */
    static Move waitFor(Duration duration) {
        return new WaitFor(duration);
    }

    /**
     * See {@link Move#propose}.
     *
     * @param value the proposed value
     * @param loopCount the loop count, if the ASA sets it
     */
    record Propose(ObjectiveValue value, OptionalInt loopCount) implements Move {
        /** Checks the components. */
        public Propose {
            Objects.requireNonNull(value, "value");
            requireLoopCount(loopCount);
        }

        static void requireLoopCount(OptionalInt loopCount) {
            if (loopCount.isPresent() && loopCount.getAsInt() < 1) {
                throw new IllegalArgumentException("loop count " + loopCount.getAsInt() + " is below 1");
            }
        }

        /**
         * The core decrements the loop count.
         *
         * @param value the proposed value
         */
        public Propose(ObjectiveValue value) {
            this(value, OptionalInt.empty());
        }
    }

    /** See {@link Move#accept}. */
    record Accept() implements Move {}

    /**
     * See {@link Move#decline}.
     *
     * @param reason the reason, for the peer
     */
    record Decline(String reason) implements Move {
        /** Checks the components. */
        public Decline {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * See {@link Move#waitFor}.
     *
     * @param duration the time asked for
     */
    record WaitFor(Duration duration) implements Move {
        /** Checks the components. */
        public WaitFor {
            Objects.requireNonNull(duration, "duration");
        }
    }
}
