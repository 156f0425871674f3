package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.engine.discovery.DiscoveryCache;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodCache;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.node.SessionTable;
import io.grasp.engine.node.TestLink;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each named bound holds. */
class BoundsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private final VirtualLoop loop = new VirtualLoop();

    private static Locator locator(int port) throws UnknownHostException {
        return new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, port);
    }

    @Test
    @Proves("8991-4-3")
    void theLimitOfSessionsHoldsInBothRoles() throws UnknownHostException {
        SessionTable table = new SessionTable(
                loop,
                new Random(1),
                Limits.DEFAULTS.withSessions(2),
                Timeouts.DEFAULTS,
                Integer.MAX_VALUE,
                List.of(),
                new ExpiringSet<>(loop, MINUTE, 1));
        InetAddress peer = InetAddress.getByName("fd12::1");
        SessionKey first = new SessionKey(table.unused(), peer);
        SessionKey second = new SessionKey(table.unused(), peer);
        assertThat(table.beginTheirs(first, TrafficSource.onLink(1, first.initiator())))
                .isTrue();
        table.begin();

        assertThat(table.beginTheirs(second, TrafficSource.onLink(1, second.initiator())))
                .isFalse();
        assertThatThrownBy(table::begin).hasMessageContaining("all 2 sessions");
        table.endTheirs(first);
        assertThat(table.beginTheirs(second, TrafficSource.onLink(1, second.initiator())))
                .isTrue();
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    @Proves({"8990-2.7-6", "8990-2.7-7", "8990-2.7-8"})
    void sessionIdsInUseOrRecentlyUsedAreNotReused() {
        int[] numbers = {5, 5, 6, 6, 5};
        int[] next = {0};
        SessionTable drawn = new SessionTable(
                loop,
                new Random() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public int nextInt() {
                        return numbers[next[0]++];
                    }
                },
                Limits.DEFAULTS,
                Timeouts.DEFAULTS,
                Integer.MAX_VALUE,
                List.of(),
                new ExpiringSet<>(loop, MINUTE, 1));

        SessionId first = drawn.begin();
        assertThat(first.value()).isEqualTo(5);
        drawn.end(first);
        assertThat(drawn.begin().value()).as("5 was used recently").isEqualTo(6);
        loop.advance(Timeouts.DEFAULTS.sessionMemory());
        assertThat(drawn.unused().value())
                .as("6 is in use, 5 is no longer remembered")
                .isEqualTo(5);
    }

    @Test
    void theNumberOfRememberedSessionsIsBounded() {
        ExpiringSet<Integer> memory = new ExpiringSet<>(loop, MINUTE, 2);
        memory.add(1);
        memory.add(2);
        memory.add(3);

        assertThat(memory.contains(1)).as("the oldest was removed").isFalse();
        assertThat(memory.contains(2)).isTrue();
        assertThat(memory.add(3)).isFalse();
        loop.advance(MINUTE);
        assertThat(memory.contains(3)).as("it has expired").isFalse();
        assertThat(memory.add(3)).isTrue();
    }

    @Test
    void theMemoryOfFloodsIsBounded() throws UnknownHostException {
        TaggedObjective one =
                new TaggedObjective(Objective.synchronizable("EX1").withValue(1), locator(1));
        FloodCache cache = new FloodCache(
                loop,
                2L * FloodCache.bytes(one),
                1,
                address -> false,
                new CacheObserver(GraspObserver.NONE, CacheKind.FLOOD));
        InetAddress initiator = InetAddress.getByName("fd12::1");
        for (int port = 1; port <= 3; port++) {
            cache.put(
                    new SessionId(1),
                    new TaggedObjective(one.objective().withValue(port), locator(port)),
                    initiator,
                    new TestLink("lan", 1, "fe80::a"),
                    0,
                    TrafficSource.onLink(1, initiator),
                    null);
        }

        assertThat(cache.get("EX1"))
                .extracting(flooded -> flooded.objective().value().as(Integer.class))
                .containsExactly(2, 3);
    }

    @Test
    @Proves("8990-2.5.4.3-13")
    void theNumbersOfDiscoveredObjectivesAndLocatorsAreBounded() throws UnknownHostException {
        DiscoveryCache cache = new DiscoveryCache(
                loop,
                Limits.DEFAULTS.withDiscoveryBytes(Limits.LEAST_BYTES).withLocators(2),
                new CacheObserver(GraspObserver.NONE, CacheKind.DISCOVERY));
        TrafficSource source = new TrafficSource(1, 0, 1);
        for (int port = 1; port <= 3; port++) {
            cache.answered("one", new AsaLocator(locator(port), "lan", 1, false, MINUTE), source);
        }
        assertThat(cache.get("one")).hasSize(2);
        int room = Limits.LEAST_BYTES / DiscoveryCache.bytes("one", locator(1));
        for (int i = 0; i < room; i++) {
            cache.answered("o" + i, new AsaLocator(locator(1), "lan", 1, false, MINUTE), source);
        }

        assertThat(cache.get("one")).as("the oldest").isEmpty();
        assertThat(cache.get("o0")).hasSize(1);
        loop.advance(MINUTE);
        assertThat(cache.get("o0")).as("it has expired").isEmpty();
    }
}
