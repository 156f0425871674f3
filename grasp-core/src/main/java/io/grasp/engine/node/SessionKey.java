package io.grasp.engine.node;

import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;

/**
 * Identifies a session uniquely among all nodes (RFC 8990 section 2.7). It is comparable because peers choose both
 * parts, so that keys whose hash codes collide on purpose cost no more than others in a hash map.
 */
public record SessionKey(SessionId id, InetAddress initiator) implements Comparable<SessionKey> {
    @Override
    public int compareTo(SessionKey other) {
        int byId = Long.compare(id.value(), other.id.value());
        return byId != 0 ? byId : PeerAddresses.compare(initiator, other.initiator);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
