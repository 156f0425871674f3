package io.grasp.engine.node;

import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.net.InetAddress;

/** Identifies a session uniquely among all nodes (RFC 8990 section 2.7). */
public record SessionKey(SessionId id, InetAddress initiator) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
