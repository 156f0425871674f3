package io.grasp.model;

import java.util.Objects;

/** How two ASAs concluded a negotiation. Anything else that ends one is an error. */
public sealed interface NegotiationOutcome {
    /** {@return which side spoke the last word} */
    Side by();

    /** One of the two sides, seen from this node. */
    enum Side {
        /** This node's ASA. */
        LOCAL,
        /** The other ASA. */
        PEER
    }

    /**
     * They agreed.
     *
     * @param objective what on: the last offer of the side that did not say so
     * @param by who accepted
     */
    record Accepted(Objective objective, Side by) implements NegotiationOutcome {
        public Accepted {
            Objects.requireNonNull(objective, "objective");
            Objects.requireNonNull(by, "by");
        }
    }

    /**
     * One of them did not want to go on.
     *
     * @param reason why, empty if none was given
     * @param by who declined
     */
    record Declined(String reason, Side by) implements NegotiationOutcome {
        public Declined {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(by, "by");
        }
    }
}
