package io.grasp.api;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;

/**
 * The form of offers and moves in an ASA's conversation.
 *
 * @param <O> an offer of the peer
 * @param <M> a move of ours
 */
interface ConversationForm<O, M> {
    /** Plain objectives, and moves whose values are already CBOR. */
    ConversationForm<Objective, Move> UNTYPED = new ConversationForm<>() {
        @Override
        public Objective inHand(Objective received) {
            return received;
        }

        @Override
        public boolean callsAsa() {
            return false;
        }

        @Override
        public Objective offer(Objective received) {
            return received;
        }

        @Override
        public Move move(Move move) {
            return move;
        }
    };

    /** {@return the offer with which the conversation begins} Called on the loop. */
    O inHand(Objective received);

    /** {@return whether reading an offer may call code of the ASA, such as a codec} */
    default boolean callsAsa() {
        return true;
    }

    /**
     * Reads a later offer, where the ASA expects its code to be called.
     *
     * @throws UnfitOffer if the offer cannot be passed to the ASA; it is then declined
     */
    O offer(Objective received);

    /** {@return a move as it is sent} Called where the move comes from. */
    Move move(M move);

    /** Thrown for an offer that cannot be passed to the ASA. */
    final class UnfitOffer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** The reason. */
        private final String reason;
        /** The failure. */
        private final GraspException failure;

        /**
         * Makes one.
         *
         * @param reason the reason for the peer
         * @param failure the error for the ASA
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
