package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.cbor.CborException.Reason;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborReaderTest {
    @ParameterizedTest
    @CsvSource({
        "00, 0",
        "17, 23",
        "1817, 23",
        "190017, 23",
        "1a00000017, 23",
        "1b0000000000000017, 23",
        "1affffffff, 4294967295",
        "1b7fffffffffffffff, 9223372036854775807",
    })
    void readsUnsignedInEveryWidth(String hex, long value) throws CborException {
        CborReader reader = reader(hex);
        assertThat(reader.isUnsigned()).isTrue();
        assertThat(reader.readUnsigned()).isEqualTo(value);
        assertThat(reader.atEnd()).isTrue();
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        assertFails(reader("1b8000000000000000")::readUnsigned, Reason.OUT_OF_RANGE, 0);
        assertFails(reader("1bffffffffffffffff")::readUnsigned, Reason.OUT_OF_RANGE, 0);
        assertFails(() -> reader("190100").readUnsigned(255), Reason.OUT_OF_RANGE, 0);
    }

    @Test
    void tagsAreReadAsUnsigned64BitNumbers() throws CborException {
        CborReader reader = reader("d818dbffffffffffffffff01");
        assertThat(reader.isTag()).isTrue();
        assertThat(reader.readTag()).isEqualTo(24);
        assertThat(Long.toUnsignedString(reader.readTag())).isEqualTo("18446744073709551615");
        assertThat(reader.readUnsigned()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"43010203", "5803010203", "5b0000000000000003010203", "5f430102 03ff", "5f41014041024103ff"})
    void readsBytesOfOnePieceOrMany(String hex) throws CborException {
        CborReader reader = reader(hex.replace(" ", ""));
        assertThat(reader.isBytes()).isTrue();
        assertThat(reader.readBytes()).containsExactly(1, 2, 3);
        assertThat(reader.atEnd()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6561c3bc7a7a", "780661c3bc7a7a21", "7f6161 62c3bc 627a7a ff"})
    void readsTextOfOnePieceOrMany(String hex) throws CborException {
        CborReader reader = reader(hex.replace(" ", ""));
        assertThat(reader.isText()).isTrue();
        assertThat(reader.readText()).startsWith("aüzz");
        assertThat(reader.atEnd()).isTrue();
    }

    /** Overlong, a surrogate, beyond Unicode, truncated, stray; and a character split between two chunks. */
    @ParameterizedTest
    @ValueSource(strings = {"62c080", "63eda080", "64f4908080", "61c3", "6180", "7f61c361bcff"})
    void refusesTextThatIsNotUtf8(String hex) {
        assertThatExceptionOfType(CborException.class)
                .isThrownBy(reader(hex)::readText)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_UTF8));
    }

    @Test
    void readsArraysOfKnownAndOfIndefiniteLength() throws CborException {
        CborReader reader = reader("82019f02ff");
        assertThat(reader.isArray()).isTrue();
        assertThat(reader.readArrayHeader()).isEqualTo(2);
        assertThat(reader.readUnsigned()).isEqualTo(1);
        assertThat(reader.readArrayHeader()).isEqualTo(CborReader.INDEFINITE);
        assertThat(reader.isBreak()).isFalse();
        assertThat(reader.readUnsigned()).isEqualTo(2);
        assertThat(reader.isBreak()).isTrue();
        reader.readBreak();
        assertThat(reader.atEnd()).isTrue();
    }

    @Test
    void readsNullAndDistinguishesUndefinedFromIt() throws CborException {
        CborReader reader = reader("f6f7");
        assertThat(reader.isNull()).isTrue();
        assertThat(reader.isUndefined()).isFalse();
        reader.readNull();
        assertThat(reader.isNull()).isFalse();
        assertThat(reader.isUndefined()).isTrue();
        assertFails(reader::readNull, Reason.UNEXPECTED_TYPE, 1);
    }

    @Test
    void anItemIsASliceOfTheMessage() throws CborException {
        byte[] bytes = HexFormat.of().parseHex("ff01820203617801");
        CborReader reader = new CborReader(bytes, 1, 6, CborLimits.DEFAULT);
        reader.skip();
        assertThat(reader.position()).isEqualTo(1);
        CborItem array = reader.readItem();
        assertThat(array).hasToString("820203");
        bytes[3] = 9;
        assertThat(array.diagnostic()).isEqualTo("[9, 3]");
        assertThat(reader.readText()).isEqualTo("x");
        assertThat(reader.itemFrom(1).length()).isEqualTo(5);
        assertThat(reader.atEnd()).isTrue();
    }

    @Test
    void lookingAheadDoesNotMoveTheReader() throws CborException {
        CborReader reader = reader("0102");
        reader.skip();
        CborReader ahead = reader.ahead();
        assertThat(ahead.readUnsigned()).isEqualTo(2);
        assertThat(ahead.atEnd()).isTrue();
        assertThat(reader.position()).isEqualTo(1);
    }

    @Test
    void anItemOfAnotherTypeIsAnErrorWithItsOffset() {
        CborReader reader = reader("20");
        assertFails(reader::readUnsigned, Reason.UNEXPECTED_TYPE, 0);
        assertFails(reader::readTag, Reason.UNEXPECTED_TYPE, 0);
        assertFails(reader::readBytes, Reason.UNEXPECTED_TYPE, 0);
        assertFails(reader::readText, Reason.UNEXPECTED_TYPE, 0);
        assertFails(reader::readArrayHeader, Reason.UNEXPECTED_TYPE, 0);
        assertFails(reader::readBreak, Reason.UNEXPECTED_TYPE, 0);
        assertThat(reader.position()).isZero();
    }

    @Test
    void theEndOfTheInputIsAnErrorWithItsOffset() {
        assertFails(reader("")::readUnsigned, Reason.TRUNCATED, 0);
        assertFails(reader("19ff")::readUnsigned, Reason.TRUNCATED, 2);
        assertFails(reader("4301")::readBytes, Reason.TRUNCATED, 2);
        assertFails(reader("5f4101")::readBytes, Reason.TRUNCATED, 3);
        assertFails(reader("7f6161")::readText, Reason.TRUNCATED, 3);
        assertFails(reader("830101")::readArrayHeader, Reason.TRUNCATED, 3);
        assertFails(reader("830101")::skip, Reason.TRUNCATED, 3);
        assertFails(reader("1c")::readUnsigned, Reason.MALFORMED, 0);
        assertFails(reader("5f5f4100ffff")::readBytes, Reason.UNEXPECTED_TYPE, 1);
    }

    @Test
    void errorsInsideAnItemAreCountedFromTheBeginning() throws CborException {
        CborReader reader = reader("0102821c");
        reader.skip();
        reader.skip();
        assertFails(reader::readItem, Reason.MALFORMED, 3);
    }

    @Test
    void readsOnlyTheGivenRange() {
        byte[] bytes = {0x42, 1, 2};
        assertFails(new CborReader(bytes, 0, 2, CborLimits.DEFAULT)::readBytes, Reason.TRUNCATED, 2);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> new CborReader(bytes, 1, 3, CborLimits.DEFAULT));
    }

    @Test
    void limitsHoldForItems() {
        CborLimits limits = new CborLimits(4, 2, 4);
        assertFails(reader("81818100", limits)::readItem, Reason.TOO_DEEP, 2);
        assertFails(reader("84000000", limits)::readItem, Reason.TOO_MANY_ITEMS, 0);
        assertFails(reader("4401020304", limits)::skip, Reason.TOO_LARGE, 0);
        assertFails(reader("4401020304", limits)::requireSingleItem, Reason.TOO_LARGE, 0);
    }

    private static void assertFails(Reading reading, Reason reason, int offset) {
        assertThatExceptionOfType(CborException.class)
                .isThrownBy(reading::read)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .satisfies(e -> assertThat(e.offset()).isEqualTo(offset));
    }

    private static CborReader reader(String hex) {
        return reader(hex, CborLimits.DEFAULT);
    }

    private static CborReader reader(String hex, CborLimits limits) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new CborReader(bytes, 0, bytes.length, limits);
    }

    private interface Reading {
        void read() throws CborException;
    }
}
