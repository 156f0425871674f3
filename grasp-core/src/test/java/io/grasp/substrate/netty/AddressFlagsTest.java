package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressFlagsTest {
    private final AddressFlags flags = AddressFlags.parse(List.of(
            "fe8000000000000000fc00fffe000001 04 40 20 80     eth0",
            "fe8000000000000000fc00fffe000001 05 40 20 c0     eth1",
            "fe8000000000000000fc00fffe000002 05 40 20 44     eth1",
            "fe8000000000000000fc00fffe000003 05 40 20 c8     eth1",
            "fd000000000000000000000000000002 0a 40 00 01     eth2",
            "fd000000000000000000000000000003 0a 40 00 21     eth2"));

    @Test
    void aTentativeAddressIsNotUsableUnlessOptimistic() throws UnknownHostException {
        assertThat(flags.isUsable(InetAddress.getByName("fe80::fc:ff:fe00:1"), 4))
                .isTrue();
        assertThat(flags.isUsable(InetAddress.getByName("fe80::fc:ff:fe00:1"), 5))
                .isFalse();
        assertThat(flags.isUsable(InetAddress.getByName("fe80::fc:ff:fe00:2"), 5))
                .isTrue();
    }

    @Test
    void aDuplicateAddressIsNotUsable() throws UnknownHostException {
        assertThat(flags.isUsable(InetAddress.getByName("fe80::fc:ff:fe00:3"), 5))
                .isFalse();
    }

    @Test
    void temporaryAndDeprecatedAddressesAreKnown() throws UnknownHostException {
        assertFlags("fe80::fc:ff:fe00:1", 4, false, false);
        assertFlags("fd00::2", 10, false, true);
        assertFlags("fd00::3", 10, true, true);
    }

    @Test
    void anOptimisticAddressIsDeprecatedWhileItIsChecked() throws UnknownHostException {
        assertFlags("fe80::fc:ff:fe00:2", 5, true, false);
    }

    private void assertFlags(String address, int index, boolean deprecated, boolean temporary)
            throws UnknownHostException {
        InetAddress read = InetAddress.getByName(address);
        assertThat(flags.isDeprecated(read, index)).isEqualTo(deprecated);
        assertThat(flags.isTemporary(read, index)).isEqualTo(temporary);
    }

    @Test
    void anAddressThatIsNotListedHasNoFlags() throws UnknownHostException {
        assertThat(flags.isUsable(InetAddress.getByName("192.0.2.1"), 4)).isTrue();
        assertFlags("192.0.2.1", 4, false, false);
    }
}
