package io.grasp.model;

import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.deser.std.FromStringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.ArrayType;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.type.MapType;
import tools.jackson.databind.util.ClassUtil;

/**
 * Rejects conversions that no Jackson feature makes strict: numbers that do not fit, text taken for bytes, numbers or
 * times, bytes and numbers taken for text, and elements that get lost in sets, maps and beans.
 */
final class ExactScalars extends SimpleModule {
    private static final long serialVersionUID = 1L;

    ExactScalars() {
        super("exact scalars");
        addDeserializer(byte.class, new Scalar<>(byte.class, ExactScalars::toByte));
        addDeserializer(Byte.class, new Scalar<>(Byte.class, ExactScalars::toByte));
        addDeserializer(float.class, new Scalar<>(float.class, ExactScalars::toFloat));
        addDeserializer(Float.class, new Scalar<>(Float.class, ExactScalars::toFloat));
        addDeserializer(double.class, new Scalar<>(double.class, ExactScalars::toDouble));
        addDeserializer(Double.class, new Scalar<>(Double.class, ExactScalars::toDouble));
        addDeserializer(String.class, new Scalar<>(String.class, ExactScalars::toText));
        addDeserializer(InetAddress.class, new Scalar<>(InetAddress.class, ExactScalars::toAddress));
        addSerializer(InetAddress.class, new OfAddress());
        addKeySerializer(InetAddress.class, new AddressKey());
        addKeyDeserializer(InetAddress.class, new KeyOfAddress());
        addDeserializer(byte[].class, new Scalar<>(byte[].class, ExactScalars::toBytes));
        addDeserializer(float[].class, new Numbers<>(float[].class, Float.class));
        addDeserializer(double[].class, new Numbers<>(double[].class, Double.class));
        addDeserializer(OptionalDouble.class, new OfOptionalDouble());
        setDeserializerModifier(new Families());
    }

    private static @Nullable Byte toByte(JsonParser p) {
        if (!p.hasToken(JsonToken.VALUE_NUMBER_INT)) {
            return null;
        }
        BigInteger value = p.getBigIntegerValue();
        return value.bitLength() < Byte.SIZE ? value.byteValue() : null;
    }

    private static @Nullable Float toFloat(JsonParser p) {
        Double value = toDouble(p);
        return value == null || value.compareTo((double) value.floatValue()) != 0 ? null : (Float) value.floatValue();
    }

    /** A decimal number is exact if it is the shortest one that identifies its double. */
    private static @Nullable Double toDouble(JsonParser p) {
        if (!p.hasToken(JsonToken.VALUE_NUMBER_INT) && !p.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
            return null;
        } else if (p.getNumberType() == NumberType.DOUBLE || p.getNumberType() == NumberType.INT) {
            return p.getDoubleValue();
        }
        BigDecimal exact = p.getDecimalValue();
        double value = exact.doubleValue();
        boolean kept = Double.isFinite(value)
                && (exact.compareTo(new BigDecimal(value)) == 0 || exact.compareTo(BigDecimal.valueOf(value)) == 0);
        return kept ? (Double) value : null;
    }

    private static @Nullable String toText(JsonParser p) {
        return p.hasToken(JsonToken.VALUE_STRING) ? p.getString() : null;
    }

    /** Looks up no name: otherwise a peer could make the node wait for a name server. */
    private static @Nullable InetAddress toAddress(JsonParser p) {
        return p.hasToken(JsonToken.VALUE_STRING) ? PeerAddresses.literal(p.getString()) : null;
    }

    private static byte @Nullable [] toBytes(JsonParser p) {
        return p.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT) && p.getEmbeddedObject() instanceof byte[] bytes
                ? bytes.clone()
                : null;
    }

    private static MismatchedInputException refusal(JsonParser p, ValueDeserializer<?> deserializer) {
        String type = deserializer.handledType().getSimpleName();
        String why = p.currentToken().isNumeric()
                ? "cannot read " + p.getString() + " exactly as " + type
                : "cannot read " + p.currentToken() + " as " + type;
        return MismatchedInputException.from(p, deserializer.handledType(), why);
    }

    /** Reads a value from one token, or refuses it. */
    private static final class Scalar<T> extends StdScalarDeserializer<T> {
        private final Function<JsonParser, @Nullable T> exact;

        /** @param exact returns {@code null} if the token is not exactly such a value */
        Scalar(Class<T> type, Function<JsonParser, @Nullable T> exact) {
            super(type);
            this.exact = exact;
        }

        @Override
        public T deserialize(JsonParser p, DeserializationContext context) {
            T value = exact.apply(p);
            if (value != null) {
                return value;
            }
            throw refusal(p, this);
        }

        @Override
        public @Nullable Object getNullValue(DeserializationContext context) {
            return handledType().isPrimitive()
                    ? context.reportInputMismatch(this, "cannot read null as %s", handledType())
                    : null;
        }

        /** Such a value needs no type information. */
        @Override
        public Object deserializeWithType(JsonParser p, DeserializationContext context, TypeDeserializer types) {
            return deserialize(p, context);
        }
    }

    /** Reads an array of primitive numbers. */
    private static final class Numbers<T> extends StdScalarDeserializer<T> {
        private final Class<T> type;
        private final Class<?> element;

        Numbers(Class<T> type, Class<?> element) {
            super(type);
            this.type = type;
            this.element = element;
        }

        @Override
        public T deserialize(JsonParser p, DeserializationContext context) {
            JavaType list = context.getTypeFactory().constructCollectionType(List.class, element);
            List<?> numbers = context.readValue(p, list);
            Object array = Array.newInstance(type.getComponentType(), numbers.size());
            for (int i = 0; i < numbers.size(); i++) {
                if (numbers.get(i) == null) {
                    context.reportInputMismatch(this, "cannot read null as %s", type.getComponentType());
                }
                Array.set(array, i, numbers.get(i));
            }
            return type.cast(array);
        }
    }

    /**
     * Restricts families of types to the kinds of items that represent them, even where Jackson's own deserializers
     * accept more.
     */
    private static final class Families extends ValueDeserializerModifier {
        private static final Set<JsonToken> TEXT = EnumSet.of(JsonToken.VALUE_STRING);
        private static final Set<JsonToken> BYTES = EnumSet.of(JsonToken.VALUE_EMBEDDED_OBJECT);
        private static final Set<JsonToken> TEXT_OR_BYTES =
                EnumSet.of(JsonToken.VALUE_STRING, JsonToken.VALUE_EMBEDDED_OBJECT);
        private static final Set<JsonToken> ARRAY = EnumSet.of(JsonToken.START_ARRAY);

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier type, ValueDeserializer<?> deserializer) {
            Class<?> raw = type.getBeanClass();
            ValueDeserializer<?> time = ExactTimes.of(raw, deserializer);
            if (time != null) {
                return time;
            } else if (raw == UUID.class) {
                return new OfTokens(deserializer, TEXT_OR_BYTES);
            } else if (deserializer.logicalType() == LogicalType.Binary) {
                return raw == byte[].class ? deserializer : new OfTokens(deserializer, BYTES);
            } else if (deserializer instanceof FromStringDeserializer<?> || raw == CharSequence.class) {
                return new OfTokens(deserializer, TEXT);
            }
            return deserializer instanceof BeanDeserializerBase bean ? WholeContainers.complete(bean) : deserializer;
        }

        @Override
        public ValueDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            ValueDeserializer<?> time = ExactTimes.of(type.getRawClass(), deserializer);
            return time == null ? deserializer : time;
        }

        @Override
        public ValueDeserializer<?> modifyArrayDeserializer(
                DeserializationConfig config,
                ArrayType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            if (type.hasRawClass(char[].class)) {
                return new OfTokens(deserializer, TEXT);
            }
            return type.hasRawClass(Byte[].class) ? new OfTokens(deserializer, ARRAY) : deserializer;
        }

        @Override
        public ValueDeserializer<?> modifyCollectionDeserializer(
                DeserializationConfig config,
                CollectionType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            return type.isTypeOrSubTypeOf(Set.class) ? WholeContainers.distinct(deserializer) : deserializer;
        }

        @Override
        public ValueDeserializer<?> modifyMapDeserializer(
                DeserializationConfig config,
                MapType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            return WholeContainers.distinct(deserializer);
        }

        @Override
        public KeyDeserializer modifyKeyDeserializer(
                DeserializationConfig config, JavaType type, KeyDeserializer deserializer) {
            KeyDeserializer time = ExactTimes.key(type.getRawClass());
            if (time != null) {
                return time;
            }
            Class<?> raw = type.getRawClass();
            Class<?> boxed = raw.isPrimitive() ? ClassUtil.wrapperType(raw) : raw;
            return Number.class.isAssignableFrom(boxed) ? new NumberKey(boxed, deserializer) : deserializer;
        }
    }

    /** Refuses all but certain kinds of items, and text of which Jackson would read only a part. */
    private static final class OfTokens extends DelegatingDeserializer {
        private final Set<JsonToken> tokens;

        OfTokens(ValueDeserializer<?> deserializer, Set<JsonToken> tokens) {
            super(deserializer);
            this.tokens = tokens;
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
            return new OfTokens(deserializer, tokens);
        }

        @Override
        public Object deserialize(JsonParser p, DeserializationContext context) {
            if (!tokens.contains(p.currentToken())) {
                throw refusal(p, this);
            }
            String text = p.hasToken(JsonToken.VALUE_STRING) ? p.getString() : null;
            Object value = super.deserialize(p, context);
            return text == null || isWhole(text, value)
                    ? value
                    : context.handleWeirdStringValue(handledType(), text, "only a part of the text can be read");
        }

        private static boolean isWhole(String text, Object value) {
            if (value instanceof CharSequence || value instanceof char[]) {
                return true; // the text itself
            } else if (value instanceof Locale locale) {
                return locale.toLanguageTag().equalsIgnoreCase(text.replace('_', '-'));
            } else if (value instanceof TimeZone zone) {
                return zone.getID().equals(text); // Java returns GMT for an unknown zone
            } else if (value instanceof UUID id) {
                return id.toString().equalsIgnoreCase(text); // Jackson also accepts base64
            }
            return text.equals(text.trim());
        }
    }

    /** Writes an address as {@link #toAddress} reads it. */
    private static final class OfAddress extends StdScalarSerializer<InetAddress> {
        OfAddress() {
            super(InetAddress.class);
        }

        @Override
        public void serialize(InetAddress address, JsonGenerator out, SerializationContext context) {
            out.writeString(AddressText.of(address));
        }
    }

    private static final class AddressKey extends StdSerializer<InetAddress> {
        AddressKey() {
            super(InetAddress.class);
        }

        @Override
        public void serialize(InetAddress address, JsonGenerator out, SerializationContext context) {
            out.writeName(AddressText.of(address));
        }
    }

    private static final class KeyOfAddress extends KeyDeserializer {
        @Override
        public @Nullable Object deserializeKey(String key, DeserializationContext context) {
            InetAddress address = PeerAddresses.literal(key);
            return address == null ? context.handleWeirdKey(InetAddress.class, key, "not an address") : address;
        }
    }

    private static final class OfOptionalDouble extends StdScalarDeserializer<OptionalDouble> {
        OfOptionalDouble() {
            super(OptionalDouble.class);
        }

        @Override
        public OptionalDouble deserialize(JsonParser p, DeserializationContext context) {
            Double value = toDouble(p);
            if (value == null) {
                throw refusal(p, this);
            }
            return OptionalDouble.of(value);
        }

        @Override
        public OptionalDouble getNullValue(DeserializationContext context) {
            return OptionalDouble.empty();
        }
    }

    /**
     * A numeric key consists of the digits of an integer, since items have no other numeric keys; Jackson accepts more.
     */
    private static final class NumberKey extends KeyDeserializer {
        private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]*");

        private final Class<?> type;
        private final KeyDeserializer deserializer;

        NumberKey(Class<?> type, KeyDeserializer deserializer) {
            this.type = type;
            this.deserializer = deserializer;
        }

        @Override
        public @Nullable Object deserializeKey(String key, DeserializationContext context) {
            Object value = INTEGER.matcher(key).matches() ? deserializer.deserializeKey(key, context) : null;
            boolean isExact = value != null
                    && Double.isFinite(((Number) value).doubleValue())
                    && new BigDecimal(value.toString()).compareTo(new BigDecimal(key)) == 0;
            return isExact
                    ? value
                    : context.handleWeirdKey(type, key, "it cannot be read exactly as %s", type.getSimpleName());
        }
    }
}
