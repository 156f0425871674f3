package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into messages. CBOR on TCP has no length prefix: a message ends where its item does. Bytes
 * beyond the limits are refused before they are kept.
 */
public final class MessageFramer {
    private static final byte[] EMPTY = new byte[0];

    private final CborScanner scanner;
    private byte[] buffer = EMPTY;
    /** Whether the buffer is ours to write into, and no chunk that was fed. */
    private boolean owned;

    private int start;
    private int end;
    private @Nullable CborException failure;

    /** @param limits what to refuse */
    public MessageFramer(CborLimits limits) {
        this.scanner = new CborScanner(limits);
    }

    /**
     * Takes more of the stream. Call {@link #next} until it returns {@code null} before feeding more: then no more
     * than one unfinished message is kept.
     *
     * @param chunk the bytes, cut anywhere; must not be changed afterwards
     */
    public void feed(byte[] chunk) {
        if (failure != null || chunk.length == 0) {
            return;
        }
        if (start == end) {
            buffer = chunk;
            owned = false;
            start = 0;
            end = chunk.length;
            return;
        }
        int kept = end - start;
        byte[] joined = start == 0 && end + chunk.length <= buffer.length && owned
                ? buffer
                : Arrays.copyOfRange(buffer, start, start + Math.max(2 * kept, kept + chunk.length));
        System.arraycopy(chunk, 0, joined, kept, chunk.length);
        buffer = joined;
        start = 0;
        end = kept + chunk.length;
        owned = true;
    }

    /**
     * The next whole message.
     *
     * @return exactly its bytes, or {@code null} if more of the stream is needed
     * @throws CborException if what follows is not well-formed or goes beyond the limits; and from then on always
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
            buffer = EMPTY;
            start = 0;
            end = 0;
            throw e;
        }
        if (length == CborScanner.NEED_MORE) {
            return null;
        }
        byte[] message = !owned && start == 0 && length == buffer.length
                ? buffer
                : Arrays.copyOfRange(buffer, start, start + length);
        start += length;
        scanner.reset();
        if (start == end) {
            buffer = EMPTY;
            start = 0;
            end = 0;
            owned = false;
        }
        return message;
    }

    /** {@return how many bytes of an unfinished message, or of messages not yet taken, are kept} */
    public int pendingBytes() {
        return end - start;
    }
}
