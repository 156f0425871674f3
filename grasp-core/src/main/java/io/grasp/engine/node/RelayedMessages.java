package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The messages that a relay has relayed, all that the relay rate allows in a time. */
public final class RelayedMessages {
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    private final ExpiringSet<Key> messages;

    public RelayedMessages(Loop loop, Duration lifetime, RelayRate rate) {
        int most = Math.toIntExact(Math.min(rate.most(lifetime), Integer.MAX_VALUE));
        this.messages = new ExpiringSet<>(loop, lifetime, most);
    }

    public void add(MulticastKey message) {
        messages.add(Key.of(message));
    }

    public int size() {
        return messages.size();
    }

    public boolean contains(MulticastKey message) {
        return messages.contains(Key.of(message));
    }

    /**
     * A Session ID and an initiator, or a digest of these and the objectives, in a fifth of the memory of a
     * {@link MulticastKey}: there are many of them.
     */
    record Key(long high, long low, long id) implements Comparable<Key> {
        static Key of(MulticastKey message) {
            return message.objectives() == 0 ? of(message.session()) : digest(message);
        }

        private static Key digest(MulticastKey message) {
            Key session = of(message.session());
            ByteBuffer digest = ByteBuffer.wrap(MulticastKey.sha256()
                    .digest(ByteBuffer.allocate(4 * Long.BYTES)
                            .putLong(session.high)
                            .putLong(session.low)
                            .putLong(session.id)
                            .putLong(message.objectives())
                            .array()));
            return new Key(digest.getLong(), digest.getLong(), digest.getLong());
        }

        private static Key of(SessionKey message) {
            InetAddress initiator = message.initiator();
            ByteBuffer bytes = ByteBuffer.wrap(initiator.getAddress());
            boolean ipv4 = bytes.remaining() == Integer.BYTES;
            long high = ipv4 ? 0 : bytes.getLong();
            long low = ipv4 ? MAPPED_IPV4 | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
            return new Key(high, low, message.id().value());
        }

        @Override
        public int compareTo(Key other) {
            int byId = Long.compare(id, other.id);
            int byHigh = byId != 0 ? byId : Long.compare(high, other.high);
            return byHigh != 0 ? byHigh : Long.compare(low, other.low);
        }
    }
}
