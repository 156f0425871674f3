package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules and examples of RFC 5952 section 4 and 5. */
class AddressTextTest {
    private static Inet6Address ipv6(byte[] bytes, int scope) {
        try {
            return Inet6Address.getByAddress("host.example", bytes, scope);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // 4.1: no leading zeros; 4.3: lower case
        "20010db8aaaabbbbccccddddeeee0001, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
        "20010db80000000000000000abcdef12, 2001:db8::abcd:ef12",
        // 4.2.1: shorten as much as possible
        "20010db8000000000000000000000001, 2001:db8::1",
        "20010db8000000000000000000020001, 2001:db8::2:1",
        // 4.2.2: a single group is not omitted
        "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1",
        "00000001000100010001000100010001, 0:1:1:1:1:1:1:1",
        "00010001000100010001000100010000, 1:1:1:1:1:1:1:0",
        // 4.2.3: the longest run; of equal runs, the first
        "20010000000000010000000000000001, 2001:0:0:1::1",
        "20010db8000000000001000000000001, 2001:db8::1:0:0:1",
        "fd120000000000010000000000000001, fd12:0:0:1::1",
        "00010000000000020000000000030000, 1::2:0:0:3:0",
        "00000000000100000000000100000000, ::1:0:0:1:0:0",
        "00000000000000010000000000000000, 0:0:0:1::",
        // The position of the run
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "00010000000000000000000000000000, 1::",
        "00000001000000000000000000000000, 0:1::",
        "00100100000000000000000001000010, 10:100::100:10",
        "10001000100010001000100010001000, 1000:1000:1000:1000:1000:1000:1000:1000",
        "fe80000000000000000000000000000a, fe80::a",
        "ff020000000000000000000000000013, ff02::13",
        // 5: an embedded IPv4 address is printed as such if the prefix identifies it
        "00000000000000000000ffffc0000201, ::ffff:192.0.2.1",
        "00000000000000000000ffff00000000, ::ffff:0.0.0.0",
        "0064ff9b0000000000000000c0000221, 64:ff9b::c000:221",
        "000000000000000000000000c0000201, ::c000:201",
        "00000000000000000001ffffc0000201, ::1:ffff:c000:201"
    })
    void anIpv6AddressIsPrintedAsRfc5952Recommends(String bytes, String text) {
        byte[] address = HexFormat.of().parseHex(bytes);
        assertThat(AddressText.of(ipv6(address, -1))).isEqualTo(text);
        assertThat(AddressText.of(ipv6(address, 3))).as("with a zone").isEqualTo(text);
    }

    @Test
    void nettyPrintsEveryAddressInTheSameWay() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[16];
            for (int group = 0; group < 8; group++) {
                int value = random.nextInt(3) == 0 ? random.nextInt(1 << random.nextInt(17)) : 0;
                bytes[2 * group] = (byte) (value >> Byte.SIZE);
                bytes[2 * group + 1] = (byte) value;
            }
            Inet6Address address = ipv6(bytes, -1);
            String text = AddressText.of(address);
            if (!text.contains(".")) {
                assertThat(text).as("seed %d", seed).isEqualTo(NetUtil.toAddressString(address));
            }
            assertThat(PeerAddresses.literal(text))
                    .as(text)
                    .satisfiesAnyOf(
                            read -> assertThat(read).isEqualTo(address),
                            read -> assertThat(read).isEqualTo(PeerAddresses.plain(address)));
        }
    }

    @Test
    void anIpv4AddressIsPrintedInDottedForm() throws UnknownHostException {
        assertThat(AddressText.of(InetAddress.getByAddress("host.example", new byte[] {(byte) 192, 0, 2, 1})))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void aSocketAddressHasBracketsAndItsZone() throws UnknownHostException {
        Inet6Address linkLocal = ipv6(InetAddress.getByName("fe80::1").getAddress(), 3);
        assertThat(AddressText.of(new InetSocketAddress(linkLocal, 7017))).isEqualTo("[fe80::1%3]:7017");
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.getByName("2001:db8::a"), 1)))
                .isEqualTo("[2001:db8::a]:1");
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 80)))
                .isEqualTo("192.0.2.1:80");
        assertThat(AddressText.of(InetSocketAddress.createUnresolved("example.org", 80)))
                .isEqualTo("example.org:80");
    }

    @Test
    void onThisHostAZoneIsTheNameOfTheInterface() throws Exception {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();

        assertThat(AddressText.onThisHost(new InetSocketAddress(ipv6(linkLocal, loopback.getIndex()), 7017)))
                .isEqualTo("[fe80::1%" + loopback.getName() + "]:7017");
        assertThat(AddressText.onThisHost(new InetSocketAddress(ipv6(linkLocal, 1 << 30), 7017)))
                .isEqualTo("[fe80::1%1073741824]:7017");
        for (String other : List.of("::1", "192.0.2.1", "fe80::1")) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(other), 80);
            assertThat(AddressText.onThisHost(address)).isEqualTo(AddressText.of(address));
        }
        assertThat(AddressText.onThisHost(InetSocketAddress.createUnresolved("example.org", 80)))
                .isEqualTo("example.org:80");
    }

    /** A record with addresses in it. */
    public record Place(
            String name, InetAddress address, @Nullable InetSocketAddress at) {}

    @Test
    void aRecordIsPrintedWithItsAddresses() throws UnknownHostException {
        InetAddress address = InetAddress.getByName("fd12:0:0:1::1");
        assertThat(AddressText.ofRecord(new Place("here", address, new InetSocketAddress(address, 7))))
                .isEqualTo("Place[name=here, address=fd12:0:0:1::1, at=[fd12:0:0:1::1]:7]");
        assertThat(AddressText.ofRecord(new Place("here", address, null)))
                .isEqualTo("Place[name=here, address=fd12:0:0:1::1, at=null]");
    }
}
