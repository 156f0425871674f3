package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.cbor.CborException.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CborScannerTest {
    @ParameterizedTest
    @MethodSource("appendixA")
    void findsTheEndOfEveryExample(Rfc8949.Example example) throws CborException {
        byte[] bytes = example.bytes();
        assertThat(scan(bytes)).isEqualTo(bytes.length);
        assertThat(scan(Arrays.copyOf(bytes, bytes.length + 3))).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @MethodSource("appendixA")
    void asksForMoreBytesAfterEveryPrefix(Rfc8949.Example example) throws CborException {
        byte[] bytes = example.bytes();
        CborScanner resumed = new CborScanner(CborLimits.DEFAULT);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(scan(Arrays.copyOf(bytes, length))).isEqualTo(CborScanner.NEED_MORE);
            assertThat(resumed.scan(bytes, 0, length)).isEqualTo(CborScanner.NEED_MORE);
        }
        assertThat(resumed.scan(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @MethodSource("appendixF")
    void refusesWhatIsNotWellFormed(Rfc8949.NotWellFormed example) {
        byte[] bytes = example.bytes();
        assertThatExceptionOfType(CborException.class)
                .isThrownBy(() -> CborScanner.requireSingleItem(bytes, 0, bytes.length, CborLimits.UNBOUNDED))
                .satisfies(e -> assertThat(e.reason()).isIn(example.reason(), Reason.TOO_LARGE));
    }

    @ParameterizedTest
    @CsvSource({
        "c0ff,        MALFORMED,      1", // a break instead of the tagged item
        "83 01 1c 00, MALFORMED,      2",
        "82 f8 18 00, MALFORMED,      1",
        "83 01 02,    TRUNCATED,      3",
        "01 02,       TRAILING_BYTES, 1",
        "f6 f6 f6,    TRAILING_BYTES, 1",
        "'',          TRUNCATED,      0",
    })
    void errorsNameTheProblemAndItsOffset(String hex, Reason reason, int offset) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatExceptionOfType(CborException.class)
                .isThrownBy(() -> CborScanner.requireSingleItem(bytes, 0, bytes.length, CborLimits.DEFAULT))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .satisfies(e -> assertThat(e.offset()).isEqualTo(offset))
                .withMessageEndingWith("at byte " + offset);
    }

    @Test
    void textNeedNotBeUtf8ToBeWellFormed() throws CborException {
        assertThat(scan(HexFormat.of().parseHex("62c328"))).isEqualTo(3);
    }

    @Test
    void scansFromAnywhereInAnArray() throws CborException {
        byte[] bytes = HexFormat.of().parseHex("ffff8201026161");
        CborScanner scanner = new CborScanner(CborLimits.DEFAULT);
        assertThat(scanner.scan(bytes, 2, 3)).isEqualTo(3);
        scanner.reset();
        assertThat(scanner.scan(bytes, 5, 2)).isEqualTo(2);
    }

    @Test
    void startsAgainAfterAReset() throws CborException {
        CborScanner scanner = new CborScanner(CborLimits.DEFAULT);
        assertThat(scanner.scan(HexFormat.of().parseHex("9f8301"), 0, 3)).isEqualTo(CborScanner.NEED_MORE);
        scanner.reset();
        assertThat(scanner.scan(HexFormat.of().parseHex("8101"), 0, 2)).isEqualTo(2);
    }

    private static int scan(byte[] bytes) throws CborException {
        return new CborScanner(CborLimits.DEFAULT).scan(bytes, 0, bytes.length);
    }

    static Stream<Rfc8949.Example> appendixA() {
        return Rfc8949.appendixA();
    }

    static Stream<Rfc8949.NotWellFormed> appendixF() {
        return Rfc8949.appendixF();
    }
}
