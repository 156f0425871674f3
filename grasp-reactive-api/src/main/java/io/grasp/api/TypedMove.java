package io.grasp.api;

import io.grasp.model.TypedObjective;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A move of an ASA when it is its turn in a negotiation over a {@link TypedObjective}; {@link TypedOffer} creates the
 * same moves.
 *
 * @param <T> the type of the objective's values
 */
public sealed interface TypedMove<T> {
    /**
     * Offers another value (M_NEGOTIATE).
     *
     * @param value the value
     * @param <T> the type of the objective's values
     * @return the move; it fails like moves that throw if the objective's codec cannot write the value
     */
    static <T> TypedMove<T> propose(T value) {
        return new Propose<>(value, OptionalInt.empty());
    }

    /**
     * Offers another value (M_NEGOTIATE) with a loop count that the ASA sets, see {@link Move#propose(Object, int)}.
     *
     * @param value the value
     * @param loopCount the loop count, at least 1; a greater one than 255 is sent as 255
     * @param <T> the type of the objective's values
     * @return the move
     */
    static <T> TypedMove<T> propose(T value, int loopCount) {
        return new Propose<>(value, OptionalInt.of(loopCount));
    }

    /**
     * Accepts the peer's last offer and ends the negotiation (M_END with O_ACCEPT).
     *
     * @param <T> the type of the objective's values
     * @return the move
     */
    static <T> TypedMove<T> accept() {
        return new Accept<>();
    }

    /**
     * Ends the negotiation without agreement (M_END with O_DECLINE).
     *
     * @param reason the reason, for the peer; may be empty
     * @param <T> the type of the objective's values
     * @return the move
     */
    static <T> TypedMove<T> decline(String reason) {
        return new Decline<>(reason);
    }

    /**
     * Asks the peer to wait (M_WAIT), see {@link Move#waitFor}. It remains our turn.
     *
     * @param duration the time from now
     * @param <T> the type of the objective's values
     * @return the move
     */
    static <T> TypedMove<T> waitFor(Duration duration) {
        return new WaitFor<>(duration);
    }

    /**
     * See {@link TypedMove#propose}.
     *
     * @param value the proposed value
     * @param loopCount the loop count, if the ASA sets it
     * @param <T> the type of the values
     */
    record Propose<T>(T value, OptionalInt loopCount) implements TypedMove<T> {
        /** Checks the components. */
        public Propose {
            Objects.requireNonNull(value, "value");
            Move.Propose.requireLoopCount(loopCount);
        }
    }

    /**
     * See {@link TypedMove#accept}.
     *
     * @param <T> the type of the values
     */
    record Accept<T>() implements TypedMove<T> {}

    /**
     * See {@link TypedMove#decline}.
     *
     * @param reason the reason, for the peer
     * @param <T> the type of the values
     */
    record Decline<T>(String reason) implements TypedMove<T> {
        /** Checks the components. */
        public Decline {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * See {@link TypedMove#waitFor}.
     *
     * @param duration the time asked for
     * @param <T> the type of the values
     */
    record WaitFor<T>(Duration duration) implements TypedMove<T> {
        /** Checks the components. */
        public WaitFor {
            Objects.requireNonNull(duration, "duration");
        }
    }
}
