package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
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
import java.util.Arrays;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Which Java types an item can be read as, and as which it cannot. */
class ValueAsTest {
    enum Color {
        RED,
        GREEN
    }

    record Offer(String currency, int amount) {}

    record Wide(
            long id,
            @Nullable String note,
            Optional<Integer> count,
            OptionalInt other,
            JsonNode any,
            byte @Nullable [] bytes,
            @Nullable List<String> names) {}

    record Measured(double[] values, float scale) {}

    record Checked(int percent) {
        Checked {
            if (percent > 100) {
                throw new IllegalArgumentException(percent + " percent");
            }
        }
    }

    record Deep(List<Map<String, Offer>> items) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Lenient(int amount) {}

    record Gathering(int amount, @JsonAnySetter Map<String, Object> others) {}

    record Annotated(
            @JsonProperty(value = "a", isRequired = OptBoolean.FALSE) @JsonSetter(nulls = Nulls.SET)
            String first,

            @JsonSetter(nulls = Nulls.SET) String b) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle"), @JsonSubTypes.Type(Square.class)})
    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Square(int side) implements Shape {}

    static final class Made {
        final String name;

        @JsonCreator
        Made(@JsonProperty("name") String name) {
            this.name = name;
        }
    }

    static class Bean {
        public int amount;
        public @Nullable String note;
        private long id;

        @JsonAlias("number")
        public void setId(long id) {
            this.id = id;
        }

        @JsonProperty(isRequired = OptBoolean.FALSE)
        public int retries = 3;
    }

    record Beans(List<Bean> beans) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = SizedBean.class, name = "sized"))
    abstract static class KindBean {}

    static class SizedBean extends KindBean {
        public int size;
    }

    record Dated(
            @JsonFormat(pattern = "dd.MM.yyyy") LocalDate day,
            @JsonFormat(pattern = "dd.MM.yyyy HH:mm") Date time) {}

    record Zoned(Period period, List<ZoneId> zones) {}

    record Phrase(CharSequence text) {}

    record Without(@JsonIgnoreProperties("x") Map<String, Integer> counts) {}

    record Present(@JsonSetter(contentNulls = Nulls.SKIP) Set<Integer> numbers) {}

    private static final TypeReference<List<Integer>> INTEGERS = new TypeReference<>() {};
    private static final TypeReference<Map<String, Integer>> COUNTS = new TypeReference<>() {};
    private static final TypeReference<Map<Integer, String>> NUMBERED = new TypeReference<>() {};
    private static final TypeReference<Optional<String>> MAYBE = new TypeReference<>() {};

    @ParameterizedTest
    @MethodSource("whatAnItemIs")
    void itemsAreReadAsSuitableTypes(String hex, Class<?> type, Object expected) {
        assertThat((Object) value(hex).as(type)).isEqualTo(expected);
    }

    static Stream<Arguments> whatAnItemIs() {
        UUID id = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
        return Stream.of(
                Arguments.of("05", int.class, 5),
                Arguments.of("05", Integer.class, 5),
                Arguments.of("1b0000000000000005", Integer.class, 5),
                Arguments.of("3a7fffffff", int.class, Integer.MIN_VALUE),
                Arguments.of("1b7fffffffffffffff", long.class, Long.MAX_VALUE),
                Arguments.of("3b7fffffffffffffff", Long.class, Long.MIN_VALUE),
                Arguments.of("c24105", int.class, 5),
                Arguments.of("c34105", long.class, -6L),
                Arguments.of("c249007fffffffffffffff", long.class, Long.MAX_VALUE),
                Arguments.of("397fff", short.class, Short.MIN_VALUE),
                Arguments.of("197fff", Short.class, Short.MAX_VALUE),
                Arguments.of("387f", byte.class, Byte.MIN_VALUE),
                Arguments.of("187f", Byte.class, Byte.MAX_VALUE),
                Arguments.of("05", BigInteger.class, BigInteger.valueOf(5)),
                Arguments.of("1bffffffffffffffff", BigInteger.class, new BigInteger("18446744073709551615")),
                Arguments.of("3bffffffffffffffff", BigInteger.class, new BigInteger("-18446744073709551616")),
                Arguments.of("c241ff", BigInteger.class, BigInteger.valueOf(255)),
                Arguments.of("c341ff", BigInteger.class, BigInteger.valueOf(-256)),
                Arguments.of("c240", BigInteger.class, BigInteger.ZERO),
                Arguments.of("c24200ff", BigInteger.class, BigInteger.valueOf(255)),
                Arguments.of("c25f41ff41feff", BigInteger.class, BigInteger.valueOf(0xfffe)),
                Arguments.of("05", BigDecimal.class, BigDecimal.valueOf(5)),
                Arguments.of("c48221196ab3", BigDecimal.class, new BigDecimal("273.15")),
                Arguments.of("c482213a00006ab2", BigDecimal.class, new BigDecimal("-273.15")),
                Arguments.of("c482211a00006ab3", double.class, 273.15),
                Arguments.of("c48221c241ff", BigDecimal.class, new BigDecimal("2.55")),
                Arguments.of("c49f21c341ffff", BigDecimal.class, new BigDecimal("-2.56")),
                Arguments.of("c5822003", BigDecimal.class, new BigDecimal("1.5")),
                Arguments.of("c5820103", BigDecimal.class, new BigDecimal("6")),
                Arguments.of("c5822003", double.class, 1.5),
                Arguments.of("fb3ff199999999999a", BigDecimal.class, new BigDecimal("1.1")),
                Arguments.of("f93e00", double.class, 1.5),
                Arguments.of("f93e00", float.class, 1.5f),
                Arguments.of("fb3ff8000000000000", Float.class, 1.5f),
                Arguments.of("fa3f8ccccd", float.class, 1.1f),
                Arguments.of("f97e00", Double.class, Double.NaN),
                Arguments.of("f97e00", float.class, Float.NaN),
                Arguments.of("f9fc00", float.class, Float.NEGATIVE_INFINITY),
                Arguments.of("f98000", double.class, -0.0),
                Arguments.of("01", double.class, 1.0),
                Arguments.of("1b0020000000000000", double.class, 0x1p53),
                Arguments.of("1a01000000", float.class, 0x1p24f),
                Arguments.of("f5", boolean.class, true),
                Arguments.of("f4", Boolean.class, false),
                Arguments.of("60", String.class, ""),
                Arguments.of("7f61616162ff", String.class, "ab"),
                Arguments.of("d8206161", String.class, "a"),
                Arguments.of("6178", char.class, 'x'),
                Arguments.of("63524544", Color.class, Color.RED),
                Arguments.of("4101", byte[].class, new byte[] {1}),
                Arguments.of("5f41014102ff", byte[].class, new byte[] {1, 2}),
                Arguments.of("d6420102", byte[].class, new byte[] {1, 2}),
                Arguments.of(
                        "c074323031332d30332d32315432303a30343a30305a",
                        Instant.class,
                        Instant.ofEpochSecond(1363896240)),
                Arguments.of("c074323031332d30332d32315432303a30343a30305a", Date.class, new Date(1363896240_000L)),
                Arguments.of("c11a514b67b0", Instant.class, Instant.ofEpochSecond(1363896240)),
                Arguments.of("c11a514b67b0", Date.class, new Date(1363896240_000L)),
                Arguments.of("c11a514b67b0", long.class, 1363896240L),
                Arguments.of("c1fb41d452d9ec200000", Instant.class, Instant.ofEpochSecond(1363896240, 500_000_000)),
                Arguments.of("c120", Instant.class, Instant.ofEpochSecond(-1)),
                Arguments.of("c11a514b67b0", OffsetDateTime.class, OffsetDateTime.parse("2013-03-21T20:04:00Z")),
                Arguments.of("655054312e35", String.class, "PT1.5"),
                Arguments.of("665054312e3553", Duration.class, Duration.ofMillis(1500)),
                Arguments.of("05", Duration.class, Duration.ofSeconds(5)),
                Arguments.of("d825500102030405060708090a0b0c0d0e0f10", UUID.class, id),
                Arguments.of("500102030405060708090a0b0c0d0e0f10", UUID.class, id),
                Arguments.of("d82068687474703a2f2f61", URI.class, URI.create("http://a")),
                Arguments.of("820102", int[].class, new int[] {1, 2}),
                Arguments.of("9f01f93c00ff", double[].class, new double[] {1, 1}),
                Arguments.of("81f93c00", float[].class, new float[] {1}),
                Arguments.of("8163524544", Color[].class, new Color[] {Color.RED}),
                Arguments.of("820163616263", Object[].class, new Object[] {1, "abc"}),
                Arguments.of("f93e00", Object.class, 1.5),
                Arguments.of("1bffffffffffffffff", Object.class, new BigInteger("18446744073709551615")),
                Arguments.of("c241ff", Number.class, 255),
                Arguments.of("c241ff", Object.class, 255),
                Arguments.of("4101", Object.class, new byte[] {1}),
                Arguments.of("82f6f5", List.class, Arrays.asList(null, true)),
                Arguments.of("a1616101", Map.class, Map.of("a", 1)),
                Arguments.of("8101", Set.class, Set.of(1)),
                Arguments.of("f6", JsonNode.class, NullNode.getInstance()),
                Arguments.of("4101", JsonNode.class, BinaryNode.valueOf(new byte[] {1})),
                Arguments.of("d64101", JsonNode.class, BinaryNode.valueOf(new byte[] {1})),
                Arguments.of("f6", Optional.class, Optional.empty()),
                Arguments.of("f7", Optional.class, Optional.empty()),
                Arguments.of("05", OptionalInt.class, OptionalInt.of(5)),
                Arguments.of("a26863757272656e6379634e5a4466616d6f756e74182f", Offer.class, new Offer("NZD", 47)),
                Arguments.of("bf66616d6f756e74182f6863757272656e6379634e5a44ff", Offer.class, new Offer("NZD", 47)),
                Arguments.of("a166616d6f756e7405", Lenient.class, new Lenient(5)),
                Arguments.of("a266616d6f756e7405617801", Lenient.class, new Lenient(5)),
                Arguments.of("a266616d6f756e7405617801", Gathering.class, new Gathering(5, Map.of("x", 1))),
                Arguments.of("a16162f6", Annotated.class, new Annotated(null, null)),
                Arguments.of("a2646b696e6466636972636c656672616469757301", Shape.class, new Circle(1)),
                Arguments.of("a16770657263656e741864", Checked.class, new Checked(100)));
    }

    @ParameterizedTest
    @MethodSource("whatAnItemIsNot")
    void itemsAreNotReadAsUnsuitableTypes(String hex, Class<?> type) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value(hex).as(type))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL))
                .satisfies(e -> assertThat(e.getMessage()).contains("the value cannot be read as "));
    }

    static Stream<Arguments> whatAnItemIsNot() {
        Class<?>[] integers = {
            int.class,
            Integer.class,
            long.class,
            Long.class,
            short.class,
            Short.class,
            byte.class,
            Byte.class,
            BigInteger.class
        };
        Class<?>[] numbers = {float.class, Float.class, double.class, Double.class, BigDecimal.class};
        Class<?>[] scalars = {
            boolean.class,
            Boolean.class,
            String.class,
            char.class,
            Character.class,
            Color.class,
            byte[].class,
            UUID.class
        };
        Class<?>[] times = {Instant.class, Duration.class, OffsetDateTime.class, Date.class};
        Class<?>[] others = {
            List.class,
            Map.class,
            Set.class,
            int[].class,
            double[].class,
            Offer.class,
            Shape.class,
            Made.class,
            Lenient.class
        };
        String none = "f6 f7 60 4131 40 6131 80 a0 8101 f8ff e0 d81900 d81d00 f5";
        String floats = "f97e00 f93c00 fb3ff8000000000000 f97c00 c4820105 c5820105";
        return Stream.of(
                        failures(integers, none + " " + floats),
                        failures(numbers, none),
                        failures(
                                scalars,
                                "f6 f7 80 a0 8101 f8ff 00 01 20 f93c00 1bffffffffffffffff c24101 c4820105 d81900 a1616101"),
                        failures(
                                new Class<?>[] {boolean.class, Boolean.class, Color.class, UUID.class, char.class},
                                "60 4101 40 6474727565 627879"),
                        failures(new Class<?>[] {byte[].class}, "60 6161 6441513d3d 820102 f5"),
                        failures(new Class<?>[] {String.class}, "40 4161 f4"),
                        failures(
                                times,
                                "f6 f7 60 40 4101 f5 80 8101 a0 6131 6a31333633383936323430 f97e00 f97c00 6178 f8ff"),
                        failures(others, "f6 f7 00 60 6161 40 4101 f93c00 f5 f8ff"),
                        failures(new Class<?>[] {BigDecimal.class}, "f97e00 f97c00 f9fc00"),
                        failures(new Class<?>[] {Object.class, JsonNode.class}, "f8ff e0 d81900 d81d00 a2616101616102"),
                        failures(new Class<?>[] {Object.class}, "f6 f7"),
                        Stream.of(
                                // out of range
                                Arguments.of("1a80000000", int.class),
                                Arguments.of("3a80000000", Integer.class),
                                Arguments.of("1b8000000000000000", long.class),
                                Arguments.of("3b8000000000000000", Long.class),
                                Arguments.of("c249010000000000000000", long.class),
                                Arguments.of("198000", short.class),
                                Arguments.of("398000", Short.class),
                                Arguments.of("1880", byte.class),
                                Arguments.of("18ff", Byte.class),
                                Arguments.of("3880", byte.class),
                                // inexact
                                Arguments.of("1b0020000000000001", double.class),
                                Arguments.of("1b0020000000000001", Double.class),
                                Arguments.of("811b0020000000000001", double[].class),
                                Arguments.of("1a01000001", float.class),
                                Arguments.of("811a01000001", float[].class),
                                Arguments.of("fb3ff199999999999a", float.class),
                                Arguments.of("fb7e37e43c8800759c", Float.class),
                                Arguments.of("c48219019001", double.class),
                                Arguments.of("c482331b002386f26fc10001", double.class),
                                Arguments.of("81f6", int[].class),
                                Arguments.of("81f6", double[].class),
                                Arguments.of("81f93c00", int[].class),
                                // tags
                                Arguments.of("c26131", BigInteger.class),
                                Arguments.of("c201", BigInteger.class),
                                Arguments.of("c48101", BigDecimal.class),
                                Arguments.of("c483010203", BigDecimal.class),
                                Arguments.of("c482f93c0001", BigDecimal.class),
                                Arguments.of("c482016131", BigDecimal.class),
                                Arguments.of("c49f01ff", BigDecimal.class),
                                Arguments.of("c49f010203ff", BigDecimal.class),
                                Arguments.of("c4821a3b9aca0001", BigDecimal.class),
                                Arguments.of("c4821a3b9aca0001", Instant.class),
                                Arguments.of("c5821a3b9aca0001", BigDecimal.class),
                                Arguments.of("c5823a3b9aca0001", double.class),
                                Arguments.of("c5821bffffffffffffffff01", BigDecimal.class),
                                Arguments.of("c005", Integer.class),
                                Arguments.of("c16131", String.class),
                                Arguments.of("61c3", String.class),
                                Arguments.of("4101", UUID.class),
                                // keys
                                Arguments.of("a2616101616102", Map.class),
                                Arguments.of("a20101613102", Map.class),
                                Arguments.of("a1f501", Map.class),
                                Arguments.of("a18001", Map.class),
                                // objects
                                Arguments.of("a16863757272656e6379634e5a44", Offer.class),
                                Arguments.of("a166616d6f756e7405", Offer.class),
                                Arguments.of("a26863757272656e6379f666616d6f756e7405", Offer.class),
                                Arguments.of("a26863757272656e63796066616d6f756e74f6", Offer.class),
                                Arguments.of("a36863757272656e63796066616d6f756e7405617801", Offer.class),
                                Arguments.of("82634e5a44182f", Offer.class),
                                Arguments.of("a0", Lenient.class),
                                Arguments.of("a1646e616d65f6", Made.class),
                                Arguments.of("a0", Made.class),
                                Arguments.of("a16770657263656e741865", Checked.class),
                                Arguments.of("a16672616469757301", Shape.class),
                                Arguments.of("a1646b696e6463747269", Shape.class)))
                .flatMap(cases -> cases);
    }

    /** Types that Jackson converts with special deserializers for a family of types. */
    @ParameterizedTest
    @MethodSource("familiesOfTypesAreExact")
    void typesOfEachFamilyAreReadExactly(Object type, String hex) {
        failure(hex, type, "the value cannot be read as ");
    }

    static Stream<Arguments> familiesOfTypesAreExact() {
        Class<?>[] texts = {
            CharSequence.class,
            StringBuilder.class,
            StringBuffer.class,
            char[].class,
            URI.class,
            Path.class,
            File.class,
            Pattern.class,
            InetSocketAddress.class,
            TimeZone.class,
            Locale.class,
            Currency.class,
            Charset.class
        };
        Class<?>[] seconds = {
            Instant.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            Duration.class,
            Date.class,
            Calendar.class,
            GregorianCalendar.class,
            Timestamp.class,
            java.sql.Date.class
        };
        Class<?>[] otherTimes = {
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            OffsetTime.class,
            DayOfWeek.class,
            MonthDay.class,
            YearMonth.class,
            Period.class,
            ZoneId.class,
            ZoneOffset.class
        };
        String none = "f6 40 4101 f5 80 8101 820101 831907e40101 851907e401010101 a0";
        String numbers = "00 01 20 c24101 f97e00 f93c00 fb3ff8000000000000 c4820105 1bffffffffffffffff";
        return Stream.of(
                        failures(texts, none + " " + numbers + " 816131"),
                        failures(
                                seconds,
                                none + " 60 6131 6130 f97e00 f97c00 fb43f0000000000000 fb7fefffffffffffff c482184001"
                                        + " c4821927100a c482183f01 fa7f7fffff c4822a01 c4822b01 c4823903e701 fa3f8ccccd"
                                        + " 3bffffffffffffffff c482194e2001"),
                        failures(new Class<?>[] {Date.class, Calendar.class, Timestamp.class}, "c48223187b c48228187b"),
                        failures(otherTimes, none + " " + numbers + " 60 6131 6130"),
                        failures(
                                new Class<?>[] {Year.class},
                                none + " f97e00 f93c00 60 6131 6432303230 1b000000ffffffffff"),
                        failures(
                                new Class<?>[] {Month.class}, none + " f97e00 f93c00 60 6131 00 0d 1b000000ffffffffff"),
                        failures(new Class<?>[] {ByteBuffer.class}, "60 6131 6441513d3d 01 80 f6 a0 f93c00"),
                        failures(new Class<?>[] {Byte[].class}, "60 6131 6441513d3d 01 811880 a0"),
                        failures(new Class<?>[] {OptionalDouble.class}, "1b0020000000000001 60 6131 40 80"),
                        failures(new Class<?>[] {Set.class, TreeSet.class}, "820101 8401020301"),
                        failures(new Class<?>[] {IntNode.class}, "6131 4101 f5"),
                        failures(
                                new Class<?>[] {Bean.class},
                                "a0 a166616d6f756e7401 a162696401 a2626964f666616d6f756e7401"),
                        failures(new Class<?>[] {KindBean.class}, "a1646b696e646573697a6564"),
                        failures(new Class<?>[] {Phrase.class}, "a164746578744101 a1647465787401"),
                        Stream.of(
                                text("2013-03-21T20:04:00.1234567891Z", Instant.class),
                                text("2016-12-31T23:59:60Z", Instant.class),
                                text("2013-03-21T20:04:00.1234Z", Date.class),
                                text("2013-03-21T20:04:00.1234Z", Calendar.class),
                                text("2020-01-01T12:34:56", LocalDate.class),
                                text("2020-01-01T12:34:56Z", LocalDate.class),
                                text("2020-01-01T12:34:56Z", LocalDateTime.class),
                                text("2020-01-01T12:34:56+02:00", LocalDateTime.class),
                                text("2020-01-01T00:00:00+05:00[Europe/Paris]", ZonedDateTime.class),
                                text(" 2020-01-01", LocalDate.class),
                                text("1e3", Duration.class),
                                text("1.5", Duration.class),
                                text("Nowhere/Town", TimeZone.class),
                                text(" [a] ", Pattern.class),
                                text(" a", Path.class),
                                text("AAAAAAAAAAAAAAAAAAAAAA==", UUID.class),
                                text("1-1-1-1-1", UUID.class),
                                Arguments.of(new TypeReference<Set<Integer>>() {}, "83010101"),
                                Arguments.of(new TypeReference<EnumSet<Color>>() {}, "826352454463524544"),
                                Arguments.of(new TypeReference<List<Set<String>>>() {}, "818261616161"),
                                Arguments.of(new TypeReference<Map<Integer, String>>() {}, "a2613161316230316131"),
                                Arguments.of(new TypeReference<Map<Integer, String>>() {}, "a16230316131"),
                                Arguments.of(new TypeReference<Map<Byte, String>>() {}, "a118c86131"),
                                Arguments.of(new TypeReference<Map<Float, String>>() {}, "a11a010000016131"),
                                Arguments.of(new TypeReference<Map<Double, String>>() {}, "a1633165336131"),
                                Arguments.of(new TypeReference<Map<Date, String>>() {}, "a1016131"),
                                Arguments.of(
                                        new TypeReference<Map<Duration, Integer>>() {}, "a265505436305301645054314d02"),
                                Arguments.of(new TypeReference<List<ZoneId>>() {}, "8140"),
                                Arguments.of(new TypeReference<List<Period>>() {}, "814101")))
                .flatMap(cases -> cases)
                .map(arguments -> arguments.get()[0] instanceof String
                        ? Arguments.of(arguments.get()[1], arguments.get()[0])
                        : arguments);
    }

    private static Arguments text(String text, Class<?> type) {
        return Arguments.of(hex(text), type);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(ObjectiveValue.of(text).item().bytes());
    }

    @Test
    void timesKeepTheirPrecisionAndZone() {
        assertThat(value("c48228187b").as(Duration.class)).isEqualTo(Duration.ofNanos(123));
        assertThat(value("c482281a075bcd15").as(Instant.class)).isEqualTo(Instant.ofEpochSecond(0, 123_456_789));
        assertThat(value("c482283a075bcd14").as(Instant.class)).isEqualTo(Instant.ofEpochSecond(-1, 876_543_211));
        assertThat(value("fb3fb999999999999a").as(Duration.class)).isEqualTo(Duration.ofMillis(100));
        assertThat(value("c1fb41d452d9ec066666").as(Duration.class).getSeconds())
                .isEqualTo(1_363_896_240);
        assertThat(value("1b7fffffffffffffff").as(Duration.class)).isEqualTo(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(as("2020-01-01T00:00:00+02:00", OffsetDateTime.class))
                .isEqualTo(OffsetDateTime.parse("2020-01-01T00:00:00+02:00"));
        assertThat(as("2020-01-01T00:00:00+02:00", ZonedDateTime.class).getOffset())
                .isEqualTo(ZoneOffset.ofHours(2));
        assertThat(as("2020-01-01T00:00:00+01:00[Europe/Paris]", ZonedDateTime.class)
                        .getZone())
                .isEqualTo(ZoneId.of("Europe/Paris"));
        assertThat(as("2020-01-01", LocalDate.class)).isEqualTo(LocalDate.of(2020, 1, 1));
        assertThat(as("2020-01-01T12:34:56.789", LocalDateTime.class))
                .isEqualTo(LocalDateTime.parse("2020-01-01T12:34:56.789"));
        assertThat(as("12:34", LocalTime.class)).isEqualTo(LocalTime.of(12, 34));
        assertThat(as("P1M2D", Period.class)).isEqualTo(Period.of(0, 1, 2));
        assertThat(value("1907e4").as(Year.class)).isEqualTo(Year.of(2020));
        assertThat(value("01").as(Month.class)).isEqualTo(Month.JANUARY);
        assertThat(as("JANUARY", Month.class)).isEqualTo(Month.JANUARY);
        assertThat(as("MONDAY", DayOfWeek.class)).isEqualTo(DayOfWeek.MONDAY);
        assertThat(as("Europe/Paris", ZoneId.class)).isEqualTo(ZoneId.of("Europe/Paris"));
        assertThat(as("+02:00", ZoneOffset.class)).isEqualTo(ZoneOffset.ofHours(2));
    }

    @Test
    void allTypesOfATimeAgree() {
        for (String hex :
                List.of("01", "c11a514b67b0", "c48222197530", "fbbff8000000000000", hex("2013-03-21T20:04:00.5Z"))) {
            long millis = value(hex).as(Instant.class).toEpochMilli();
            assertThat(value(hex).as(Date.class).getTime()).isEqualTo(millis);
            assertThat(value(hex).as(Calendar.class).getTimeInMillis()).isEqualTo(millis);
            assertThat(value(hex).as(GregorianCalendar.class).getTimeInMillis()).isEqualTo(millis);
            assertThat(value(hex).as(Timestamp.class).getTime()).isEqualTo(millis);
            assertThat(value(hex).as(java.sql.Date.class).getTime()).isEqualTo(millis);
        }
        Calendar calendar = as("2020-01-01T00:00:00+02:00", Calendar.class);
        assertThat(calendar.getTimeZone().getRawOffset()).isEqualTo(7_200_000);
    }

    @Test
    void writtenValuesAreReadBack() {
        Instant now = Instant.parse("2020-01-01T12:34:56.123456789Z");
        OffsetDateTime here = now.atOffset(ZoneOffset.ofHours(2));
        for (Object object : new Object[] {
            now,
            here,
            here.toZonedDateTime(),
            here.toLocalDate(),
            here.toLocalDateTime(),
            here.toLocalTime(),
            here.toOffsetTime(),
            Duration.ofNanos(1),
            Period.ofDays(3),
            Year.of(2020),
            YearMonth.of(2020, 1),
            MonthDay.of(2, 29),
            Month.MAY,
            DayOfWeek.FRIDAY,
            ZoneOffset.UTC,
            new Date(1_500),
            new Timestamp(1_500),
            URI.create("http://a"),
            new File("/a"),
            Locale.CANADA_FRENCH,
            Currency.getInstance("NZD"),
            new UUID(1, 2),
            OptionalDouble.of(1.5)
        }) {
            assertThat((Object) ObjectiveValue.of(object).as(object.getClass())).isEqualTo(object);
        }
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2});
        assertThat(ObjectiveValue.of(buffer).as(ByteBuffer.class)).isEqualTo(buffer);
        assertThat(ObjectiveValue.of(StandardCharsets.UTF_8).as(Charset.class)).isEqualTo(StandardCharsets.UTF_8);
        TimeZone paris = TimeZone.getTimeZone("Europe/Paris");
        assertThat(ObjectiveValue.of(paris).as(TimeZone.class)).isEqualTo(paris);
        assertThat(ObjectiveValue.of(Map.of(5, "a")).as(NUMBERED)).isEqualTo(Map.of(5, "a"));
        assertThat(ObjectiveValue.of(Set.of(1, 2)).as(Set.class)).isEqualTo(Set.of(1, 2));
        assertThat(ObjectiveValue.of(Set.of(Color.RED)).as(new TypeReference<EnumSet<Color>>() {}))
                .isEqualTo(EnumSet.of(Color.RED));
    }

    @Test
    void annotationsOfAPropertyHavePrecedence() {
        Map<String, String> dated = Map.of("day", "01.02.2020", "time", "01.02.2020 12:00");
        assertThat(ObjectiveValue.of(dated).as(Dated.class).day()).isEqualTo(LocalDate.of(2020, 2, 1));
        assertThat(ObjectiveValue.of(dated).as(Dated.class).time())
                .isEqualTo(Date.from(Instant.parse("2020-02-01T12:00:00Z")));
        failure("a263646179016474696d6501", Dated.class, "at /day: ");
        assertThat(ObjectiveValue.of(Map.of("counts", Map.of("x", 1, "y", 2))).as(Without.class))
                .isEqualTo(new Without(Map.of("y", 2)));
        assertThat(value("a1676e756d6265727383f601f6").as(Present.class)).isEqualTo(new Present(Set.of(1)));
        failure("a1676e756d62657273820101", Present.class, "at /numbers: ");
    }

    @Test
    void aMissingPrimitiveOfABeanIsAnError() {
        Bean bean = value("a266616d6f756e740562696407").as(Bean.class);
        assertThat(List.of(bean.amount, bean.id, bean.retries)).isEqualTo(List.of(5, 7L, 3));
        assertThat(value("a266616d6f756e7405666e756d62657207").as(Bean.class).id)
                .isEqualTo(7);
        failure("a1656265616e7381a166616d6f756e7405", Beans.class, "at /beans/0/id: ");
        assertThat(value("a2646b696e646573697a65646473697a6505").as(KindBean.class))
                .isInstanceOfSatisfying(
                        SizedBean.class, sized -> assertThat(sized.size).isEqualTo(5));
        assertThat(value("a26473697a6505646b696e646573697a6564").as(KindBean.class))
                .isInstanceOf(SizedBean.class);
        failure("a266706572696f6440657a6f6e657380", Zoned.class, "at /period: ");
        failure("a266706572696f6463503144657a6f6e65738140", Zoned.class, "at /zones/0: ");
    }

    private static <T> T as(String text, Class<T> type) {
        return ObjectiveValue.of(text).as(type);
    }

    private static Stream<Arguments> failures(Class<?>[] types, String items) {
        return Arrays.stream(types)
                .flatMap(type -> Arrays.stream(items.split(" ")).map(hex -> Arguments.of(hex, type)));
    }

    @Test
    void valuesAreReadAsGenericTypes() {
        assertThat(value("820102").as(INTEGERS)).containsExactly(1, 2);
        assertThat(value("81f6").as(INTEGERS)).containsExactly((Integer) null);
        assertThat(value("a1616101").as(COUNTS)).isEqualTo(Map.of("a", 1));
        assertThat(value("a2016161206162").as(NUMBERED)).isEqualTo(Map.of(1, "a", -1, "b"));
        assertThat(value("6161").as(MAYBE)).contains("a");
        assertThat(value("f6").as(MAYBE)).isEmpty();
        failure("81f93c00", INTEGERS, "at /0: ");
        failure("a161616131", COUNTS, "at /a: ");
        failure("a1617801", NUMBERED, "x");
    }

    @Test
    void nullableComponentsMayBeMissingOrNull() {
        assertThat(value("a26269640163616e7901").as(Wide.class))
                .isEqualTo(new Wide(1, null, Optional.empty(), OptionalInt.empty(), IntNode.valueOf(1), null, null));
        assertThat(value("a76269640163616e79f6646e6f7465f665636f756e74f6656f74686572f6656279746573f6656e616d6573f6")
                        .as(Wide.class))
                .isEqualTo(
                        new Wide(1, null, Optional.empty(), OptionalInt.empty(), NullNode.getInstance(), null, null));
        failure("a162696401", Wide.class, "any");
    }

    @ParameterizedTest
    @CsvSource({
        "a1656974656d7382a0a16178a26863757272656e6379634e5a4466616d6f756e746135, at /items/1/x/amount: ",
        "a1656974656d7382a0a16178a26863757272656e6379634e5a4466616d6f756e74f6, at /items/1/x/amount: ",
        "a1656974656d7382a0a16178a16863757272656e6379634e5a44, at /items/1/x/amount: ",
        "a1656974656d7381a16178a2616101616102, at /items/0/x/a: ",
        "a1656974656d7381a1632f7e61f8ff, at /items/0/~1~0a: ",
        "a1656974656d7381a16178c20a, at /items/0/x: ",
        "a1656974656d7381a1617861c3, at /items/0/x: ",
    })
    void failuresNameThePathWithinTheValue(String hex, String where) {
        failure(hex, Deep.class, where);
    }

    @Test
    void anExceptionOfTheTypesOwnCodeIsTheCause() {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value("81a16770657263656e741865").as(new TypeReference<List<Checked>>() {}))
                .withMessageContaining("at /0: ")
                .withMessageContaining("101 percent")
                .havingRootCause()
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMapperOfTheAuthorIsUsed() {
        ObjectiveValue extra = value("a36863757272656e63796066616d6f756e7405617801");
        failure("a36863757272656e63796066616d6f756e7405617801", Offer.class, "at /x: ");
        CBORMapper lenient = ObjectiveValue.mapper()
                .rebuild()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        assertThat(extra.as(Offer.class, lenient)).isEqualTo(new Offer("", 5));
        assertThat(extra.as(new TypeReference<Offer>() {}, lenient)).isEqualTo(new Offer("", 5));
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value("a166616d6f756e7405").as(Offer.class, lenient));
        // a mapper of another format works too, by its own rules, except for information that the item does not contain
        assertThat(value("c241ff").as(String.class, JsonMapper.shared())).isEqualTo("255");
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value("f6").as(Integer.class, JsonMapper.shared()));
        CBORMapper renaming = CBORMapper.builder()
                .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        assertThat(ObjectiveValue.of(new Offer("", 5), renaming)).hasToString("{\"Currency\": \"\", \"Amount\": 5}");
    }

    @Test
    void treesHoldTheMeaningOfTags() {
        assertThat(value("d5820141ff").asJson().toString()).isEqualTo("[1,\"_w\"]");
        assertThat(value("d641ff").asJson()).isEqualTo(StringNode.valueOf("/w=="));
        assertThat(value("d7a1616141ab").asJson().get("a")).isEqualTo(StringNode.valueOf("AB"));
        assertThat(value("d582d741ff41ff").asJson().toString()).isEqualTo("[\"FF\",\"_w\"]");
        assertThat(value("41ff").asJson()).isEqualTo(BinaryNode.valueOf(new byte[] {-1}));
        assertThat(value("c241ff").asJson()).isEqualTo(IntNode.valueOf(255));
        assertThat(value("d7c241ff").asJson()).isEqualTo(IntNode.valueOf(255));
        assertThat(value("c48221196ab3").asJson()).isEqualTo(DecimalNode.valueOf(new BigDecimal("273.15")));
        assertThat(value("c11a514b67b0").asJson()).isEqualTo(IntNode.valueOf(1363896240));
        assertThat(value("84f7f8ffe0f6").asJson().toString()).isEqualTo("[null,null,null,null]");
        assertThat(value("a20a01206161").asJson().toString()).isEqualTo("{\"10\":1,\"-1\":\"a\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a20101613102", "a1f501", "61c3", "c20a", "c4821a3b9aca0001", "d81900", "c44101"})
    void itemsWithoutATreeAreRefused(String hex) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value(hex).asJson())
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
    }

    @Test
    void deepValuesAreRefused() {
        for (String level : List.of("81", "9f", "c6", "a100", "d7")) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> deep(level, 100_000).asJson())
                    .withMessageContaining("500");
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> deep(level, 100_000).as(Object.class))
                    .withMessageContaining("500");
            assertThat(deep(level, 400).asJson()).isNotNull();
            assertThat(deep(level, 400).as(Object.class)).isNotNull();
        }
    }

    private static ObjectiveValue deep(String level, int levels) {
        byte[] bytes =
                HexFormat.of().parseHex(level.repeat(levels) + "00" + (level.equals("9f") ? "ff".repeat(levels) : ""));
        return ObjectiveValue.ofItem(CborItem.wrap(bytes, 0, bytes.length));
    }

    @Test
    void aValueThatCannotBeWrittenIsAnError() {
        Map<String, Object> endless = new HashMap<>();
        endless.put("self", endless);
        Object throwing = new Object() {
            public int getAmount() {
                throw new IllegalStateException("not yet");
            }
        };
        for (Object bad : new Object[] {new Object(), endless, throwing, Map.of("a", new Object())}) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> ObjectiveValue.of(bad))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> Objective.negotiable("x").withValue(bad));
        }
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> ObjectiveValue.of(Map.of("a", new Object())))
                .withMessageContaining("at /a: ");
    }

    @Test
    void anObjectiveValueIsNotConverted() {
        ObjectiveValue value = value("1805");
        assertThat(ObjectiveValue.of((Object) value)).isSameAs(value);
        assertThat(ObjectiveValue.of(value.item())).isEqualTo(value);
        assertThat(Objective.negotiable("x").withValue((Object) value).value()).isSameAs(value);
    }

    private static void failure(String hex, Object type, String message) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> {
                    if (type instanceof Class<?> plain) {
                        value(hex).as(plain);
                    } else {
                        value(hex).as((TypeReference<?>) type);
                    }
                })
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
    }

    private static ObjectiveValue value(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (CborException e) {
            throw new AssertionError(hex, e);
        }
    }
}
