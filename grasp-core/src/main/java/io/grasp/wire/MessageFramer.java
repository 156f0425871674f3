package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into messages. CBOR on TCP has no length prefix: a message ends where its item does. Each byte
 * is looked at once, however the stream is cut into chunks, and what goes beyond the limits is refused before it is
 * kept. Not thread-safe.
 *
 * <pre>{@code
 * framer.feed(chunk);
 * for (byte[] message = framer.next(); message != null; message = framer.next()) { ... }
 * }</pre>
 */
public final class MessageFramer {
    private static final byte[] NOTHING = new byte[0];

    private final CborScanner scanner;
    /** What is pending, from start to end: a chunk that was fed, or several put together. */
    private byte[] buffer = NOTHING;
    /** Whether the buffer is ours to write into, and no chunk. */
    private boolean owned;

    private int start;
    private int end;
    private @Nullable CborException failure;

    /** @param limits what to refuse */
    public MessageFramer(CborLimits limits) {
        this.scanner = new CborScanner(limits);
    }

    /**
     * Changes what is refused, from the next message on. Called between two messages.
     *
     * @param limits what to refuse
     */
    public void limits(CborLimits limits) {
        scanner.limits(limits);
    }

    /**
     * Takes more of the stream. Take all messages before feeding more: then no more than an unfinished one is kept, and
     * that within the limits.
     *
     * @param chunk the bytes, cut anywhere; must not be changed afterwards. Ignored after a failure
     */
    public void feed(byte[] chunk) {
        if (failure != null || chunk.length == 0) {
            return;
        }
        if (start == end) {
            keep(chunk, chunk.length, false);
        } else {
            int pending = end - start;
            byte[] joined = withRoom(pending, chunk.length);
            System.arraycopy(chunk, 0, joined, pending, chunk.length);
            keep(joined, pending + chunk.length, true);
        }
    }

    /**
     * The next whole message.
     *
     * @return exactly its bytes, or {@code null} if more of the stream is needed
     * @throws CborException if what follows is not well-formed or goes beyond the limits, at an offset counted from the
     *     message's beginning; and from then on always the same
     */
    public byte @Nullable [] next() throws CborException {
        if (failure != null) {
            throw failure;
        }
        if (start == end) {
            return null;
        }
        int length;
        try {
            length = scanner.scan(buffer, start, end - start);
        } catch (CborException e) {
            failure = e;
            keep(NOTHING, 0, false);
            throw e;
        }
        if (length == CborScanner.NEED_MORE) {
            return null;
        }
        byte[] message = take(length);
        scanner.reset();
        return message;
    }

    /** {@return how many bytes of an unfinished message, or of messages not yet taken, are kept} */
    public int pendingBytes() {
        return end - start;
    }

    /** A chunk that is one message, as nearly all are, is not copied. */
    private byte[] take(int length) {
        boolean whole = !owned && length == buffer.length;
        byte[] message = whole ? buffer : Arrays.copyOfRange(buffer, start, start + length);
        start += length;
        if (start == end) {
            keep(NOTHING, 0, false);
        }
        return message;
    }

    /**
     * {@return a buffer of our own that begins with what is pending and has room for more; it doubles when it grows}
     */
    private byte[] withRoom(int pending, int more) {
        if (owned && start == 0 && more <= buffer.length - pending) {
            return buffer;
        }
        return Arrays.copyOfRange(buffer, start, start + Math.max(2 * pending, pending + more));
    }

    private void keep(byte[] newBuffer, int length, boolean own) {
        buffer = newBuffer;
        owned = own;
        start = 0;
        end = length;
    }
}
