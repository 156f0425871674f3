package io.grasp.samples.prefix.pool;

import java.util.Objects;

/** A pool refuses an operation; nothing has changed. The message is for the operator of this node. */
public final class PoolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The reason. */
    private final Reason reason;

    /** The kind of refusal, with a text for a peer whose request is declined. */
    public enum Reason {
        /** No prefix that is large enough is free. */
        EXHAUSTED("No prefix available"),
        /** The length is out of the configured range. */
        LENGTH_OUT_OF_RANGE("Prefix length out of range"),
        /** The peer has as much as it may have, or too many negotiations under way. */
        PEER_LIMIT("Limit for this peer reached"),
        /** Too many offers, entries or waiting operations. */
        BUSY("Too many requests, try again later"),
        /** The prefix overlaps one of this node's. */
        OVERLAP("Prefix overlaps another one"),
        /** Nodes may not use addresses of the prefix, see {@link io.grasp.samples.prefix.Prefix#isAssignable}. */
        NOT_ASSIGNABLE("Prefix not assignable"),
        /** An interface of this node has the prefix, or not all of it is free. */
        IN_USE("Prefix in use"),
        /** There is no such prefix in the state that the operation requires. */
        NOT_FOUND("Prefix not found"),
        /** The offer or the acquisition has ended before. */
        ENDED("Negotiation has ended"),
        /** The pool is closed. */
        CLOSED("Prefix manager stops");

        private final String declineText;

        Reason(String declineText) {
            this.declineText = declineText;
        }

        /** {@return the reason in words for a peer; graspy uses the same ones where it has such a reason} */
        public String declineText() {
            return declineText;
        }
    }

    /**
     * A refusal.
     *
     * @param reason the kind of refusal
     * @param message a sentence for the operator
     */
    public PoolException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** {@return the kind of refusal} */
    public Reason reason() {
        return reason;
    }
}
