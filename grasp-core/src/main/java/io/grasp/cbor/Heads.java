package io.grasp.cbor;

/** The first bytes of a data item: its major type and its argument (RFC 8949 section 3). */
final class Heads {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;

    /** The initial byte that ends an item of indefinite length. */
    static final int BREAK = 0xFF;

    static final int NULL = 0xF6;
    static final int UNDEFINED = 0xF7;
    static final int HALF = 0xF9;
    static final int FLOAT = 0xFA;
    static final int DOUBLE = 0xFB;

    /** The greatest argument that fits in the initial byte. */
    static final int MAX_IMMEDIATE = 23;

    private static final int ONE_BYTE = 24;
    private static final int EIGHT_BYTES = 27;
    private static final int INDEFINITE = 31;

    private Heads() {}

    static int major(int initial) {
        return initial >> 5;
    }

    /** The low five bits: an argument up to 23, or the code for its length. */
    static int info(int initial) {
        return initial & 0x1F;
    }

    /** Whether the item has indefinite length. A break has the same low bits but is not such an item. */
    static boolean isIndefinite(int initial) {
        return info(initial) == INDEFINITE && major(initial) >= BYTES && major(initial) <= MAP;
    }

    /** {@return the length of the head in bytes, including the initial byte; 0 if there is no such head} */
    static int length(int initial) {
        int info = info(initial);
        if (info < ONE_BYTE || isIndefinite(initial)) {
            return 1;
        }
        return info <= EIGHT_BYTES ? 1 + (1 << (info - ONE_BYTE)) : 0;
    }

    /** Reads the unsigned argument of a complete head; for an indefinite-length item the result is meaningless. */
    static long argument(byte[] array, int offset) {
        int initial = array[offset] & 0xFF;
        int length = length(initial);
        if (length == 1) {
            return info(initial);
        }
        long argument = 0;
        for (int i = 1; i < length; i++) {
            argument = argument << 8 | array[offset + i] & 0xFF;
        }
        return argument;
    }
}
