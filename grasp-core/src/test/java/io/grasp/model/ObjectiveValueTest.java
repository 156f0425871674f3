package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grasp.Proves;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Synch;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

class ObjectiveValueTest {
    /** A typical user's type. */
    record Offer(String currency, int amount) {}

    static final class Endless {
        public Endless getSelf() {
            return this;
        }
    }

    @Test
    void recordsAreWrittenAndReadBack() {
        ObjectiveValue value = ObjectiveValue.of(new Offer("NZD", 47));
        assertThat(value.as(Offer.class)).isEqualTo(new Offer("NZD", 47));
        assertThat(value.as(new TypeReference<Map<String, Object>>() {}))
                .isEqualTo(Map.of("currency", "NZD", "amount", 47));
        assertThat(value.isPresent()).isTrue();
        assertThat(value.isRawCbor()).isFalse();
    }

    @Test
    void plainValuesHaveTheExpectedEncoding() {
        assertThat(ObjectiveValue.of(List.of("NZD", 47)))
                .isEqualTo(wire("82634e5a44182f"))
                .hasToString("[\"NZD\", 47]");
        assertThat(ObjectiveValue.of("")).isEqualTo(wire("60"));
        assertThat(ObjectiveValue.of(new byte[] {1})).isEqualTo(wire("4101"));
        assertThat(ObjectiveValue.of(-1L)).isEqualTo(wire("20"));
        assertThat(ObjectiveValue.of(true)).isEqualTo(wire("f5"));
    }

    @Test
    void treesShowTheStructureOfAValue() {
        JsonNode tree = wire("82634e5a44a1617819012c").asJson();
        assertThat(tree.get(0).asString()).isEqualTo("NZD");
        assertThat(tree.get(1).get("x").asInt()).isEqualTo(300);
        assertThat(ObjectiveValue.of(tree)).hasToString("[\"NZD\", {\"x\": 300}]");
    }

    @Test
    @Proves("8991-2.3.2.4-5")
    void rawCborIsSentInTag24() {
        byte[] raw = bytes("82634e5a44182f");
        ObjectiveValue value = ObjectiveValue.ofRawCbor(raw);
        assertThat(value.item()).hasToString("d8184782634e5a44182f");
        assertThat(value).hasToString("24(h'82634e5a44182f')");
        assertThat(value.isRawCbor()).isTrue();
        assertThat(value.content().bytes()).isEqualTo(raw);
        assertThat(value.as(Object[].class)).containsExactly("NZD", 47);
        assertThat(value.asJson().get(1).asInt()).isEqualTo(47);
    }

    /** A tag that is not in its shortest form, and a byte string in chunks. */
    @Test
    @Proves("8991-2.3.2.4-5")
    void tag24IsUnwrappedInEveryEncoding() {
        assertThat(wire("d900185f4282614102ff").isRawCbor()).isFalse();
        ObjectiveValue value = wire("d900185f4182420102ff");
        assertThat(value.isRawCbor()).isTrue();
        assertThat(value.content()).hasToString("820102");
    }

    /** Another tag, not a byte string, no item, a truncated item, two items. */
    @ParameterizedTest
    @ValueSource(strings = {"d8174101", "d81801", "d81840", "d8184182", "d818420101"})
    void aTag24WithoutOneWellFormedItemIsAnOrdinaryValue(String hex) {
        ObjectiveValue value = wire(hex);
        assertThat(value.isRawCbor()).isFalse();
        assertThat(value.content()).isEqualTo(value.item());
    }

    @Test
    void rawCborIsExactlyOneItem() {
        for (String hex : new String[] {"", "0101", "8201", "1c"}) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> ObjectiveValue.ofRawCbor(bytes(hex)))
                    .withCauseInstanceOf(CborException.class)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
        }
    }

    @Test
    void anAbsentValueIsNotNull() {
        assertThat(ObjectiveValue.NONE.isPresent()).isFalse();
        assertThat(ObjectiveValue.NONE.isRawCbor()).isFalse();
        assertThat(ObjectiveValue.NONE).hasToString("none").isNotEqualTo(wire("f6"));
        assertThatIllegalStateException().isThrownBy(ObjectiveValue.NONE::item);
        assertThatIllegalStateException().isThrownBy(ObjectiveValue.NONE::content);
        assertThatExceptionOfType(GraspException.class).isThrownBy(() -> ObjectiveValue.NONE.as(Integer.class));
        assertThatExceptionOfType(GraspException.class).isThrownBy(ObjectiveValue.NONE::asJson);
    }

    @Test
    void aValueThatDoesNotFitTheTypeIsAnErrorWithItsCause() {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> wire("6178").as(Offer.class))
                .withCauseInstanceOf(JacksonException.class)
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> ObjectiveValue.of(new Endless()))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
    }

    /** Array keys, tags of 64 bits, half floats, bignums, simple values, NaNs with payloads, long heads, pieces. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a1820102f6",
                "a3f5 01 f93e00 02 01 03",
                "dbfffffffffffffffe01",
                "db0000000000000018 41 01",
                "f93c00",
                "f90001",
                "c249010000000000000000",
                "c349010000000000000000",
                "e0",
                "f8ff",
                "f7",
                "f97e01",
                "fa7fc00001",
                "fb7ff8000000000001",
                "fbfff8dead0000beef",
                "1b0000000000000001",
                "1bffffffffffffffff",
                "3bffffffffffffffff",
                "5b000000000000000101",
                "9b0000000000000000",
                "5f4101420203ff",
                "7f616162c3bcff",
                "9f01ff",
                "bf0102ff",
                "61c3",
                "5fff"
            })
    void unusualEncodingsArePassedUnchanged(String spaced) throws MalformedMessageException {
        String hex = spaced.replace(" ", "");
        byte[] message = bytes("83080884634558310506" + hex);
        Synch synch = (Synch) new MessageDecoder(CborLimits.DEFAULT).decode(message);
        ObjectiveValue value = synch.objective().value();
        assertThat(value.item()).hasToString(hex);
        assertThat(value).isEqualTo(wire(hex));
        assertThat(MessageEncoder.encode(synch)).isEqualTo(message);
    }

    private static ObjectiveValue wire(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(bytes(hex)));
        } catch (CborException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
