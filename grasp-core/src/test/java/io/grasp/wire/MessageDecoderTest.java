package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.Proves;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import io.grasp.model.Locator;
import io.grasp.model.ObjectiveValue;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages that peers may send, in addition to the golden ones. Bytes here are written with spaces between elements.
 */
class MessageDecoderTest {
    private static final String IPV6 = "50 20010db8000000000000000000000001";
    private static final String LOCATOR = "84 1867 " + IPV6 + " 06 1901bb";
    private static final String OBJECTIVE = "83 63455831 05 06"; // ["EX1", 5, 6]
    private static final String COSE_SIGN = "82 186b 41ff"; // [107, h'ff'], unknown

    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);

    @Test
    void everyArrayMayBeOfIndefiniteLength() {
        Flood known =
                (Flood) decode("86 09 08 " + IPV6 + " 0a 82 " + OBJECTIVE + " " + LOCATOR + " 82 " + OBJECTIVE + " 80");
        String objective = "9f 63455831 05 06 ff";
        String locator = "9f 1867 " + IPV6 + " 06 1901bb ff";
        assertThat(decode("9f 09 08 " + IPV6 + " 0a 9f " + objective + locator + " ff 9f" + objective + " 9fff ff ff"))
                .isEqualTo(known);
        assertThat(decode("9f 02 08 " + IPV6 + " 0a 9f 1864 " + locator + " ff " + objective + " ff"))
                .isEqualTo(decode("86 02 08 " + IPV6 + " 0a 82 1864 " + LOCATOR + OBJECTIVE));
        assertThat(decode("9f 06 08 9f 1866 616e ff ff")).isEqualTo(decode("83 06 08 82 1866 616e"));
        assertThat(decode("9f 00 ff")).isEqualTo(new Noop());
    }

    @Test
    void numbersInLongEncodingsAreRead() {
        assertThat(decode("83 1807 1b0000000000000008 1a00000009")).isEqualTo(decode("83 07 08 09"));
        assertThat(decode("83 04 08 9a00000003 7a00000003455831 190005 1806"))
                .isEqualTo(decode("83 04 08 " + OBJECTIVE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"18ff", "190100", "19ffff", "1affffffff", "1b7fffffffffffffff", "1bffffffffffffffff"})
    @Proves({"8990-2.10.3-5", "8990-2.10.1-1"})
    void loopCountsBeyond255AreReadAs255(String loopCount) {
        Negotiate offer = (Negotiate) decode("83 05 08 84 63455831 03 " + loopCount + " 01");
        assertThat(offer.objective().loopCount()).isEqualTo(255);
        assertThat(MessageEncoder.encode(offer)).isEqualTo(HexFormat.of().parseHex("83050884634558310318ff01"));
        Flood flood = (Flood) decode("86 09 08 " + IPV6 + " 0a 82 83 63455831 05 " + loopCount
                + " 80 82 83 63455832 05 " + loopCount + " 80");
        assertThat(flood.objectives()).allMatch(tagged -> tagged.objective().loopCount() == 255);
    }

    @Test
    void anIpv4MappedAddressStaysSixteenBytes() {
        String mapped = "50 00000000000000000000ffffc0000201";
        String hex = "85 02 08 " + mapped + " 0a 84 1867 " + mapped + " 06 1901bb";
        Response response = (Response) decode(hex);
        assertThat(response.initiator()).isInstanceOf(Inet6Address.class);
        assertThat(response.initiator().getAddress()).hasSize(16);
        assertThat(response.options())
                .singleElement()
                .isInstanceOfSatisfying(
                        GraspOption.LocatorOption.class,
                        option -> assertThat(option.locator()).isInstanceOf(Locator.Ipv6.class));
        assertThat(MessageEncoder.encode(response)).isEqualTo(bytes(hex));
    }

    @Test
    void anObjectiveWithoutAValueIsReadInEveryMessage() {
        for (int type : new int[] {3, 4, 5, 8}) {
            GraspMessage message = decode("83 0" + type + " 08 " + OBJECTIVE);
            assertThat(message.toString()).contains("value=none");
            WireOracle.checkMessage(MessageEncoder.encode(message));
        }
        assertThat(((RequestSynchronization) decode("83 04 08 84 63455831 05 06 f6"))
                        .objective()
                        .value())
                .isEqualTo(ObjectiveValue.ofItem(item("f6")));
    }

    @Test
    void theValueIsASliceOfTheMessage() {
        byte[] bytes = bytes("83 08 08 84 63455831 05 06 820102");
        Synch synch = (Synch) decode(bytes);
        bytes[bytes.length - 1] = 9;
        assertThat(synch.objective().value()).hasToString("[1, 9]");
    }

    @Test
    void elementsAfterTheLastKnownOneAreKept() {
        assertThat(((Discovery) decode("85 01 08 " + IPV6 + OBJECTIVE + COSE_SIGN)).extras())
                .containsExactly(item(COSE_SIGN));
        assertThat(((RequestNegotiation) decode("84 03 08 " + OBJECTIVE + " 01")).extras())
                .containsExactly(item("01"));
        assertThat(((RequestSynchronization) decode("84 04 08 " + OBJECTIVE + " 01")).extras())
                .hasSize(1);
        assertThat(((Negotiate) decode("85 05 08 " + OBJECTIVE + " 01 a0")).extras())
                .hasSize(2);
        assertThat(((Synch) decode("84 08 08 " + OBJECTIVE + " 811865")).extras())
                .containsExactly(item("811865"));
        assertThat(((End) decode("84 06 08 811865 811866")).extras()).containsExactly(item("811866"));
        assertThat(((Wait) decode("84 07 08 09 811865")).extras()).containsExactly(item("811865"));
        assertThat(((Invalid) decode("84 1863 08 f6 01")).extras()).containsExactly(item("01"));
        assertThat(decode("82 00 08")).isEqualTo(new Noop());
    }

    @Test
    void aResponseKeepsUnknownElements() {
        String strange = "82 1a7fffffff 01";
        String hex =
                "8b 02 08 " + IPV6 + " 0a" + COSE_SIGN + LOCATOR + " 811865 811866" + strange + OBJECTIVE + OBJECTIVE;
        Response response = (Response) decode(hex);
        assertThat(response.options())
                .containsExactly(
                        new GraspOption.Unknown(107, item(COSE_SIGN)),
                        ((Response) decode("85 02 08 " + IPV6 + " 0a" + LOCATOR))
                                .options()
                                .get(0),
                        new GraspOption.Unknown(Integer.MAX_VALUE, item(strange)));
        assertThat(response.objective().name()).isEqualTo("EX1");
        assertThat(response.extras()).containsExactly(item("811865"), item("811866"), item(OBJECTIVE));
        WireOracle.checkMessage(bytes(hex));
    }

    @Test
    void aResponseOfUnknownElementsAloneIsRead() {
        Response response = (Response) decode("88 02 08 " + IPV6 + " 0a 80 05 82 1a80000000 01 821bffffffffffffffff01");
        assertThat(response.options()).isEmpty();
        assertThat(response.objective()).isNull();
        assertThat(response.extras()).hasSize(4);
    }

    @Test
    void aDivertKeepsItsExactLocators() {
        String unknown = "82 1870 61 78";
        Response both = (Response) decode("85 02 08 " + IPV6 + " 0a 83 1864 " + unknown + LOCATOR);
        assertThat(both.options()).singleElement().isInstanceOfSatisfying(GraspOption.Divert.class, divert -> {
            assertThat(divert.locators()).hasSize(1);
            assertThat(divert.unknown()).containsExactly(item(unknown));
        });
        Response one = (Response) decode("85 02 08 " + IPV6 + " 0a 82 1864 " + unknown);
        assertThat(one.options()).containsExactly(new GraspOption.Unknown(100, item("82 1864" + unknown)));
    }

    @Test
    void aFloodKeepsElementsThatAreNoObjective() {
        String hex =
                "89 09 08 " + IPV6 + " 0a 82" + OBJECTIVE + " 80" + COSE_SIGN + " 82" + OBJECTIVE + LOCATOR + " 80 05";
        Flood flood = (Flood) decode(hex);
        assertThat(flood.objectives()).hasSize(2);
        assertThat(flood.objectives().get(0).locator()).isNull();
        assertThat(flood.objectives().get(1).locator()).isNotNull();
        assertThat(flood.extras()).containsExactly(item(COSE_SIGN), item("80"), item("05"));
        WireOracle.checkMessage(bytes(hex));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "82 06 08             |                       | 0", // not an option
                "83 06 08 05          |                       | 1",
                "83 06 08 80          |                       | 1",
                "83 06 08 8161 78     |                       | 1",
                "83 06 08 811865      | Accept                | 0",
                "83 06 08 811866      | Decline               | 0",
                "83 06 08 82 1866 60  | Decline               | 0",
                "83 06 08 82 1865 00  | Unknown               | 0", // an accept with content
                "83 06 08 82 1866 00  | Unknown               | 0", // a reason that is not text
                "83 06 08 82 1866 61c3| Unknown               | 0",
                "83 06 08 83 1866 6000| Unknown               | 0",
                "83 06 08 81 186e     | Unknown               | 0",
                "83 06 08 81 1867     | Unknown               | 0", // a locator, which is not allowed here
            })
    void anEndWithoutAnExactOutcomeIsRead(String hex, String outcome, int extras) {
        End end = (End) decode(hex);
        if (outcome == null) {
            assertThat(end.outcome()).isNull();
        } else {
            assertThat(end.outcome().getClass().getSimpleName()).isEqualTo(outcome);
        }
        assertThat(end.extras()).hasSize(extras);
        assertThat(MessageEncoder.encode(end)).isEqualTo(bytes(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "81 0a,                            10,  ",
        "82 1864 08,                       100, 8",
        "82 18ff 1affffffff,               255, 4294967295",
        "82 0a 1b0000000100000000,         10,  ",
        "82 0a 1bffffffffffffffff,         10,  ",
        "83 0a 6178 08,                    10,  ",
        "9f 0a 08 ff,                      10,  8",
        "9f 0a ff,                         10,  ",
    })
    void anUnknownMessageIsReadWithItsSessionIfThereIsOne(String hex, int type, Long session) {
        UnknownMessage message = (UnknownMessage) decode(hex);
        assertThat(message.type()).isEqualTo(type);
        assertThat(message.session() == null ? null : message.session().value()).isEqualTo(session);
        assertThat(MessageEncoder.encode(message)).isEqualTo(bytes(hex));
    }

    @ParameterizedTest
    @CsvSource({
        // not a message
        "a0,                                       UNEXPECTED_TYPE, 0, -1, ",
        "80,                                       WRONG_LENGTH,    1, -1, ",
        "81 20,                                    UNEXPECTED_TYPE, 1, -1, ",
        "81 190100,                                OUT_OF_RANGE,    1, -1, ",
        "81 00 00,                                 TRAILING_BYTES,  2, 0,  ",
        "d9d9f7 8100,                              UNEXPECTED_TYPE, 0, -1, ",
        // no session
        "81 03,                                    WRONG_LENGTH,    2, 3,  ",
        "82 03 20,                                 UNEXPECTED_TYPE, 2, 3,  ",
        "82 03 1b0000000100000000,                 OUT_OF_RANGE,    2, 3,  ",
        // objectives
        "82 03 08,                                 WRONG_LENGTH,    3, 3,  8",
        "83 03 08 f6,                              UNEXPECTED_TYPE, 3, 3,  8",
        "83 03 08 80,                              WRONG_LENGTH,    4, 3,  8",
        "83 03 08 82 6178 05,                      WRONG_LENGTH,    7, 3,  8",
        "83 03 08 83 4178 05 06,                   UNEXPECTED_TYPE, 4, 3,  8",
        "83 03 08 83 61c3 05 06,                   INVALID_UTF8,    4, 3,  8",
        "83 03 08 83 6178 20 06,                   UNEXPECTED_TYPE, 6, 3,  8",
        "83 03 08 83 6178 1a80000000 06,           OUT_OF_RANGE,    6, 3,  8",
        "83 03 08 83 6178 05 20,                   UNEXPECTED_TYPE, 7, 3,  8",
        "83 03 08 85 6178 05 06 00 00,             WRONG_LENGTH,    9, 3,  8",
        // initiators, times
        "84 01 08 43010203 836178 0506,            WRONG_LENGTH,    3, 1,  8",
        "84 01 08 f6 836178 0506,                  UNEXPECTED_TYPE, 3, 1,  8",
        "82 07 08,                                 WRONG_LENGTH,    3, 7,  8",
        "83 07 08 20,                              UNEXPECTED_TYPE, 3, 7,  8",
        "83 07 08 1b0000000100000000,              OUT_OF_RANGE,    3, 7,  8",
        "84 02 08 4401020304 0a,                   WRONG_LENGTH,    9, 2,  8",
        // floods
        "84 09 08 4401020304 0a,                   WRONG_LENGTH,    9, 9,  8",
        "85 09 08 4401020304 0a 05,                WRONG_LENGTH,    10, 9, 8",
        // not CBOR, after a valid beginning
        "83 03 08 1c,                              MALFORMED,       3, 3,  8",
        "83 03 08 61,                              TRUNCATED,       4, 3,  8",
    })
    @Proves({"8990-2.9.1-3", "8990-2.10.1-1", "8990-2.10.3-5", "8990-4-1", "8991-2.3.2.4-2"})
    void errorsNameTheProblemItsOffsetAndTheMessage(String hex, Reason reason, int offset, int type, Long session) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> decoder.decode(bytes(hex)))
                .satisfies(e -> assertThat(e.reason() + " " + e.offset()).isEqualTo(reason + " " + offset))
                .satisfies(e -> assertThat(e.type()).isEqualTo(type))
                .satisfies(
                        e -> assertThat(e.session() == null ? null : e.session().value())
                                .isEqualTo(session))
                .withMessageStartingWith(
                        type < 0 ? "not a GRASP message: " : "not a valid " + MessageType.name(type) + ": ");
    }

    @Test
    void limitsAreEnforced() {
        assertFails("83 08 08 84 63455831 05 06 5a00010000", Reason.TOO_LARGE);
        assertFails("83 08 08 84 63455831 05 06 9affffffff", Reason.TOO_MANY_ITEMS);
        byte[] deep = Arrays.copyOf(bytes("83 08 08 84 63455831 05 06"), 100);
        Arrays.fill(deep, 10, 100, (byte) 0x81);
        assertFails(HexFormat.of().formatHex(deep), Reason.TOO_DEEP);
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> new MessageDecoder(new CborLimits(5, 32, 5)).decode(bytes("83 07 08 1903e8")))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "83 08 08 84 63455831 05 06",
                "86 09 08 50 20010db8000000000000000000000001 00 82 84 63455831 05 06"
            })
    void decodingIsAsStrictAsScanning(String beginning) {
        for (int levels = 0; levels < 8; levels++) {
            String end = beginning.startsWith("86") ? "01 80 05" : "01";
            byte[] message = bytes(beginning + "81".repeat(levels) + end);
            for (int depth = 1; depth < 14; depth++) {
                for (int items = 1; items < 30; items++) {
                    assertTakesWhatAScanTakes(message, new CborLimits(100, depth, items));
                }
            }
        }
    }

    private static void assertTakesWhatAScanTakes(byte[] message, CborLimits limits) {
        Reason refused = null;
        try {
            CborScanner.requireSingleItem(message, 0, message.length, limits);
        } catch (CborException e) {
            refused = e.reason();
        }
        Reason reason = null;
        try {
            new MessageDecoder(limits).decode(message);
        } catch (MalformedMessageException e) {
            reason = e.reason();
        }
        assertThat(reason).as("%s", limits).isEqualTo(refused);
    }

    private void assertFails(String hex, Reason reason) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> decoder.decode(bytes(hex)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private GraspMessage decode(String hex) {
        return decode(bytes(hex));
    }

    private GraspMessage decode(byte[] bytes) {
        try {
            return decoder.decode(bytes);
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
