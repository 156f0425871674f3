package io.grasp.substrate.netty.mux;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The layout of frames (docs/multiplexing.md). All numbers are unsigned and in network order.
 *
 * <pre>
 *    | type 8 | flags 8 | length 16 | stream 32 | payload ... |
 * </pre>
 */
final class Frames {
    static final byte[] MAGIC = "GRASPMUX".getBytes(StandardCharsets.US_ASCII);
    static final int VERSION = 1;
    static final int PREFACE_BYTES = 24;
    static final int HEADER_BYTES = 8;

    /** The longest payload of a frame: what one stream may send before it is another one's turn. */
    static final int MAX_PAYLOAD = 8192;

    static final int DATA = 0;
    static final int RESET = 1;
    static final int CREDIT = 2;
    static final int MESSAGE = 3;
    static final int PING = 4;
    static final int GO_AWAY = 5;

    /** Frames of this type, and of those above it, are ignored by an end that does not know them. */
    static final int FIRST_IGNORED = 128;

    /** Of DATA: the frame opens the stream. */
    static final int OPEN = 1;
    /** Of DATA: nothing follows in this direction. Of MESSAGE: the message is complete. */
    static final int END = 2;
    /** Of PING: it comes back. */
    static final int ACK = 1;
    /** Of GOAWAY: the sender sends nothing after it, and the receiver closes the connection. */
    static final int DONE = 1;

    /** A stream was aborted. */
    static final int CANCELLED = 1;
    /** A stream is refused, nothing of it was processed. */
    static final int REFUSED = 2;
    /** A stream has carried data although its receiver had closed it. */
    static final int CLOSED = 3;

    /** An amount of credit below this achieves nothing. */
    static final int MIN_CREDIT = MuxConfig.MIN_WINDOW_BYTES / 2;

    static final int RESET_BYTES = 4;
    static final int CREDIT_BYTES = 4;
    static final int PING_BYTES = 8;
    static final int GO_AWAY_BYTES = 8;

    private Frames() {}

    static byte[] preface(MuxRole role, MuxConfig config) {
        return ByteBuffer.allocate(PREFACE_BYTES)
                .put(MAGIC)
                .put((byte) VERSION)
                .put((byte) role.code())
                .putShort((short) 0)
                .putInt(config.windowBytes)
                .putInt(config.maxStreams)
                .putInt(config.maxMessageBytes)
                .array();
    }

    static byte[] reset(int stream, int code) {
        return frame(RESET, 0, RESET_BYTES, stream).putInt(code).array();
    }

    static byte[] ping(long token, int flags) {
        return frame(PING, flags, PING_BYTES, 0).putLong(token).array();
    }

    static byte[] goAway(int lastStream, int code, int flags) {
        return frame(GO_AWAY, flags, GO_AWAY_BYTES, 0)
                .putInt(lastStream)
                .putInt(code)
                .array();
    }

    private static ByteBuffer frame(int type, int flags, int length, int stream) {
        return ByteBuffer.allocate(HEADER_BYTES + length)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) length)
                .putInt(stream);
    }

    static void header(ByteBuf out, int type, int flags, int length, int stream) {
        out.writeByte(type).writeByte(flags).writeShort(length).writeInt(stream);
    }
}
