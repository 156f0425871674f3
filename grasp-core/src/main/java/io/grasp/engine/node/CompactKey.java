package io.grasp.engine.node;

import java.nio.ByteBuffer;

/**
 * A Session ID and an initiator, or a digest of these and the objectives, in a fifth of the memory of a
 * {@link SessionKey} or {@link MulticastKey}, for what a node remembers of many messages.
 *
 * @param high the first 64 bits of the initiator's address, or of the digest
 * @param low the last 64 bits; an IPv4 address is an IPv4-mapped IPv6 address
 * @param id the Session ID
 */
public record CompactKey(long high, long low, long id) implements Comparable<CompactKey> {
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    /** {@return the key of an M_DISCOVERY or M_FLOOD} */
    public static CompactKey of(MulticastKey message) {
        CompactKey session = of(message.session());
        return message.objectives() == 0 ? session : session.withObjectives(message.objectives());
    }

    private CompactKey withObjectives(long objectives) {
        ByteBuffer digest = ByteBuffer.wrap(MulticastKey.sha256()
                .digest(ByteBuffer.allocate(4 * Long.BYTES)
                        .putLong(high)
                        .putLong(low)
                        .putLong(id)
                        .putLong(objectives)
                        .array()));
        return new CompactKey(digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** {@return the key of a session} */
    public static CompactKey of(SessionKey session) {
        ByteBuffer bytes = ByteBuffer.wrap(session.initiator().getAddress());
        boolean ipv4 = bytes.remaining() == Integer.BYTES;
        long high = ipv4 ? 0 : bytes.getLong();
        long low = ipv4 ? MAPPED_IPV4 | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
        return new CompactKey(high, low, session.id().value());
    }

    @Override
    public int compareTo(CompactKey other) {
        int byId = Long.compare(id, other.id);
        int byHigh = byId != 0 ? byId : Long.compare(high, other.high);
        return byHigh != 0 ? byHigh : Long.compare(low, other.low);
    }
}
