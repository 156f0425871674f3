package io.grasp.substrate.netty.acp;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import io.grasp.model.Locator;
import io.grasp.wire.MessageType;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The messages of connections between neighbors, as far as the substrate must know them. */
final class LinkMessages {
    /** What identifies the option of a hello among those of M_NOOP, all of which RFC 8990 lets other nodes ignore. */
    static final String HELLO = "io.grasp.acp";

    private static final int HELLO_ELEMENTS = 4;
    private static final int NO_TYPE = -1;
    private static final int MAX_TYPE = 255;

    private LinkMessages() {}

    /**
     * What a node says about itself at the beginning of a connection.
     *
     * @param instance identifies the run of the node
     * @param port the port at which it accepts connections on the link
     * @param keepaliveMillis the interval at which it sends at least something
     */
    record Hello(InstanceId instance, int port, int keepaliveMillis) {
        long keepaliveNanos() {
            return TimeUnit.MILLISECONDS.toNanos(keepaliveMillis);
        }
    }

    /**
     * {@return the number of a message's type; a negative number if the bytes are no message}
     *
     * @param message one well-formed item
     */
    static int type(byte[] message) {
        try {
            CborReader in = reader(message);
            return in.readArrayHeader() == 0 || in.isBreak() ? NO_TYPE : (int) in.readUnsigned(MAX_TYPE);
        } catch (CborException notAMessage) {
            return NO_TYPE;
        }
    }

    /** {@return M_NOOP without options} */
    static byte[] noop() {
        CborWriter out = new CborWriter();
        out.writeArrayHeader(1);
        out.writeUnsigned(MessageType.M_NOOP);
        return out.toByteArray();
    }

    /** {@return M_NOOP with an option of this substrate: a text, then what a {@link Hello} has} */
    static byte[] hello(Hello hello) {
        CborWriter out = new CborWriter();
        out.writeArrayHeader(2);
        out.writeUnsigned(MessageType.M_NOOP);
        out.writeArrayHeader(HELLO_ELEMENTS);
        out.writeText(HELLO);
        out.writeBytes(hello.instance().bytes());
        out.writeUnsigned(hello.port());
        out.writeUnsigned(hello.keepaliveMillis());
        return out.toByteArray();
    }

    /** {@return what an M_NOOP says about its sender; {@code null} if it is no hello} */
    static @Nullable Hello readHello(byte[] noop) {
        try {
            CborReader in = reader(noop);
            if (in.readArrayHeader() < 2
                    || in.readUnsigned() != MessageType.M_NOOP
                    || in.readArrayHeader() < HELLO_ELEMENTS // a later version may have more
                    || !in.readText().equals(HELLO)) {
                return null;
            }
            byte[] instance = in.readBytes();
            int port = (int) in.readUnsigned(Locator.MAX_PORT);
            int keepalive = (int) in.readUnsigned(Integer.MAX_VALUE);
            return instance.length == InstanceId.BYTES && port > 0 && keepalive > 0
                    ? new Hello(InstanceId.of(instance), port, keepalive)
                    : null;
        } catch (CborException another) {
            return null;
        }
    }

    private static CborReader reader(byte[] message) {
        return new CborReader(message, 0, message.length, CborLimits.DEFAULT.withMaxBytes(message.length));
    }

    /**
     * The identity of one run of a node, chosen at random.
     *
     * @param high the first half, unsigned
     * @param low the other half, unsigned
     */
    record InstanceId(long high, long low) implements Comparable<InstanceId> {
        static final int BYTES = 16;

        static InstanceId of(byte[] bytes) {
            ByteBuffer halves = ByteBuffer.wrap(bytes);
            return new InstanceId(halves.getLong(), halves.getLong());
        }

        byte[] bytes() {
            return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
        }

        @Override
        public int compareTo(InstanceId other) {
            int first = Long.compareUnsigned(high, other.high);
            return first == 0 ? Long.compareUnsigned(low, other.low) : first;
        }
    }
}
