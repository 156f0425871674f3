package io.grasp.model;

import static java.util.Map.entry;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.Map;
import java.util.TimeZone;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.node.LongNode;

/**
 * Reads times, durations and zones: from text as {@code java.time} itself parses it, without truncation, and from
 * numbers of seconds (RFC 8949 section 3.4.2) if the type counts seconds and holds all their digits. Jackson's own
 * deserializers are used only if the author gives a pattern.
 */
final class ExactTimes {
    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

    private static final Map<Class<?>, Function<String, Object>> OF_TEXT = Map.ofEntries(
            entry(DayOfWeek.class, DayOfWeek::valueOf),
            entry(Duration.class, Duration::parse),
            entry(Instant.class, ExactTimes::instant),
            entry(LocalDate.class, LocalDate::parse),
            entry(LocalDateTime.class, LocalDateTime::parse),
            entry(LocalTime.class, LocalTime::parse),
            entry(Month.class, Month::valueOf),
            entry(MonthDay.class, MonthDay::parse),
            entry(OffsetDateTime.class, OffsetDateTime::parse),
            entry(OffsetTime.class, OffsetTime::parse),
            entry(Period.class, Period::parse),
            entry(YearMonth.class, YearMonth::parse),
            entry(ZoneId.class, ZoneId::of),
            entry(ZoneOffset.class, ZoneOffset::of),
            entry(ZonedDateTime.class, ExactTimes::zoned));

    private static final Map<Class<?>, Function<BigDecimal, Object>> OF_SECONDS = Map.of(
            Duration.class, seconds -> ofSeconds(seconds, Duration::ofSeconds),
            Instant.class, seconds -> ofSeconds(seconds, Instant::ofEpochSecond),
            OffsetDateTime.class,
                    seconds -> ofSeconds(seconds, Instant::ofEpochSecond).atOffset(ZoneOffset.UTC),
            ZonedDateTime.class,
                    seconds -> ofSeconds(seconds, Instant::ofEpochSecond).atZone(ZoneOffset.UTC));

    private ExactTimes() {}

    /** {@return a deserializer that replaces Jackson's, or {@code null} if the type is not a time} */
    static @Nullable ValueDeserializer<?> of(Class<?> type, ValueDeserializer<?> deserializer) {
        if (OF_TEXT.containsKey(type) || type == Year.class) {
            return new OfTime(type, deserializer, false);
        }
        return isOfMillis(type) ? new OfMillis(type, deserializer, false) : null;
    }

    /** {@return the key deserializer for the type, or {@code null} if Jackson's own is exact} */
    static @Nullable KeyDeserializer key(Class<?> type) {
        return isOfMillis(type) && (type == Date.class || type.isAssignableFrom(GregorianCalendar.class))
                ? new MillisKey(type)
                : null;
    }

    private static boolean isOfMillis(Class<?> type) {
        return Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type);
    }

    private static Instant instant(String text) {
        TemporalAccessor parsed = DateTimeFormatter.ISO_INSTANT.parse(text);
        if (parsed.query(DateTimeFormatter.parsedLeapSecond())) {
            throw new DateTimeException("an Instant cannot represent a leap second");
        }
        return Instant.from(parsed);
    }

    private static ZonedDateTime zoned(String text) {
        ZonedDateTime time = ZonedDateTime.parse(text);
        int zone = text.indexOf('[');
        if (zone >= 0 && !OffsetDateTime.parse(text.substring(0, zone)).equals(time.toOffsetDateTime())) {
            throw new DateTimeException("the zone has another offset at that time");
        }
        return time;
    }

    private static <T> T ofSeconds(BigDecimal value, OfSeconds<T> make) {
        BigInteger[] parts = value.movePointRight(9).toBigIntegerExact().divideAndRemainder(NANOS);
        return make.of(parts[0].longValueExact(), parts[1].longValueExact());
    }

    /** A binary number is read as the shortest decimal that identifies it, as everywhere. */
    private static BigDecimal number(JsonParser p) {
        if (p.hasToken(JsonToken.VALUE_NUMBER_INT)) {
            return new BigDecimal(p.getBigIntegerValue());
        }
        return p.getNumberType() == NumberType.BIG_DECIMAL
                ? p.getDecimalValue()
                : BigDecimal.valueOf(p.getDoubleValue());
    }

    private static Object read(Class<?> type, JsonParser p, DeserializationContext context) {
        try {
            Function<String, Object> ofText = OF_TEXT.get(type);
            Function<BigDecimal, Object> ofSeconds = OF_SECONDS.get(type);
            if (p.hasToken(JsonToken.VALUE_STRING) && ofText != null) {
                return ofText.apply(p.getString());
            } else if (p.currentToken().isNumeric() && ofSeconds != null) {
                return ofSeconds.apply(number(p));
            } else if (p.hasToken(JsonToken.VALUE_NUMBER_INT) && type == Year.class) {
                return Year.of(p.getBigIntegerValue().intValueExact());
            } else if (p.hasToken(JsonToken.VALUE_NUMBER_INT) && type == Month.class) {
                return Month.of(p.getBigIntegerValue().intValueExact());
            }
        } catch (ArithmeticException | DateTimeException | IllegalArgumentException e) {
            return context.reportInputMismatch(
                    type, "cannot read %s exactly as %s: %s", p.getString(), type.getSimpleName(), e.getMessage());
        }
        return context.reportInputMismatch(type, "cannot read %s as %s", p.currentToken(), type.getSimpleName());
    }

    private static long millis(ZonedDateTime time) {
        if (time.getNano() % 1_000_000 != 0) {
            throw new DateTimeException("it has fractions of a millisecond");
        }
        return time.toInstant().toEpochMilli();
    }

    private static Calendar calendar(ZonedDateTime time) {
        Calendar calendar = new GregorianCalendar(TimeZone.getTimeZone(time.getZone()));
        calendar.setTimeInMillis(millis(time));
        return calendar;
    }

    private interface OfSeconds<T> {
        T of(long seconds, long nanos);
    }

    /** Leaves text to Jackson if the author gives a pattern; handles all other items itself. */
    private abstract static class Exact extends DelegatingDeserializer {
        final Class<?> type;
        private final boolean isPatterned;

        Exact(Class<?> type, ValueDeserializer<?> deserializer, boolean isPatterned) {
            super(deserializer);
            this.type = type;
            this.isPatterned = isPatterned;
        }

        abstract ValueDeserializer<?> with(ValueDeserializer<?> deserializer, boolean patterned);

        abstract Object exact(JsonParser p, DeserializationContext context);

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
            return with(deserializer, isPatterned);
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            JsonFormat.Value format = findFormatOverrides(context, property, type);
            ValueDeserializer<?> contextual =
                    context.handleSecondaryContextualization(getDelegatee(), property, context.constructType(type));
            return with(contextual, format != null && format.hasPattern());
        }

        @Override
        public Object deserialize(JsonParser p, DeserializationContext context) {
            if (!isPatterned) {
                return exact(p, context);
            } else if (!p.hasToken(JsonToken.VALUE_STRING)) {
                return context.reportInputMismatch(
                        type, "cannot read %s as %s", p.currentToken(), type.getSimpleName());
            }
            return super.deserialize(p, context);
        }

        /** Such a value needs no type information. */
        @Override
        public Object deserializeWithType(JsonParser p, DeserializationContext context, TypeDeserializer types) {
            return deserialize(p, context);
        }
    }

    private static final class OfTime extends Exact {
        OfTime(Class<?> type, ValueDeserializer<?> deserializer, boolean isPatterned) {
            super(type, deserializer, isPatterned);
        }

        @Override
        ValueDeserializer<?> with(ValueDeserializer<?> deserializer, boolean patterned) {
            return new OfTime(type, deserializer, patterned);
        }

        @Override
        Object exact(JsonParser p, DeserializationContext context) {
            return read(type, p, context);
        }
    }

    /** Java's older time types count milliseconds; the item counts seconds for them too. */
    private static final class OfMillis extends Exact {
        OfMillis(Class<?> type, ValueDeserializer<?> deserializer, boolean isPatterned) {
            super(type, deserializer, isPatterned);
        }

        @Override
        ValueDeserializer<?> with(ValueDeserializer<?> deserializer, boolean patterned) {
            return new OfMillis(type, deserializer, patterned);
        }

        @Override
        Object exact(JsonParser p, DeserializationContext context) {
            ZonedDateTime time = (ZonedDateTime) read(ZonedDateTime.class, p, context);
            try {
                if (type.isAssignableFrom(GregorianCalendar.class)) {
                    return calendar(time);
                }
                JsonParser millis = LongNode.valueOf(millis(time)).traverse(context);
                millis.nextToken();
                return getDelegatee().deserialize(millis, context);
            } catch (ArithmeticException | DateTimeException e) {
                return context.reportInputMismatch(
                        type, "cannot read %s exactly as %s: %s", p.getString(), type.getSimpleName(), e.getMessage());
            }
        }
    }

    private static final class MillisKey extends KeyDeserializer {
        private final Class<?> type;

        MillisKey(Class<?> type) {
            this.type = type;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            try {
                ZonedDateTime time = zoned(key);
                return type == Date.class ? Date.from(Instant.ofEpochMilli(millis(time))) : calendar(time);
            } catch (ArithmeticException | DateTimeException e) {
                return context.handleWeirdKey(type, key, "it cannot be read exactly as %s", type.getSimpleName());
            }
        }
    }
}
