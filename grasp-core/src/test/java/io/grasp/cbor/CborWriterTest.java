package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CborWriterTest {
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "23, 17",
        "24, 1818",
        "255, 18ff",
        "256, 190100",
        "65535, 19ffff",
        "65536, 1a00010000",
        "4294967295, 1affffffff",
        "4294967296, 1b0000000100000000",
        "9223372036854775807, 1b7fffffffffffffff",
        "-1, 20",
        "-24, 37",
        "-25, 3818",
        "-256, 38ff",
        "-257, 390100",
        "-9223372036854775808, 3b7fffffffffffffff",
    })
    void writesIntegersInTheirShortestForm(long value, String hex) {
        assertThat(written(out -> out.writeInt(value))).isEqualTo(hex);
        if (value >= 0) {
            assertThat(written(out -> out.writeUnsigned(value))).isEqualTo(hex);
        }
    }

    @Test
    void writesEveryKindOfItem() {
        assertThat(written(out -> out.writeUnsigned(-1))).isEqualTo("1bffffffffffffffff");
        assertThat(written(out -> out.writeTag(24))).isEqualTo("d818");
        assertThat(written(out -> out.writeTag(-1))).isEqualTo("dbffffffffffffffff");
        assertThat(written(out -> out.writeArrayHeader(300))).isEqualTo("99012c");
        assertThat(written(out -> out.writeBytes(new byte[] {1, 2}))).isEqualTo("420102");
        assertThat(written(out -> out.writeText("aü"))).isEqualTo("6361c3bc");
        assertThat(written(CborWriter::writeNull)).isEqualTo("f6");
        assertThat(written(out -> out.writeEncoded(new byte[] {9, 0x18, 0x18, 9}, 1, 2)))
                .isEqualTo("1818");
    }

    @Test
    void theBufferGrowsWithTheOutput() throws CborException {
        byte[] large = new byte[100_000];
        large[99_999] = 7;
        CborWriter writer = new CborWriter();
        writer.writeArrayHeader(101);
        for (int i = 0; i < 100; i++) {
            writer.writeUnsigned(i);
        }
        writer.writeBytes(large);
        CborReader reader = CborItem.of(writer.toByteArray()).reader();
        assertThat(reader.readArrayHeader()).isEqualTo(101);
        for (int i = 0; i < 100; i++) {
            assertThat(reader.readUnsigned()).isEqualTo(i);
        }
        assertThat(reader.readBytes()).isEqualTo(large);
    }

    private static String written(Consumer<CborWriter> write) {
        CborWriter writer = new CborWriter();
        write.accept(writer);
        return HexFormat.of().formatHex(writer.toByteArray());
    }
}
