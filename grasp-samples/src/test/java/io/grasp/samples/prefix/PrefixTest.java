package io.grasp.samples.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
    private static final Prefix V6 = Prefix.parse("2001:db8::/32");
    private static final Prefix V4 = Prefix.parse("10.0.0.0/8");

    @Test
    void addressesAreWholeWhateverTheLength() {
        assertThat(V6.address()).isEqualTo(HexFormat.of().parseHex("20010db8000000000000000000000000"));
        assertThat(V4.address()).isEqualTo(new byte[] {10, 0, 0, 0});
        assertThat(Prefix.of(AddressFamily.IPV6, V6.address(), 32))
                .isEqualTo(V6)
                .hasToString("2001:db8::/32");
        assertThat(Prefix.of(AddressFamily.IPV4, V4.address(), 8)).isEqualTo(V4).hasToString("10.0.0.0/8");
        assertThat(V6.size()).isEqualTo(BigInteger.TWO.pow(96));
    }

    @Test
    void halvesAreMergedToTheirParent() {
        assertThat(V6.halves()).containsExactly(Prefix.parse("2001:db8::/33"), Prefix.parse("2001:db8:8000::/33"));
        assertThat(V4.halves()).containsExactly(Prefix.parse("10.0.0.0/9"), Prefix.parse("10.128.0.0/9"));
        for (Prefix whole : List.of(V6, V4, Prefix.parse("2001:db8::4/127"), Prefix.parse("10.0.0.2/31"))) {
            Prefix lower = whole.halves().get(0);
            Prefix upper = whole.halves().get(1);
            assertThat(lower.sibling()).isEqualTo(upper);
            assertThat(upper.sibling()).isEqualTo(lower);
            assertThat(lower.parent()).isEqualTo(whole);
            assertThat(upper.parent()).isEqualTo(whole).hasSameHashCodeAs(whole);
            assertThat(lower.overlaps(upper)).isFalse();
            assertThat(whole.contains(upper)).isTrue();
            assertThat(upper.contains(whole)).isFalse();
            assertThat(upper.overlaps(whole)).isTrue();
        }
        assertThatIllegalStateException().isThrownBy(Prefix.parse("2001:db8::1/128")::halves);
        assertThatIllegalStateException().isThrownBy(Prefix.parse("::/0")::parent);
    }

    @Test
    void aPrefixStandsBeforeThoseThatItContains() {
        List<Prefix> ordered = Stream.of(
                        "2001:db8::/32",
                        "2001:db8::/33",
                        "2001:db8::/64",
                        "2001:db8:0:1::/64",
                        "ff00::/8",
                        "10.0.0.0/8",
                        "10.0.0.0/9",
                        "200.0.0.0/8")
                .map(Prefix::parse)
                .toList();
        assertThat(ordered.stream().sorted()).containsExactlyElementsOf(ordered);
        assertThat(Prefix.parse("::/0").contains(Prefix.parse("0.0.0.0/0"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "x", "2001:db8::", "10.0.0.0", "2001:db8::1/32", "10.0.0.1/8", "2001:db8::/129", "10.0.0.0/33",
                "10.0.0.0/-1", "10.*.0.0/8", "10.0-5.0.0/16", "10.0.0.0/255.0.0.0", "10.0/8", "*", "/64", "a_b/8",
                "2001:db8::%eth0/32", "012.0.0.0/8", "0xa.0.0.0/8", "2001:db8::/32 ", "::1\u202e/128"
            })
    void textThatIsNoPrefixIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prefix.parse(text))
                .satisfies(refused -> assertThat(refused.getMessage()).matches("\\p{Print}+"));
    }

    @Test
    void bytesThatAreNoPrefixAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Prefix.of(AddressFamily.IPV6, new byte[4], 8));
        assertThatIllegalArgumentException().isThrownBy(() -> Prefix.of(AddressFamily.IPV4, new byte[16], 8));
        assertThatIllegalArgumentException().isThrownBy(() -> Prefix.of(AddressFamily.IPV4, new byte[4], 33));
        assertThatIllegalArgumentException().isThrownBy(() -> Prefix.of(AddressFamily.IPV4, new byte[4], -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prefix.of(AddressFamily.IPV4, new byte[] {10, 0, 0, 1}, 31))
                .withMessageContaining("bits beyond its length of 31");
    }

    @Test
    void onlyUnicastPrefixesBeyondOneLinkAreAssignable() {
        assertThat(Stream.of("2001:db8::/32", "fd00::/8", "10.0.0.0/8", "192.0.2.0/24", "2000::/3")
                        .map(Prefix::parse))
                .allMatch(Prefix::isAssignable);
        assertThat(Stream.of(
                                "::/0",
                                "::1/128",
                                "::ffff:10.0.0.0/104",
                                "fe80::/64",
                                "ff02::/16",
                                "f000::/4",
                                "0.0.0.0/0",
                                "127.0.0.1/32",
                                "169.254.1.0/24",
                                "224.0.0.0/4",
                                "240.0.0.0/8")
                        .map(Prefix::parse))
                .noneMatch(Prefix::isAssignable);
    }

    @Test
    void textIsReadAgain() {
        SplittableRandom random = new SplittableRandom(8992);
        for (int i = 0; i < 2_000; i++) {
            AddressFamily family = random.nextBoolean() ? AddressFamily.IPV6 : AddressFamily.IPV4;
            int length = random.nextInt(family.bits() + 1);
            byte[] address = new byte[family.bytes()];
            for (int bit = 0; bit < length; bit++) {
                if (random.nextInt(4) == 0) {
                    address[bit / 8] |= (byte) (0x80 >> bit % 8);
                }
            }
            Prefix prefix = Prefix.of(family, address, length);
            assertThat(prefix.address()).isEqualTo(address);
            assertThat(Prefix.parse(prefix.toString())).isEqualTo(prefix);
        }
    }
}
