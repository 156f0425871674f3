package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The default order of peers. */
class PeerSelectorTest {
    private static AsaLocator at(String address, boolean diverted) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            Locator locator = parsed instanceof Inet4Address ipv4
                    ? new Locator.Ipv4(ipv4, Locator.TCP, 7017)
                    : new Locator.Ipv6((Inet6Address) parsed, Locator.TCP, 7017);
            return of(locator, diverted);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static AsaLocator of(Locator locator, boolean diverted) {
        return new AsaLocator(locator, "lan", 1, diverted, Duration.ofMinutes(1));
    }

    @Test
    @Proves("8990-2.5.4.3-17")
    void theBestPeerComesFirst() {
        AsaLocator linkLocal = at("fe80::1", false);
        AsaLocator ula = at("fd12::1", false);
        AsaLocator global = at("2001:db8::1", false);
        AsaLocator ipv4 = at("192.0.2.1", false);
        AsaLocator name = of(new Locator.Fqdn("peer.example", Locator.TCP, 7017), false);
        AsaLocator diverted = at("fd12::2", true);
        AsaLocator divertedIpv4 = at("192.0.2.2", true);

        assertThat(PeerSelector.DEFAULT.select(List.of(divertedIpv4, diverted, name, ipv4, global, ula, linkLocal)))
                .containsExactly(linkLocal, ula, global, ipv4, name, diverted, divertedIpv4);
    }

    @Test
    void equallyGoodPeersKeepTheirOrder() {
        AsaLocator first = at("fd12::2", false);
        AsaLocator second = at("fc00::1", false);
        AsaLocator third = at("fd12::1", false);
        assertThat(PeerSelector.DEFAULT.select(List.of(first, second, third))).containsExactly(first, second, third);
    }

    @Test
    @Proves("8990-2.5.3-5")
    void locatorsThatCannotBeConnectedToAreLeftOut() throws UnknownHostException {
        AsaLocator uri = of(new Locator.Uri("https://peer.example/", Locator.TCP, 443), false);
        AsaLocator bare = of(Locator.uri("coap://peer.example/"), false);
        AsaLocator udp =
                of(new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.UDP, 7017), false);
        assertThat(PeerSelector.DEFAULT.select(List.of(uri, bare, udp))).isEmpty();
    }
}
