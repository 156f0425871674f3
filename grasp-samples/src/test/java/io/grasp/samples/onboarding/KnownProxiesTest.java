package io.grasp.samples.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownProxiesTest {
    private static final Duration NOW = Duration.ofSeconds(100);
    private static final Duration LATER = NOW.plusMillis(1);

    private final KnownProxies known = new KnownProxies(new Random(1));

    @Test
    void aNeighborThatFloodsManyPortsForgetsOnlyItsOwn() throws UnknownHostException {
        FloodedObjective honest = flooded("fe80::1", 4000);
        FloodedObjective failing = flooded("fe80::2", 4000);
        known.heard(failing, NOW);
        known.failed(JoinProxyPlace.of(failing), NOW);
        known.heard(honest, NOW);
        for (int port = 1; port <= 2 * KnownProxies.MAX; port++) {
            known.heard(flooded("fe80::3", port), NOW);
        }
        known.heard(failing, LATER);

        int chosen = 0;
        boolean isHonestChosen = false;
        for (Optional<JoinProxyPlace> next = known.choose(LATER); next.isPresent(); next = known.choose(LATER)) {
            chosen++;
            isHonestChosen |= next.get().equals(JoinProxyPlace.of(honest));
            assertThat(next.get()).as("one that failed waits").isNotEqualTo(JoinProxyPlace.of(failing));
        }
        assertThat(isHonestChosen).as("the honest proxy is still known").isTrue();
        assertThat(chosen).isEqualTo(KnownProxies.MAX - 1);
    }

    private static FloodedObjective flooded(String address, int port) throws UnknownHostException {
        Inet6Address neighbor = (Inet6Address) InetAddress.getByName(address);
        return new FloodedObjective(
                JoinObjectives.PROXY,
                new Locator.Ipv6(neighbor, Locator.TCP, port),
                neighbor,
                "eth0",
                1,
                Duration.ofMinutes(5),
                NOW.plusSeconds(300).toNanos());
    }
}
