package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Peer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Names of peers without certificates. */
class PeerNameTest {
    private static String name(String address, String link, int index) throws UnknownHostException {
        byte[] bytes = InetAddress.getByName(address).getAddress();
        InetAddress scoped =
                bytes.length == 16 ? Inet6Address.getByAddress(null, bytes, index) : InetAddress.getByAddress(bytes);
        return PeerName.of(new Peer(scoped, 7017, link, index, false));
    }

    @Test
    void aLinkLocalAddressIsThatOfAnotherPeerOnAnotherLink() throws UnknownHostException {
        assertThat(name("fe80::1", "eth0", 2)).isEqualTo("fe80::1%eth0");
        assertThat(name("fe80::1", "eth1", 3)).isEqualTo("fe80::1%eth1");
    }

    @Test
    void theNameIsTheSameWhenTheInterfaceHasAnotherIndexAfterARestart() throws UnknownHostException {
        assertThat(name("fe80::1", "eth0", 7)).isEqualTo("fe80::1%eth0");
    }

    @Test
    void otherAddressesAreTheSameOnAllLinks() throws UnknownHostException {
        assertThat(name("2001:db8::1", "eth0", 2)).isEqualTo("2001:db8::1");
        assertThat(name("192.0.2.1", "eth1", 3)).isEqualTo("192.0.2.1");
    }
}
