package io.grasp.cbor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes data items one after the other, each in its shortest form. Not thread-safe. */
public final class CborWriter {
    private static final int INITIAL_BYTES = 128;
    private static final int LONGEST_HEAD = 9;

    private byte[] buffer = new byte[INITIAL_BYTES];
    private int size;

    /** A writer without any items. */
    public CborWriter() {}

    /**
     * Writes the beginning of an array.
     *
     * @param count the number of elements that will follow
     */
    public void writeArrayHeader(int count) {
        writeHead(Heads.ARRAY, count);
    }

    /**
     * Writes an unsigned integer.
     *
     * @param value a negative one stands for one of 2^63 or above
     */
    public void writeUnsigned(long value) {
        writeHead(Heads.UNSIGNED, value);
    }

    /**
     * Writes an integer.
     *
     * @param value the integer
     */
    public void writeInt(long value) {
        writeHead(value < 0 ? Heads.NEGATIVE : Heads.UNSIGNED, value < 0 ? ~value : value);
    }

    /**
     * Writes a byte string.
     *
     * @param bytes its content
     */
    public void writeBytes(byte[] bytes) {
        writeHead(Heads.BYTES, bytes.length);
        writeEncoded(bytes, 0, bytes.length);
    }

    /**
     * Writes a text string.
     *
     * @param text its content; an unpaired surrogate, which UTF-8 cannot express, becomes a question mark
     */
    public void writeText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeHead(Heads.TEXT, utf8.length);
        writeEncoded(utf8, 0, utf8.length);
    }

    /**
     * Writes a tag; the item that it tags follows.
     *
     * @param number the tag's number; a negative one stands for one of 2^63 or above
     */
    public void writeTag(long number) {
        writeHead(Heads.TAG, number);
    }

    /** Writes null. */
    public void writeNull() {
        ensure(1);
        buffer[size++] = (byte) Heads.NULL;
    }

    /**
     * Writes bytes that are already encoded.
     *
     * @param array holds the bytes
     * @param offset the offset of the first byte
     * @param length the number of bytes
     */
    public void writeEncoded(byte[] array, int offset, int length) {
        ensure(length);
        System.arraycopy(array, offset, buffer, size, length);
        size += length;
    }

    /**
     * Writes a floating-point number in the shortest form that keeps its value (RFC 8949 section 4.1).
     *
     * @param value the number
     */
    public void writeDouble(double value) {
        writeDouble(Double.doubleToRawLongBits(value));
    }

    void writeDouble(long bits) {
        if (Floats.fitsFloat(bits)) {
            writeFloat(Floats.toFloat(bits));
        } else {
            ensure(LONGEST_HEAD);
            buffer[size++] = (byte) Heads.DOUBLE;
            writeBigEndian(bits, 8);
        }
    }

    void writeFloat(int bits) {
        if (Floats.fitsHalf(bits)) {
            writeHalf(Floats.toHalf(bits));
        } else {
            ensure(LONGEST_HEAD);
            buffer[size++] = (byte) Heads.FLOAT;
            writeBigEndian(bits, 4);
        }
    }

    void writeHalf(int bits) {
        ensure(LONGEST_HEAD);
        buffer[size++] = (byte) Heads.HALF;
        writeBigEndian(bits, 2);
    }

    /** {@return a copy of what was written} */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    void writeHead(int major, long argument) {
        ensure(LONGEST_HEAD);
        int type = major << 5;
        if (argument < 0 || argument > 0xFFFF_FFFFL) {
            buffer[size++] = (byte) (type | 27);
            writeBigEndian(argument, 8);
        } else if (argument > 0xFFFF) {
            buffer[size++] = (byte) (type | 26);
            writeBigEndian(argument, 4);
        } else if (argument > 0xFF) {
            buffer[size++] = (byte) (type | 25);
            writeBigEndian(argument, 2);
        } else if (argument > Heads.MAX_IMMEDIATE) {
            buffer[size++] = (byte) (type | 24);
            writeBigEndian(argument, 1);
        } else {
            buffer[size++] = (byte) (type | (int) argument);
        }
    }

    private void writeBigEndian(long value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int more) {
        if (more > buffer.length - size) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
        }
    }
}
