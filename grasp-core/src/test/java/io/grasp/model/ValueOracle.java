package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import com.upokecenter.numbers.EInteger;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/** What a value may be read as, compared with Jackson's own CBOR parser and with another decoder. */
final class ValueOracle {
    private static final int LEAST_BIGNUM_TAG = 2;
    private static final int MOST_DIGITS = 20_000;

    private enum Color {
        RED,
        GREEN
    }

    private record Offer(
            String currency, int amount, @Nullable List<Color> colors) {}

    /** Types for which an error or a value is all that can be said. */
    private static final List<JavaType> OTHERS = types(Instant.class, Duration.class, UUID.class, Set.class);

    /** Types that Jackson's parser and ours read alike, if the item holds only what both understand. */
    private static final List<JavaType> COMMON = types(
            boolean.class,
            int.class,
            Integer.class,
            long.class,
            short.class,
            byte.class,
            BigInteger.class,
            double.class,
            String.class,
            byte[].class,
            int[].class,
            Color.class,
            Offer.class,
            new TypeReference<List<Integer>>() {}.getType(),
            new TypeReference<Map<String, Long>>() {}.getType(),
            new TypeReference<Map<Integer, Color>>() {}.getType(),
            new TypeReference<List<Offer>>() {}.getType());

    /** Types whose values are equal after they were written and read again. */
    private static final Set<Class<?>> WRITTEN = Set.of(
            boolean.class,
            int.class,
            long.class,
            BigInteger.class,
            BigDecimal.class,
            double.class,
            String.class,
            byte[].class,
            Offer.class,
            Instant.class,
            Duration.class,
            UUID.class);

    private ValueOracle() {}

    private static List<JavaType> types(java.lang.reflect.Type... types) {
        List<JavaType> all = new ArrayList<>();
        for (java.lang.reflect.Type type : types) {
            all.add(ObjectiveValue.mapper().constructType(type));
        }
        return all;
    }

    static void check(ObjectiveValue value) {
        OTHERS.forEach(type -> read(value, type));
        JavaType decimal = ObjectiveValue.mapper().constructType(BigDecimal.class);
        Object number = read(value, decimal);
        if (number instanceof BigDecimal big) {
            assertThat(Math.abs((long) big.scale())).isLessThanOrEqualTo(2L * MOST_DIGITS);
        }
        checkTree(value);
    }

    /** {@return the value as a type, or {@code null} if it cannot be read so} What was read can be written again. */
    private static @Nullable Object read(ObjectiveValue value, JavaType type) {
        Object read;
        try {
            read = value.as(new TypeReference<Object>() {
                @Override
                public java.lang.reflect.Type getType() {
                    return type;
                }
            });
        } catch (GraspException e) {
            assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
            return null;
        }
        if (WRITTEN.contains(type.getRawClass())) {
            ObjectiveValue written = ObjectiveValue.of(read);
            assertThat((Object) written.as(type.getRawClass()))
                    .as("written as %s", written)
                    .isEqualTo(read);
        }
        return read;
    }

    private static void checkTree(ObjectiveValue value) {
        Other other = Other.of(value);
        if (other == null) {
            COMMON.forEach(type -> read(value, type));
            return;
        }
        JsonNode tree = null;
        try {
            tree = value.as(JsonNode.class);
        } catch (GraspException e) {
            assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
        }
        if (other.isReadable()) {
            assertThat(tree).as("%s, a tree for the other decoder", value).isNotNull();
            assertSame(other.tree(), tree, value);
        } else {
            assertThat(tree).as("%s, no tree for the other decoder", value).isNull();
        }
        for (JavaType type : COMMON) {
            Object ours = read(value, type);
            if (other.isPlain() && other.isReadable()) {
                assertThat(ours).as("%s as %s", value, type).isEqualTo(jackson(value, type));
            }
        }
    }

    private static @Nullable Object jackson(ObjectiveValue value, JavaType type) {
        try {
            return ObjectiveValue.mapper().readValue(value.content().bytes(), type);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static void assertSame(@Nullable Object expected, @Nullable JsonNode tree, ObjectiveValue whole) {
        Objects.requireNonNull(tree);
        String about = whole.toString();
        if (expected == null) {
            assertThat(tree.isNull()).as(about).isTrue();
        } else if (expected instanceof BigInteger integer) {
            assertThat(tree.isIntegralNumber()).as(about).isTrue();
            assertThat(tree.bigIntegerValue()).as(about).isEqualTo(integer);
        } else if (expected instanceof BigDecimal decimal) {
            assertThat(tree.decimalValue()).as(about).isEqualByComparingTo(decimal);
        } else if (expected instanceof Double number) {
            assertThat(tree.isFloatingPointNumber()).as(about).isTrue();
            assertThat((Double) tree.doubleValue()).as(about).isEqualTo(number);
        } else if (expected instanceof Boolean truth) {
            assertThat(tree.isBoolean()).as(about).isTrue();
            assertThat(tree.booleanValue()).as(about).isEqualTo(truth);
        } else if (expected instanceof String text) {
            assertThat(tree.isString()).as(about).isTrue();
            assertThat(tree.stringValue()).as(about).isEqualTo(text);
        } else if (expected instanceof byte[] bytes) {
            assertThat(tree.binaryValue()).as(about).isEqualTo(bytes);
        } else if (expected instanceof List<?> list) {
            assertThat(tree.isArray()).as(about).isTrue();
            assertThat(tree.size()).as(about).isEqualTo(list.size());
            for (int i = 0; i < list.size(); i++) {
                assertSame(list.get(i), tree.get(i), whole);
            }
        } else {
            Map<?, ?> map = (Map<?, ?>) expected;
            assertThat(tree.isObject()).as(about).isTrue();
            assertThat(new HashSet<>(tree.propertyNames())).as(about).isEqualTo(map.keySet());
            map.forEach((key, element) -> assertSame(element, tree.get((String) key), whole));
        }
    }

    /** The tree that RFC 8949 section 6.1 and the documented rules make of what the other decoder reads. */
    private static final class Other {
        private boolean readable = true;
        private boolean plain = true;
        private @Nullable Object tree;

        /** {@return {@code null} if the other decoder refuses the item, for example because of a duplicate key} */
        static @Nullable Other of(ObjectiveValue value) {
            Other other = new Other();
            try {
                CBORObject root = CBORObject.DecodeFromBytes(value.content().bytes());
                other.tree = other.convert(root);
            } catch (CBORException | ArithmeticException | UnsupportedOperationException e) {
                return null;
            }
            return other;
        }

        boolean isReadable() {
            return readable;
        }

        /** {@return whether Jackson's parser reads it too: no tags, floats, keys other than text, or other simple values} */
        boolean isPlain() {
            return plain;
        }

        @Nullable
        Object tree() {
            return tree;
        }

        private @Nullable Object convert(CBORObject item) {
            if (item.isTagged()) {
                plain = false;
                int tag = item.HasMostOuterTag(0) ? 0 : smallTag(item);
                if (tag == 25 || tag == 29) {
                    readable = false; // references
                    return null;
                }
                if (tag >= LEAST_BIGNUM_TAG && tag <= 5) {
                    if (!item.isNumber()) {
                        readable = false; // other content
                        return null;
                    }
                    return tag <= 3 ? integer(item) : fraction(item, tag);
                }
                CBORObject content = item.UntagOne();
                readable &= fits(tag, content);
                return readable ? convert(content) : null;
            }
            return switch (item.getType()) {
                case Integer -> integer(item);
                case FloatingPoint -> {
                    plain = false; // Jackson reads the shortest decimal of a single, and no decimal of NaN
                    yield item.AsDoubleValue();
                }
                case TextString -> item.AsString();
                case ByteString -> item.GetByteString();
                case Array -> list(item);
                case Map -> map(item);
                case Boolean -> item.AsBoolean();
                default -> simple(item);
            };
        }

        private static int smallTag(CBORObject item) {
            EInteger tag = item.getMostOuterTag();
            return tag.CanFitInInt32() ? tag.ToInt32Checked() : -1;
        }

        /** Which content a tag must have (RFC 8949 section 3.4). */
        private static boolean fits(int tag, CBORObject content) {
            boolean untagged = !content.isTagged();
            CBORType type = content.getType();
            return switch (tag) {
                case 0, 32, 33, 34, 35, 36 -> untagged && type == CBORType.TextString;
                case 1 -> untagged && (type == CBORType.Integer || type == CBORType.FloatingPoint);
                case 24 -> untagged && type == CBORType.ByteString;
                case 37 -> untagged && type == CBORType.ByteString && content.GetByteString().length == 16;
                default -> true;
            };
        }

        private static BigInteger integer(CBORObject item) {
            return new BigInteger(item.AsNumber().ToEInteger().toString());
        }

        private Object fraction(CBORObject item, int tag) {
            CBORObject parts = item.UntagOne();
            BigInteger exponent = integer(parts.get(0));
            BigInteger mantissa = integer(parts.get(1));
            if (parts.isTagged()
                    || parts.get(0).isTagged()
                    || exponent.abs().compareTo(BigInteger.valueOf(MOST_DIGITS)) > 0) {
                readable = false;
                return BigDecimal.ZERO;
            }
            BigDecimal base = BigDecimal.valueOf(tag == 4 ? 10 : 2);
            BigDecimal power = base.pow(exponent.abs().intValue());
            BigDecimal number = new BigDecimal(mantissa);
            if (exponent.signum() >= 0) {
                return number.multiply(power);
            }
            return tag == 4
                    ? number.movePointLeft(exponent.abs().intValue())
                    : number.multiply(BigDecimal.valueOf(5).pow(exponent.abs().intValue()))
                            .movePointLeft(exponent.abs().intValue());
        }

        private List<@Nullable Object> list(CBORObject array) {
            List<@Nullable Object> list = new ArrayList<>();
            for (CBORObject element : array.getValues()) {
                list.add(convert(element));
            }
            return list;
        }

        private Map<String, @Nullable Object> map(CBORObject item) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (CBORObject key : item.getKeys()) {
                boolean text = !key.isTagged() && key.getType() == CBORType.TextString;
                boolean integer = !key.isTagged() && key.getType() == CBORType.Integer;
                plain &= text;
                readable &= text || integer;
                if (text || integer) {
                    String name = text ? key.AsString() : integer(key).toString();
                    readable &= !map.containsKey(name);
                    map.put(name, convert(item.get(key)));
                }
            }
            return map;
        }

        private @Nullable Object simple(CBORObject item) {
            if (!item.isNull()) {
                plain = false;
                readable &= item.isUndefined();
            }
            return null;
        }
    }
}
