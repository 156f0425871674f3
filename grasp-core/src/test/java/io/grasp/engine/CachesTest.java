package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.engine.discovery.DiscoveryCache;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodCache;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.TestLink;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.engine.registry.Registry;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Link;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which objectives and locators share a cache entry, and which entry is kept (RFC 8990 sections 2.5.4.3 and 2.8.11). */
class CachesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The size of a small untagged flood. */
    private static final long SMALL = FloodCache.bytes(
            TaggedObjective.untagged(Objective.synchronizable("EX1").withValue(1)));

    private static final Link LAN = new TestLink("lan", 1, "fe80::a");
    private static final Link WAN = new TestLink("wan", 2, "fe80::b");

    private final VirtualLoop loop = new VirtualLoop();
    private final DiscoveryCache discovered = new DiscoveryCache(
            loop,
            Limits.DEFAULTS.withDiscoveryEntries(2).withLocators(3),
            new CacheObserver(GraspObserver.NONE, CacheKind.DISCOVERY));
    private final FloodCache flooded = new FloodCache(
            loop, 4 * SMALL, SMALL, address -> false, new CacheObserver(GraspObserver.NONE, CacheKind.FLOOD));

    private static Locator at(String address, int port) {
        try {
            return new Locator.Ipv6((Inet6Address) InetAddress.getByName(address), Locator.TCP, port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void find(String objective, Locator locator, int link, Duration ttl) {
        discovered.put(objective, new AsaLocator(locator, "link" + link, link, false, ttl));
    }

    private void flood(String name, int value, @Nullable Locator tag, long ttlMillis) {
        flood(name, value, tag, ttlMillis, LAN);
    }

    private void flood(String name, int value, @Nullable Locator tag, long ttlMillis, Link link) {
        try {
            flooded.put(
                    new TaggedObjective(Objective.synchronizable(name).withValue(value), tag),
                    InetAddress.getByName("fd12::1"),
                    link,
                    ttlMillis,
                    TrafficSource.onLink(link.index(), InetAddress.getByName("fe80::1")));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private List<Integer> values(String name) {
        return flooded.get(name).stream()
                .map(each -> each.objective().value().as(Integer.class))
                .toList();
    }

    @Test
    @Proves("8990-2.5.4.3-12")
    void aLocatorLearnedOnTwoLinksIsCachedOnceWithTheLongestTimeToLive() {
        find("EX3", at("fd12::1", 1), 1, MINUTE);
        find("EX3", at("fd12::1", 1), 2, MINUTE.multipliedBy(2));
        find("EX3", at("fd12::1", 1), 1, MINUTE);
        find("EX3", at("fd12::1", 2), 1, MINUTE);

        assertThat(discovered.get("EX3"))
                .extracting(AsaLocator::locator)
                .containsExactly(at("fd12::1", 1), at("fd12::1", 2));
        loop.advance(MINUTE);
        assertThat(discovered.get("EX3"))
                .as("the longest of the received lifetimes")
                .extracting(AsaLocator::locator, AsaLocator::ttl)
                .containsExactly(tuple(at("fd12::1", 1), MINUTE));
    }

    @Test
    void equalLinkLocalAddressesOnTwoLinksAreTwoLocators() {
        find("EX3", at("fe80::1", 1), 1, MINUTE);
        find("EX3", at("fe80::1", 1), 2, MINUTE);

        assertThat(discovered.get("EX3")).extracting(AsaLocator::linkIndex).containsExactly(1, 2);
    }

    @Test
    void theLeastRecentlyUsedObjectiveIsEvictedFirst() {
        find("old", at("fd12::1", 1), 1, MINUTE);
        find("new", at("fd12::1", 1), 1, MINUTE);
        assertThat(discovered.get("old")).hasSize(1);
        find("newest", at("fd12::1", 1), 1, MINUTE);

        assertThat(discovered.get("new")).isEmpty();
        assertThat(discovered.get("old")).hasSize(1);
    }

    @Test
    void equalLinkLocalTagsOnTwoLinksAreTwoEntries() {
        Locator router = at("fe80::1", 1);
        flood("EX1", 1, router, 60_000, LAN);
        flood("EX1", 2, router, 60_000, WAN);
        flood("EX1", 3, at("fd12::1", 1), 60_000, LAN);
        flood("EX1", 4, at("fd12::1", 1), 60_000, WAN);
        flood("EX1", 5, router, 60_000, LAN);

        assertThat(flooded.get("EX1"))
                .extracting(each -> each.objective().value() + " " + each.link() + " " + each.linkIndex())
                .containsExactly("2 wan 2", "4 wan 2", "5 lan 1");
        flooded.linkDown(LAN);
        assertThat(values("EX1"))
                .as("a link that goes down removes only its own entries")
                .containsExactly(2, 4);
        flood("EX1", 6, router, 60_000, LAN);
        FloodedObjective onWan = flooded.get("EX1").get(0);
        assertThat(flooded.expire(onWan.tagged(), onWan.linkIndex())).isTrue();
        assertThat(values("EX1")).containsExactly(4, 6);
        flood("EX1", 7, router, 60_000, WAN);
        assertThat(flooded.expire(onWan.tagged()))
                .as("a tag without a link matches every link")
                .isTrue();
        assertThat(values("EX1")).containsExactly(4);
        assertThat(flooded.expire(onWan.tagged())).isFalse();
    }

    @Test
    void theNewestFloodOfANameAndTagReplacesTheOlderOne() {
        flood("EX1", 1, at("fd12::1", 1), 60_000);
        flood("EX1", 2, at("fd12::1", 2), 60_000);
        flood("EX1", 3, null, 60_000);
        flood("EX1", 4, at("fd12::1", 1), 1_000);

        assertThat(values("EX1")).as("in the order of their renewal").containsExactly(2, 3, 4);
        loop.advance(Duration.ofSeconds(1));
        assertThat(values("EX1"))
                .as("the lifetime of the last copy counts, although it is shorter")
                .containsExactly(2, 3);
    }

    @Test
    void aFloodWithTimeToLiveZeroStaysUntilItIsReplaced() {
        flood("EX1", 1, null, 0);
        loop.advance(Duration.ofDays(400));
        assertThat(flooded.get("EX1"))
                .singleElement()
                .satisfies(each -> assertThat(each.ttl()).isEqualTo(FloodedObjective.INDEFINITE));
        flood("EX1", 2, null, 1000);
        loop.advance(Duration.ofSeconds(2));
        assertThat(values("EX1")).isEmpty();
    }

    @Test
    void theLeastRecentlyRenewedFloodIsEvictedFirst() {
        flood("EX1", 1, null, 0);
        flood("EX2", 2, null, 0);
        flood("EX4", 3, null, 0);
        flood("EX6", 6, null, 0);
        flood("EX1", 4, null, 0);
        flood("EX5", 5, null, 0);

        assertThat(values("EX2")).isEmpty();
        assertThat(values("EX1")).containsExactly(4);
        assertThat(values("EX5")).containsExactly(5);
    }

    @Test
    void aLocatorLearnedOnTwoLinksSurvivesTheEndOfOne() {
        find("EX3", at("fd12::1", 1), 1, MINUTE);
        find("EX3", at("fd12::1", 1), 2, MINUTE);
        find("EX3", at("fd12::1", 2), 1, MINUTE);
        find("EX3", at("fe80::1", 3), 1, MINUTE);
        discovered.linkDown(LAN);

        assertThat(discovered.get("EX3")).extracting(AsaLocator::locator).containsExactly(at("fd12::1", 1));
    }

    /** The numbers of entries reported to the observer. */
    private static CacheObserver sizes(CacheKind kind, List<Integer> reported) {
        return new CacheObserver(
                new GraspObserver() {
                    @Override
                    public void cacheSize(CacheKind cache, int entries) {
                        reported.add(entries);
                    }
                },
                kind);
    }

    @Test
    void theSizeOfTheDiscoveryCacheIsReportedAfterEachChange() {
        List<Integer> reported = new ArrayList<>();
        DiscoveryCache cache = new DiscoveryCache(loop, Limits.DEFAULTS, sizes(CacheKind.DISCOVERY, reported));
        AsaLocator peer = new AsaLocator(at("fd12::1", 1), "link1", 1, false, MINUTE);
        for (String objective : List.of("a", "b", "c")) {
            cache.put(objective, peer);
        }
        cache.notListening("a", peer);
        cache.unreachable(peer);
        cache.put("e", peer);
        cache.linkDown(LAN);

        assertThat(reported).containsExactly(1, 2, 3, 2, 0, 1, 0);
    }

    @Test
    void theSizeOfTheFloodCacheIsReportedAfterEachChange() throws UnknownHostException {
        List<Integer> reported = new ArrayList<>();
        FloodCache cache = new FloodCache(loop, 9, address -> false, sizes(CacheKind.FLOOD, reported));
        RegisteredAsa asa = new Registry(Limits.DEFAULTS).add("asa");
        InetAddress initiator = InetAddress.getByName("fd12::1");
        cache.put(TaggedObjective.untagged(Objective.synchronizable("EX1").withValue(1)), initiator, LAN, 0, null);
        cache.put(TaggedObjective.untagged(Objective.synchronizable("EX2").withValue(1)), initiator, null, 0, asa);
        cache.put(
                new TaggedObjective(Objective.synchronizable("EX1").withValue(2), at("fe80::1", 1)),
                initiator,
                LAN,
                0,
                null);
        cache.withdraw(asa, null);
        cache.linkDown(LAN);

        assertThat(reported).containsExactly(1, 2, 3, 2, 1);
    }
}
