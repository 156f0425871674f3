package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Compares our reading of an item with Jackson's, head by head, until something comes that Jackson is known to refuse or
 * to read wrongly: tags, undefined and unassigned simple values, map keys other than text, text that is not UTF-8.
 */
final class JacksonOracle {
    private static final CBORMapper MAPPER = new CBORMapper();

    private final byte[] bytes;
    private final JsonParser jackson;
    private int position;

    private JacksonOracle(byte[] bytes, JsonParser jackson) {
        this.bytes = bytes;
        this.jackson = jackson;
    }

    static void check(CborItem item) {
        byte[] bytes = item.bytes();
        try (JsonParser jackson = MAPPER.createParser(bytes)) {
            JacksonOracle oracle = new JacksonOracle(bytes, jackson);
            if (oracle.item()) {
                assertThat(jackson.nextToken()).as("the end of %s", item).isNull();
            }
        }
    }

    /** {@return whether the whole item could be compared} */
    private boolean item() {
        int initial = bytes[position] & 0xFF;
        long argument = Heads.argument(bytes, position);
        boolean indefinite = Heads.isIndefinite(initial);
        switch (Heads.major(initial)) {
            case Heads.UNSIGNED, Heads.NEGATIVE -> {
                position += Heads.length(initial);
                BigInteger magnitude = new BigInteger(Long.toUnsignedString(argument));
                next(JsonToken.VALUE_NUMBER_INT);
                assertThat(jackson.getBigIntegerValue())
                        .isEqualTo(Heads.major(initial) == Heads.UNSIGNED ? magnitude : magnitude.not());
                return true;
            }
            case Heads.BYTES -> {
                next(JsonToken.VALUE_EMBEDDED_OBJECT);
                assertThat(jackson.getBinaryValue()).isEqualTo(bytes());
                return true;
            }
            case Heads.TEXT -> {
                String text = text();
                if (text == null) {
                    return false;
                }
                next(JsonToken.VALUE_STRING);
                assertThat(jackson.getString()).isEqualTo(text);
                return true;
            }
            case Heads.ARRAY -> {
                position += Heads.length(initial);
                next(JsonToken.START_ARRAY);
                for (long i = 0; goesOn(indefinite, i, argument); i++) {
                    if (!item()) {
                        return false;
                    }
                }
                next(JsonToken.END_ARRAY);
                return true;
            }
            case Heads.MAP -> {
                position += Heads.length(initial);
                next(JsonToken.START_OBJECT);
                for (long i = 0; goesOn(indefinite, i, argument); i++) {
                    if (!key() || !item()) {
                        return false;
                    }
                }
                next(JsonToken.END_OBJECT);
                return true;
            }
            case Heads.SIMPLE -> {
                position += Heads.length(initial);
                return simple(initial, argument);
            }
            default -> {
                return false;
            }
        }
    }

    private boolean goesOn(boolean indefinite, long index, long count) {
        if (!indefinite) {
            return index < count;
        }
        if ((bytes[position] & 0xFF) != Heads.BREAK) {
            return true;
        }
        position++;
        return false;
    }

    private boolean key() {
        String key = Heads.major(bytes[position] & 0xFF) == Heads.TEXT ? text() : null;
        if (key == null) {
            return false;
        }
        next(JsonToken.PROPERTY_NAME);
        assertThat(jackson.currentName()).isEqualTo(key);
        return true;
    }

    private boolean simple(int initial, long argument) {
        switch (Heads.info(initial)) {
            case 20 -> next(JsonToken.VALUE_FALSE);
            case 21 -> next(JsonToken.VALUE_TRUE);
            case 22 -> next(JsonToken.VALUE_NULL);
            case 25 -> floating(Floats.halfToDouble((int) argument));
            case 26 -> floating(Float.intBitsToFloat((int) argument));
            case 27 -> floating(Double.longBitsToDouble(argument));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void floating(double value) {
        next(JsonToken.VALUE_NUMBER_FLOAT);
        assertThat((Double) jackson.getDoubleValue()).isEqualTo((Double) value); // as objects: NaN equals NaN
    }

    private byte[] bytes() {
        CborReader reader = reader();
        try {
            byte[] content = reader.readBytes();
            position += reader.position();
            return content;
        } catch (CborException e) {
            throw new AssertionError("the item has been scanned", e);
        }
    }

    /** {@return the text, or {@code null} if it is not UTF-8} */
    private String text() {
        CborReader reader = reader();
        try {
            String content = reader.readText();
            position += reader.position();
            return content;
        } catch (CborException e) {
            assertThat(e.reason()).isEqualTo(CborException.Reason.INVALID_UTF8);
            return null;
        }
    }

    private CborReader reader() {
        return new CborReader(bytes, position, bytes.length - position, CborLimits.UNBOUNDED);
    }

    private void next(JsonToken expected) {
        assertThat(jackson.nextToken()).isEqualTo(expected);
    }
}
