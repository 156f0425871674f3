package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.Objects;

/**
 * A peer's request for the value of an objective.
 *
 * @param session its Session ID
 * @param objective the objective as the peer sent it; its value has no meaning
 * @param peer the peer
 */
public record ValueRequest(SessionId session, Objective objective, Peer peer) {
    /** Checks the components. */
    public ValueRequest {
        Objects.requireNonNull(session, "session");
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(peer, "peer");
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
