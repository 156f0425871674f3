package io.grasp.api;

import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.Objects;

/** What an ASA may do when it is its turn in a negotiation. */
public sealed interface Move {
    /**
     * Offers another value (M_NEGOTIATE).
     *
     * @param value the value
     * @return the move
     */
    static Move propose(ObjectiveValue value) {
        return new Propose(value);
    }

    /**
     * Offers another value (M_NEGOTIATE).
     *
     * @param value what {@link ObjectiveValue#of} takes
     * @return the move
     */
    static Move propose(Object value) {
        return new Propose(ObjectiveValue.of(value));
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
     * @param duration how long, from now, in whole milliseconds below 2^32
     * @return the move
     */
    static Move waitFor(Duration duration) {
        return new WaitFor(duration);
    }

    /** See {@link Move#propose}. */
    record Propose(ObjectiveValue value) implements Move {
        public Propose {
            Objects.requireNonNull(value, "value");
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
