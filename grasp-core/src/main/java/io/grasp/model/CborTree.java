package io.grasp.model;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a Jackson tree of a data item. Jackson's own parser is not used: it reads bignums with the top bit set as
 * negative numbers and unassigned simple values as integers, and it does not detect duplicate keys.
 */
final class CborTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final HexFormat BASE16 = HexFormat.of().withUpperCase();

    /** Jackson's default limit. */
    private static final int MAX_DEPTH = 500;
    /** Beyond the range of any IEEE 754 number, and few enough digits to calculate with. */
    private static final int MAX_EXPONENT = 20_000;

    private static final int UUID_BYTES = 16;

    private final CborReader reader;
    private final boolean json;
    private final Deque<Object> path = new ArrayDeque<>();

    private CborTree(CborReader reader, boolean json) {
        this.reader = reader;
        this.json = json;
    }

    /**
     * The tree from which other types are read. It leaves out nothing that the item holds.
     *
     * @throws Unreadable if the item has no such tree
     */
    static JsonNode exact(CborItem item) {
        return new CborTree(item.reader(), false).root();
    }

    /**
     * The tree as JSON represents it: a byte string is text if a tag requests that, and a simple value without a name
     * is null (RFC 8949 sections 3.4.5.2 and 6.1).
     *
     * @throws Unreadable if the item has no such tree
     */
    static JsonNode json(CborItem item) {
        return new CborTree(item.reader(), true).root();
    }

    /**
     * Checks that no fraction in a written item has an exponent that cannot be read back.
     *
     * @param item an item in preferred form
     * @throws Unreadable if one has
     */
    static void requireBoundedExponents(CborItem item) {
        CborTree tree = new CborTree(item.reader(), false);
        try {
            while (!tree.reader.atEnd()) {
                tree.head();
            }
        } catch (CborException e) {
            throw tree.unreadable("it cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads a head, and the exponent of a fraction. The elements of a container are read by later calls. */
    private void head() throws CborException {
        if (reader.isTag()) {
            long tag = reader.readTag();
            if ((tag == Tags.DECIMAL_FRACTION || tag == Tags.BIGFLOAT) && reader.isArray()) {
                reader.readArrayHeader();
                if (reader.isInteger()) {
                    requireBounded(reader.readInteger());
                }
            }
        } else if (reader.isArray()) {
            reader.readArrayHeader();
        } else if (reader.isMap()) {
            reader.readMapHeader();
        } else {
            reader.skip();
        }
    }

    private JsonNode root() {
        try {
            return item(Tags.NONE);
        } catch (CborException e) {
            throw unreadable("it cannot be read: " + e.getMessage(), e);
        }
    }

    /** @param text the number of the tag that says how byte strings become text in JSON, or {@link Tags#NONE} */
    private JsonNode item(long text) throws CborException {
        if (reader.isInteger()) {
            return number(reader.readInteger());
        } else if (reader.isText()) {
            return NODES.stringNode(reader.readText());
        } else if (reader.isBytes()) {
            return bytes(reader.readBytes(), text);
        } else if (reader.isFloat()) {
            return NODES.numberNode(reader.readDouble());
        } else if (reader.isTag()) {
            return tagged(reader.readTag(), text);
        }
        requireShallow();
        if (reader.isArray()) {
            return array(text);
        }
        return reader.isMap() ? map(text) : simple(reader.readSimple());
    }

    private void requireShallow() {
        if (path.size() == MAX_DEPTH) {
            path.clear();
            throw unreadable("it is nested more than " + MAX_DEPTH + " levels deep", null);
        }
    }

    private static JsonNode number(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) {
            return NODES.numberNode(value.intValue());
        }
        return value.bitLength() < Long.SIZE ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
    }

    private JsonNode bytes(byte[] content, long text) {
        if (text == Tags.BASE64URL) {
            return NODES.stringNode(Base64.getUrlEncoder().withoutPadding().encodeToString(content));
        } else if (text == Tags.BASE64) {
            return NODES.stringNode(Base64.getEncoder().encodeToString(content));
        } else if (text == Tags.BASE16) {
            return NODES.stringNode(BASE16.formatHex(content));
        }
        return NODES.binaryNode(content);
    }

    private JsonNode array(long text) throws CborException {
        ArrayNode array = NODES.arrayNode();
        int count = reader.readArrayHeader();
        while (count == CborReader.INDEFINITE ? !reader.isBreak() : array.size() < count) {
            path.addLast(array.size());
            array.add(item(text));
            path.removeLast();
        }
        if (count == CborReader.INDEFINITE) {
            reader.readBreak();
        }
        return array;
    }

    private JsonNode map(long text) throws CborException {
        ObjectNode map = NODES.objectNode();
        int count = reader.readMapHeader();
        while (count == CborReader.INDEFINITE ? !reader.isBreak() : map.size() < count) {
            String key = key();
            path.addLast(key);
            if (map.has(key)) {
                throw unreadable("its map contains the key twice", null);
            }
            map.set(key, item(text));
            path.removeLast();
        }
        if (count == CborReader.INDEFINITE) {
            reader.readBreak();
        }
        return map;
    }

    private String key() throws CborException {
        if (reader.isInteger()) {
            return reader.readInteger().toString();
        } else if (reader.isText()) {
            return reader.readText();
        }
        throw unreadable("a key of its map is neither text nor an integer", null);
    }

    private JsonNode simple(int number) {
        return switch (number) {
            case 20 -> NODES.booleanNode(false);
            case 21 -> NODES.booleanNode(true);
            case 22, 23 -> NODES.nullNode();
            default -> {
                if (!json) {
                    throw unreadable("simple value " + number + " has no meaning", null);
                }
                yield NODES.nullNode();
            }
        };
    }

    private JsonNode tagged(long tag, long text) throws CborException {
        if (tag == Tags.UNSIGNED_BIGNUM || tag == Tags.NEGATIVE_BIGNUM) {
            return number(bignum(tag));
        } else if (tag == Tags.DECIMAL_FRACTION || tag == Tags.BIGFLOAT) {
            return NODES.numberNode(fraction(tag));
        } else if (tag == Tags.DATE_TIME) {
            require(reader.isText(), tag);
        } else if (tag == Tags.EPOCH_TIME) {
            require(reader.isInteger() || reader.isFloat(), tag);
        } else if (tag == Tags.STRING_REFERENCE || tag == Tags.SHARED_REFERENCE) {
            throw unreadable("it refers to another value by tag " + tag, null);
        } else if (tag == Tags.ENCODED_CBOR) {
            require(reader.isBytes(), tag);
        } else if (tag >= Tags.FIRST_OF_TEXT && tag <= Tags.LAST_OF_TEXT) {
            require(reader.isText(), tag);
        } else if (tag == Tags.UUID) {
            return uuid(text);
        } else if (json && tag >= Tags.BASE64URL && tag <= Tags.BASE16) {
            return deeper(tag);
        }
        return deeper(text);
    }

    /** A tag counts as a level, so that no number of tags overflows the stack. */
    private JsonNode deeper(long text) throws CborException {
        requireShallow();
        path.addLast(Step.TAG);
        JsonNode content = item(text);
        path.removeLast();
        return content;
    }

    private JsonNode uuid(long text) throws CborException {
        require(reader.isBytes(), Tags.UUID);
        byte[] content = reader.readBytes();
        require(content.length == UUID_BYTES, Tags.UUID);
        return bytes(content, text);
    }

    private BigInteger bignum(long tag) throws CborException {
        require(reader.isBytes(), tag);
        BigInteger magnitude = new BigInteger(1, reader.readBytes()); // RFC 8949 section 3.4.3: unsigned
        return tag == Tags.NEGATIVE_BIGNUM ? magnitude.not() : magnitude;
    }

    /** RFC 8949 section 3.4.4. */
    private BigDecimal fraction(long tag) throws CborException {
        require(reader.isArray(), tag);
        int count = reader.readArrayHeader();
        require(count == 2 || count == CborReader.INDEFINITE, tag);
        require(reader.isInteger(), tag);
        BigInteger exponent = reader.readInteger();
        BigInteger mantissa;
        if (reader.isTag()) {
            long inner = reader.readTag();
            require(inner == Tags.UNSIGNED_BIGNUM || inner == Tags.NEGATIVE_BIGNUM, tag);
            mantissa = bignum(inner);
        } else {
            require(reader.isInteger(), tag);
            mantissa = reader.readInteger();
        }
        if (count == CborReader.INDEFINITE) {
            require(reader.isBreak(), tag);
            reader.readBreak();
        }
        requireBounded(exponent);
        int scale = -exponent.intValue();
        if (tag == Tags.DECIMAL_FRACTION) {
            return new BigDecimal(mantissa, scale);
        }
        return scale <= 0
                ? new BigDecimal(mantissa.shiftLeft(-scale))
                : new BigDecimal(mantissa.multiply(BigInteger.valueOf(5).pow(scale)), scale); // 2^-n = 5^n * 10^-n
    }

    private void requireBounded(BigInteger exponent) {
        if (exponent.abs().compareTo(BigInteger.valueOf(MAX_EXPONENT)) > 0) {
            throw unreadable(
                    "its exponent " + exponent + " is not between -" + MAX_EXPONENT + " and " + MAX_EXPONENT, null);
        }
    }

    private void require(boolean expected, long tag) {
        if (!expected) {
            throw unreadable("the content of tag " + tag + " has the wrong type or length", null);
        }
    }

    private Unreadable unreadable(String what, @Nullable CborException cause) {
        StringBuilder pointer = new StringBuilder();
        for (Iterator<Object> steps = path.iterator(); steps.hasNext(); ) {
            Object step = steps.next();
            if (step != Step.TAG) {
                Unreadable.append(pointer, step.toString());
            }
        }
        return new Unreadable(what, pointer.toString(), cause);
    }

    /** A step of the path that a JSON pointer cannot express. */
    private enum Step {
        TAG
    }

    private static final class Tags {
        static final long NONE = -1;
        static final long DATE_TIME = 0;
        static final long EPOCH_TIME = 1;
        static final long UNSIGNED_BIGNUM = 2;
        static final long NEGATIVE_BIGNUM = 3;
        static final long DECIMAL_FRACTION = 4;
        static final long BIGFLOAT = 5;
        static final long BASE64URL = 21;
        static final long BASE64 = 22;
        static final long BASE16 = 23;
        static final long ENCODED_CBOR = 24;
        static final long STRING_REFERENCE = 25;
        static final long SHARED_REFERENCE = 29;
        /** URIs, base64url, base64, regular expressions, MIME messages (RFC 8949 section 3.4.5.3). */
        static final long FIRST_OF_TEXT = 32;

        static final long LAST_OF_TEXT = 36;
        static final long UUID = 37;

        private Tags() {}
    }

    /** Says why an item cannot be read as requested, and where in the item. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String pointer;

        Unreadable(String what, String pointer, @Nullable Exception cause) {
            super(what, cause);
            this.pointer = pointer;
        }

        /** {@return the place as a JSON pointer (RFC 6901), empty for the whole item} */
        String pointer() {
            return pointer;
        }

        static void append(StringBuilder pointer, String step) {
            pointer.append('/').append(step.replace("~", "~0").replace("/", "~1"));
        }
    }
}
