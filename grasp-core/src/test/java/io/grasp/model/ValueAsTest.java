package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
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

/** What an item is as a Java type, and of what types it is none. */
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

    private static final TypeReference<List<Integer>> INTEGERS = new TypeReference<>() {};
    private static final TypeReference<Map<String, Integer>> COUNTS = new TypeReference<>() {};
    private static final TypeReference<Map<Integer, String>> NUMBERED = new TypeReference<>() {};
    private static final TypeReference<Optional<String>> MAYBE = new TypeReference<>() {};

    @ParameterizedTest
    @MethodSource
    void whatAnItemIs(String hex, Class<?> type, Object expected) {
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
    @MethodSource
    void whatAnItemIsNot(String hex, Class<?> type) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value(hex).as(type))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL))
                .satisfies(e -> assertThat(e.getMessage()).contains("the value is no "));
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
                                // not exactly
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

    private static Stream<Arguments> failures(Class<?>[] types, String items) {
        return Arrays.stream(types)
                .flatMap(type -> Arrays.stream(items.split(" ")).map(hex -> Arguments.of(hex, type)));
    }

    @Test
    void genericTypes() {
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
    void failuresSayWhere(String hex, String where) {
        failure(hex, Deep.class, where);
    }

    @Test
    void whatTheTypesOwnCodeThrowsIsTheCause() {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value("81a16770657263656e741865").as(new TypeReference<List<Checked>>() {}))
                .withMessageContaining("at /0: ")
                .withMessageContaining("101 percent")
                .havingRootCause()
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMapperIsTheAuthors() {
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
        // another format's mapper does as well, by its own rules, but for what the item does not say
        assertThat(value("c241ff").as(String.class, JsonMapper.shared())).isEqualTo("255");
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value("f6").as(Integer.class, JsonMapper.shared()));
        CBORMapper renaming = CBORMapper.builder()
                .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        assertThat(ObjectiveValue.of(new Offer("", 5), renaming)).hasToString("{\"Currency\": \"\", \"Amount\": 5}");
    }

    @Test
    void treesHaveWhatTagsMean() {
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
    void whatIsNoTree(String hex) {
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
    void whatCannotBeWrittenIsAnError() {
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
    void whatIsAValueAlreadyStaysAsItIs() {
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
