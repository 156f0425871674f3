package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.MessageType;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Identifies a multicast, regardless of the relays on its way (RFC 8990 section 2.7). */
record MulticastKey(int type, SessionId session, InetAddress initiator) {
    /** {@return the key of a flood or discovery, {@code null} for any other message} */
    static @Nullable MulticastKey of(MessageInfo message) {
        if (message instanceof Flood flood) {
            return new MulticastKey(flood.type(), flood.session(), flood.initiator());
        }
        return message instanceof Discovery discovery
                ? new MulticastKey(discovery.type(), discovery.session(), discovery.initiator())
                : null;
    }

    @Override
    public String toString() {
        return MessageType.name(type) + " " + session + " of " + AddressText.of(initiator);
    }
}
