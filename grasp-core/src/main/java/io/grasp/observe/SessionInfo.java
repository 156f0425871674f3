package io.grasp.observe;

import io.grasp.model.SessionId;
import io.grasp.util.AddressText;

/**
 * Identifies a session to an observer.
 *
 * @param id its Session ID
 * @param kind the kind of session
 * @param role this node's part in it
 * @param objective its objective's name
 */
public record SessionInfo(SessionId id, Kind kind, Role role, String objective) {
    /** A kind of session. */
    public enum Kind {
        /** Discovery. */
        DISCOVERY,
        /** Negotiation. */
        NEGOTIATION,
        /** Synchronization by request. */
        SYNCHRONIZATION
    }

    /** A node's part in a session. */
    public enum Role {
        /** The node that began the session. */
        INITIATOR,
        /** The node that answers. */
        RESPONDER
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
