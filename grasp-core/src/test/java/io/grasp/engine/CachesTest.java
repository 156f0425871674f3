package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.Proves;
import io.grasp.config.AsaLimits;
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
import io.grasp.model.SessionId;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which objectives and locators share a cache entry, and which entry is kept (RFC 8990 sections 2.5.4.3 and 2.8.11). */
class CachesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The size of a small untagged flood. */
    private static final long SMALL = FloodCache.bytes(
            TaggedObjective.untagged(Objective.synchronizable("EX1").withValue(1)));

    private static final Link LAN = new TestLink("lan", 1, "fe80::a");
    private static final Link WAN = new TestLink("wan", 2, "fe80::b");

    private static final TrafficSource RESPONDER = new TrafficSource(1, 0, 1);

    private final VirtualLoop loop = new VirtualLoop();
    private final DiscoveryCache discovered = new DiscoveryCache(
            loop,
            Limits.DEFAULTS.withDiscoveryBytes(Limits.LEAST_BYTES).withLocators(3),
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
        discovered.answered(objective, new AsaLocator(locator, "link" + link, link, false, ttl), RESPONDER);
    }

    private void flood(String name, int value, @Nullable Locator tag, long ttlMillis) {
        flood(name, value, tag, ttlMillis, LAN);
    }

    private void flood(String name, int value, @Nullable Locator tag, long ttlMillis, Link link) {
        try {
            flooded.put(
                    new SessionId(1),
                    new TaggedObjective(Objective.synchronizable(name).withValue(value), tag),
                    InetAddress.getByName("fd12::1"),
                    link,
                    ttlMillis,
                    TrafficSource.onLink(link.index(), InetAddress.getByName("fe80::1")),
                    null);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private List<AsaLocator> discovered(String objective) {
        return discovered.get(objective).stream()
                .map(DiscoveryCache.Known::locator)
                .toList();
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

        assertThat(discovered("EX3"))
                .extracting(AsaLocator::locator)
                .containsExactly(at("fd12::1", 1), at("fd12::1", 2));
        loop.advance(MINUTE);
        assertThat(discovered("EX3"))
                .as("the longest of the received lifetimes")
                .extracting(AsaLocator::locator, AsaLocator::ttl)
                .containsExactly(tuple(at("fd12::1", 1), MINUTE));
    }

    @Test
    void equalLinkLocalAddressesOnTwoLinksAreTwoLocators() {
        find("EX3", at("fe80::1", 1), 1, MINUTE);
        find("EX3", at("fe80::1", 1), 2, MINUTE);

        assertThat(discovered("EX3")).extracting(AsaLocator::linkIndex).containsExactly(1, 2);
    }

    @Test
    void theLeastRecentlyRenewedLocatorIsEvictedFirst() {
        int room = Limits.LEAST_BYTES / DiscoveryCache.bytes("EX0", at("fd12::1", 1));
        for (int i = 0; i < room; i++) {
            find("EX" + i, at("fd12::1", 1), 1, MINUTE);
        }
        find("EX0", at("fd12::1", 1), 1, MINUTE);
        find("EX" + room, at("fd12::1", 1), 1, MINUTE);

        assertThat(discovered("EX1")).isEmpty();
        assertThat(discovered("EX0")).hasSize(1);
        assertThat(discovered("EX" + room)).hasSize(1);
    }

    private void learn(Locator locator, boolean diverted, boolean relayed, Duration ttl, long neighbor) {
        AsaLocator found = new AsaLocator(locator, "lan", 1, diverted, ttl);
        TrafficSource source = new TrafficSource(1, 0, neighbor);
        if (relayed) {
            discovered.relayed("EX3", found, source);
        } else {
            discovered.answered("EX3", found, source);
        }
    }

    @Test
    void aLocatorLearnedAtSecondHandNeitherChangesNorPrecedesOneThatAnswered() {
        Duration second = Duration.ofSeconds(1);
        learn(at("fd12::9", 1), true, false, MINUTE, 2);
        learn(at("fd12::8", 1), false, true, MINUTE, 2);
        learn(at("fd12::1", 1), false, false, second, 1);
        learn(at("fd12::1", 1), false, true, MINUTE, 2);
        learn(at("fd12::1", 1), true, false, MINUTE, 2);

        assertThat(discovered("EX3"))
                .extracting(AsaLocator::locator, AsaLocator::diverted)
                .containsExactly(
                        tuple(at("fd12::1", 1), false), tuple(at("fd12::8", 1), false), tuple(at("fd12::9", 1), true));
        loop.advance(second);
        assertThat(discovered("EX3"))
                .extracting(AsaLocator::locator)
                .containsExactly(at("fd12::8", 1), at("fd12::9", 1));
        learn(at("fd12::9", 1), false, false, second, 1);
        assertThat(discovered("EX3"))
                .as("it has answered itself")
                .extracting(AsaLocator::locator, AsaLocator::diverted)
                .containsExactly(tuple(at("fd12::9", 1), false), tuple(at("fd12::8", 1), false));
    }

    @Test
    void secondHandLocatorsLeaveAFullObjectiveFirstAndThenThoseOfTheNeighborWithTheMost() {
        learn(at("fd12::1", 1), false, false, MINUTE, 1);
        learn(at("fd12::2", 1), true, true, MINUTE, 2);
        learn(at("fd12::3", 1), false, true, MINUTE, 2);
        learn(at("fd12::4", 1), true, false, MINUTE, 2);
        assertThat(discovered("EX3"))
                .as("the diverted one of the same neighbor was replaced")
                .extracting(AsaLocator::locator)
                .containsExactly(at("fd12::1", 1), at("fd12::3", 1), at("fd12::4", 1));
        learn(at("fd12::5", 1), false, false, MINUTE, 2);
        learn(at("fd12::6", 1), false, false, MINUTE, 2);
        learn(at("fd12::7", 1), false, false, MINUTE, 2);
        learn(at("fd12::8", 1), false, true, MINUTE, 3);
        assertThat(discovered("EX3"))
                .extracting(AsaLocator::locator)
                .containsExactly(at("fd12::1", 1), at("fd12::6", 1), at("fd12::7", 1));
    }

    /** Teaches a cache one locator from each of many sources. */
    private void learnFrom(DiscoveryCache cache, int link, int first, int sources, boolean relayed) {
        for (int i = first; i < first + sources; i++) {
            AsaLocator found = new AsaLocator(at("fd12::" + link + ":" + i, 1), "link" + link, link, false, MINUTE);
            TrafficSource source = new TrafficSource(link, link == TrafficSource.NO_LINK ? i : 0, i);
            if (relayed) {
                cache.relayed("EX3", found, source);
            } else {
                cache.answered("EX3", found, source);
            }
        }
    }

    private static long onLink(DiscoveryCache cache, int link) {
        return cache.get("EX3").stream()
                .filter(known -> known.locator().linkIndex() == link)
                .count();
    }

    private DiscoveryCache withDefaults() {
        return new DiscoveryCache(loop, Limits.DEFAULTS, new CacheObserver(GraspObserver.NONE, CacheKind.DISCOVERY));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manySourcesOfOneLinkLeaveTheLocatorsOfOtherLinks(boolean relayed) {
        DiscoveryCache cache = withDefaults();
        learnFrom(cache, 2, 1, 1, relayed);
        learnFrom(cache, 1, 1, 40, relayed);
        learnFrom(cache, TrafficSource.NO_LINK, 1, 40, relayed);
        assertThat(onLink(cache, 2)).isEqualTo(1);
        assertThat(cache.get("EX3")).hasSize(Limits.DEFAULTS.locators());

        learnFrom(cache, 2, 1, 40, relayed);
        learnFrom(cache, 1, 41, 40, relayed);
        assertThat(List.of(onLink(cache, 1), onLink(cache, 2)))
                .as("each link gets what it asks for, up to an equal share")
                .allSatisfy(count -> assertThat(count).isBetween(10L, 11L));
    }

    @Test
    void aNeighborWithManyAddressesOnOneLinkGetsHalfOfTheLocatorsWhenAnotherLinkNeedsThem() {
        DiscoveryCache cache = withDefaults();
        learnFrom(cache, 1, 1, 40, false);
        learnFrom(cache, 2, 1, 16, false);
        learnFrom(cache, 1, 100, 40, false);
        assertThat(List.of(onLink(cache, 1), onLink(cache, 2))).containsExactly(16L, 16L);
        learnFrom(cache, 2, 17, 1, false);
        assertThat(onLink(cache, 1)).as("no more than half").isEqualTo(16);
    }

    @Test
    void relayedLocatorsOfOneNeighborLeaveThoseOfOthersAndThoseThatAnswered() {
        int room = Limits.DEFAULTS.relayedLocatorBytes() / DiscoveryCache.bytes("0", at("fd12::1", 1));
        learn(at("fd12::1", 1), false, false, MINUTE, 1);
        learn(at("fd12::2", 1), false, true, MINUTE, 2);
        AsaLocator hostile = new AsaLocator(at("fd12::3", 1), "lan", 1, false, MINUTE);
        for (int i = 0; i < 2 * room; i++) {
            discovered.relayed("x" + i, hostile, new TrafficSource(1, 0, 3));
        }

        assertThat(discovered("EX3")).hasSize(2);
        assertThat(discovered("x0")).isEmpty();
        assertThat(discovered("x" + (2 * room - 1))).hasSize(1);
    }

    private static void name(DiscoveryCache cache, int link, int neighbor, String objective, int... locators) {
        for (int number : locators) {
            AsaLocator found = new AsaLocator(at("fd12::" + number, 1), "link" + link, link, false, MINUTE);
            cache.answered(objective, found, new TrafficSource(link, 0, neighbor));
        }
    }

    private static int[] numbers(int first, int count) {
        return IntStream.range(first, first + count).toArray();
    }

    /** A liar names the locator of a server before or after it, on its link or another, and then many others. */
    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "2, true", "2, false"})
    void aLocatorStaysWhileOneOfItsSourcesHasRoomForIt(int link, boolean liarFirst) {
        DiscoveryCache cache = withDefaults();
        name(cache, liarFirst ? link : 1, liarFirst ? 66 : 1, "EX3", 1);
        name(cache, liarFirst ? 1 : link, liarFirst ? 1 : 66, "EX3", 1);
        name(cache, link, 66, "EX3", numbers(100, 100));
        assertThat(locators(cache, "EX3")).hasSize(Limits.DEFAULTS.locators()).contains(at("fd12::1", 1));

        for (int i = 0; i < Limits.DEFAULTS.discoveryBytes() / 1024; i++) {
            name(cache, link, 66, "x" + i, 1);
        }
        assertThat(locators(cache, "EX3")).as("with all bytes in use").containsExactly(at("fd12::1", 1));
    }

    @Test
    void aLocatorThatSeveralNeighborsOfALinkNameCountsOnceForTheLink() {
        DiscoveryCache cache = withDefaults();
        for (int relay = 1; relay <= 3; relay++) {
            name(cache, 1, relay, "EX3", numbers(1, 8));
        }
        name(cache, 2, 66, "EX3", numbers(100, 100));

        assertThat(locators(cache, "EX3"))
                .hasSize(Limits.DEFAULTS.locators())
                .contains(IntStream.rangeClosed(1, 8)
                        .mapToObj(i -> at("fd12::" + i, 1))
                        .toArray(Locator[]::new));
    }

    @Test
    void manyAddressesOfALinkLeaveTheSourceOfAnotherLinkThatNamesTheLocatorToo() {
        DiscoveryCache cache = withDefaults();
        for (int forged = 1; forged <= 40; forged++) {
            name(cache, 2, forged, "EX3", 1);
        }
        name(cache, 1, 1, "EX3", 1);
        for (int forged = 1; forged <= 40; forged++) {
            name(cache, 2, forged, "EX3", numbers(100 * forged, 30));
            name(cache, 2, forged, "EX3", 1);
            name(cache, 2, forged, "EX3", numbers(100 * forged, 30));
        }
        assertThat(locators(cache, "EX3")).contains(at("fd12::1", 1));
        cache.unreachable(new AsaLocator(at("fd12::1", 1), "link1", 1, false, MINUTE));
        assertThat(locators(cache, "EX3")).isNotEmpty().doesNotContain(at("fd12::1", 1));
    }

    private static List<Locator> locators(DiscoveryCache cache, String objective) {
        return cache.get(objective).stream()
                .map(known -> known.locator().locator())
                .toList();
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

        assertThat(discovered("EX3")).extracting(AsaLocator::locator).containsExactly(at("fd12::1", 1));
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
            cache.answered(objective, peer, RESPONDER);
        }
        cache.notListening("a", peer);
        cache.unreachable(peer);
        cache.answered("e", peer, RESPONDER);
        cache.linkDown(LAN);

        assertThat(reported).containsExactly(1, 2, 3, 2, 0, 1, 0);
    }

    @Test
    void theSizeOfTheFloodCacheIsReportedAfterEachChange() throws UnknownHostException {
        List<Integer> reported = new ArrayList<>();
        FloodCache cache =
                new FloodCache(loop, 9 * SMALL, 9 * SMALL, address -> false, sizes(CacheKind.FLOOD, reported));
        RegisteredAsa asa = new Registry(Limits.DEFAULTS, loop::nanoTime).add("asa", AsaLimits.NONE);
        InetAddress initiator = InetAddress.getByName("fd12::1");
        cache.put(
                new SessionId(1),
                TaggedObjective.untagged(Objective.synchronizable("EX1").withValue(1)),
                initiator,
                LAN,
                0,
                RESPONDER,
                null);
        cache.putOwn(
                new SessionId(2),
                TaggedObjective.untagged(Objective.synchronizable("EX2").withValue(1)),
                initiator,
                null,
                0,
                asa);
        cache.put(
                new SessionId(1),
                new TaggedObjective(Objective.synchronizable("EX1").withValue(2), at("fe80::1", 1)),
                initiator,
                LAN,
                0,
                RESPONDER,
                null);
        cache.withdraw(asa, null);
        cache.linkDown(LAN);

        assertThat(reported).containsExactly(1, 2, 3, 2, 1);
    }
}
