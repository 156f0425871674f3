package io.grasp.model;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.ext.javatime.deser.InstantDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * What no feature of Jackson makes strict: numbers that do not fit, text that is taken for bytes or for a time, bytes
 * that are taken for text.
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
        addDeserializer(byte[].class, new Scalar<>(byte[].class, ExactScalars::toBytes));
        addDeserializer(float[].class, new Numbers<>(float[].class, Float.class));
        addDeserializer(double[].class, new Numbers<>(double[].class, Double.class));
        addDeserializer(Date.class, new Dates());
        setDeserializerModifier(new NoNumbersInText());
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

    /** A decimal number is exact if it is the shortest that tells its double from all others. */
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

    private static byte @Nullable [] toBytes(JsonParser p) {
        return p.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT) && p.getEmbeddedObject() instanceof byte[] bytes
                ? bytes.clone()
                : null;
    }

    /** Reads what one token is, or refuses it. */
    private static final class Scalar<T> extends StdScalarDeserializer<T> {
        private final Function<JsonParser, @Nullable T> exact;

        /** @param exact returns {@code null} for what is no such thing */
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
            String type = handledType().getSimpleName();
            if (p.currentToken().isNumeric()) {
                return context.reportInputMismatch(this, "%s is not exactly a %s", p.getString(), type);
            }
            return context.reportInputMismatch(this, "%s is no %s", p.currentToken(), type);
        }

        @Override
        public @Nullable Object getNullValue(DeserializationContext context) {
            return handledType().isPrimitive()
                    ? context.reportInputMismatch(this, "null is no %s", handledType())
                    : null;
        }

        /** Such a value needs no type beside it. */
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
                    context.reportInputMismatch(this, "null is no %s", type.getComponentType());
                }
                Array.set(array, i, numbers.get(i));
            }
            return type.cast(array);
        }
    }

    /** Counts seconds, as CBOR and all other types of a time do (RFC 8949 section 3.4.2). */
    private static final class Dates extends StdScalarDeserializer<Date> {
        Dates() {
            super(Date.class);
        }

        @Override
        public Date deserialize(JsonParser p, DeserializationContext context) {
            return Date.from(context.readValue(p, Instant.class));
        }
    }

    /** Keeps times from being read from text that holds a number only. */
    private static final class NoNumbersInText extends ValueDeserializerModifier {
        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier type, ValueDeserializer<?> deserializer) {
            return deserializer instanceof InstantDeserializer<?> ? new OfTime(deserializer) : deserializer;
        }
    }

    private static final class OfTime extends DelegatingDeserializer {
        private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9.]+");

        OfTime(ValueDeserializer<?> deserializer) {
            super(deserializer);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
            return new OfTime(deserializer);
        }

        @Override
        public Object deserialize(JsonParser p, DeserializationContext context) {
            if (p.hasToken(JsonToken.VALUE_STRING)
                    && NUMBER.matcher(p.getString().strip()).matches()) {
                return context.handleWeirdStringValue(handledType(), p.getString(), "a number in text is no time");
            }
            return super.deserialize(p, context);
        }
    }
}
