package io.grasp.substrate.netty.member;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The first message of each side on a connection with link messages. The side that opened the connection sends it
 * first. Each side says its flags when it knows by the hello of the other which node that is, so they are those for
 * this node. With them the connection is in use.
 *
 * <pre>
 *  kind    version  instance  port
 *  1 byte  1        16        2     (more may follow in later versions)
 *
 *     opener                       acceptor
 *        |----------- HELLO ----------&gt;|
 *        |&lt;------- HELLO, FLAGS -------|
 *        |----------- FLAGS ----------&gt;|
 * </pre>
 *
 * @param instance 32 hexadecimal digits, chosen at random at each start: it identifies the running node
 * @param port the TCP port at which it accepts connections, 0 if it accepts none
 */
record Hello(String instance, int port) {
    /** The kinds of messages: the first byte of each. */
    static final byte HELLO = 0;

    /** A GRASP message follows. */
    static final byte MESSAGE = 1;

    /**
     * One byte follows: whether the sender wants the receiver as its neighbor, and whether it accepts to be one or why
     * it does not ({@link Acceptance}).
     */
    static final byte FLAGS = 2;

    /** The sender opens no more streams on this connection; the receiver closes it when its streams have ended. */
    static final byte CLOSING = 3;

    /**
     * The sender's certificate is another one in new handshakes, or one of those in this connection is about to expire:
     * the receiver opens another connection if it can.
     */
    static final byte RENEW = 4;

    static final int INSTANCE_BYTES = 16;

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 1 + INSTANCE_BYTES + 2;
    private static final int WANTS = 1;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .put(HELLO)
                .put(VERSION)
                .put(HexFormat.of().parseHex(instance))
                .putShort((short) port)
                .array();
    }

    static byte flags(boolean wants, Acceptance acceptance) {
        return (byte) ((wants ? WANTS : 0) | acceptance.flag());
    }

    static boolean wants(byte flags) {
        return (flags & WANTS) != 0;
    }

    /** {@return the hello in a message, {@code null} if it is none} */
    static @Nullable Hello decode(byte[] message) {
        if (message.length < BYTES || message[0] != HELLO || message[1] != VERSION) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(message, 2, message.length - 2);
        byte[] instance = new byte[INSTANCE_BYTES];
        in.get(instance);
        return new Hello(HexFormat.of().formatHex(instance), in.getShort() & 0xFFFF);
    }
}
