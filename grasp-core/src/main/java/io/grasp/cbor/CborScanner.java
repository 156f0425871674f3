package io.grasp.cbor;

import io.grasp.cbor.CborException.Reason;
import java.util.Arrays;

/**
 * Finds the end of one data item and checks that it is well-formed (RFC 8949 appendix C). The bytes may arrive in
 * parts: the scanner resumes where it stopped. It allocates only its stack, one int for each nesting level, and never
 * allocates by a length that the data claims. A length beyond the limits is refused at once.
 *
 * <p>Text strings that are not UTF-8 are well-formed and are accepted. Not thread-safe.
 */
public final class CborScanner {
    /** What {@link #scan} returns if the item is longer than the available bytes. */
    public static final int NEED_MORE = -1;

    // What an open container still expects: a number of items if above 0, otherwise one of these.
    private static final int ITEM_OR_BREAK = -1;
    private static final int KEY_OR_BREAK = -2;
    private static final int VALUE = -3;
    private static final int BYTES_OR_BREAK = -4;
    private static final int TEXT_OR_BREAK = -5;

    private static final int INITIAL_LEVELS = 8;

    private CborLimits limits;
    private int[] awaited = new int[INITIAL_LEVELS];
    private int depth;
    private int items;
    private int position;
    /** The bytes of a string from the position on. */
    private int stringBytes;

    private boolean done;

    /**
     * A scanner before the first byte of an item.
     *
     * @param limits the limits to enforce
     */
    public CborScanner(CborLimits limits) {
        this.limits = limits;
    }

    /**
     * Changes the limits. May be called only between two items.
     *
     * @param newLimits the limits from now on
     */
    public void limits(CborLimits newLimits) {
        limits = newLimits;
    }

    /** Prepares the scanner for another item, whose first byte is at offset 0. */
    public void reset() {
        depth = 0;
        items = 0;
        position = 0;
        stringBytes = 0;
        done = false;
    }

    /**
     * {@return the offset of the first byte that the scanner has not read} It does not read the bytes before it again.
     */
    public int position() {
        return position;
    }

    /**
     * Continues where the last call stopped.
     *
     * @param array holds the item, or the part of it from {@link #position} on
     * @param base the offset of the item in the array; negative if the array does not hold the beginning
     * @param available the number of bytes of the item that have arrived
     * @return the item's length, or {@link #NEED_MORE}
     * @throws CborException if the item is not well-formed or exceeds the limits; then {@link #reset} the scanner
     */
    public int scan(byte[] array, int base, int available) throws CborException {
        while (!done) {
            if (stringBytes > 0) {
                int arrived = Math.min(stringBytes, available - position);
                position += arrived;
                stringBytes -= arrived;
                if (stringBytes > 0) {
                    return NEED_MORE;
                }
                endItem();
                continue;
            }
            requireRoom(1);
            if (position >= available) {
                return NEED_MORE;
            }
            int initial = array[base + position] & 0xFF;
            if (initial == Heads.BREAK) {
                endIndefinite();
                continue;
            }
            int length = headLength(initial);
            if (length > available - position) {
                return NEED_MORE;
            }
            long argument = Heads.argument(array, base + position);
            if (isDefiniteString(initial)) {
                requireRoom(length, argument);
                stringBytes = (int) argument;
            }
            int children = children(initial, argument);
            items++;
            position += length;
            if (children != 0) {
                awaited[depth++] = children;
            } else if (stringBytes == 0) {
                endItem();
            }
        }
        return position;
    }

    /** Checks everything that the initial byte alone determines. */
    private int headLength(int initial) throws CborException {
        int length = Heads.length(initial);
        if (length == 0 || !isExpected(initial)) {
            throw new CborException(Reason.MALFORMED, position);
        }
        if (items == limits.maxItems()) {
            throw new CborException(Reason.TOO_MANY_ITEMS, position);
        }
        requireRoom(length);
        return length;
    }

    /** An indefinite-length string contains only definite-length strings of the same type. */
    private boolean isExpected(int initial) {
        return switch (depth == 0 ? ITEM_OR_BREAK : awaited[depth - 1]) {
            case BYTES_OR_BREAK -> Heads.major(initial) == Heads.BYTES && !Heads.isIndefinite(initial);
            case TEXT_OR_BREAK -> Heads.major(initial) == Heads.TEXT && !Heads.isIndefinite(initial);
            default -> true;
        };
    }

    private static boolean isDefiniteString(int initial) {
        int major = Heads.major(initial);
        return (major == Heads.BYTES || major == Heads.TEXT) && !Heads.isIndefinite(initial);
    }

    /** {@return what the item still expects; 0 if it is complete} */
    private int children(int initial, long argument) throws CborException {
        boolean indefinite = Heads.isIndefinite(initial);
        return switch (Heads.major(initial)) {
            case Heads.BYTES -> indefinite ? open(BYTES_OR_BREAK) : 0;
            case Heads.TEXT -> indefinite ? open(TEXT_OR_BREAK) : 0;
            case Heads.ARRAY -> open(indefinite ? ITEM_OR_BREAK : counted(initial, argument, 1));
            case Heads.MAP -> open(indefinite ? KEY_OR_BREAK : counted(initial, argument, 2));
            case Heads.TAG -> open(1);
            case Heads.SIMPLE -> simple(initial, argument);
            default -> 0;
        };
    }

    /** A simple value has one encoding only (RFC 8949 section 3.3). */
    private int simple(int initial, long argument) throws CborException {
        if (Heads.length(initial) == 2 && argument < 32) {
            throw new CborException(Reason.MALFORMED, position);
        }
        return 0;
    }

    /** Every child is an item of at least one byte, so a count beyond the limits can be refused at once. */
    private int counted(int initial, long count, int itemsEach) throws CborException {
        if (count < 0 || count > (limits.maxItems() - items - 1) / itemsEach) {
            throw new CborException(Reason.TOO_MANY_ITEMS, position);
        }
        requireRoom(Heads.length(initial), count * itemsEach);
        return (int) count * itemsEach;
    }

    private int open(int children) throws CborException {
        if (depth == limits.maxDepth()) {
            throw new CborException(Reason.TOO_DEEP, position);
        }
        if (depth == awaited.length) {
            awaited = Arrays.copyOf(awaited, depth * 2);
        }
        return children;
    }

    private void endIndefinite() throws CborException {
        // An indefinite-length map cannot end where a value is expected: a key would have no value.
        if (depth == 0 || awaited[depth - 1] > 0 || awaited[depth - 1] == VALUE) {
            throw new CborException(Reason.MALFORMED, position);
        }
        position++;
        depth--;
        endItem();
    }

    /** Ends the current item, and each container of which it was the last item. */
    private void endItem() {
        for (; depth > 0; depth--) {
            int top = depth - 1;
            if (awaited[top] == KEY_OR_BREAK) {
                awaited[top] = VALUE;
                return;
            } else if (awaited[top] == VALUE) {
                awaited[top] = KEY_OR_BREAK;
                return;
            } else if (awaited[top] < 0 || --awaited[top] > 0) {
                return;
            }
        }
        done = true;
    }

    private void requireRoom(int length) throws CborException {
        requireRoom(length, 0);
    }

    /** Checks that a head and the given number of bytes after it (unsigned) are within the limits. */
    private void requireRoom(int headLength, long more) throws CborException {
        int room = limits.maxBytes() - position - headLength;
        if (room < 0 || more < 0 || more > room) {
            throw new CborException(Reason.TOO_LARGE, position);
        }
    }

    /**
     * Checks that bytes are exactly one well-formed item.
     *
     * @param array holds the bytes
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @param limits the limits to enforce
     * @throws CborException if the bytes are not exactly one well-formed item, or exceed the limits
     */
    public static void requireSingleItem(byte[] array, int offset, int length, CborLimits limits) throws CborException {
        new CborScanner(limits).requireSingleItem(array, offset, length);
    }

    void requireSingleItem(byte[] array, int offset, int length) throws CborException {
        reset();
        int end = scan(array, offset, length);
        if (end == NEED_MORE) {
            throw new CborException(Reason.TRUNCATED, length);
        }
        if (end < length) {
            throw new CborException(Reason.TRAILING_BYTES, end);
        }
    }
}
