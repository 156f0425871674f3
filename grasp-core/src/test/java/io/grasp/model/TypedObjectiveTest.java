package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.grasp.cbor.CborItem;
import io.grasp.model.GraspException.Origin;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Which values fit an objective's type, and the errors for the others. */
class TypedObjectiveTest {
    record Offer(String currency, int amount, @Nullable String note) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Money(String currency, long amount) {}

    record Basket(List<Offer> offers, Optional<Money> limit) {}

    static final class Bean {
        public int amount;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Open(int amount) {}

    record Collecting(int amount, @JsonAnySetter Map<String, Object> others) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle")})
    sealed interface Shape permits Circle {}

    record Circle(int radius) implements Shape {}

    record Shapes(List<Shape> shapes) {}

    /** A record with methods that would be properties of a bean. */
    record Sum(String currency, long amount, boolean open) {
        boolean isNzd() {
            return currency.equals("NZD");
        }

        public long getCents() {
            return 100 * amount;
        }

        public boolean isOpen() {
            return open;
        }

        @JsonProperty
        public String getSymbol() {
            return "$";
        }
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Pair(int first, int second) {
        public boolean isEqual() {
            return first == second;
        }
    }

    private static final TypedObjective<Offer> EX3 = TypedObjective.negotiable("EX3", Offer.class);

    private static ObjectiveValue offer(Object amount) {
        return ObjectiveValue.of(Map.of("currency", "NZD", "amount", amount));
    }

    private static <T> Decoded.Unfit<T> unfit(TypedObjective<T> objective, ObjectiveValue value) {
        Decoded<T> decoded = objective.decode(value);
        assertThat(decoded).isInstanceOf(Decoded.Unfit.class);
        return (Decoded.Unfit<T>) decoded;
    }

    @Test
    void valueIsWrittenAndReadAsTheType() {
        Offer offer = new Offer("NZD", 5, null);

        Objective sent = EX3.withValue(offer);

        assertThat(sent.name()).isEqualTo("EX3");
        assertThat(sent.flags()).isEqualTo(Objective.F_DISC | Objective.F_NEG);
        assertThat(sent.loopCount()).isEqualTo(Objective.DEFAULT_LOOP_COUNT);
        assertThat(sent.value()).hasToString("{\"currency\": \"NZD\", \"amount\": 5, \"note\": null}");
        assertThat(EX3.valueOf(sent)).isEqualTo(offer);
        assertThat(EX3.decode(sent.value())).isEqualTo(new Decoded.Value<>(offer, List.of()));
    }

    @Test
    void propertiesOfARecordAreItsComponents() {
        assertThat(TypedObjective.negotiable("EX3", Sum.class)
                        .withValue(new Sum("NZD", 5, true))
                        .value())
                .hasToString("{\"currency\": \"NZD\", \"amount\": 5, \"open\": true, \"symbol\": \"$\"}");
        TypedObjective<Pair> pairs = TypedObjective.negotiable("EX3", Pair.class);
        assertThat(pairs.withValue(new Pair(1, 2)).value()).hasToString("[1, 2]");
        assertThat(pairs.valueOf(pairs.withValue(new Pair(1, 2)))).isEqualTo(new Pair(1, 2));
    }

    @Test
    void flagsAndLoopCountAreThoseOfTheObjective() {
        TypedObjective<Offer> dry = EX3.withDryRun(true).withLoopCount(9);

        assertThat(dry.objective())
                .isEqualTo(Objective.negotiable("EX3").withDryRun(true).withLoopCount(9));
        assertThat(TypedObjective.synchronizable("EX1", Integer.class).objective())
                .isEqualTo(Objective.synchronizable("EX1"));
        assertThat(TypedObjective.of(
                                Objective.synchronizable("EX1").withLoopCount(2).withValue(7),
                                ObjectiveCodec.of(Integer.class))
                        .objective())
                .isEqualTo(Objective.synchronizable("EX1").withLoopCount(2));
        assertThatIllegalArgumentException().isThrownBy(() -> EX3.withLoopCount(256));
        assertThat(EX3).hasToString("EX3: io.grasp.model.TypedObjectiveTest$Offer");
    }

    @Test
    void typesMayHaveParameters() {
        TypedObjective<List<Offer>> offers = TypedObjective.negotiable("EX3", new TypeReference<List<Offer>>() {});
        List<Offer> two = List.of(new Offer("NZD", 5, null), new Offer("EUR", 3, "cash"));

        assertThat(offers.valueOf(offers.withValue(two))).isEqualTo(two);
        assertThat(unfit(offers, ObjectiveValue.of(List.of(two.get(0), 7))).reason())
                .isEqualTo("invalid value at /1");
        TypedObjective<Map<String, Integer>> counts =
                TypedObjective.synchronizable("EX1", new TypeReference<Map<String, Integer>>() {});
        assertThat(unfit(counts, ObjectiveValue.of(Map.of("a/b~", 1.5))).reason())
                .isEqualTo("invalid value at /a~1b~0");
    }

    static Stream<Arguments> whatDoesNotFit() {
        return Stream.of(
                Arguments.of(EX3, "f6", "invalid value"),
                Arguments.of(EX3, "05", "invalid value"),
                Arguments.of(EX3, "656e6f6e6365", "invalid value"),
                Arguments.of(EX3, "a0", "missing field at /currency"),
                // {"currency": "NZD"}
                Arguments.of(EX3, "a16863757272656e6379634e5a44", "missing field at /amount"),
                // {"currency": "NZD", "amount": 1.5}
                Arguments.of(EX3, "a26863757272656e6379634e5a4466616d6f756e74f93e00", "invalid value at /amount"),
                // {"currency": "NZD", "amount": 2.0}
                Arguments.of(EX3, "a26863757272656e6379634e5a4466616d6f756e74f94000", "invalid value at /amount"),
                // {"currency": "NZD", "amount": 2147483648}
                Arguments.of(EX3, "a26863757272656e6379634e5a4466616d6f756e741a80000000", "invalid value at /amount"),
                // {"currency": null, "amount": 5}
                Arguments.of(EX3, "a26863757272656e6379f666616d6f756e7405", "invalid value at /currency"),
                // {"currency": "NZD", "currency": "EUR", "amount": 5}
                Arguments.of(
                        EX3,
                        "a36863757272656e6379634e5a446863757272656e63796345555266616d6f756e7405",
                        "invalid value at /currency"),
                // {"currency": "NZD", "amount": 5, "color": 1}
                Arguments.of(
                        EX3, "a36863757272656e6379634e5a4466616d6f756e740565636f6c6f7201", "unknown field at /color"),
                // raw CBOR of {"currency": "NZD"}
                Arguments.of(EX3, "d8184ea16863757272656e6379634e5a44", "missing field at /amount"),
                Arguments.of(TypedObjective.negotiable("EX3", Money.class), "81634e5a44", "missing field at /amount"),
                Arguments.of(TypedObjective.negotiable("EX3", Money.class), "83634e5a440506", "invalid value at /2"),
                Arguments.of(TypedObjective.negotiable("EX3", Money.class), "82634e5a44613a", "invalid value at /1"),
                Arguments.of(TypedObjective.negotiable("EX3", int.class), "1b0000000100000000", "invalid value"),
                Arguments.of(
                        TypedObjective.negotiable("EX3", Shape.class),
                        "a1646b696e6463626f78",
                        "invalid value at /kind"));
    }

    @ParameterizedTest
    @MethodSource("whatDoesNotFit")
    void aValueThatDoesNotFitIsReportedWithTheReason(TypedObjective<?> objective, String hex, String reason) {
        ObjectiveValue value = ObjectiveValue.ofItem(item(hex));

        Decoded.Unfit<?> unfit = unfit(objective, value);

        assertThat(unfit.reason()).isEqualTo(reason);
        assertThat(unfit.failure().code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
        assertThat(unfit.failure().origin()).isEqualTo(Origin.PEER);
        assertThat(unfit.failure().objective()).contains("EX3");
        if (reason.contains(" at ")) {
            assertThat(unfit.failure()).hasMessageContaining(reason.substring(reason.indexOf(" at ") + 1) + ": ");
        }
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> objective.valueOf(objective.objective().withValue(value)))
                .withMessage(unfit.failure().getMessage());
    }

    private static CborItem item(String hex) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        return CborItem.wrap(bytes, 0, bytes.length);
    }

    @Test
    void noValueDoesNotFit() {
        assertThat(unfit(EX3, ObjectiveValue.NONE).reason()).isEqualTo("no value");
        assertThat(unfit(EX3, ObjectiveValue.NONE).failure()).hasMessageContaining("the objective has no value");
    }

    /** A peer determines how deep a value is. */
    record Node(@Nullable Node child) {}

    @Test
    void deepValueFitsOrNot() {
        TypedObjective<Node> nodes = TypedObjective.negotiable("EX3", Node.class);
        String down = "a1656368696c64"; // {"child":

        assertThat(nodes.decode(ObjectiveValue.ofItem(item(down.repeat(450) + "f6"))))
                .isInstanceOf(Decoded.Value.class);
        String reason = unfit(nodes, ObjectiveValue.ofItem(item(down.repeat(450) + "01")))
                .reason();
        assertThat(reason)
                .hasSize(200)
                .startsWith("invalid value at /child/child")
                .endsWith("...");
        assertThat(unfit(nodes, ObjectiveValue.ofItem(item(down.repeat(501) + "f6")))
                        .reason())
                .isEqualTo("invalid value");
    }

    @Test
    void theReasonHasAtMost200Characters() {
        String key = "x".repeat(175) + "\uD83D\uDE00".repeat(500);

        String reason = unfit(EX3, ObjectiveValue.of(Map.of("currency", "NZD", "amount", 5, key, 1)))
                .reason();

        assertThat(reason).hasSize(200).startsWith("unknown field at /xxx").endsWith("\uD83D\uDE00...");
        assertThat(unfit(EX3, ObjectiveValue.of(Map.of("currency", "NZD", "amount", 5, "y" + key, 1)))
                        .reason())
                .hasSize(199)
                .endsWith("\uD83D\uDE00...");
    }

    @ParameterizedTest
    @EnumSource(UnknownFields.class)
    void everyPolicyTakesWhatFits(UnknownFields policy) {
        TypedObjective<Offer> objective = EX3.withUnknownFields(policy);

        assertThat(objective.unknownFields()).isEqualTo(policy);
        assertThat(objective.decode(offer(5))).isEqualTo(new Decoded.Value<>(new Offer("NZD", 5, null), List.of()));
        assertThat(unfit(objective, offer("five")).reason()).isEqualTo("invalid value at /amount");
        assertThat(unfit(objective, ObjectiveValue.NONE).reason()).isEqualTo("no value");
    }

    static Stream<Arguments> unknownFields() {
        Map<String, Object> nested = Map.of("offers", List.of(), "limit", List.of("NZD", 5, 6));
        return Stream.of(
                Arguments.of(Offer.class, sorted("currency", "N", "amount", 5, "b", 1), List.of("/b")),
                Arguments.of(Offer.class, sorted("currency", "N", "amount", 5, "b", 1, "a", 2), List.of("/a", "/b")),
                Arguments.of(
                        Offer.class, sorted("currency", "N", "amount", 5, "a/b", sorted("c", 1)), List.of("/a~1b")),
                Arguments.of(Offer.class, sorted("currency", "N", "amount", 5, "", 1), List.of("/")),
                Arguments.of(Bean.class, sorted("amount", 5, "a", 1), List.of("/a")),
                Arguments.of(
                        Basket.class,
                        sorted("offers", List.of(sorted("currency", "N", "amount", 5, "0", 1)), "x", 1),
                        List.of("/offers/0/0", "/x")),
                Arguments.of(Money.class, List.of("NZD", 5, 6), List.of("/2")),
                Arguments.of(Basket.class, nested, List.of("/limit/2")),
                Arguments.of(Shape.class, sorted("kind", "circle", "radius", 1, "a", 2), List.of("/a")),
                Arguments.of(
                        Shapes.class,
                        sorted("shapes", List.of(sorted("a", 2, "kind", "circle", "radius", 1))),
                        List.of("/shapes/0/a")));
    }

    private static Map<String, Object> sorted(Object... entries) {
        Map<String, Object> map = new TreeMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

    @ParameterizedTest
    @MethodSource("unknownFields")
    void unknownFieldsAreHandledByThePolicy(Class<?> type, Object value, List<String> pointers) {
        TypedObjective<?> objective = TypedObjective.synchronizable("EX1", type);
        ObjectiveValue received = ObjectiveValue.of(value);

        assertThat(objective.unknownFields()).isEqualTo(UnknownFields.REJECT);
        assertThat(unfit(objective, received).failure().code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
        assertThat(((Decoded.Value<?>) objective
                                .withUnknownFields(UnknownFields.IGNORE)
                                .decode(received))
                        .unknownFields())
                .isEmpty();
        Decoded.Value<?> reported = (Decoded.Value<?>)
                objective.withUnknownFields(UnknownFields.REPORT).decode(received);
        assertThat(reported.unknownFields()).containsExactlyElementsOf(pointers);
        assertThat(reported.value()).isInstanceOf(type);
    }

    @Test
    void fewOfManyUnknownFieldsAreReported() {
        Map<String, Object> many = sorted("currency", "NZD", "amount", 5);
        for (int i = 0; i < 100; i++) {
            many.put("x" + i, List.of());
        }

        Decoded<Offer> decoded = EX3.withUnknownFields(UnknownFields.REPORT).decode(ObjectiveValue.of(many));

        assertThat(decoded).isInstanceOfSatisfying(Decoded.Value.class, read -> {
            assertThat(read.value()).isEqualTo(new Offer("NZD", 5, null));
            assertThat(read.unknownFields()).hasSize(8);
        });
    }

    @Test
    void typeThatIgnoresOrCollectsUnknownFieldsHasNone() {
        ObjectiveValue value = ObjectiveValue.of(sorted("amount", 5, "a", 1));

        for (UnknownFields policy : UnknownFields.values()) {
            assertThat(TypedObjective.synchronizable("EX1", Open.class)
                            .withUnknownFields(policy)
                            .decode(value))
                    .isEqualTo(new Decoded.Value<>(new Open(5), List.of()));
            assertThat(TypedObjective.synchronizable("EX1", Collecting.class)
                            .withUnknownFields(policy)
                            .decode(value))
                    .isEqualTo(new Decoded.Value<>(new Collecting(5, Map.of("a", 1)), List.of()));
        }
    }

    @Test
    void mapperDecidesAboutUnknownFieldsUnlessTheObjectiveDoes() {
        ObjectiveCodec<Offer> lenient = ObjectiveCodec.of(
                Offer.class,
                ObjectiveValue.mapper()
                        .rebuild()
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .build());
        TypedObjective<Offer> objective = TypedObjective.negotiable("EX3", lenient);
        ObjectiveValue value = ObjectiveValue.of(sorted("currency", "NZD", "amount", 5, "a", 1));

        assertThat(objective.unknownFields()).isEqualTo(UnknownFields.IGNORE);
        assertThat(objective.decode(value)).isInstanceOf(Decoded.Value.class);
        assertThat(unfit(objective.withUnknownFields(UnknownFields.REJECT), value)
                        .reason())
                .isEqualTo("unknown field at /a");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"f6, -", "f7, -", "-, -", "05, 5", "d81841f6, -", "d8184105, 5"})
    void optionalValueMayBeAbsent(@Nullable String hex, @Nullable Integer expected) {
        TypedObjective<Optional<Integer>> objective = TypedObjective.synchronizable(
                "EX1", ObjectiveCodec.of(Integer.class).optional());
        ObjectiveValue value = hex == null ? ObjectiveValue.NONE : ObjectiveValue.ofItem(item(hex));

        assertThat(objective.decode(value)).isEqualTo(new Decoded.Value<>(Optional.ofNullable(expected), List.of()));
    }

    @Test
    void optionalValueIsWrittenAsNullIfAbsent() {
        TypedObjective<Optional<Integer>> objective = TypedObjective.synchronizable(
                "EX1", ObjectiveCodec.of(Integer.class).optional());

        assertThat(objective.withValue(Optional.empty()).value()).hasToString("null");
        assertThat(objective.withValue(Optional.of(5)).value()).hasToString("5");
        assertThat(unfit(objective, ObjectiveValue.of((Object) "five")).reason())
                .isEqualTo("invalid value");
        assertThat(objective).hasToString("EX1: Optional<java.lang.Integer>");
    }

    @Test
    void rawCborIsWrittenOnRequestAndReadAlways() {
        TypedObjective<Integer> raw = TypedObjective.negotiable(
                "EX3", ObjectiveCodec.of(Integer.class).asRawCbor());
        TypedObjective<Integer> plain = TypedObjective.negotiable("EX3", Integer.class);

        assertThat(raw.withValue(5).value()).isEqualTo(ObjectiveValue.ofRawCbor(new byte[] {5}));
        assertThat(plain.withValue(5).value()).hasToString("5");
        for (TypedObjective<Integer> objective : List.of(raw, plain)) {
            assertThat(objective.valueOf(raw.withValue(5))).isEqualTo(5);
            assertThat(objective.valueOf(plain.withValue(5))).isEqualTo(5);
        }
        assertThat(TypedObjective.negotiable(
                                "EX3",
                                ObjectiveCodec.of(Integer.class).asRawCbor().asRawCbor())
                        .withValue(5)
                        .value())
                .isEqualTo(ObjectiveValue.ofRawCbor(new byte[] {5}));
    }

    @Test
    void undecodedValuesStayAsTheyAre() {
        TypedObjective<ObjectiveValue> objective = TypedObjective.negotiable("EX3", ObjectiveCodec.undecoded());
        ObjectiveValue odd = ObjectiveValue.ofItem(item("a20100f97e0001"));

        assertThat(objective.withValue(odd).value()).isSameAs(odd);
        assertThat(objective.decode(odd)).isEqualTo(new Decoded.Value<>(odd, List.of()));
        assertThat(objective.valueOf(Objective.negotiable("EX3"))).isSameAs(ObjectiveValue.NONE);
    }

    @Test
    void functionsMayReadAndWrite() {
        IllegalStateException broken = new IllegalStateException("broken");
        TypedObjective<String> objective = TypedObjective.negotiable(
                "EX3",
                ObjectiveCodec.of(
                        (String text) -> {
                            if (text.isEmpty()) {
                                throw broken;
                            }
                            return ObjectiveValue.of((Object) text);
                        },
                        value -> {
                            String text = value.as(String.class);
                            if (text.isEmpty()) {
                                throw broken;
                            }
                            return text.equals("null") ? null : text;
                        }));

        assertThat(objective.valueOf(objective.withValue("five"))).isEqualTo("five");
        assertThat(unfit(objective, ObjectiveValue.of((Object) "null")).reason())
                .isEqualTo("invalid value");
        assertThat(unfit(objective, ObjectiveValue.of((Object) "")).failure()).hasCause(broken);
        assertThat(unfit(objective, ObjectiveValue.of(5)).reason()).isEqualTo("invalid value");
        assertThat(unfit(objective, ObjectiveValue.NONE).reason()).isEqualTo("no value");
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> objective.withValue(""))
                .withMessage("CBOR decode failure [EX3]: the codec cannot write the value: broken")
                .withCause(broken);
        assertThatNullPointerException().isThrownBy(() -> objective.withValue(null));
    }

    @Test
    void aDecodingFunctionNamesThePlaceToThePeer() {
        UnfitValueException misfit = new UnfitValueException("/0", "a text was expected");
        TypedObjective<String> objective = TypedObjective.negotiable(
                "EX3", ObjectiveCodec.of((String text) -> ObjectiveValue.of(List.of(text)), value -> {
                    throw misfit;
                }));

        Decoded.Unfit<String> unfit = unfit(objective, ObjectiveValue.of(List.of(5)));
        assertThat(unfit.reason()).isEqualTo("invalid value at /0");
        assertThat(unfit.failure())
                .hasCause(misfit)
                .hasMessage("CBOR decode failure [EX3]: the codec cannot read the value: a text was expected, at /0");
        assertThat(new UnfitValueException("", "an array was expected")).hasMessage("an array was expected");
    }

    @Test
    void valueThatCannotBeWrittenIsAnErrorWithTheObjective() {
        TypedObjective<Object> anything = TypedObjective.negotiable("EX3", Object.class);

        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> anything.withValue(new Object()))
                .satisfies(failure -> {
                    assertThat(failure.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
                    assertThat(failure.origin()).isEqualTo(Origin.LOCAL);
                    assertThat(failure.objective()).contains("EX3");
                });
    }

    /** As with Jackson 3.2 and the annotations that Spring Boot 4.0 sets. */
    @Test
    void codecThatCannotWriteWithTheClassPathIsNotCreated() throws Exception {
        try (URLClassLoader old = withOldAnnotations()) {
            Class<?> objective = old.loadClass(TypedObjective.class.getName());

            assertThatThrownBy(() -> objective
                            .getMethod("negotiable", String.class, Class.class)
                            .invoke(null, "EX3", old.loadClass(Circle.class.getName())))
                    .cause()
                    .isInstanceOf(NoClassDefFoundError.class)
                    .hasMessageEndingWith("JsonApplyView");
        }
    }

    /** The same class path, except that the annotations of Jackson lack one. */
    private static URLClassLoader withOldAnnotations() {
        URL[] places = Stream.of(
                        TypedObjectiveTest.class,
                        TypedObjective.class,
                        CBORMapper.class,
                        TypeReference.class,
                        DeserializationFeature.class,
                        JsonFormat.class)
                .map(each -> each.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        return new URLClassLoader(places, ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (name.equals("com.fasterxml.jackson.annotation.JsonApplyView")) {
                    throw new ClassNotFoundException(name);
                }
                return super.findClass(name);
            }
        };
    }
}
