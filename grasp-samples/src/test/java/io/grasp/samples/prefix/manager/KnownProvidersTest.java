package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.text.NodeAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Providers on two links with the same link-local address are two providers. */
class KnownProvidersTest {
    private static final Prefix PREFIX = Prefix.parse("2001:db8::/56");

    private final KnownProviders providers = new KnownProviders(Duration.ofMinutes(5));
    private final AsaLocator one = provider("eth0", 2);
    private final AsaLocator other = provider("eth1", 3);

    private static AsaLocator provider(String link, int index) {
        try {
            Inet6Address address = (Inet6Address) InetAddress.getByName("fe80::1");
            return new AsaLocator(new Locator.Ipv6(address, 6, 7017), link, index, false, Duration.ofMinutes(1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static NodeAddress address(AsaLocator provider) {
        return NodeAddress.of(provider).orElseThrow();
    }

    @Test
    void onlyTheOneThatHasFailedIsAskedLater() {
        providers.helped(other, PREFIX);
        providers.failed(one, Duration.ZERO);

        assertThat(providers.group(one, Duration.ofSeconds(1))).isEqualTo(1);
        assertThat(providers.group(other, Duration.ofSeconds(1))).isZero();
        assertThat(providers.good(Set.of())).contains(other);
    }

    @Test
    void onlyTheOneThatWaitsIsNotAsked() {
        assertThat(KnownProviders.isUsable(one, Set.of(address(one)))).isFalse();
        assertThat(KnownProviders.isUsable(other, Set.of(address(one)))).isTrue();
    }

    @Test
    void onlyTheOneThatHasGotMoreIsAskedLast() {
        providers.assigned(address(one), PREFIX);

        assertThat(providers.group(one, Duration.ZERO)).isEqualTo(2);
        assertThat(providers.group(other, Duration.ZERO)).isZero();
    }
}
