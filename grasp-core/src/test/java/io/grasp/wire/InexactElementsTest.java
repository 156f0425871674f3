package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.model.Locator;
import io.grasp.model.TaggedObjective;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An inexact element is kept as received, and the exact ones next to it are used (RFC 8990 section 2.8.2). */
class InexactElementsTest {
    private static final String IPV6 = "50 fd451345000000000000000000000001";
    private static final String GOOD = "84 1867 50 fd451345000000000000000000006789 06 1901bb";
    private static final String OBJECTIVE = "83 63455831 05 06"; // ["EX1", 5, 6]
    private static final String FLOOD_OF_A_REGISTRAR = "8709184d50fd4513450000000000000000000000011a0002bf20"
            + "828471414e5f6a6f696e5f7265676973747261720418ff674553542d544c53"
            + "84186750fd451345000000000000000000006789061901bb"
            + "828471414e5f6a6f696e5f7265676973747261720418ff6084186750fd45134500000000000000000000678911191633"
            + "828471414e5f6a6f696e5f7265676973747261720418ff6084186750fe8000000000000000000000000012341829f6";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "84 1867 50 fe800000000000000000000000001234 1829 f6", // no port: RFC 8995 section 4.3 has one
                "84 1867 50 fd451345000000000000000000000002 f6 1901bb", // no protocol
                "84 1867 50 fd451345000000000000000000000002 f6 f6",
                "83 1867 50 fd451345000000000000000000000002 06", // no port at all
                "84 1867 50 fd451345000000000000000000000002 06 63343433", // a text for a port
                "84 1867 50 fd451345000000000000000000000002 63746370 1901bb", // a text for a protocol
                "84 1867 50 fd451345000000000000000000000002 06 1a00010000", // port 65536
                "84 1867 50 fd451345000000000000000000000002 06 20", // port -1
                "84 1867 50 fd451345000000000000000000000002 1b0000000100000000 1901bb",
                "85 1867 50 fd451345000000000000000000000002 06 1901bb 00", // one extra element
                "84 1867 44 c0000201 06 1901bb", // an IPv4 address for an IPv6 one
                "84 1867 4f fd4513450000000000000000000000 06 1901bb", // 15 bytes
                "84 1867 40 06 07",
                "84 1867 f6 06 1901bb",
                "84 1867 63666431 06 1901bb", // a text for an address
                "9f 1867 50 fe800000000000000000000000001234 1829 f6 ff",
                "84 1868 50 fd451345000000000000000000000002 06 1901bb", // an IPv6 address for an IPv4 one
                "84 1868 43 c00002 06 1901bb",
                "84 1869 f6 06 1901bb",
                "84 1869 60 f6 07",
                "84 1869 61c3 06 07", // not UTF-8
                "83 1869 60 06",
                "84 1869 60 06 1a00010000",
                "84 186a 60 f6 f7",
                "84 186a 01 f6 f6",
                "81 1867",
                "81 186b",
                "82 186b a1 01 02",
            })
    void anInexactLocatorIsLeftOutInEveryPosition(String odd) {
        Locator good = ((GraspOption.LocatorOption) response(GOOD).options().get(0)).locator();

        for (String options : List.of(GOOD + odd, odd + GOOD)) {
            Response response = response(2, options);
            assertThat(response.options())
                    .hasSize(2)
                    .contains(new GraspOption.LocatorOption(good))
                    .filteredOn(GraspOption.Unknown.class::isInstance)
                    .singleElement()
                    .satisfies(option ->
                            assertThat(((GraspOption.Unknown) option).raw()).isEqualTo(item(odd)));
        }
        for (String options : List.of("83 1864" + GOOD + odd, "83 1864" + odd + GOOD)) {
            assertThat(response(options).options())
                    .containsExactly(new GraspOption.Divert(List.of(good), List.of(item(odd))));
        }
        assertThat(response("82 1864" + odd).options())
                .as("a divert without a locator")
                .containsExactly(new GraspOption.Unknown(OptionType.O_DIVERT, item("82 1864" + odd)));
        assertOnePairIsKept(" 82" + OBJECTIVE + odd);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "81" + OBJECTIVE, // no tag
                "82" + OBJECTIVE + "f6", // a tag that is not an array
                "82" + OBJECTIVE + "63666431",
                "83" + OBJECTIVE + "80 80",
                "83" + OBJECTIVE + GOOD + GOOD,
                "82 80" + GOOD,
                "82 82 6178 05" + GOOD, // an objective without a loop count
                "82 83 4178 05 06" + GOOD, // a byte string for a name
                "82 83 61c3 05 06" + GOOD,
                "82 83 6178 20 06" + GOOD, // negative flags
                "82 83 6178 05 f6" + GOOD,
                "82 85 6178 05 06 00 00" + GOOD,
                "82" + GOOD + OBJECTIVE, // the other way round
                OBJECTIVE, // by itself
                GOOD,
                "80",
                "a0",
                "f6",
                "05",
                "82 186b 41ff",
            })
    void anIncompleteFloodEntryIsLeftOut(String odd) {
        assertOnePairIsKept(odd);
    }

    private void assertOnePairIsKept(String odd) {
        String first = " 82 84 63455831 05 06 01 " + GOOD;
        String second = " 82 84 63455832 05 09 02 80";
        List<TaggedObjective> both = flood(2, first + second).objectives();
        for (String pairs : List.of(odd + first + second, first + odd + second, first + second + odd)) {
            Flood flood = flood(3, pairs);
            assertThat(flood.objectives()).isEqualTo(both);
            List<CborItem> kept = new ArrayList<>(flood.preceding());
            kept.addAll(flood.extras());
            assertThat(kept).containsExactly(item(odd));
            assertThat(ExtensionCodec.unknownElements(flood)).containsExactly(item(odd));
        }
    }

    @Test
    @Proves("8990-2.8.2-1")
    void theFloodOfARegistrarGivesItsExactObjectives() {
        Flood flood = (Flood) decode(FLOOD_OF_A_REGISTRAR);

        assertThat(flood.objectives())
                .extracting(tagged -> tagged.objective().value() + " at " + tagged.locator())
                .containsExactly("\"EST-TLS\" at [fd45:1345::6789]:443", "\"\" at [fd45:1345::6789]:5683");
        assertThat(flood.extras())
                .singleElement()
                .satisfies(pair -> assertThat(pair.diagnostic())
                        .isEqualTo("[[\"AN_join_registrar\", 4, 255, \"\"], "
                                + "[103, h'fe800000000000000000000000001234', 41, null]]"));
        assertThat(HexFormat.of().formatHex(LoopCount.replace(bytes(FLOOD_OF_A_REGISTRAR), 254)))
                .as("nothing else changes on relay")
                .isEqualTo(FLOOD_OF_A_REGISTRAR.replaceFirst("18ff", "18fe"));
    }

    @Test
    @Proves("8990-2.5.6.2-9")
    void theLoopCountIsThatOfTheFirstReadableObjective() {
        String unreadable = " 82 83 6178 05 20 " + GOOD;
        String odd = " 82 83 63455831 05 04 f6";
        String good = " 82 83 63455832 05 06 80";
        String message = "87 09 08 " + IPV6 + " 0a" + unreadable + odd + good;

        Flood flood = (Flood) decode(message);

        assertThat(flood.first().name()).isEqualTo("EX1");
        assertThat(flood.first().loopCount()).isEqualTo(4);
        byte[] relayed = LoopCount.replace(bytes(message), 3);
        assertThat(relayed).isEqualTo(bytes(message.replace("63455831 05 04", "63455831 05 03")));
        assertThat(decode(relayed)).isEqualTo(flood.withLoopCount(3));
        assertThat(flood(2, unreadable + good).withLoopCount(2).first().loopCount())
                .isEqualTo(2);
    }

    @Test
    void aFloodWithoutAnExactPairCanStillBeRelayed() {
        Flood flood = flood(1, "82 83 63455831 05 04 84 1867 50 fd451345000000000000000000000002 1829 f6");

        assertThat(flood.objectives()).isEmpty();
        assertThat(flood.first().loopCount()).isEqualTo(4);
        assertThat(flood.withLoopCount(3).first().loopCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01 08" + IPV6,
                "03 08",
                "04 08",
                "05 08",
                "08 08",
            })
    @Proves("8990-2.8.2-1")
    void theObjectiveIsFoundAfterUnknownElements(String beginning) {
        int known = beginning.startsWith("01") ? 3 : 2;
        String strange = "811865 83 6178 05 20 f6" + GOOD;

        GraspMessage plain = decode(head(known + 1) + beginning + OBJECTIVE);
        GraspMessage message = decode(head(known + 5) + beginning + strange + OBJECTIVE);

        assertThat(ExtensionCodec.unknownElements(message)).hasSize(4);
        assertThat(message.toString())
                .contains(plain.toString().replaceAll(".*(objective=Objective\\[.*?\\]).*", "$1"));
        if (message instanceof Discovery) {
            byte[] bytes = bytes(head(known + 5) + beginning + strange + OBJECTIVE);
            byte[] expected = bytes.clone();
            expected[bytes.length - 1] = 5;
            assertThat(LoopCount.replace(bytes, 5)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "82 1864" + GOOD, // a divert
                GOOD,
                "05",
                "80",
                "82 1865 00", // no exact accept
                "82 186b 41ff",
            })
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2"})
    void theOutcomeIsFoundAfterUnknownElements(String strange) {
        End accepted = (End) decode("84 06 08" + strange + "811865");
        assertThat(accepted.outcome()).isEqualTo(new GraspOption.Accept());
        assertThat(accepted.extras()).containsExactly(item(strange));

        End declined = (End) decode("85 06 08" + strange + "82 1866 626e6f 811865");
        assertThat(declined.outcome()).as("the first one counts").isEqualTo(new GraspOption.Decline("no"));
        assertThat(declined.extras()).hasSize(2);
    }

    private Response response(String option) {
        return response(1, option);
    }

    private Response response(int count, String options) {
        return (Response) decode(head(4 + count) + "02 08" + IPV6 + "0a" + options);
    }

    private Flood flood(int count, String pairs) {
        return (Flood) decode(head(4 + count) + "09 08" + IPV6 + "0a" + pairs);
    }

    private static String head(int elements) {
        return HexFormat.of().toHexDigits((byte) (0x80 + elements));
    }

    private static GraspMessage decode(String hex) {
        return decode(bytes(hex));
    }

    private static GraspMessage decode(byte[] bytes) {
        WireOracle.checkMessage(bytes);
        try {
            return new MessageDecoder(CborLimits.DEFAULT).decode(bytes);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    private static CborItem item(String hex) {
        byte[] bytes = bytes(hex);
        return CborItem.wrap(bytes, 0, bytes.length);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
