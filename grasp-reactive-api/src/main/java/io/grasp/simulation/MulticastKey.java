package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Identifies a multicast, regardless of the relays on its way (RFC 8990 section 2.7). */
record MulticastKey(String type, SessionId session, InetAddress initiator) implements Comparable<MulticastKey> {
    private static final Set<String> TYPES = Set.of("M_DISCOVERY", "M_FLOOD");
    private static final Comparator<MulticastKey> ORDER = Comparator.comparing(MulticastKey::type)
            .thenComparingLong(key -> key.session.value())
            .thenComparing(MulticastKey::initiator, PeerAddresses::compare);

    /** {@return the key of a flood or discovery, {@code null} for any other message} */
    static @Nullable MulticastKey of(MessageInfo message) {
        SessionId session = message.session();
        InetAddress initiator = message.initiator();
        return session != null && initiator != null && TYPES.contains(message.typeName())
                ? new MulticastKey(message.typeName(), session, initiator)
                : null;
    }

    @Override
    public int compareTo(MulticastKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return type + " " + session + " of " + AddressText.of(initiator);
    }
}
