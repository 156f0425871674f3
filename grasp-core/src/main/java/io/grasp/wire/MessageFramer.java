package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream of bytes into messages. CBOR on TCP has no length prefix: a message ends where its item ends. Each
 * byte is scanned once, however the stream is split into chunks, and a message beyond the limits is refused before it
 * is buffered. Not thread-safe.
 *
 * <pre>{@code
 * framer.feed(chunk);
 * for (byte[] message = framer.next(); message != null; message = framer.next()) { ... }
 * }</pre>
 */
public final class MessageFramer {
    private static final byte[] NOTHING = new byte[0];

    private final CborScanner scanner;
    /** The pending bytes, from start to end: a chunk that was fed, or several joined. */
    private byte[] buffer = NOTHING;
    /** Whether this class owns the buffer and may write to it; otherwise it is a chunk. */
    private boolean owned;

    private int maxBytes;
    private int start;
    private int end;
    private @Nullable CborException failure;

    /** @param limits the limits to enforce */
    public MessageFramer(CborLimits limits) {
        this.scanner = new CborScanner(limits);
        this.maxBytes = limits.maxBytes();
    }

    /**
     * Changes the limits from the next message on. Called between two messages.
     *
     * @param limits the limits to enforce
     */
    public void limits(CborLimits limits) {
        scanner.limits(limits);
        maxBytes = limits.maxBytes();
    }

    /**
     * Adds more of the stream. Read all messages before feeding more: then at most one incomplete message is buffered,
     * within the limits.
     *
     * @param chunk the bytes, split anywhere; must not be changed afterwards. Ignored after a failure
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
     * Returns the next complete message.
     *
     * @return exactly its bytes, or {@code null} if more of the stream is needed
     * @throws CborException if the next bytes are not well-formed or exceed the limits, with an offset from the
     *     beginning of the message; every later call throws the same exception
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
            if (start > 0) { // the message must not keep the memory of those before it
                keep(Arrays.copyOfRange(buffer, start, end), end - start, true);
            }
            return null;
        }
        byte[] message = take(length);
        scanner.reset();
        return message;
    }

    /** {@return the number of buffered bytes, of an incomplete message or of messages that have not been read yet} */
    public int pendingBytes() {
        return end - start;
    }

    /** Does not copy a chunk that is exactly one message, as nearly all are. */
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
     * {@return an owned buffer that begins with the pending bytes and has room for more; it doubles when it grows, up
     * to the size of the longest message}
     */
    private byte[] withRoom(int pending, int more) {
        if (owned && start == 0 && more <= buffer.length - pending) {
            return buffer;
        }
        int room = Math.max(Math.min(2 * pending, maxBytes), pending + more);
        return Arrays.copyOfRange(buffer, start, start + room);
    }

    private void keep(byte[] newBuffer, int length, boolean own) {
        buffer = newBuffer;
        owned = own;
        start = 0;
        end = length;
    }
}
