package io.grasp.samples.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.Decoded;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.UnfitValueException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixValueTest {
    private static final Prefix OFFERED = Prefix.parse("2001:db8:4000::/34");
    private static final Prefix OFFERED_V4 = Prefix.parse("10.0.16.0/20");

    /** The bytes of RFC 8992's CDDL, and those that cbor.dumps of Python writes for the lists of pfxm3.py. */
    @Test
    void valuesAreThoseOfTheRfcAndOfGraspy() throws Exception {
        assertSame("8118 3f", PrefixValue.request(PrefixForm.BASE, AddressFamily.IPV6, 63));
        assertSame(
                "8218 2250 20010db8400000000000000000000000",
                PrefixValue.request(PrefixForm.BASE, AddressFamily.IPV6, 33).offer(OFFERED));
        assertSame("8206 183f", PrefixValue.request(PrefixForm.EXTENDED, AddressFamily.IPV6, 63));
        assertSame("8204 14", PrefixValue.request(PrefixForm.EXTENDED, AddressFamily.IPV4, 20));
        assertSame(
                "8306 1822 50 20010db8400000000000000000000000",
                PrefixValue.request(PrefixForm.EXTENDED, AddressFamily.IPV6, 33).offer(OFFERED));
        assertSame(
                "8304 14 44 0a001000",
                PrefixValue.request(PrefixForm.EXTENDED, AddressFamily.IPV4, 20).offer(OFFERED_V4));
        assertSame("8306 183f f6", PrefixValue.request(PrefixForm.EXTENDED_WITH_NULL, AddressFamily.IPV6, 63));
        assertSame("8304 14 f6", PrefixValue.request(PrefixForm.EXTENDED_WITH_NULL, AddressFamily.IPV4, 20));
    }

    private static void assertSame(String hex, PrefixValue value) throws CborException {
        assertThat(PrefixObjectives.PREFIX_MANAGER.encode(value)).isEqualTo(cbor(hex));
        assertThat(decode(hex)).isEqualTo(new Decoded.Value<>(value, List.of()));
    }

    @Test
    void anOfferAnswersInTheFormOfTheRequest() throws Exception {
        PrefixValue request = (PrefixValue) value("8306 183f f6");
        assertThat(PrefixObjectives.PREFIX_MANAGER.encode(request.offer(OFFERED)))
                .isEqualTo(cbor("8306 1822 50 20010db8400000000000000000000000"));
        PrefixValue base = (PrefixValue) value("8118 3f");
        assertThat(base.offer(OFFERED).form()).isEqualTo(PrefixForm.BASE);
        assertThatIllegalArgumentException().isThrownBy(() -> base.offer(OFFERED_V4));
    }

    @Test
    void graspysRawCborIsRead() throws Exception {
        assertThat(value("d818 45 8306183ff6"))
                .isEqualTo(PrefixValue.request(PrefixForm.EXTENDED_WITH_NULL, AddressFamily.IPV6, 63));
    }

    @Test
    void indefiniteArraysAndLongNumbersAreRead() throws Exception {
        assertThat(value("9f 1a00000006 190014 f6 ff"))
                .isEqualTo(PrefixValue.request(PrefixForm.EXTENDED_WITH_NULL, AddressFamily.IPV6, 20));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "05                                                 | | an array was expected",
                "80                                                 | | the length is missing",
                "8401020304                                         | | an array of at most 3 elements was expected",
                "811881                                             | /0 | an integer from 0 to 128 was expected",
                "8120                                               | /0 | an integer from 0 to 128 was expected",
                "81f6                                               | /0 | an integer from 0 to 128 was expected",
                "8161 36                                            | /0 | an integer from 0 to 128 was expected",
                "82181f f5                                          | /1 | a byte string was expected",
                "821820 44 20010db8                                 | /1 | an address of IPv6 has 16 bytes, not 4",
                "83182050 20010db8000000000000000000000000 01       | | an array of at most 2 elements was expected",
                "820518 20                                          | /0 | the version of IP is neither 6 nor 4",
                "82041821                                           | /1 | an integer from 0 to 32 was expected",
                "82061881                                           | /1 | an integer from 0 to 128 was expected",
                "82063820                                           | /1 | an integer from 0 to 128 was expected",
                "83061820 44 20010db8                               | /2 | an address of IPv6 has 16 bytes, not 4",
                "83041450 20010db8000000000000000000000000          | /2 | an address of IPv4 has 4 bytes, not 16",
                "83061820 50 20010db8000000000000000000000001 | /2 | 2001:db8::1/32 has bits beyond its length of 32",
                "83061820 f7                                        | /2 | a byte string was expected",
                "d83682183f48 0000000000000000                      | | an array was expected",
            })
    void aValueThatDoesNotFitIsRefusedWithItsPlace(String hex, String path, String error) throws Exception {
        Decoded.Unfit<PrefixValue> unfit = (Decoded.Unfit<PrefixValue>) decode(hex);
        assertThat(unfit.reason()).isEqualTo(path == null ? "invalid value" : "invalid value at " + path);
        UnfitValueException cause =
                catchThrowableOfType(UnfitValueException.class, () -> PrefixValueCodec.decode(cbor(hex)));
        assertThat(cause).hasMessage(path == null ? error : error + ", at " + path);
        assertThat(cause.pointer()).isEqualTo(path == null ? "" : path);
        assertThat(unfit.failure().getMessage()).contains(cause.getMessage());
    }

    /** Whatever it is, a value is read or refused, and what is read is written so that it is read again. */
    @Test
    void changedValuesAreReadOrRefused() throws Exception {
        SplittableRandom random = new SplittableRandom(8992);
        int read = 0;
        for (String hex :
                List.of("8306182250 20010db8400000000000000000000000", "83041444 0a001000", "8306183ff6", "8118 3f")) {
            byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
            for (int i = 0; i < 2_000; i++) {
                byte[] changed = bytes.clone();
                for (int j = random.nextInt(3); j >= 0; j--) {
                    changed[random.nextInt(Math.min(changed.length, 8))] = (byte) random.nextInt(256);
                }
                ObjectiveValue value;
                try {
                    value = ObjectiveValue.ofItem(CborItem.of(changed));
                } catch (CborException e) {
                    continue;
                }
                if (PrefixObjectives.PREFIX_MANAGER.decode(value) instanceof Decoded.Value<PrefixValue> decoded) {
                    read++;
                    assertThat(PrefixValueCodec.decode(PrefixValueCodec.encode(decoded.value())))
                            .isEqualTo(decoded.value());
                } else {
                    assertThatThrownBy(() -> PrefixValueCodec.decode(value)).isInstanceOf(UnfitValueException.class);
                }
            }
        }
        assertThat(read).isGreaterThan(100);
    }

    @Test
    void aMissingValueIsRefused() {
        Decoded.Unfit<PrefixValue> unfit =
                (Decoded.Unfit<PrefixValue>) PrefixObjectives.PREFIX_MANAGER.decode(ObjectiveValue.NONE);
        assertThat(unfit.reason()).isEqualTo("no value");
    }

    private static PrefixValue value(String hex) throws CborException {
        return ((Decoded.Value<PrefixValue>) decode(hex)).value();
    }

    private static Decoded<PrefixValue> decode(String hex) throws CborException {
        return PrefixObjectives.PREFIX_MANAGER.decode(cbor(hex));
    }

    private static ObjectiveValue cbor(String hex) throws CborException {
        return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }
}
