package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.upokecenter.cbor.CBORObject;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tags of RFC 8949 section 3.4, compared with another decoder. */
class TagsTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void bignumsAreWhatTheOtherDecoderReads() {
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < 2_000; i++) {
            byte[] magnitude = new byte[random.nextInt(20)];
            random.nextBytes(magnitude);
            String content = HEX.toHexDigits((byte) (0x40 + magnitude.length)) + HEX.formatHex(magnitude);
            for (String tag : new String[] {"c2", "c3"}) {
                BigInteger expected = new BigInteger(CBORObject.DecodeFromBytes(HEX.parseHex(tag + content))
                        .ToObject(BigInteger.class)
                        .toString());
                ObjectiveValue value = value(tag + content);
                assertThat(value.as(BigInteger.class)).as(tag + content).isEqualTo(expected);
                assertThat(value.asJson().bigIntegerValue()).as(tag + content).isEqualTo(expected);
                assertThat(value.asJson().isIntegralNumber()).isTrue();
                assertThat(ObjectiveValue.of(expected).as(BigInteger.class)).isEqualTo(expected);
            }
        }
    }

    @Test
    void fractionsAreWhatTheOtherDecoderReads() {
        SplittableRandom random = new SplittableRandom(22);
        for (int i = 0; i < 2_000; i++) {
            BigInteger mantissa = BigInteger.valueOf(random.nextLong()).shiftLeft(random.nextInt(40));
            int exponent = random.nextInt(-60, 60);
            CBORObject parts = CBORObject.NewArray()
                    .Add(exponent)
                    .Add(CBORObject.DecodeFromBytes(
                            ObjectiveValue.of(mantissa).item().bytes()));
            for (int tag : new int[] {4, 5}) {
                byte[] encoded = CBORObject.FromObjectAndTag(parts, tag).EncodeToBytes();
                String read = tag == 4
                        ? CBORObject.DecodeFromBytes(encoded)
                                .AsNumber()
                                .ToEDecimal()
                                .toString()
                        : CBORObject.DecodeFromBytes(encoded)
                                .AsNumber()
                                .ToEFloat()
                                .ToEDecimal()
                                .toString();
                ObjectiveValue value = value(HEX.formatHex(encoded));
                assertThat(value.as(BigDecimal.class)).isEqualByComparingTo(new BigDecimal(read));
                assertThat(value.asJson().decimalValue()).isEqualByComparingTo(new BigDecimal(read));
            }
        }
    }

    /** Tags 21 to 23 say how bytes become text in JSON, including nested ones; {@code as} returns the bytes. */
    @Test
    void bytesBecomeTheTextThatTheOtherDecoderMakes() {
        SplittableRandom random = new SplittableRandom(23);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            for (int tag = 21; tag <= 23; tag++) {
                CBORObject tagged = CBORObject.FromObjectAndTag(bytes, tag);
                ObjectiveValue value = value(HEX.formatHex(tagged.EncodeToBytes()));
                String text = value.asJson().asString();
                String other = tagged.ToJSONString();
                assertThat(tag == 22 ? text.replace("=", "") : text)
                        .as("%s", value)
                        .isEqualTo(
                                tag == 22
                                        ? other.substring(1, other.length() - 1).replace("=", "")
                                        : other.substring(1, other.length() - 1));
                assertThat(value.as(byte[].class)).isEqualTo(bytes);
            }
        }
        assertThat(value("d64102").asJson().asString())
                .isEqualTo(Base64.getEncoder().encodeToString(new byte[] {2}));
    }

    /** Unconverted items stay unchanged: times, embedded CBOR, URIs, base64 text, expressions, MIME, UUIDs. */
    @ParameterizedTest
    @CsvSource({
        "c074323031332d30332d32315432303a30343a30305a, 2013-03-21T20:04:00Z",
        "c11a514b67b0, 1363896240",
        "d82076687474703a2f2f7777772e6578616d706c652e636f6d, http://www.example.com",
        "d8216441514977, AQIw",
        "d8226441514977, AQIw",
        "d82363612b62, a+b",
        "d8246161, a",
    })
    void otherTagsAreReadAsTheirContent(String hex, String shown) {
        assertThat(value(hex).asJson().asString()).isEqualTo(shown);
        assertThat(value(hex).as(JsonNode.class).asString()).isEqualTo(shown);
    }

    @Test
    void bytesWithOtherTagsStayBytes() {
        for (String tag : new String[] {"d81f", "d81c", "d90101"}) {
            assertThat(value(tag + "4101").as(byte[].class)).containsExactly(1);
        }
        assertThat(value("d8255000000000000000010000000000000002").as(UUID.class))
                .isEqualTo(new UUID(1, 2));
        ObjectNode tree = (ObjectNode) value("a16161d8184101").asJson();
        assertThat(tree.get("a").binaryValue()).containsExactly(1);
    }

    /**
     * Tags 32 to 36 require text (RFC 8949 section 3.4.5.3, RFC 7049 section 2.4.4.3 for 35), and tag 37 requires
     * 16 bytes.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "d82001",
                "d82045687474703a",
                "d8208101",
                "d820f6",
                "d820d8206161",
                "d82141ff",
                "d82101",
                "d8228101",
                "d8224161",
                "d823a0",
                "d8234161",
                "d82401",
                "d8244161",
                "d8245f4161ff",
                "d82501",
                "d8256161",
                "d8254101",
                "d82540",
                "d8254f000000000000000000000000000000",
                "d825510000000000000000000000000000000000",
                "d8258101",
                "d825d8255000000000000000010000000000000002",
            })
    void aTagBeforeAnUnsuitableItemIsRefused(String hex) {
        for (String in : new String[] {hex, "81" + hex, "a16161" + hex, "d9d9f7" + hex, "d815" + hex}) {
            String where = in.startsWith("81") ? "/0: " : in.startsWith("a1") ? "/a: " : "";
            for (ThrowingCallable read : List.<ThrowingCallable>of(
                    () -> value(in).asJson(),
                    () -> value(in).as(JsonNode.class),
                    () -> value(in).as(Object.class))) {
                assertThatExceptionOfType(GraspException.class)
                        .as(in)
                        .isThrownBy(read)
                        .withMessageContaining(where + "the content of tag " + Integer.parseInt(hex.substring(2, 4), 16)
                                + " has the wrong")
                        .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
            }
        }
        for (Class<?> type : List.of(Integer.class, byte[].class, UUID.class, String.class)) {
            assertThatExceptionOfType(GraspException.class)
                    .as("%s as %s", hex, type)
                    .isThrownBy(() -> value(hex).as(type));
        }
    }

    /** RFC 8949 section 3.4.5.2: they apply to the byte strings in any item, even if there is none. */
    @ParameterizedTest
    @CsvSource({"01, 1", "8101, [1]", "6161, \"a\"", "a0, {}", "f6, null", "5f41ffff, *"})
    void tagsForTheConversionOfBytesMayStandBeforeAnyItem(String hex, String json) {
        for (String tag : new String[] {"d5", "d6", "d7"}) {
            JsonNode read = value(tag + hex).asJson();
            if (json.equals("*")) {
                assertThat(read.isString()).isTrue();
            } else {
                assertThat(read).hasToString(json);
            }
        }
        assertThat(value("d501").as(Integer.class)).isEqualTo(1);
    }

    @Test
    void tagsApplyToTextAndBytesInPieces() {
        assertThat(value("d8207f61616162ff").asJson().asString()).isEqualTo("ab");
        assertThat(value("d8255f48000000000000000148000000000000000240ff").as(UUID.class))
                .isEqualTo(new UUID(1, 2));
        assertThat(value("d6d8255000000000000000010000000000000002").asJson().asString())
                .isEqualTo("AAAAAAAAAAEAAAAAAAAAAg==");
        assertThat(value("d8255000000000000000010000000000000002").asJson().isBinary())
                .isTrue();
    }

    /** A tag 25 or 29 refers to a value elsewhere: its number is not that value. */
    @ParameterizedTest
    @CsvSource({"d81900", "d81d00", "826161d81d00"})
    void referencesAreNotReadAsTheirNumbers(String hex) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value(hex).asJson());
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> value(hex).as(Object.class));
    }

    @Test
    void diagnosticNotationKeepsTheTag() {
        assertThat(value("c241ff")).hasToString("2(h'ff')");
        assertThat(value("c341ff")).hasToString("3(h'ff')");
    }

    private static ObjectiveValue value(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HEX.parseHex(hex)));
        } catch (CborException e) {
            throw new AssertionError(hex, e);
        }
    }
}
