package io.grasp.security;

import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateParsingException;
import java.util.Arrays;

/**
 * A small reader and writer of DER, for what the JDK reads in different ways ({@link NodeNames}) or not at all. A
 * reader stands before one of the elements that follow each other in an area of bytes.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int ENUMERATED = 0x0A;
    static final int IA5_STRING = 0x16;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;

    private static final int LONG_FORM = 0x80;
    private static final int MAX_LENGTH_BYTES = 3;

    private final byte[] bytes;
    private final int end;
    private int position;

    private Der(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        position = start;
        this.end = end;
    }

    /** {@return a reader of these bytes, which it does not copy} */
    static Der of(byte[] bytes) {
        return new Der(bytes, 0, bytes.length);
    }

    /** {@return the tag of a context-specific, constructed element} */
    static int context(int number) {
        return 0xA0 | number;
    }

    /** {@return the tag of a context-specific, primitive element} */
    static int contextPrimitive(int number) {
        return 0x80 | number;
    }

    boolean hasMore() {
        return position < end;
    }

    /** {@return whether the next element has this tag} */
    boolean isNext(int tag) {
        return hasMore() && (bytes[position] & 0xFF) == tag;
    }

    /** {@return a reader of the contents of the next element, which must have this tag} */
    Der enter(int tag) throws CertificateParsingException {
        if (!isNext(tag)) {
            throw new CertificateParsingException("no element with tag 0x" + Integer.toHexString(tag));
        }
        return next();
    }

    /** {@return the contents of the next element, which must have this tag} */
    byte[] read(int tag) throws CertificateParsingException {
        return enter(tag).rest();
    }

    /** Skips one element, whatever it is. */
    void skip() throws CertificateParsingException {
        next();
    }

    /** {@return the bytes that have not been read} */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, position, end);
    }

    private Der next() throws CertificateParsingException {
        int start = position + 2;
        if (start > end) {
            throw new CertificateParsingException("truncated DER");
        }
        int length = bytes[position + 1] & 0xFF;
        if (length >= LONG_FORM) {
            int count = length - LONG_FORM;
            if (count == 0 || count > MAX_LENGTH_BYTES || count > end - start) {
                throw new CertificateParsingException("invalid length in DER");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << Byte.SIZE | bytes[start++] & 0xFF;
            }
        }
        if (length > end - start) {
            throw new CertificateParsingException("truncated DER");
        }
        position = start + length;
        return new Der(bytes, start, position);
    }

    /** {@return an element with these contents} */
    static byte[] element(int tag, byte[]... contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = Arrays.stream(contents).mapToInt(each -> each.length).sum();
        out.write(tag);
        if (length >= LONG_FORM) {
            int count = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + Byte.SIZE - 1) / Byte.SIZE;
            out.write(LONG_FORM | count);
            for (int i = count - 1; i >= 0; i--) {
                out.write(length >>> i * Byte.SIZE);
            }
        } else {
            out.write(length);
        }
        for (byte[] each : contents) {
            out.writeBytes(each);
        }
        return out.toByteArray();
    }
}
