package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimAddressesTest {
    @ParameterizedTest
    @CsvSource({
        "1, 2, fe80::1:2",
        "65535, 65535, fe80::ffff:ffff",
        "65536, 1, fe80:0:0:0:1:0:0:1",
        "1, 65536, fe80:0:0:0:0:1:1:0",
        "2000000, 1000000, fe80:0:0:0:1e:f:8480:4240",
        "2147483647, 2147483646, fe80:0:0:0:7fff:7fff:ffff:fffe",
    })
    void aLinkLocalAddressContainsTheNumbersOfItsLinkAndNode(int link, int node, String text)
            throws UnknownHostException {
        InetAddress address = SimAddresses.linkLocal(link, node, 0);
        assertThat(address.getAddress()).isEqualTo(InetAddress.getByName(text).getAddress());
        assertThat(address.isLinkLocalAddress()).isTrue();
        assertThat(SimAddresses.node(address)).isEqualTo(node);
    }

    @Test
    void aUniqueLocalAddressContainsTheNumberOfItsNode() throws UnknownHostException {
        assertThat(SimAddresses.uniqueLocal(0x12_3456)).isEqualTo(InetAddress.getByName("fd00::12:3456"));
    }
}
