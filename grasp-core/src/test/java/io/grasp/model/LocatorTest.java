package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class LocatorTest {
    @Test
    void aHostIsAnAddressOrAName() throws UnknownHostException {
        assertThat(Locator.tcp("2001:db8::1", 7000))
                .isEqualTo(new Locator.Ipv6((Inet6Address) InetAddress.getByName("2001:db8::1"), Locator.TCP, 7000));
        assertThat(Locator.udp("192.0.2.1", 7017))
                .isEqualTo(new Locator.Ipv4((Inet4Address) InetAddress.getByName("192.0.2.1"), Locator.UDP, 7017));
        assertThat(Locator.tcp("asa.example.net", 7000))
                .isEqualTo(new Locator.Fqdn("asa.example.net", Locator.TCP, 7000));
    }

    /** BlockHound makes a lookup fail on a thread of this scheduler. */
    @ParameterizedTest
    @ValueSource(strings = {"999.1.1.1", "localhost", "127.1"})
    void aNameIsNotLookedUp(String name) {
        assertThat(Mono.fromSupplier(() -> Locator.tcp(name, 1))
                        .subscribeOn(Schedulers.parallel())
                        .block())
                .isEqualTo(new Locator.Fqdn(name, Locator.TCP, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void aPortBeyondSixteenBitsIsRefused(int port) {
        assertThatIllegalArgumentException().isThrownBy(() -> Locator.tcp("::1", port));
    }

    @Test
    void sessionsUseAddressesAndNamesWithTcpOnly() {
        assertThat(Locator.tcp("2001:db8::1", 7000).isForSessions()).isTrue();
        assertThat(Locator.tcp("asa.example.net", 7000).isForSessions()).isTrue();
        assertThat(Locator.udp("2001:db8::1", 7000).isForSessions()).isFalse();
        assertThat(new Locator.Uri("https://asa.example.net/", Locator.TCP, 443).isForSessions())
                .isFalse();
        assertThat(Locator.uri("https://asa.example.net/").isForSessions()).isFalse();
    }
}
