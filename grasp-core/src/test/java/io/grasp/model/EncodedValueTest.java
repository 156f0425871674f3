package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/** The encoding of values: only the preferred serialization of RFC 8949 section 4.1. */
class EncodedValueTest {
    record Offer(String currency, int amount) {}

    record Nested(List<Offer> offers, Map<String, Double> rates) {}

    enum Color {
        RED
    }

    @ParameterizedTest
    @MethodSource("valuesHaveThePreferredForm")
    void valuesAreEncodedInPreferredForm(Object value, String hex) {
        assertThat(ObjectiveValue.of(value).item()).hasToString(hex);
        assertThat(Objective.negotiable("x").withValue(value).value().item()).hasToString(hex);
    }

    static Stream<Arguments> valuesHaveThePreferredForm() {
        Map<String, Object> unsorted = new LinkedHashMap<>();
        unsorted.put("b", 1);
        unsorted.put("a", List.of());
        return Stream.of(
                // integers
                Arguments.of(5, "05"),
                Arguments.of(5L, "05"),
                Arguments.of((short) 24, "1818"),
                Arguments.of((byte) -1, "20"),
                Arguments.of(Long.MAX_VALUE, "1b7fffffffffffffff"),
                Arguments.of(Long.MIN_VALUE, "3b7fffffffffffffff"),
                Arguments.of(BigInteger.valueOf(5), "05"),
                Arguments.of(BigInteger.ZERO, "00"),
                Arguments.of(BigInteger.valueOf(-1), "20"),
                Arguments.of(BigInteger.valueOf(255), "18ff"),
                Arguments.of(BigInteger.valueOf(-256), "38ff"),
                Arguments.of(BigInteger.TWO.pow(63), "1b8000000000000000"),
                Arguments.of(new BigInteger("18446744073709551615"), "1bffffffffffffffff"),
                Arguments.of(new BigInteger("18446744073709551616"), "c249010000000000000000"),
                Arguments.of(new BigInteger("-18446744073709551616"), "3bffffffffffffffff"),
                Arguments.of(new BigInteger("-18446744073709551617"), "c349010000000000000000"),
                Arguments.of(BigInteger.ONE.shiftLeft(127), "c25080000000000000000000000000000000"),
                // floating-point numbers
                Arguments.of(0.0, "f90000"),
                Arguments.of(-0.0, "f98000"),
                Arguments.of(1.5, "f93e00"),
                Arguments.of(1.5f, "f93e00"),
                Arguments.of(65504.0, "f97bff"),
                Arguments.of(65505.0, "fa477fe100"),
                Arguments.of(100000.0, "fa47c35000"),
                Arguments.of(3.4028234663852886e+38, "fa7f7fffff"),
                Arguments.of(1.1, "fb3ff199999999999a"),
                Arguments.of(1.1f, "fa3f8ccccd"),
                Arguments.of(1.0e+300, "fb7e37e43c8800759c"),
                Arguments.of(5.960464477539063e-8, "f90001"),
                Arguments.of(0.00006103515625, "f90400"),
                Arguments.of(Double.POSITIVE_INFINITY, "f97c00"),
                Arguments.of(Float.NEGATIVE_INFINITY, "f9fc00"),
                Arguments.of(Double.NaN, "f97e00"),
                Arguments.of(new BigDecimal("273.15"), "c48221196ab3"),
                Arguments.of(new BigDecimal("-1E+3"), "c4820320"),
                Arguments.of(new BigDecimal(new BigInteger("18446744073709551616"), 1), "c48220c249010000000000000000"),
                // strings
                Arguments.of("", "60"),
                Arguments.of("ü".repeat(12), "7818" + "c3bc".repeat(12)),
                Arguments.of("a".repeat(70_000), "7a00011170" + "61".repeat(70_000)),
                Arguments.of(new byte[0], "40"),
                Arguments.of(new byte[256], "590100" + "00".repeat(256)),
                Arguments.of('x', "6178"),
                Arguments.of(Color.RED, "63524544"),
                Arguments.of(new UUID(1, 2), "5000000000000000010000000000000002"),
                // containers
                Arguments.of(List.of(), "80"),
                Arguments.of(List.of(1, List.of(2)), "82018102"),
                Arguments.of(
                        IntStream.range(0, 24).boxed().toList(),
                        "9818000102030405060708090a0b0c0d0e0f1011121314151617"),
                Arguments.of(new int[] {1, 2}, "820102"),
                Arguments.of(new Object[] {1, "a"}, "82016161"),
                Arguments.of(new ArrayDeque<>(List.of(1)), "8101"),
                Arguments.of((Iterable<Integer>) List.of(1, 2)::iterator, "820102"),
                Arguments.of(Map.of(), "a0"),
                Arguments.of(unsorted, "a261620161" + "6180"),
                Arguments.of(new Offer("NZD", 47), "a26863757272656e6379634e5a4466616d6f756e74182f"),
                Arguments.of(
                        new Nested(List.of(new Offer("", 0)), Map.of("x", 0.5)),
                        "a2666f666665727381a26863757272656e6379606" + "6616d6f756e7400657261746573a16178f93800"),
                Arguments.of(Optional.of(1), "01"),
                Arguments.of(Optional.empty(), "f6"),
                Arguments.of(Arrays.asList(null, true, false), "83f6f5f4"),
                Arguments.of(JsonNodeFactory.instance.objectNode().put("a", 1.0).putNull("b"), "a26161f93c006162f6"));
    }

    @Test
    void streamsAreEncodedAsArraysOfDefiniteLength() {
        assertThat(ObjectiveValue.of(List.of(1, 2).iterator()).item()).hasToString("820102");
        assertThat(ObjectiveValue.of(Stream.of(1, 2)).item()).hasToString("820102");
        assertThat(ObjectiveValue.of(IntStream.of(1, 2)).item()).hasToString("820102");
    }

    @Test
    void rawCborIsNotChanged() {
        byte[] indefinite = {(byte) 0x9f, 0x18, 1, (byte) 0xff};
        assertThat(ObjectiveValue.ofRawCbor(indefinite).item()).hasToString("d818449f1801ff");
    }

    /** Values that {@code as} would refuse are not sent either. */
    @ParameterizedTest
    @ValueSource(strings = {"1E20001", "1E-20001", "1E30000", "-1E+2147483647", "1E-2147483647"})
    void anExponentThatIsTooLargeToBeReadIsNotWritten(String decimal) {
        BigDecimal number = new BigDecimal(decimal);
        for (Object value : List.of(
                number,
                List.of(1, "a", new byte[] {1}, 2.5, number),
                Map.of("a", Map.of("b", number)),
                new Amount(number),
                JsonNodeFactory.instance.numberNode(number))) {
            for (CBORMapper mapper : List.of(ObjectiveValue.mapper(), new CBORMapper())) {
                assertThatExceptionOfType(GraspException.class)
                        .as("%s", value)
                        .isThrownBy(() -> ObjectiveValue.of(value, mapper))
                        .withMessageContaining("is not between -20000 and 20000")
                        .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E20000", "1E-20000", "-7E+20000", "18446744073709551616E-20000"})
    void anExponentThatIsWrittenCanBeRead(String decimal) {
        BigDecimal number = new BigDecimal(decimal);
        assertThat(ObjectiveValue.of(number).as(BigDecimal.class)).isEqualTo(number);
        assertThat(ObjectiveValue.of(List.of(number)).asJson().get(0).decimalValue())
                .isEqualTo(number);
        assertThat(ObjectiveValue.of(new Amount(number)).as(Amount.class)).isEqualTo(new Amount(number));
    }

    record Amount(BigDecimal euros) {}
}
