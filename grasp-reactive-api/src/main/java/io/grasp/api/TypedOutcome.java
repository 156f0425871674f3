package io.grasp.api;

import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import java.util.Objects;
import java.util.Optional;

/**
 * How two ASAs concluded a negotiation over a {@link io.grasp.model.TypedObjective}. Any other end of a negotiation is
 * an error.
 *
 * @param <T> the type of the objective's values
 */
public sealed interface TypedOutcome<T> {
    /** {@return the side that accepted or declined} */
    Side by();

    /** {@return the agreed value, empty if the negotiation was declined} */
    Optional<T> agreed();

    /**
     * One side accepted.
     *
     * @param value the last offer of the side that did not accept
     * @param objective the objective with this value, as sent or received
     * @param by the side that accepted
     * @param <T> the type of the objective's values
     */
    record Accepted<T>(T value, Objective objective, Side by) implements TypedOutcome<T> {
        /** Checks the components. */
        public Accepted {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(objective, "objective");
            Objects.requireNonNull(by, "by");
        }

        @Override
        public Optional<T> agreed() {
            return Optional.of(value);
        }
    }

    /**
     * One side declined.
     *
     * @param reason the reason, empty if none was given
     * @param by the side that declined
     * @param <T> the type of the objective's values
     */
    record Declined<T>(String reason, Side by) implements TypedOutcome<T> {
        /** Checks the components. */
        public Declined {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(by, "by");
        }

        @Override
        public Optional<T> agreed() {
            return Optional.empty();
        }
    }
}
