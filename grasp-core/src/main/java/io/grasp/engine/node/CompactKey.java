package io.grasp.engine.node;

import io.grasp.model.SessionId;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A Session ID and an initiator in a fifth of the memory of a {@link SessionKey}, for what a node remembers of many
 * messages.
 *
 * @param high the first 64 bits of the initiator's address
 * @param low the last 64 bits; an IPv4 address is an IPv4-mapped IPv6 address
 * @param id the Session ID
 */
public record CompactKey(long high, long low, long id) implements Comparable<CompactKey> {
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    /** {@return the key of a message} */
    public static CompactKey of(SessionId session, InetAddress initiator) {
        ByteBuffer bytes = ByteBuffer.wrap(initiator.getAddress());
        boolean ipv4 = bytes.remaining() == Integer.BYTES;
        long high = ipv4 ? 0 : bytes.getLong();
        long low = ipv4 ? MAPPED_IPV4 | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
        return new CompactKey(high, low, session.value());
    }

    @Override
    public int compareTo(CompactKey other) {
        int byId = Long.compare(id, other.id);
        int byHigh = byId != 0 ? byId : Long.compare(high, other.high);
        return byHigh != 0 ? byHigh : Long.compare(low, other.low);
    }
}
