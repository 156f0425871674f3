package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.ObjectiveValue;
import io.grasp.samples.text.JsonValues;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValuesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0a | 10",
                "3bffffffffffffffff | -18446744073709551616",
                "c249010000000000000000 | 18446744073709551616",
                "f93e00 | 1.5",
                "f6 | null",
                "f5 | true",
                "6568c3a96c6c | \"héll\"",
                "64f09f9880 | \"😀\"",
                "a1622229622868 | {\"\\\")\":\"(h\"}",
                "a163613a2202 | {\"a:\\\"\":2}",
                "9f0182026161ff | [1,[2,\"a\"]]",
                "bf6161a0ff | {\"a\":{}}",
                "d8184482634e5a | \"24(h'82634e5a')\"",
                "d81843820102 | [1,2]",
            })
    void aValueIsShownAsJson(String hex, String json) {
        assertThat(JsonValues.show(Cbor.value(hex))).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f7", // undefined
                "f0", // simple(16)
                "f97e00", // NaN
                "f9fc00", // -Infinity
                "420102", // a byte string
                "81420102",
                "c11a514b67b0", // a time
                "c48221196ab3", // a decimal fraction
                "d9d9f701",
                "a16161f7",
                "a10102", // a map with a key that is a number
                "a1616181a10102",
                "a1410102", // a byte string
                "a1f601", // null
                "a1820102f6", // an array
                "a1a001", // a map
                "a1c1000a", // a tag
                "d81841f7", // raw CBOR that is undefined
                "7f6161ff", // text in pieces
                "62ff0a", // not UTF-8
            })
    void aValueThatJsonCannotExpressIsShownInDiagnosticNotation(String hex) {
        ObjectiveValue value = Cbor.value(hex);

        assertThat(JsonValues.show(value).isString()).isTrue();
        assertThat(JsonValues.show(value).asString()).isEqualTo(value.toString());
    }

    @Test
    void anAbsentValueHasNoJson() {
        assertThat(JsonValues.show(ObjectiveValue.NONE)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-5 | 24",
                "18446744073709551616 | c249010000000000000000",
                "1.5 | f93e00",
                "-0.0 | f98000",
                "4.9E-324 | fb0000000000000001",
                "null | f6",
                "\"é\" | 62c3a9",
                "[1,\"two\",3] | 8301637477 6f03",
                "{\"a\":[true]} | a1616181f5",
            })
    void jsonIsEncodedAsCborAndShownAgain(String json, String hex) {
        ObjectiveValue value = JsonValues.read(json);

        assertThat(HexFormat.of().formatHex(value.item().bytes())).isEqualTo(hex.replace(" ", ""));
        assertThat(JsonValues.show(value)).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "nul", "1 2", "[1,]", "{a:1}", "'a'", "1 // one", "NaN", "{"})
    void readingInvalidJsonReturnsNull(String text) {
        assertThat(JsonValues.read(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1e400 | has a number that is too large",
                "[1,{\"a\":-1e400}] | has a number that is too large",
                "1e-400 | has a number that is too close to zero",
                "{\"a\":[0.0,-0.00012E-999999999999]} | has a number that is too close to zero",
                "\"\\ud800\" | has a text with half of a surrogate pair, which is no character",
                "[\"\\udc00\\ud800\"] | has a text with half of a surrogate pair, which is no character",
                "{\"\\ud800x\":1} | has a text with half of a surrogate pair, which is no character",
                "{\"a\":1,\"a\":2} | has two fields of the same name",
            })
    void aValueThatCannotBeSentAsItIsIsRefused(String json, String reason) {
        assertThatThrownBy(() -> JsonValues.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }

    @Test
    void aValueThatIsNestedTooDeeplyToBeReadIsRefused() {
        assertThatThrownBy(() -> JsonValues.read("[".repeat(2000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("is nested too deeply, or a number or text in it is too long");
    }
}
