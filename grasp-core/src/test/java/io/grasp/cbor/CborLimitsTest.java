package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.grasp.cbor.CborException.Reason;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborLimitsTest {
    private static final CborLimits SMALL = new CborLimits(8, 3, 5);

    @ParameterizedTest
    @CsvSource({
        // at the limit, and one beyond
        "4701020304050607,     OK,             8",
        "480102030405060708,   TOO_LARGE,      0",
        "581100,               TOO_LARGE,      0",
        "821a00000000 19ffff,  TOO_LARGE,      6",
        "5f 44 01020304 40 40, TOO_LARGE,      8",
        "818180,               OK,             3",
        "81818180,             TOO_DEEP,       3",
        "c1c2c300,             OK,             4",
        "c1c2c3c400,           TOO_DEEP,       3",
        "9f9f9f9f,             TOO_DEEP,       3",
        "8181 5f ff,           OK,             4",
        "818181 5f,            TOO_DEEP,       3",
        "818181 40,            OK,             4",
        "8400010203,           OK,             5",
        "850001020304,         TOO_MANY_ITEMS, 0",
        "9f0001020304ff,       TOO_MANY_ITEMS, 5",
        "a200010203,           OK,             5",
        "a3000102030405,       TOO_MANY_ITEMS, 0",
        "8200 820000,          OK,             5",
        "8300 82 00 00 00,     TOO_MANY_ITEMS, 5",
        "5f 40 40 40 40 ff,    OK,             6",
        "5f 40 40 40 40 40 ff, TOO_MANY_ITEMS, 5",
    })
    void aScanStopsAtTheLimit(String hex, String result, int offset) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        CborScanner scanner = new CborScanner(SMALL);
        String outcome;
        int where;
        try {
            where = scanner.scan(bytes, 0, bytes.length);
            outcome = where == CborScanner.NEED_MORE ? "NEED_MORE" : "OK";
        } catch (CborException e) {
            outcome = e.reason().name();
            where = e.offset();
        }
        assertThat(outcome + " " + where).isEqualTo(result + " " + offset);
    }

    /** For every major type that has a length: 4 GB, and the maximum of 64 bits. */
    @ParameterizedTest
    @ValueSource(strings = {"1affffffff", "1bffffffffffffffff", "1b7fffffffffffffff", "1b0000000100000000"})
    void aDeclaredLengthAllocatesNothing(String head) {
        for (int major = Heads.BYTES; major <= Heads.MAP; major++) {
            byte[] bytes = HexFormat.of().parseHex(head + "00");
            bytes[0] |= (byte) (major << 5);
            for (CborLimits limits : new CborLimits[] {CborLimits.DEFAULT, CborLimits.UNBOUNDED}) {
                CborScanner scanner = new CborScanner(limits);
                assertThatExceptionOfType(CborException.class)
                        .isThrownBy(() -> scanner.scan(bytes, 0, bytes.length))
                        .satisfies(e -> assertThat(e.reason()).isIn(Reason.TOO_LARGE, Reason.TOO_MANY_ITEMS));
                scanner.reset();
                assertThat(allocatedBy(() -> refuse(scanner, bytes))).isLessThan(1024);
            }
            assertThat(allocatedBy(() -> readString(bytes))).isLessThan(1024);
        }
    }

    @Test
    void aDeepItemNeedsOneIntForEachLevel() {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) 0x9F);
        assertThatExceptionOfType(CborException.class)
                .isThrownBy(() -> CborScanner.requireSingleItem(bytes, 0, bytes.length, CborLimits.UNBOUNDED))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TOO_DEEP))
                .satisfies(e -> assertThat(e.offset()).isEqualTo(CborLimits.UNBOUNDED.maxDepth()));
    }

    @Test
    void aScanAllocatesNothing() throws CborException {
        byte[] bytes = HexFormat.of().parseHex("8401820203a16161f69f5f4101ff7f6162ffff");
        CborScanner scanner = new CborScanner(CborLimits.DEFAULT);
        assertThat(scanner.scan(bytes, 0, bytes.length)).isEqualTo(bytes.length);
        long allocated = allocatedBy(() -> {
            for (int i = 0; i < 1000; i++) {
                scanner.reset();
                scanner.scan(bytes, 0, bytes.length);
            }
        });
        assertThat(allocated).isLessThan(1000);
    }

    @Test
    void aLimitOfZeroOrLessIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CborLimits(0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new CborLimits(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new CborLimits(1, 1, 0));
        assertThat(CborLimits.DEFAULT.withMaxBytes(9000)).isEqualTo(new CborLimits(9000, 32, 9000));
    }

    private static void refuse(CborScanner scanner, byte[] bytes) {
        try {
            scanner.scan(bytes, 0, bytes.length);
        } catch (CborException expected) {
            return;
        }
        throw new AssertionError("accepted");
    }

    private static void readString(byte[] bytes) {
        CborReader reader = new CborReader(bytes, 0, bytes.length, CborLimits.DEFAULT);
        try {
            if (reader.isBytes()) {
                reader.readBytes();
            } else if (reader.isText()) {
                reader.readText();
            } else {
                reader.readArrayHeader();
            }
        } catch (CborException expected) {
            return;
        }
        throw new AssertionError("accepted");
    }

    private static long allocatedBy(Scan scan) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try {
            scan.run(); // loads classes
            long before = threads.getCurrentThreadAllocatedBytes();
            scan.run();
            return threads.getCurrentThreadAllocatedBytes() - before;
        } catch (CborException e) {
            throw new AssertionError(e);
        }
    }

    private interface Scan {
        void run() throws CborException;
    }
}
