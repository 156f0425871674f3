package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.Objects;

/** How two ASAs concluded a negotiation. Any other end of a negotiation is an error. */
public sealed interface NegotiationOutcome {
    /** {@return the side that accepted or declined} */
    Side by();

    /** One of the two sides, seen from this node. */
    enum Side {
        /** This node's ASA. */
        LOCAL,
        /** The other ASA. */
        PEER
    }

    /**
     * One side accepted.
     *
     * @param objective the agreed objective: the last offer of the side that did not accept
     * @param by the side that accepted
     */
    record Accepted(Objective objective, Side by) implements NegotiationOutcome {
        /** Checks the components. */
        public Accepted {
            Objects.requireNonNull(objective, "objective");
            Objects.requireNonNull(by, "by");
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * One side declined.
     *
     * @param reason the reason, empty if none was given
     * @param by the side that declined
     */
    record Declined(String reason, Side by) implements NegotiationOutcome {
        /** Checks the components. */
        public Declined {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(by, "by");
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
