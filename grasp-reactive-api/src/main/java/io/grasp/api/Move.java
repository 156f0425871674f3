package io.grasp.api;

import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/** What an ASA may do when it is its turn in a negotiation. */
public sealed interface Move {
    /**
     * Offers another value (M_NEGOTIATE).
     *
     * @param value what {@link ObjectiveValue#of} takes
     * @return the move
     */
    static Move propose(Object value) {
        return new Propose(ObjectiveValue.of(value));
    }

    /**
     * Offers another value (M_NEGOTIATE) with a loop count of the author's, for objectives that are
     * {@linkplain io.grasp.config.RegistrationOptions#raisedLoopCount registered so}; for others the move fails.
     *
     * @param value what {@link ObjectiveValue#of} takes
     * @param loopCount the loop count, 1 or above; 255 is sent for every greater one
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
     * @param reason why, for the peer; may be empty
     * @return the move
     */
    static Move decline(String reason) {
        return new Decline(reason);
    }

    /**
     * Asks the peer to wait (M_WAIT). The turn stays ours.
     *
     * @param duration how long, from now, in milliseconds below 2^32, rounded up; zero ends an earlier wait at once
     * @return the move
     */
    static Move waitFor(Duration duration) {
        return new WaitFor(duration);
    }

    /** See {@link Move#propose}. */
    record Propose(ObjectiveValue value, OptionalInt loopCount) implements Move {
        public Propose {
            Objects.requireNonNull(value, "value");
            requireLoopCount(loopCount);
        }

        static void requireLoopCount(OptionalInt loopCount) {
            if (loopCount.isPresent() && loopCount.getAsInt() < 1) {
                throw new IllegalArgumentException("loop count " + loopCount.getAsInt() + " is below 1");
            }
        }

        /** The loop count falls by 1. */
        public Propose(ObjectiveValue value) {
            this(value, OptionalInt.empty());
        }
    }

    /** See {@link Move#accept}. */
    record Accept() implements Move {}

    /** See {@link Move#decline}. */
    record Decline(String reason) implements Move {
        public Decline {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** See {@link Move#waitFor}. */
    record WaitFor(Duration duration) implements Move {
        public WaitFor {
            Objects.requireNonNull(duration, "duration");
        }
    }
}
