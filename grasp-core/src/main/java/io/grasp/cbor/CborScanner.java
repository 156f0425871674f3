package io.grasp.cbor;

import io.grasp.cbor.CborException.Reason;
import java.util.Arrays;

/**
 * Finds the end of one data item and checks that it is well-formed (RFC 8949 appendix C), from bytes that may come in
 * pieces: it resumes where it stopped. It never allocates what a length in the data asks for.
 */
public final class CborScanner {
    /** What {@link #scan} returns when the item goes on beyond the bytes so far. */
    public static final int NEED_MORE = -1;

    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xFF;
    private static final long OPEN_ENDED = -1;
    private static final long AWAITING_VALUE = -2;
    private static final int INITIAL_DEPTH = 8;

    private final CborLimits limits;
    /** For each open container, how many items are still to come; below 0 if a break will end it. */
    private long[] remaining = new long[INITIAL_DEPTH];
    /** For each open container, its initial byte. */
    private byte[] kinds = new byte[INITIAL_DEPTH];

    private int depth;
    private int items;
    private int position;
    private boolean done;

    /** @param limits what to refuse */
    public CborScanner(CborLimits limits) {
        this.limits = limits;
    }

    /** Makes the scanner ready for another item, whose first byte will be at offset 0. */
    public void reset() {
        depth = 0;
        items = 0;
        position = 0;
        done = false;
    }

    /**
     * Goes on from where it stopped.
     *
     * @param array holds the item; what was scanned before must still be there
     * @param base where in the array the item begins
     * @param available how many bytes there are from there on
     * @return the item's length, or {@link #NEED_MORE}
     * @throws CborException if the item is not well-formed or goes beyond the limits
     */
    public int scan(byte[] array, int base, int available) throws CborException {
        while (!done) {
            if (position >= limits.maxBytes()) {
                throw new CborException(Reason.TOO_LARGE, position);
            }
            if (position >= available) {
                return NEED_MORE;
            }
            int initial = array[base + position] & 0xFF;
            if (initial == BREAK) {
                position++;
                endIndefinite();
                continue;
            }
            int major = initial >> 5;
            int info = initial & 0x1F;
            int headLength = headLength(info, major);
            if (headLength > available - position) {
                requireRoom(headLength);
                return NEED_MORE;
            }
            long argument = argument(array, base + position + 1, info);
            long length = headLength;
            if (info != INDEFINITE && (major == 2 || major == 3)) {
                if (argument < 0 || argument > limits.maxBytes() - position - headLength) {
                    throw new CborException(Reason.TOO_LARGE, position);
                }
                length += argument;
                if (length > available - position) {
                    return NEED_MORE;
                }
            } else if (major == 7 && info == 24 && argument < 32) {
                throw new CborException(Reason.MALFORMED, position);
            }
            count(major, info);
            position += (int) length;
            begin(major, info, argument, initial);
        }
        return position;
    }

    private void count(int major, int info) throws CborException {
        if (++items > limits.maxItems()) {
            throw new CborException(Reason.TOO_MANY_ITEMS, position);
        }
        if (depth > 0 && remaining[depth - 1] == OPEN_ENDED) {
            int container = (kinds[depth - 1] & 0xFF) >> 5;
            // Inside an indefinite string there are only definite strings of its own type.
            if (container <= 3 && (major != container || info == INDEFINITE)) {
                throw new CborException(Reason.MALFORMED, position);
            }
        }
    }

    private void begin(int major, int info, long argument, int initial) throws CborException {
        long children;
        switch (major) {
            case 2, 3 -> children = info == INDEFINITE ? OPEN_ENDED : 0;
            case 4 -> children = info == INDEFINITE ? OPEN_ENDED : bounded(argument, 1);
            case 5 -> children = info == INDEFINITE ? OPEN_ENDED : bounded(argument, 2);
            case 6 -> children = 1;
            default -> children = 0;
        }
        if (children == 0) {
            endItem();
        } else {
            push(children, initial);
        }
    }

    /** Every child takes a byte at least, so a count beyond the limits need not be waited for. */
    private long bounded(long count, int factor) throws CborException {
        if (count < 0 || count > (limits.maxItems() - items) / factor) {
            throw new CborException(Reason.TOO_MANY_ITEMS, position);
        }
        if (count * factor > limits.maxBytes() - position) {
            throw new CborException(Reason.TOO_LARGE, position);
        }
        return count * factor;
    }

    private void push(long children, int initial) throws CborException {
        if (depth >= limits.maxDepth()) {
            throw new CborException(Reason.TOO_DEEP, position);
        }
        if (depth == remaining.length) {
            remaining = Arrays.copyOf(remaining, depth * 2);
            kinds = Arrays.copyOf(kinds, depth * 2);
        }
        remaining[depth] = children;
        kinds[depth] = (byte) initial;
        depth++;
    }

    private void endIndefinite() throws CborException {
        if (depth == 0 || remaining[depth - 1] != OPEN_ENDED) {
            throw new CborException(Reason.MALFORMED, position - 1);
        }
        depth--;
        endItem();
    }

    private void endItem() throws CborException {
        while (depth > 0) {
            int top = depth - 1;
            if (remaining[top] < 0) {
                // In an indefinite map a key leaves the map open for its value: a break there is malformed.
                if ((kinds[top] & 0xFF) >> 5 == 5) {
                    remaining[top] = remaining[top] == OPEN_ENDED ? AWAITING_VALUE : OPEN_ENDED;
                }
                return;
            }
            if (--remaining[top] > 0) {
                return;
            }
            depth--;
        }
        done = true;
    }

    private void requireRoom(int length) throws CborException {
        if (length > limits.maxBytes() - position) {
            throw new CborException(Reason.TOO_LARGE, position);
        }
    }

    private int headLength(int info, int major) throws CborException {
        if (info < 24 || (info == INDEFINITE && major >= 2 && major <= 5)) {
            return 1;
        }
        if (info > 27) {
            throw new CborException(Reason.MALFORMED, position);
        }
        return 1 + (1 << (info - 24));
    }

    static long argument(byte[] array, int offset, int info) {
        if (info < 24 || info == INDEFINITE) {
            return info;
        }
        long value = 0;
        for (int i = 0; i < 1 << (info - 24); i++) {
            value = (value << 8) | (array[offset + i] & 0xFF);
        }
        return value;
    }

    /**
     * Checks that bytes are exactly one well-formed item.
     *
     * @param array holds the bytes
     * @param offset where they begin
     * @param length how many they are
     * @param limits what to refuse
     * @throws CborException if they are not
     */
    public static void requireSingleItem(byte[] array, int offset, int length, CborLimits limits) throws CborException {
        int end = new CborScanner(limits).scan(array, offset, length);
        if (end == NEED_MORE) {
            throw new CborException(Reason.TRUNCATED, length);
        }
        if (end < length) {
            throw new CborException(Reason.TRAILING_BYTES, end);
        }
    }
}
