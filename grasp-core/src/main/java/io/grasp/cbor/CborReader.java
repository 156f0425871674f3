package io.grasp.cbor;

import io.grasp.cbor.CborException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads data items one after the other from an array. It accepts every well-formed encoding, also those that are not
 * the shortest. Positions are counted from the beginning of what it reads.
 */
public final class CborReader {
    /** What {@link #readArrayHeader} returns for an array that a break ends. */
    public static final long INDEFINITE = -1;

    private static final int INFO_INDEFINITE = 31;
    private static final int BREAK = 0xFF;
    private static final int NULL = 0xF6;

    private final byte[] array;
    private final int base;
    private final int length;
    private final CborLimits limits;
    private int position;

    /**
     * @param array holds what to read; must not change while values read from it are in use
     * @param offset where it begins
     * @param length how many bytes it is long
     * @param limits what to refuse in {@link #readItem}
     */
    public CborReader(byte[] array, int offset, int length, CborLimits limits) {
        this.array = array;
        this.base = offset;
        this.length = length;
        this.limits = limits;
    }

    /** {@return how many bytes have been read} */
    public int position() {
        return position;
    }

    /** {@return whether everything has been read} */
    public boolean atEnd() {
        return position >= length;
    }

    /** {@return whether the next item is an unsigned integer} */
    public boolean isUnsigned() {
        return major() == 0;
    }

    /** {@return whether the next item is a byte string} */
    public boolean isBytes() {
        return major() == 2;
    }

    /** {@return whether the next item is a text string} */
    public boolean isText() {
        return major() == 3;
    }

    /** {@return whether the next item is an array} */
    public boolean isArray() {
        return major() == 4;
    }

    /** {@return whether the next item is a tag} */
    public boolean isTag() {
        return major() == 6;
    }

    /** {@return whether the next item is null} */
    public boolean isNull() {
        return !atEnd() && peek() == NULL;
    }

    /** {@return whether a break comes next} */
    public boolean isBreak() {
        return !atEnd() && peek() == BREAK;
    }

    /**
     * Reads an unsigned integer.
     *
     * @param max the greatest one expected
     * @return the integer
     * @throws CborException if it is none, or too great
     */
    public long readUnsigned(long max) throws CborException {
        int start = position;
        long value = readHead(0);
        if (value < 0 || value > max) {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        return value;
    }

    /** {@return the number of a tag; a negative number stands for one of 2^63 or above} */
    public long readTag() throws CborException {
        return readHead(6);
    }

    /**
     * Reads the beginning of an array.
     *
     * @return how many items follow, or {@link #INDEFINITE}
     * @throws CborException if it is no array, or longer than the bytes that follow
     */
    public long readArrayHeader() throws CborException {
        int start = position;
        if (isArray() && (peek() & 0x1F) == INFO_INDEFINITE) {
            position++;
            return INDEFINITE;
        }
        long count = readHead(4);
        if (count < 0 || count > length - position) {
            throw new CborException(Reason.TRUNCATED, start);
        }
        return count;
    }

    /** Reads the break that ends an indefinite array. */
    public void readBreak() throws CborException {
        if (!isBreak()) {
            throw unexpected();
        }
        position++;
    }

    /** Reads null. */
    public void readNull() throws CborException {
        if (!isNull()) {
            throw unexpected();
        }
        position++;
    }

    /** {@return the content of a byte string, of one piece or of many} */
    public byte[] readBytes() throws CborException {
        return readString(2);
    }

    /** {@return a text string} */
    public String readText() throws CborException {
        int start = position;
        byte[] utf8 = readString(3);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CborException(Reason.INVALID_UTF8, start);
        }
    }

    /** {@return the next item whatever it is, as a slice of the array} */
    public CborItem readItem() throws CborException {
        int start = position;
        skip();
        return CborItem.wrap(array, base + start, position - start);
    }

    /** Reads over the next item whatever it is. */
    public void skip() throws CborException {
        int end;
        try {
            end = new CborScanner(limits).scan(array, base + position, length - position);
        } catch (CborException e) {
            throw new CborException(e.reason(), position + e.offset());
        }
        if (end == CborScanner.NEED_MORE) {
            throw new CborException(Reason.TRUNCATED, length);
        }
        position += end;
    }

    private byte[] readString(int major) throws CborException {
        if (major() == major && (peek() & 0x1F) == INFO_INDEFINITE) {
            position++;
            byte[] joined = new byte[0];
            while (!isBreak()) {
                byte[] piece = readPiece(major);
                int end = joined.length;
                joined = Arrays.copyOf(joined, end + piece.length);
                System.arraycopy(piece, 0, joined, end, piece.length);
            }
            position++;
            return joined;
        }
        return readPiece(major);
    }

    private byte[] readPiece(int major) throws CborException {
        int start = position;
        long size = readHead(major);
        if (size < 0 || size > length - position) {
            throw new CborException(Reason.TRUNCATED, start);
        }
        byte[] piece = Arrays.copyOfRange(array, base + position, base + position + (int) size);
        position += (int) size;
        return piece;
    }

    private long readHead(int major) throws CborException {
        if (major() != major) {
            throw unexpected();
        }
        int info = peek() & 0x1F;
        if (info > 27) {
            throw new CborException(info == INFO_INDEFINITE ? Reason.UNEXPECTED_TYPE : Reason.MALFORMED, position);
        }
        int headLength = info < 24 ? 1 : 1 + (1 << (info - 24));
        if (headLength > length - position) {
            throw new CborException(Reason.TRUNCATED, position);
        }
        long argument = CborScanner.argument(array, base + position + 1, info);
        position += headLength;
        return argument;
    }

    private CborException unexpected() {
        return new CborException(atEnd() ? Reason.TRUNCATED : Reason.UNEXPECTED_TYPE, position);
    }

    private int major() {
        return atEnd() ? -1 : peek() >> 5;
    }

    private int peek() {
        return array[base + position] & 0xFF;
    }
}
