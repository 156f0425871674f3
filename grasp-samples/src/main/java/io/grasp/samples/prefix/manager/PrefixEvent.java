package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixParams;

/** What a prefix manager reports. Peers are named by the name in their certificate, or otherwise by their address. */
public sealed interface PrefixEvent {
    /** {@return the event as a sentence for operators} */
    String describe();

    /**
     * A requester has accepted an offer.
     *
     * @param prefix the prefix, which is the requester's now
     * @param peer the requester
     */
    record Assigned(Prefix prefix, String peer) implements PrefixEvent {
        @Override
        public String describe() {
            return "Assigned " + prefix + " to " + peer;
        }
    }

    /**
     * A requester has not accepted an offer, so the prefix is free again.
     *
     * @param prefix the prefix
     * @param peer the requester
     * @param reason what it has answered
     */
    record Returned(Prefix prefix, String peer, String reason) implements PrefixEvent {
        @Override
        public String describe() {
            return prefix + ", offered to " + peer + ", is free again: " + reason;
        }
    }

    /**
     * A negotiation has failed after an offer, so it is not known whether the requester has accepted. The prefix is not
     * offered again until an operator reclaims it.
     *
     * @param prefix the prefix
     * @param peer the requester
     * @param reason how the negotiation has failed
     */
    record InDoubt(Prefix prefix, String peer, String reason) implements PrefixEvent {
        @Override
        public String describe() {
            return prefix + ", offered to " + peer + ", is in doubt: " + reason;
        }
    }

    /**
     * A request was declined.
     *
     * @param peer the requester
     * @param reason the reason for the requester
     */
    record Declined(String peer, String reason) implements PrefixEvent {
        @Override
        public String describe() {
            return "Declined a request of " + peer + ": " + reason;
        }
    }

    /**
     * A requester is asked to wait while this node requests a prefix itself.
     *
     * @param family the version of IP
     * @param length the requested length
     * @param peer the requester
     */
    record Waiting(AddressFamily family, int length, String peer) implements PrefixEvent {
        @Override
        public String describe() {
            return peer + " waits for IPv" + family.version() + " /" + length;
        }
    }

    /**
     * A provider has assigned a prefix to this node.
     *
     * @param prefix the prefix
     * @param peer the provider
     */
    record Obtained(Prefix prefix, String peer) implements PrefixEvent {
        @Override
        public String describe() {
            return "Obtained " + prefix + " from " + peer;
        }
    }

    /**
     * A provider has not assigned a prefix to this node, or no provider was found.
     *
     * @param family the version of IP
     * @param length the requested length
     * @param peer the provider, empty if there is none
     * @param reason the reason
     */
    record NotObtained(AddressFamily family, int length, String peer, String reason) implements PrefixEvent {
        @Override
        public String describe() {
            String wanted = "IPv" + family.version() + " /" + length;
            return "No " + wanted + (peer.isEmpty() ? "" : " from " + peer) + ": " + reason;
        }
    }

    /**
     * A change of the pool could not be written. What must be written because a negotiation has ended is repeated with
     * growing pauses; anything else has not happened.
     *
     * @param reason the failure of the store
     */
    record NotStored(String reason) implements PrefixEvent {
        @Override
        public String describe() {
            return "Prefixes cannot be stored: " + reason;
        }
    }

    /**
     * The parameters of the domain have changed.
     *
     * @param params the parameters as announced
     * @param source how they came
     */
    record ParamsChanged(PrefixParams params, ParamsSource source) implements PrefixEvent {
        @Override
        public String describe() {
            return "Parameters: " + params;
        }
    }

    /**
     * A prefix was delegated to an interface.
     *
     * @param delegation the prefix and the interface
     */
    record Delegated(Delegation delegation) implements PrefixEvent {
        @Override
        public String describe() {
            return "Delegated " + delegation.prefix() + " to " + delegation.name();
        }
    }

    /**
     * A prefix is no longer delegated to an interface, and free again.
     *
     * @param delegation the prefix and the interface
     */
    record Released(Delegation delegation) implements PrefixEvent {
        @Override
        public String describe() {
            return "Released " + delegation.prefix() + " of " + delegation.name();
        }
    }

    /**
     * The hook that puts a delegation into effect, or ends that, has failed; it is run again later.
     *
     * @param delegation the prefix and the interface
     * @param reason how it has failed
     */
    record HookFailed(Delegation delegation, String reason) implements PrefixEvent {
        @Override
        public String describe() {
            return "The hook for " + delegation.prefix() + " on " + delegation.name() + " has failed: " + reason;
        }
    }

    /** Receives the events. */
    @FunctionalInterface
    interface Listener {
        /**
         * Receives an event. Called on the thread of the ASA's signals; it must not block.
         *
         * @param event the event
         */
        void event(PrefixEvent event);
    }
}
