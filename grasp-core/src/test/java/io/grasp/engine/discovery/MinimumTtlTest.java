package io.grasp.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.CacheObserver;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A caller may want locators that stay valid for some time: the others are forgotten (RFC 8991 section 2.3.4). */
class MinimumTtlTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final List<Integer> sizes = new ArrayList<>();
    private final DiscoveryCache cache = new DiscoveryCache(
            loop,
            Limits.DEFAULTS,
            new CacheObserver(
                    new GraspObserver() {
                        @Override
                        public void cacheSize(CacheKind kind, int entries) {
                            sizes.add(entries);
                        }
                    },
                    CacheKind.DISCOVERY));

    private void find(String objective, int port, Duration ttl) {
        cache.answered(objective, new AsaLocator(at(port), "link", 1, false, ttl), new TrafficSource(1, 0, 1));
    }

    private static Locator at(int port) {
        return new Locator.Fqdn("a.example.com", Locator.TCP, port);
    }

    private List<Locator> known(String objective) {
        return cache.get(objective).stream()
                .map(found -> found.locator().locator())
                .toList();
    }

    @Test
    void locatorsThatExpireWithinATimeAreRemoved() {
        find("EX3", 1, MINUTE);
        find("EX3", 2, MINUTE.multipliedBy(2));
        find("other", 1, MINUTE);
        loop.advance(Duration.ofSeconds(30));
        sizes.clear();

        cache.remove("EX3", Duration.ofSeconds(29));
        assertThat(known("EX3")).containsExactly(at(1), at(2));
        cache.remove("EX3", Duration.ofSeconds(30));
        assertThat(known("EX3")).containsExactly(at(2));
        assertThat(sizes).as("the objective is still there").isEmpty();
        cache.remove("EX3", MINUTE.multipliedBy(2));
        assertThat(known("EX3")).isEmpty();
        assertThat(known("other")).containsExactly(at(1));
        assertThat(sizes).containsExactly(1);
    }
}
