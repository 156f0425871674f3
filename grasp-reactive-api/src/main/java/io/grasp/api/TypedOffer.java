package io.grasp.api;

import io.grasp.model.Objective;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.Objects;

/**
 * An offer of the peer in a negotiation over a {@link io.grasp.model.TypedObjective}, and the moves in answer to it.
 * The request is the responder's first offer.
 *
 * @param value the value
 * @param objective the objective as it was received, with the value in CBOR
 * @param <T> the type of the objective's values
 */
public record TypedOffer<T>(T value, Objective objective) {
    /** Checks the components. */
    public TypedOffer {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(objective, "objective");
    }

    /** {@return the received loop count: if it is 1 or less, no further offer is possible} */
    public int loopCount() {
        return objective.loopCount();
    }

    /** {@return whether the negotiation is a dry run, which must not change anything} */
    public boolean isDryRun() {
        return objective.isDryRun();
    }

    /** {@return the move that accepts this offer and ends the negotiation} */
    public TypedMove<T> accept() {
        return TypedMove.accept();
    }

    /**
     * Offers another value.
     *
     * @param newValue the value
     * @return the move
     */
    public TypedMove<T> propose(T newValue) {
        return TypedMove.propose(newValue);
    }

    /**
     * Ends the negotiation without agreement.
     *
     * @param reason the reason, for the peer; may be empty
     * @return the move
     */
    public TypedMove<T> decline(String reason) {
        return TypedMove.decline(reason);
    }

    /**
     * Asks the peer to wait, see {@link Move#waitFor}.
     *
     * @param duration the time from now
     * @return the move
     */
    public TypedMove<T> waitFor(Duration duration) {
        return TypedMove.waitFor(duration);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
