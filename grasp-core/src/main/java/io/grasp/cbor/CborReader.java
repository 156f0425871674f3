package io.grasp.cbor;

import io.grasp.cbor.CborException.Reason;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads data items one after the other from an array. It accepts every well-formed encoding, including longer ones than
 * necessary (RFC 8949 section 4.1 requires the shortest only of senders). Whatever its input, it never reads beyond the
 * input or allocates more than the input's size. Positions are counted from the beginning of the input. Not
 * thread-safe.
 */
public final class CborReader {
    /** What {@link #readArrayHeader} returns for an array that a break ends. */
    public static final int INDEFINITE = -1;

    private static final int NOTHING = -1;

    private final byte[] array;
    private final int base;
    private final int length;
    private final CborScanner scanner;
    private int position;

    /**
     * A reader at the beginning of the input.
     *
     * @param array holds the input; must not change while items read from it are in use
     * @param offset the offset of the input in the array
     * @param length the length of the input in bytes
     * @param limits the limits that {@link #requireSingleItem}, {@link #readItem} and {@link #skip} enforce
     */
    public CborReader(byte[] array, int offset, int length, CborLimits limits) {
        this(array, offset, length, new CborScanner(limits));
    }

    /**
     * A reader that shares a scanner with others, at the beginning of the input.
     *
     * @param array holds the input; must not change while items read from it are in use
     * @param offset the offset of the input in the array
     * @param length the length of the input in bytes
     * @param scanner the scanner that {@link #requireSingleItem}, {@link #readItem} and {@link #skip} reset and use
     */
    public CborReader(byte[] array, int offset, int length, CborScanner scanner) {
        Objects.checkFromIndexSize(offset, length, array.length);
        this.array = array;
        this.base = offset;
        this.length = length;
        this.scanner = scanner;
    }

    /** {@return another reader at the same position, for looking ahead} */
    public CborReader ahead() {
        return new CborReader(array, base + position, length - position, scanner);
    }

    /**
     * Checks that the whole input is exactly one well-formed item. Does not change the position.
     *
     * @throws CborException if it is not
     */
    public void requireSingleItem() throws CborException {
        scanner.requireSingleItem(array, base, length);
    }

    /** {@return how many bytes have been read} */
    public int position() {
        return position;
    }

    /**
     * Goes back to read something again.
     *
     * @param earlier an earlier {@link #position}
     */
    public void backTo(int earlier) {
        position = Objects.checkIndex(earlier, position + 1);
    }

    /** {@return whether everything has been read} */
    public boolean atEnd() {
        return position == length;
    }

    /** {@return whether the next item is an unsigned integer} */
    public boolean isUnsigned() {
        return nextMajor() == Heads.UNSIGNED;
    }

    /** {@return whether the next item is an integer, of either sign} */
    public boolean isInteger() {
        return nextMajor() == Heads.UNSIGNED || nextMajor() == Heads.NEGATIVE;
    }

    /** {@return whether the next item is a byte string} */
    public boolean isBytes() {
        return nextMajor() == Heads.BYTES;
    }

    /** {@return whether the next item is a text string} */
    public boolean isText() {
        return nextMajor() == Heads.TEXT;
    }

    /** {@return whether the next item is an array} */
    public boolean isArray() {
        return nextMajor() == Heads.ARRAY;
    }

    /** {@return whether the next item is a map} */
    public boolean isMap() {
        return nextMajor() == Heads.MAP;
    }

    /** {@return whether the next item is a floating-point number} */
    public boolean isFloat() {
        return next() >= Heads.HALF && next() <= Heads.DOUBLE;
    }

    /** {@return whether the next item is a tag} */
    public boolean isTag() {
        return nextMajor() == Heads.TAG;
    }

    /** {@return whether the next item is null} */
    public boolean isNull() {
        return next() == Heads.NULL;
    }

    /** {@return whether the next item is undefined} */
    public boolean isUndefined() {
        return next() == Heads.UNDEFINED;
    }

    /** {@return whether a break comes next} */
    public boolean isBreak() {
        return next() == Heads.BREAK;
    }

    /**
     * Reads an unsigned integer.
     *
     * @return the integer
     * @throws CborException if the next item is not one, or is 2^63 or above
     */
    public long readUnsigned() throws CborException {
        return readUnsigned(Long.MAX_VALUE);
    }

    /**
     * Reads an unsigned integer.
     *
     * @param max the greatest value expected
     * @return the integer
     * @throws CborException if the next item is not one, or is too great
     */
    public long readUnsigned(long max) throws CborException {
        int start = position;
        long value = readHead(Heads.UNSIGNED);
        if (value < 0 || value > max) {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        return value;
    }

    /**
     * Reads an unsigned integer of any size.
     *
     * @param most the result for every greater integer
     * @return the integer, or {@code most}
     * @throws CborException if the next item is not one
     */
    public long readUnsignedUpTo(long most) throws CborException {
        long value = readHead(Heads.UNSIGNED);
        return value < 0 || value > most ? most : value;
    }

    /**
     * Reads an integer of either sign.
     *
     * @return the integer, at most 64 bits and a sign
     * @throws CborException if the next item is not one
     */
    public BigInteger readInteger() throws CborException {
        boolean negative = nextMajor() == Heads.NEGATIVE;
        long argument = readHead(negative ? Heads.NEGATIVE : Heads.UNSIGNED);
        BigInteger magnitude =
                argument < 0 ? new BigInteger(Long.toUnsignedString(argument)) : BigInteger.valueOf(argument);
        return negative ? magnitude.not() : magnitude;
    }

    /**
     * Reads a floating-point number of any width.
     *
     * @return the number
     * @throws CborException if the next item is not one
     */
    public double readDouble() throws CborException {
        require(isFloat());
        int initial = next();
        long bits = readHead(Heads.SIMPLE);
        return switch (initial) {
            case Heads.HALF -> Floats.halfToDouble((int) bits);
            case Heads.FLOAT -> Float.intBitsToFloat((int) bits);
            default -> Double.longBitsToDouble(bits);
        };
    }

    /**
     * Reads a simple value (RFC 8949 section 3.3).
     *
     * @return its number; 20 and 21 are false and true, 22 is null, 23 is undefined
     * @throws CborException if the next item is not one
     */
    public int readSimple() throws CborException {
        require(nextMajor() == Heads.SIMPLE && !isFloat() && !isBreak());
        return (int) readHead(Heads.SIMPLE);
    }

    /**
     * Reads the number of a tag; the item that it tags comes next.
     *
     * @return the number; a negative one stands for one of 2^63 or above
     * @throws CborException if the next item is not a tag
     */
    public long readTag() throws CborException {
        return readHead(Heads.TAG);
    }

    /**
     * Reads the beginning of an array.
     *
     * @return the number of elements, or {@link #INDEFINITE}
     * @throws CborException if the next item is not an array, or has more elements than bytes follow
     */
    public int readArrayHeader() throws CborException {
        if (enterIndefinite(Heads.ARRAY)) {
            return INDEFINITE;
        }
        return withinBytes(readHead(Heads.ARRAY));
    }

    /**
     * Reads the beginning of a map.
     *
     * @return the number of keys, each followed by its value, or {@link #INDEFINITE}
     * @throws CborException if the next item is not a map, or has more entries than bytes follow
     */
    public int readMapHeader() throws CborException {
        if (enterIndefinite(Heads.MAP)) {
            return INDEFINITE;
        }
        return withinBytes(readHead(Heads.MAP));
    }

    /**
     * Reads the break that ends an indefinite array or map.
     *
     * @throws CborException if something else comes next
     */
    public void readBreak() throws CborException {
        require(isBreak());
        position++;
    }

    /**
     * Reads null.
     *
     * @throws CborException if something else comes next
     */
    public void readNull() throws CborException {
        require(isNull());
        position++;
    }

    /**
     * Reads a byte string, also one in chunks.
     *
     * @return a copy of its content
     * @throws CborException if the next item is not a byte string
     */
    public byte[] readBytes() throws CborException {
        if (!enterIndefinite(Heads.BYTES)) {
            int from = base + enterString(Heads.BYTES);
            return Arrays.copyOfRange(array, from, base + position);
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        while (!isBreak()) {
            int from = enterString(Heads.BYTES);
            joined.write(array, base + from, position - from);
        }
        position++;
        return joined.toByteArray();
    }

    /**
     * Reads a text string, also one in chunks, each of which must be UTF-8 (RFC 8949 section 3.2.3).
     *
     * @return the text
     * @throws CborException if the next item is not a text string
     */
    public String readText() throws CborException {
        if (!enterIndefinite(Heads.TEXT)) {
            return readPieceOfText();
        }
        StringBuilder joined = new StringBuilder();
        while (!isBreak()) {
            joined.append(readPieceOfText());
        }
        position++;
        return joined.toString();
    }

    /**
     * Reads the next item, of any type.
     *
     * @return the item, a slice of the array
     * @throws CborException if it is not well-formed, truncated or beyond the limits
     */
    public CborItem readItem() throws CborException {
        int start = position;
        skip();
        return itemFrom(start);
    }

    /**
     * Returns the bytes read since a position as one item.
     *
     * @param start the position of a well-formed item that ends at {@link #position}
     * @return the item, a slice of the array
     */
    public CborItem itemFrom(int start) {
        return CborItem.wrap(array, base + start, position - start);
    }

    /**
     * Skips the next item, of any type.
     *
     * @throws CborException if it is not well-formed, truncated or beyond the limits
     */
    public void skip() throws CborException {
        scanner.reset();
        int end;
        try {
            end = scanner.scan(array, base + position, length - position);
        } catch (CborException e) {
            throw new CborException(e.reason(), position + e.offset());
        }
        if (end == CborScanner.NEED_MORE) {
            throw new CborException(Reason.TRUNCATED, length);
        }
        position += end;
    }

    private boolean enterIndefinite(int major) {
        if (nextMajor() != major || !Heads.isIndefinite(next())) {
            return false;
        }
        position++;
        return true;
    }

    /** Skips a definite-length string; {@return the offset of its content} */
    private int enterString(int major) throws CborException {
        int size = withinBytes(readHead(major));
        int from = position;
        position += size;
        return from;
    }

    private String readPieceOfText() throws CborException {
        int start = position;
        int from = base + enterString(Heads.TEXT);
        int size = base + position - from;
        if (isAscii(from, size)) {
            return new String(array, from, size, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(array, from, size))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CborException(Reason.INVALID_UTF8, start);
        }
    }

    private boolean isAscii(int from, int size) {
        for (int i = from; i < from + size; i++) {
            if (array[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private long readHead(int major) throws CborException {
        require(nextMajor() == major);
        int headLength = Heads.length(next());
        if (headLength == 0) {
            throw new CborException(Reason.MALFORMED, position);
        }
        if (headLength > length - position) {
            throw new CborException(Reason.TRUNCATED, length);
        }
        require(!Heads.isIndefinite(next()));
        long argument = Heads.argument(array, base + position);
        position += headLength;
        return argument;
    }

    /** {@return the count} Fails if it is greater than the number of bytes left, since each item needs a byte. */
    private int withinBytes(long count) throws CborException {
        if (count < 0 || count > length - position) {
            throw new CborException(Reason.TRUNCATED, length);
        }
        return (int) count;
    }

    private void require(boolean expected) throws CborException {
        if (!expected) {
            throw new CborException(atEnd() ? Reason.TRUNCATED : Reason.UNEXPECTED_TYPE, position);
        }
    }

    private int nextMajor() {
        int next = next();
        return next == NOTHING ? NOTHING : Heads.major(next);
    }

    private int next() {
        return atEnd() ? NOTHING : array[base + position] & 0xFF;
    }
}
