package io.grasp.engine.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficSourceTest {
    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8::1, 2001:db8::2, true",
        "2001:db8::1, 2001:db8:0:0:ffff::1, true",
        "2001:db8::1, 2001:db8:0:1::1, false",
        "192.0.2.1, 192.0.2.254, true",
        "192.0.2.1, 192.0.3.1, false",
        "192.0.2.1, ::ffff:192.0.2.7, true",
        "192.0.2.1, 2001:db8::1, false"
    })
    void addressesOfOneNetworkBeyondTheLinkAreOneSource(String one, String other, boolean same) throws Exception {
        assertThat(TrafficSource.beyondLink(2, address(one)).equals(TrafficSource.beyondLink(2, address(other))))
                .isEqualTo(same);
        assertThat(TrafficSource.onLink(2, address(one))).isNotEqualTo(TrafficSource.onLink(2, address(other)));
    }

    @Test
    void sameAddressOnAnotherLinkIsAnotherSource() throws Exception {
        InetAddress address = address("fe80::1");

        assertThat(TrafficSource.onLink(1, address))
                .isEqualTo(TrafficSource.onLink(1, address("fe80::1")))
                .isNotEqualTo(TrafficSource.onLink(2, address))
                .isNotEqualTo(TrafficSource.beyondLink(1, address));
    }

    @Test
    void aMemberIsItsCertificateOnEachLink() {
        AcpNodeName name = AcpNodeName.parse("@example.com");
        PeerIdentity first = new PeerIdentity(name, "f".repeat(32) + "0".repeat(32));
        PeerIdentity renewed = new PeerIdentity(name, "f".repeat(31) + "0".repeat(33));

        assertThat(TrafficSource.member(TrafficSource.NO_LINK, first))
                .isEqualTo(new TrafficSource(TrafficSource.NO_LINK, -1, -1))
                .isNotEqualTo(TrafficSource.member(1, first))
                .isNotEqualTo(TrafficSource.member(TrafficSource.NO_LINK, renewed));
    }

    @Test
    void orderIsConsistentWithEquality() throws Exception {
        TrafficSource one = TrafficSource.onLink(1, address("fe80::1"));
        TrafficSource other = TrafficSource.onLink(1, address("fe80::2"));

        assertThat(one).isLessThan(other).isLessThan(TrafficSource.onLink(2, address("fe80::1")));
        assertThat(one).isEqualByComparingTo(TrafficSource.onLink(1, address("fe80::1")));
        assertThat(TrafficSource.ofThisNode()).isLessThan(one);
    }
}
