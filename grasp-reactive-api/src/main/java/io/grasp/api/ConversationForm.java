package io.grasp.api;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;

/**
 * What offers and moves are to an ASA's conversation. Called on the loop.
 *
 * @param <O> an offer of the peer
 * @param <M> a move of ours
 */
interface ConversationForm<O, M> {
    /** Objectives as they are, and moves with values that are CBOR already. */
    ConversationForm<Objective, Move> UNTYPED = new ConversationForm<>() {
        @Override
        public Objective offer(Objective received) {
            return received;
        }

        @Override
        public Move move(Move move) {
            return move;
        }
    };

    /**
     * Reads an offer.
     *
     * @throws UnfitOffer if the ASA cannot be given this offer, which is therefore declined
     */
    O offer(Objective received);

    Move move(M move);

    /** An offer that the ASA cannot be given. */
    final class UnfitOffer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String reason;
        private final GraspException failure;

        /**
         * Makes one.
         *
         * @param reason for the peer
         * @param failure for the ASA
         */
        UnfitOffer(String reason, GraspException failure) {
            super(reason, failure, false, false);
            this.reason = reason;
            this.failure = failure;
        }

        String reason() {
            return reason;
        }

        GraspException failure() {
            return failure;
        }
    }
}
