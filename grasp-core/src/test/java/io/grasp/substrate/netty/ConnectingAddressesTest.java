package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConnectingAddressesTest {
    private final ConnectingAddresses halfOpen = ConnectingAddresses.parse(List.of(
            "  sl  local_address                         remote_address                        st tx_queue rx_queue",
            "   0: 72616AFD70737069000000000001000A:8C3C 72616AFD70737069000000009900000A:1F90 02 00000001:00000000",
            "   1: 72616AFD70737069000000000001000A:8C3E 72616AFD70737069000000009900000A:1F91 01 00000000:00000000",
            "   2: 0000000000000000FFFF00000100000A:8C40 0000000000000000FFFF00000200000A:1F90 02 00000001:00000000",
            "   3: 000080FE00000000FF00FC00010000FE:8C42 000080FE00000000FF00FC00020000FE:1F90 02 00000001:00000000",
            "   0: 0100000A:8C44 0300000A:1F90 02 00000001:00000000 01:00000064 00000000"));

    @BeforeAll
    static void requireLittleEndian() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the lines are of such a machine");
    }

    private static InetSocketAddress peer(String address, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }

    @Test
    void theLocalAddressOfAConnectionBeingOpenedIsFound() throws UnknownHostException {
        assertThat(halfOpen.local(peer("fd6a:6172:6970:7370::a00:99", 8080)))
                .isEqualTo(InetAddress.getByName("fd6a:6172:6970:7370::a00:100"));
        assertThat(halfOpen.local(peer("10.0.0.2", 8080))).isEqualTo(InetAddress.getByName("10.0.0.1"));
        assertThat(halfOpen.local(peer("10.0.0.3", 8080))).isEqualTo(InetAddress.getByName("10.0.0.1"));
    }

    @Test
    void noAddressIsFoundForOpenOrUnknownConnections() throws UnknownHostException {
        assertThat(halfOpen.local(peer("fd6a:6172:6970:7370::a00:99", 8081))).isNull();
        assertThat(halfOpen.local(peer("fd00::1", 8080))).isNull();
    }

    @Test
    void aLinkLocalAddressHasThePeersScope() throws UnknownHostException {
        byte[] remote = InetAddress.getByName("fe80::fc:ff:fe00:2").getAddress();
        InetAddress local = halfOpen.local(new InetSocketAddress(Inet6Address.getByAddress(null, remote, 7), 8080));
        assertThat(local).isEqualTo(InetAddress.getByName("fe80::fc:ff:fe00:1"));
        assertThat(((Inet6Address) local).getScopeId()).isEqualTo(7);
    }
}
