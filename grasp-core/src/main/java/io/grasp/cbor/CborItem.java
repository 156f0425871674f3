package io.grasp.cbor;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * One well-formed CBOR data item with the exact bytes in which it was received: a slice of an array that never changes.
 * Equality compares the bytes.
 */
public final class CborItem {
    private final byte[] array;
    private final int offset;
    private final int length;

    private CborItem(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /**
     * An item from untrusted bytes.
     *
     * @param bytes exactly one data item; copied
     * @return the item
     * @throws CborException if the bytes are not exactly one well-formed item
     */
    public static CborItem of(byte[] bytes) throws CborException {
        CborScanner.requireSingleItem(bytes, 0, bytes.length, CborLimits.UNBOUNDED);
        return new CborItem(bytes.clone(), 0, bytes.length);
    }

    /**
     * A view of bytes that are known to be one well-formed item: read by a {@link CborReader} or made by a
     * {@link CborWriter}. Nothing is checked; with other bytes the item's methods fail in unspecified ways.
     *
     * @param array holds the item; must never change afterwards
     * @param offset where the item begins
     * @param length its length in bytes
     * @return the item
     */
    public static CborItem wrap(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return new CborItem(array, offset, length);
    }

    /** {@return a copy of the item's bytes} */
    public byte[] bytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** {@return the item's length in bytes} */
    public int length() {
        return length;
    }

    /** {@return a reader positioned at the item's first byte and bounded by its last} */
    public CborReader reader() {
        return new CborReader(array, offset, length, CborLimits.UNBOUNDED);
    }

    /**
     * Appends the item's bytes unchanged.
     *
     * @param writer the writer to append to
     */
    public void writeTo(CborWriter writer) {
        writer.writeEncoded(array, offset, length);
    }

    /**
     * The item in the preferred serialization of RFC 8949 section 4.1: the same value and the same order of entries
     * with definite lengths, the shortest heads and numbers, and no bignum that an integer can express.
     *
     * @return the item rewritten, or this one if it has that form already
     */
    public CborItem preferred() {
        byte[] rewritten = PreferredForm.of(this);
        return Arrays.equals(rewritten, 0, rewritten.length, array, offset, offset + length)
                ? this
                : new CborItem(rewritten, 0, rewritten.length);
    }

    /** {@return the same item without other bytes of its array, so that keeping it keeps only its own bytes} */
    public CborItem compact() {
        return length == array.length ? this : new CborItem(bytes(), 0, length);
    }

    /** {@return the item in the diagnostic notation of RFC 8949 section 8} */
    public String diagnostic() {
        return CborDiagnostic.print(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CborItem item
                && Arrays.equals(array, offset, offset + length, item.array, item.offset, item.offset + item.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(array, offset, offset + length);
    }
}
