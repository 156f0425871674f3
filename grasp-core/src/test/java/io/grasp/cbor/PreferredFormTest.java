package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import com.upokecenter.cbor.CBOREncodeOptions;
import com.upokecenter.cbor.CBORObject;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferredFormTest {
    @ParameterizedTest
    @CsvSource({
        // heads
        "1800, 00",
        "190018, 1818",
        "1a000000ff, 18ff",
        "1b00000000ffffffff, 1affffffff",
        "1bffffffffffffffff, 1bffffffffffffffff",
        "3b0000000000000000, 20",
        "580161, 4161",
        "7b000000000000000161, 6161",
        "9a00000001f6, 81f6",
        "b90001f6f5, a1f6f5",
        "d90018f6, d818f6",
        // indefinite lengths
        "5fff, 40",
        "5f41014102ff, 420102",
        "7f61c361bcff, 62c3bc",
        "9fff, 80",
        "9f9f01ff9fffff, 8281" + "0180",
        "bf61629f01ff6161bfffff, a2616281016161a0",
        "d8189f01ff, d8188101",
        "9f81bf0102ffff, 8181a10102",
        // numbers
        "fb3ff8000000000000, f93e00",
        "fa3fc00000, f93e00",
        "fb40f86a0000000000, fa47c35000",
        "fb3ff199999999999a, fb3ff199999999999a",
        "fb7ff8000000000000, f97e00",
        "fa7fc00000, f97e00",
        "fb7ff8000000000001, fb7ff8000000000001",
        "fb7ff0000020000000, fa7f800001",
        "fa7f802000, f97c01",
        "fbfff8000000000000, f9fe00",
        "fb3e70000000000000, f90001",
        "fb3e60000000000000, fa33000000",
        "fb40f0000000000000, fa47800000",
        "fb36a0000000000000, fa00000001",
        "fb8000000000000000, f98000",
        // bignums
        "c240, 00",
        "c24105, 05",
        "c25f41014100ff, 190100",
        "c24900ffffffffffffffff, 1bffffffffffffffff",
        "c34900ffffffffffffffff, 3bffffffffffffffff",
        "c2581a0000000000000000000000000000000001ffffffffffffffffff, c24a01ffffffffffffffffff",
        "c20a, c20a",
        "c48221c24107, c4822107",
        // items without another form
        "f6, f6",
        "f8ff, f8ff",
        "e0, e0",
    })
    void itemsAreRewrittenInPreferredForm(String hex, String preferred) throws CborException {
        CborItem item = CborItem.of(HexFormat.of().parseHex(hex));
        assertThat(item.preferred()).hasToString(preferred);
        assertThat(item.preferred().equals(item)).isEqualTo(item.preferred() == item);
    }

    @Test
    void everyNumberThatFitsAHalfIsWrittenAsAHalf() throws CborException {
        for (int half = 0; half <= 0xFFFF; half++) {
            int nanBits = (half & 0x8000) << 16 | 0x7F80_0000 | (half & 0x3FF) << 13;
            double value = Floats.halfToDouble(half);
            int single = Double.isNaN(value) ? nanBits : Float.floatToRawIntBits((float) value);
            String hex = String.format("f9%04x", half);
            assertThat(preferred(String.format("fa%08x", single))).isEqualTo(hex);
            long bits = Double.isNaN(value)
                    ? (half & 0x8000L) << 48 | 0x7FF0_0000_0000_0000L | (half & 0x3FFL) << 42
                    : Double.doubleToRawLongBits(value);
            assertThat(preferred(String.format("fb%016x", bits))).isEqualTo(hex);
        }
    }

    /** The reference writes the same shortest form, except for maps and NaNs, whose order and payload it does not keep. */
    @Test
    void doublesAreWrittenAsAnotherEncoderWritesThem() throws CborException {
        SplittableRandom random = new SplittableRandom(11);
        CBOREncodeOptions shortest = new CBOREncodeOptions("ctap2canonical=false;float64=false");
        for (int i = 0; i < 20_000; i++) {
            long bits = random.nextLong();
            bits &= -1L << random.nextInt(64); // often few digits
            if (random.nextBoolean()) {
                bits = bits & ~(0x7FFL << 52) | (1023L - 30 + random.nextInt(60)) << 52; // often within a half's range
            }
            double value = Double.longBitsToDouble(bits);
            if (!Double.isNaN(value)) {
                String hex =
                        HexFormat.of().formatHex(CBORObject.FromObject(value).EncodeToBytes(shortest));
                assertThat(preferred(String.format("fb%016x", bits))).isEqualTo(hex);
            }
        }
    }

    /** The value is the same, the second time changes nothing, nothing grows, and nothing indefinite is left. */
    @Test
    void anyItemKeepsItsValue() throws CborException {
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < 5_000; i++) {
            CborItem item = CborItem.of(CborGenerator.item(random, 5));
            CborItem preferred = item.preferred();
            CborScanner.requireSingleItem(preferred.bytes(), 0, preferred.length(), CborLimits.UNBOUNDED);
            assertThat(preferred.preferred()).as("%s", item).isSameAs(preferred);
            assertThat(preferred.length()).isLessThanOrEqualTo(item.length());
            assertThat(preferred.diagnostic()).as("%s", item).doesNotContain("_");
        }
    }

    @Test
    void aDeepItemDoesNotOverflowTheStack() {
        byte[] deep = new byte[200_000];
        Arrays.fill(deep, (byte) 0x81);
        deep[deep.length - 1] = 0;
        CborItem item = CborItem.wrap(deep, 0, deep.length);
        assertThat(item.preferred()).isSameAs(item);

        byte[] indefinite = new byte[2 * deep.length - 1];
        Arrays.fill(indefinite, 0, deep.length - 1, (byte) 0x9f);
        Arrays.fill(indefinite, deep.length, indefinite.length, (byte) 0xff);
        assertThat(CborItem.wrap(indefinite, 0, indefinite.length).preferred()).isEqualTo(item);
    }

    private static String preferred(String hex) throws CborException {
        return CborItem.of(HexFormat.of().parseHex(hex)).preferred().toString();
    }
}
