package io.grasp.samples.prefix.pool;

import static io.grasp.samples.prefix.AddressFamily.IPV4;
import static io.grasp.samples.prefix.AddressFamily.IPV6;
import static io.grasp.samples.prefix.pool.EntryState.ACCEPTING;
import static io.grasp.samples.prefix.pool.EntryState.ASSIGNED;
import static io.grasp.samples.prefix.pool.EntryState.DELEGATED;
import static io.grasp.samples.prefix.pool.EntryState.FREE;
import static io.grasp.samples.prefix.pool.EntryState.IN_DOUBT;
import static io.grasp.samples.prefix.pool.EntryState.OFFERED;
import static io.grasp.samples.prefix.pool.EntryState.SEED;
import static io.grasp.samples.prefix.pool.EntryState.UNCONFIRMED;
import static io.grasp.samples.prefix.pool.Pools.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.invariant.Holdings;
import io.grasp.samples.prefix.invariant.PrefixInvariants;
import io.grasp.samples.prefix.pool.PoolException.Reason;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.samples.prefix.store.PrefixStore;
import io.grasp.samples.prefix.store.StoreChange;
import io.grasp.samples.prefix.store.StoreContent;
import io.grasp.samples.prefix.store.StoreException;
import io.grasp.util.HostileText;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class PrefixPoolTest {
    private final Pools pools = new Pools(PoolConfig.DEFAULTS);

    @Test
    void aRequestGetsThePartOfTheSmallestPrefixThatIsLargeEnough() {
        pools.seed("2001:db8::/32", "2001:db9::/48", "10.0.0.0/8");

        Offer offer = get(pools.pool.offer("B", IPV6, 50, 50, BigInteger.ZERO));

        assertThat(offer.prefix()).hasToString("2001:db9::/50");
        assertThat(pools.in(OFFERED)).containsExactly("2001:db9::/50");
        assertThat(pools.in(FREE))
                .containsExactlyInAnyOrder(
                        "2001:db8::/32", "2001:db9:0:8000::/49", "2001:db9:0:4000::/50", "10.0.0.0/8");
        assertThat(get(pools.pool.offer("B", IPV6, 47, 47, BigInteger.ZERO)).prefix())
                .hasToString("2001:db8::/47");
        assertThat(get(pools.pool.offer("B", IPV4, 20, 20, BigInteger.ZERO)).prefix())
                .hasToString("10.0.0.0/20");
    }

    @Test
    void anUndoneOfferIsMergedAgain() {
        pools.seed("2001:db8::/32");
        Offer first = get(pools.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO));
        Offer second = get(pools.pool.offer("C", IPV6, 40, 40, BigInteger.ZERO));

        get(first.undo());
        get(second.undo());

        assertThat(pools.in(FREE)).containsExactly("2001:db8::/32");
        assertThat(pools.log()).containsExactly("SEEDED 2001:db8::/32");
        refused(Reason.ENDED, first.undo());
        refused(Reason.ENDED, first.commit());
        refused(Reason.ENDED, first.doubt("late"));
    }

    @Test
    void anAcceptedOfferIsGoneForGood() {
        pools.seed("10.0.0.0/31");
        get(get(pools.pool.offer("B", IPV4, 31, 32, BigInteger.ZERO)).commit());

        refused(Reason.EXHAUSTED, pools.pool.offer("C", IPV4, 31, 32, BigInteger.ZERO));
        pools.crash();
        refused(Reason.EXHAUSTED, pools.pool.offer("C", IPV4, 31, 32, BigInteger.ZERO));
        pools.seed("10.0.0.0/31", "10.0.0.1/32"); // the configuration, once more
        refused(Reason.EXHAUSTED, pools.pool.offer("C", IPV4, 31, 32, BigInteger.ZERO));

        assertThat(pools.in(DELEGATED)).containsExactly("10.0.0.0/31");
        assertThat(pools.log()).containsExactly("SEEDED 10.0.0.0/31", "DELEGATED 10.0.0.0/31 B");
    }

    @Test
    void whenShortThePoolOffersTheLargestPrefixThatItHas() {
        pools.seed("2001:db8::/48", "2001:db8:2::/50");

        refused(Reason.EXHAUSTED, pools.pool.offer("B", IPV6, 40, 47, BigInteger.ZERO));
        assertThat(get(pools.pool.offer("B", IPV6, 40, 64, BigInteger.ZERO)).prefix())
                .hasToString("2001:db8::/48");
        assertThat(get(pools.pool.offer("B", IPV6, 40, 64, BigInteger.ZERO)).prefix())
                .hasToString("2001:db8:2::/50");
        refused(Reason.EXHAUSTED, pools.pool.offer("B", IPV6, 40, 64, BigInteger.ZERO));
        refused(Reason.EXHAUSTED, pools.pool.offer("B", IPV4, 20, 32, BigInteger.ZERO));
    }

    @Test
    void lengthsOutOfRangeAreRefused() {
        pools.seed("2001:db8::/32", "10.0.0.0/8");
        refused(Reason.LENGTH_OUT_OF_RANGE, pools.pool.offer("B", IPV6, 31, 64, BigInteger.ZERO));
        refused(Reason.LENGTH_OUT_OF_RANGE, pools.pool.offer("B", IPV6, 97, 128, BigInteger.ZERO));
        refused(Reason.LENGTH_OUT_OF_RANGE, pools.pool.offer("B", IPV4, 15, 20, BigInteger.ZERO));
        assertThat(get(pools.pool.offer("B", IPV4, 32, 60, BigInteger.ZERO)).prefix())
                .hasToString("10.0.0.0/32");
    }

    @Test
    void whatTheNodeKeepsIsNotOffered() {
        pools.seed("10.0.0.0/28");
        BigInteger four = BigInteger.valueOf(4);

        refused(Reason.EXHAUSTED, pools.pool.offer("B", IPV4, 28, 28, four));
        assertThat(get(pools.pool.offer("B", IPV4, 28, 32, four)).prefix()).hasToString("10.0.0.0/29");
        assertThat(get(pools.pool.offer("B", IPV4, 28, 32, four)).prefix()).hasToString("10.0.0.8/30");
        refused(Reason.EXHAUSTED, pools.pool.offer("B", IPV4, 32, 32, four));
        assertThat(get(pools.pool.assign("eth0", IPV4, 30))).hasToString("10.0.0.12/30");
    }

    @Test
    void whatACrashCutIsInDoubtUntilTheOperatorDecides() {
        pools.seed("2001:db8::/48");
        get(pools.pool.offer("B", IPV6, 49, 49, BigInteger.ZERO));
        get(pools.pool
                .offer("C", IPV6, 49, 49, BigInteger.ZERO)
                .flatMap(offer -> offer.doubt("the connection was lost")));
        pools.crash();

        assertThat(pools.in(IN_DOUBT)).containsExactlyInAnyOrder("2001:db8::/49", "2001:db8:0:8000::/49");
        assertThat(pools.log())
                .containsExactly("SEEDED 2001:db8::/48", "IN_DOUBT 2001:db8:0:8000::/49 C", "IN_DOUBT 2001:db8::/49 B");
        refused(Reason.EXHAUSTED, pools.pool.offer("D", IPV6, 64, 64, BigInteger.ZERO));

        get(pools.pool.reclaim(Prefix.parse("2001:db8::/49")));
        get(pools.pool.cede(Prefix.parse("2001:db8:0:8000::/49")));
        refused(Reason.NOT_FOUND, pools.pool.reclaim(Prefix.parse("2001:db8::/49")));
        refused(Reason.NOT_FOUND, pools.pool.cede(Prefix.parse("2001:db8:0:8000::/49")));
        assertThat(pools.in(FREE)).containsExactly("2001:db8::/49");
        assertThat(pools.in(DELEGATED)).containsExactly("2001:db8:0:8000::/49");
        assertThat(pools.log()).endsWith("RECLAIMED 2001:db8::/49 B", "CEDED 2001:db8:0:8000::/49 C");
    }

    @Test
    void anAcceptedPrefixIsUsableWhenItsAcceptanceWasSent() {
        Acquisition taken = get(pools.pool.acquire("A", Prefix.parse("2001:db8::/48")));
        assertThat(pools.in(ACCEPTING)).containsExactly("2001:db8::/48");
        refused(Reason.EXHAUSTED, pools.pool.offer("B", IPV6, 56, 56, BigInteger.ZERO));
        get(taken.complete());
        get(get(pools.pool.acquire("A", Prefix.parse("2001:db8:1::/48"))).complete());
        get(get(pools.pool.acquire("A", Prefix.parse("2001:db8:2::/48"))).abandon());

        assertThat(pools.in(FREE)).containsExactly("2001:db8::/47");
        assertThat(pools.log()).containsExactly("ACQUIRED 2001:db8::/48 A", "ACQUIRED 2001:db8:1::/48 A");
        refused(Reason.ENDED, taken.complete());
        refused(Reason.ENDED, taken.abandon());
    }

    @Test
    void anAcquisitionThatACrashCutIsNotUsedUntilThePeerOffersItAgain() {
        get(pools.pool.acquire("A", Prefix.parse("2001:db8::/48")));
        pools.crash();
        assertThat(pools.in(UNCONFIRMED)).containsExactly("2001:db8::/48");
        refused(Reason.EXHAUSTED, pools.pool.assign("eth0", IPV6, 64));

        get(get(pools.pool.acquire("A", Prefix.parse("2001:db8::/50"))).complete());
        assertThat(pools.in(FREE)).containsExactly("2001:db8::/50");
        assertThat(pools.in(UNCONFIRMED)).containsExactlyInAnyOrder("2001:db8:0:4000::/50", "2001:db8:0:8000::/49");

        get(pools.pool.reclaim(Prefix.parse("2001:db8:0:4000::/50")));
        get(pools.pool.cede(Prefix.parse("2001:db8:0:8000::/49")));
        assertThat(pools.in(FREE)).containsExactly("2001:db8::/49");
        assertThat(pools.in(UNCONFIRMED)).isEmpty();
        assertThat(pools.log())
                .containsExactly(
                        "UNCONFIRMED 2001:db8::/48 A",
                        "ACQUIRED 2001:db8::/50 A",
                        "ADOPTED 2001:db8:0:4000::/50 A",
                        "CEDED 2001:db8:0:8000::/49 A");
    }

    @Test
    void anOfferThatOverlapsOwnPrefixesIsRefused() {
        pools.seed("2001:db8::/48");
        get(pools.pool.offer("B", IPV6, 56, 56, BigInteger.ZERO));
        get(pools.pool.acquire("A", Prefix.parse("2001:db8:1::/48")));

        for (String offered : List.of(
                "2001:db8::/48",
                "2001:db8::/56",
                "2001:db8::/60",
                "2001:db8:0:ff00::/56",
                "2001:db8::/47",
                "2001:db8:1::/64")) {
            refused(Reason.OVERLAP, pools.pool.acquire("A", Prefix.parse(offered)));
        }
        refused(Reason.OVERLAP, pools.pool.seed(Prefix.parse("2001:db8::/40")));
        refused(Reason.NOT_ASSIGNABLE, pools.pool.acquire("A", Prefix.parse("ff00::/16")));
        refused(Reason.NOT_ASSIGNABLE, pools.pool.seed(Prefix.parse("fe80::/64")));
        get(pools.pool.acquire("A", Prefix.parse("2001:db8:2::/48")));
    }

    @Test
    void aSeedGrowsAndWhatWasGivenOfItStaysGiven() {
        pools.seed("2001:db8:1::/48", "2001:db8:8::/48");
        get(get(pools.pool.offer("B", IPV6, 49, 49, BigInteger.ZERO)).commit());
        get(get(pools.pool.acquire("A", Prefix.parse("2001:db9::/32"))).complete());
        refused(Reason.OVERLAP, pools.pool.seed(Prefix.parse("2001:db8::/31")));

        pools.seed("2001:db8::/32");
        pools.seed("2001:db8:1::/48");

        assertThat(pools.in(SEED)).containsExactly("2001:db8::/32");
        assertThat(pools.in(DELEGATED)).containsExactly("2001:db8:1::/49");
        assertThat(PrefixInvariants.lost(List.of(Holdings.of("node", pools.status()))))
                .singleElement()
                .asString()
                .startsWith("2001:db8:1::/49");
        assertThat(pools.in(FREE)).contains("2001:db8::/48", "2001:db8:1:8000::/49", "2001:db8:8000::/33");
        pools.crash();
        assertThat(pools.in(SEED)).containsExactly("2001:db8::/32");
    }

    @Test
    void aSeedIsWithdrawnIfAllOfItIsFree() {
        pools.seed("2001:db8::/48", "2001:db8:1::/48");
        Offer offer = get(pools.pool.offer("B", IPV6, 56, 56, BigInteger.ZERO));
        refused(Reason.IN_USE, pools.pool.withdraw(Prefix.parse("2001:db8::/48")));
        get(offer.undo());
        assertThat(pools.in(FREE)).containsExactly("2001:db8::/47");

        get(pools.pool.withdraw(Prefix.parse("2001:db8::/48")));
        refused(Reason.NOT_FOUND, pools.pool.withdraw(Prefix.parse("2001:db8::/48")));

        assertThat(pools.in(SEED)).containsExactly("2001:db8:1::/48");
        assertThat(pools.in(FREE)).containsExactly("2001:db8:1::/48");
        assertThat(pools.log()).contains("WITHDRAWN 2001:db8::/48");
    }

    @Test
    void onlyThePeerThatHasAPrefixCanReturnItOrAPartOfIt() {
        pools.seed("2001:db8::/48");
        get(get(pools.pool.offer("B", IPV6, 49, 49, BigInteger.ZERO)).commit());
        get(get(pools.pool.offer("C", IPV6, 49, 49, BigInteger.ZERO)).doubt("timeout"));
        for (String offered : List.of("2001:db8::/48", "2001:db8::/49", "2001:db8::/64", "2001:db8:0:8000::/49")) {
            refused(Reason.OVERLAP, pools.pool.acquire("D", Prefix.parse(offered)));
        }
        refused(Reason.OVERLAP, pools.pool.acquire("B", Prefix.parse("2001:db8::/48")));

        get(get(pools.pool.acquire("B", Prefix.parse("2001:db8::/49"))).complete());
        get(get(pools.pool.acquire("C", Prefix.parse("2001:db8:0:8000::/50"))).complete());

        assertThat(pools.in(DELEGATED)).isEmpty();
        assertThat(pools.in(IN_DOUBT)).containsExactly("2001:db8:0:c000::/50");
        assertThat(pools.in(FREE)).containsExactlyInAnyOrder("2001:db8::/49", "2001:db8:0:8000::/50");
        assertThat(pools.log()).contains("RETURNED 2001:db8::/49 B", "RETURNED 2001:db8:0:8000::/50 C");
        get(pools.pool.reclaim(Prefix.parse("2001:db8:0:c000::/50")));
        assertThat(pools.in(FREE)).containsExactly("2001:db8::/48");
    }

    @Test
    void aReturnedPrefixThatIsNotConfirmedIsThePeersUntilTheOperatorAdoptsIt() {
        pools.seed("2001:db8::/48");
        get(get(pools.pool.offer("B", IPV6, 48, 48, BigInteger.ZERO)).commit());
        get(get(pools.pool.acquire("B", Prefix.parse("2001:db8::/49"))).doubt("lost"));
        assertThat(pools.in(DELEGATED)).containsExactly("2001:db8::/48");
        refused(Reason.EXHAUSTED, pools.pool.assign("eth0", IPV6, 64));

        get(pools.pool.reclaim(Prefix.parse("2001:db8::/49")));

        assertThat(pools.in(FREE)).containsExactly("2001:db8::/49");
        assertThat(pools.in(DELEGATED)).containsExactly("2001:db8:0:8000::/49");
        assertThat(pools.log()).endsWith("RETURNED 2001:db8::/49 B", "ADOPTED 2001:db8::/49 B");
    }

    @Test
    void ownUseTakesFromThePoolAndReturnsToIt() {
        pools.seed("2001:db8::/48");
        Prefix used = get(pools.pool.assign("eth0", IPV6, 64));
        assertThat(used).hasToString("2001:db8::/64");
        pools.crash();
        assertThat(pools.in(ASSIGNED)).containsExactly("2001:db8::/64");

        refused(Reason.NOT_FOUND, pools.pool.release(used, "eth1"));
        get(pools.pool.release(used, "eth0"));
        refused(Reason.NOT_FOUND, pools.pool.release(used, "eth0"));
        assertThat(pools.in(FREE)).containsExactly("2001:db8::/48");
        assertThat(pools.log()).endsWith("ASSIGNED 2001:db8::/64 eth0", "RELEASED 2001:db8::/64 eth0");
    }

    @Test
    void aPeerGetsNoMoreThanItsShare() {
        Pools limited = new Pools(PoolConfig.DEFAULTS.withPeerLimits(
                peer -> PeerLimits.DEFAULTS.withShare(IPV6, 48).withMaxOffers(2)));
        limited.seed("2001:db8::/32");

        Offer whole = get(limited.pool.offer("B", IPV6, 40, 64, BigInteger.ZERO)); // no more than its share
        assertThat(whole.prefix()).hasToString("2001:db8::/48");
        refused(Reason.PEER_LIMIT, limited.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO));
        get(whole.undo());

        get(get(limited.pool.offer("B", IPV6, 50, 50, BigInteger.ZERO)).commit());
        get(get(limited.pool.offer("B", IPV6, 50, 50, BigInteger.ZERO)).doubt("timeout"));
        Offer third = get(limited.pool.offer("B", IPV6, 48, 64, BigInteger.ZERO));
        assertThat(third.prefix().length()).isEqualTo(49);
        refused(Reason.PEER_LIMIT, limited.pool.offer("B", IPV6, 96, 96, BigInteger.ZERO));
        get(limited.pool.offer("C", IPV6, 48, 48, BigInteger.ZERO));
        get(third.undo());
        get(limited.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO));
        get(limited.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO));
        refused(Reason.PEER_LIMIT, limited.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO)); // two offers at a time
        limited.crash();
        assertThat(limited.in(IN_DOUBT).count()).isEqualTo(4);
        get(limited.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO));
    }

    @Test
    void offersEntriesAndTheLogAreBounded() {
        Pools small =
                new Pools(PoolConfig.DEFAULTS.withMaxOffers(1).withMaxEntries(8).withMaxLogRecords(3));
        small.seed("10.0.0.0/29");
        Offer offer = get(small.pool.offer("B", IPV4, 32, 32, BigInteger.ZERO));
        refused(Reason.BUSY, small.pool.offer("C", IPV4, 32, 32, BigInteger.ZERO));
        get(offer.commit());
        for (int i = 0; i < 3; i++) {
            get(get(small.pool.offer("C", IPV4, 32, 32, BigInteger.ZERO)).commit());
        }
        get(small.pool.acquire("A", Prefix.parse("10.1.0.0/16")));
        get(small.pool.acquire("A", Prefix.parse("10.2.0.0/16")));
        refused(Reason.BUSY, small.pool.offer("C", IPV4, 32, 32, BigInteger.ZERO));
        refused(Reason.BUSY, small.pool.acquire("A", Prefix.parse("10.3.0.0/16")));
        refused(Reason.BUSY, small.pool.assign("eth0", IPV4, 32));
        assertThat(small.log())
                .containsExactly("DELEGATED 10.0.0.1/32 C", "DELEGATED 10.0.0.2/32 C", "DELEGATED 10.0.0.3/32 C");
        small.crash();
        assertThat(small.log()).hasSize(3).endsWith("UNCONFIRMED 10.2.0.0/16 A");
        assertThat(get(small.pool.log(6, 1)).get(0).number()).isEqualTo(7);
    }

    @Test
    void useAndForecastFollowTheLog() {
        pools.seed("2001:db8::/48", "10.0.0.0/24");
        assertThat(pools.status().forecasts())
                .allMatch(forecast -> forecast.exhaustedIn().isEmpty());
        for (int hour = 0; hour < 4; hour++) {
            pools.now = pools.now.plus(Duration.ofHours(1));
            get(get(pools.pool.offer("B", IPV4, 27, 27, BigInteger.ZERO)).commit());
        }
        Prefix used = get(pools.pool.assign("eth0", IPV4, 25));
        get(pools.pool.release(used, "eth0"));
        get(pools.pool.offer("B", IPV4, 28, 28, BigInteger.ZERO));

        FamilyUse ipv4 = pools.pool.use().get(IPV4);
        assertThat(ipv4.addresses(DELEGATED)).isEqualTo(128);
        assertThat(ipv4.addresses(OFFERED)).isEqualTo(16);
        assertThat(ipv4.addresses(FREE)).isEqualTo(112);
        assertThat(ipv4.prefixes(DELEGATED)).isEqualTo(4);
        assertThat(ipv4.shortestFree()).hasValue(26);
        assertThat(pools.pool.use().get(IPV6).addresses(FREE)).isEqualTo(BigInteger.TWO.pow(80));

        Forecast forecast = pools.status().forecasts().get(1);
        assertThat(forecast.family()).isEqualTo(IPV4);
        assertThat(forecast.addressesPerSecond()).isCloseTo(128 / (4 * 3600.0), within(1e-9));
        assertThat(forecast.exhaustedIn()).hasValue(Duration.ofMinutes(210));
        assertThat(pools.status().forecasts().get(0).exhaustedIn()).isEmpty();

        pools.now = pools.now.plus(Duration.ofDays(3));
        assertThat(pools.status().forecasts().get(1).exhaustedIn()).isEmpty();
    }

    @Test
    void operationsThatWaitTogetherAreOneWriteInTheOrderOfTheCalls() {
        SlowStore store = new SlowStore();
        Pools slow = new Pools(store, PoolConfig.DEFAULTS.withMaxPending(3));
        Acquisition taken = get(slow.pool.acquire("A", Prefix.parse("2001:db8::/48")));
        store.waits = true;
        store.writes = 0;

        CompletableFuture<Void> completed = taken.complete().toFuture();
        CompletableFuture<Offer> first =
                slow.pool.offer("B", IPV6, 48, 48, BigInteger.ZERO).toFuture();
        CompletableFuture<Offer> second =
                slow.pool.offer("C", IPV6, 48, 48, BigInteger.ZERO).toFuture();
        refused(Reason.BUSY, slow.pool.offer("D", IPV6, 48, 48, BigInteger.ZERO));
        CompletableFuture<Void> never = taken.abandon().toFuture(); // an end is never refused because of others
        assertThat(Stream.of(completed, first, second, never)).noneMatch(CompletableFuture::isDone);
        store.runWaiting();

        assertThat(completed).isCompleted();
        assertThat(first).isCompletedWithValueMatching(offer -> offer.prefix().length() == 48);
        assertThat(second).isCompletedExceptionally();
        assertThat(never).isCompletedExceptionally();
        assertThat(slow.in(OFFERED)).containsExactly("2001:db8::/48");
        assertThat(store.writes).isEqualTo(1);
    }

    @Test
    void anOperationThatFailsInAGroupTakesBackItsOwnChangesOnly() {
        SlowStore store = new SlowStore();
        Pools slow = new Pools(store, PoolConfig.DEFAULTS.withPeerLimits(peer -> {
            if (peer.equals("bad")) {
                throw new IllegalStateException("the limits of this peer are part of the test");
            }
            return PeerLimits.DEFAULTS;
        }));
        slow.seed("10.0.0.0/28");
        Offer small = get(slow.pool.offer("B", IPV4, 30, 30, BigInteger.ZERO));
        store.waits = true;
        store.writes = 0;

        CompletableFuture<Prefix> before = slow.pool.assign("eth0", IPV4, 30).toFuture();
        CompletableFuture<Offer> tooLarge =
                slow.pool.offer("C", IPV4, 28, 28, BigInteger.ZERO).toFuture();
        CompletableFuture<Offer> bad =
                slow.pool.offer("bad", IPV4, 30, 30, BigInteger.ZERO).toFuture();
        CompletableFuture<Void> unknown =
                slow.pool.release(Prefix.parse("10.0.0.0/32"), "eth0").toFuture();
        CompletableFuture<Void> committed = small.commit().toFuture();
        CompletableFuture<Prefix> after = slow.pool.assign("eth1", IPV4, 30).toFuture();
        store.runWaiting();

        assertThat(before).isCompletedWithValue(Prefix.parse("10.0.0.4/30"));
        assertThat(after).isCompletedWithValue(Prefix.parse("10.0.0.8/30"));
        assertThat(committed).isCompleted();
        assertThat(Stream.of(tooLarge, bad, unknown)).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(store.writes).isEqualTo(1);
        PoolStatus status = slow.status();
        slow.crash();
        assertThat(slow.status()).isEqualTo(status);
        assertThat(slow.in(DELEGATED)).containsExactly("10.0.0.0/30");
        assertThat(slow.in(ASSIGNED)).containsExactly("10.0.0.4/30", "10.0.0.8/30");
        assertThat(slow.in(FREE)).containsExactly("10.0.0.12/30");
    }

    /** Decisions check before they change anything; this is for those that fail otherwise. */
    @Test
    void changesAfterASavepointAreTakenBackAndEarlierOnesAreNot() {
        PoolState state = new PoolState(PoolConfig.DEFAULTS.withMaxLogRecords(2));
        state.seed(Prefix.parse("10.0.0.0/28"), Instant.EPOCH);
        state.assign("eth0", IPV4, 30, Instant.EPOCH);
        StoreChange before = state.change();
        PoolStatus status = state.status(Instant.EPOCH);
        PoolState.Savepoint savepoint = state.savepoint();

        state.release(Prefix.parse("10.0.0.0/30"), "eth0", Instant.EPOCH);
        PoolEntry offered = state.offer("B", IPV4, 29, 29, BigInteger.ZERO, Instant.EPOCH);
        state.commit(offered.id(), Instant.EPOCH);
        assertThat(state.change()).isNotEqualTo(before);
        state.rollBack(savepoint);

        assertThat(state.change()).isEqualTo(before);
        assertThat(state.status(Instant.EPOCH)).isEqualTo(status);
        state.rollBack(PoolState.Savepoint.KEPT);
        assertThat(state.change().isEmpty()).isTrue();
        assertThat(state.status(Instant.EPOCH).entries()).isEmpty();
    }

    @Test
    void theOperationsOfAGroupThatCannotBeWrittenAreTriedOneByOne() {
        for (boolean written : List.of(true, false)) {
            SlowStore store = new SlowStore();
            Pools slow = new Pools(store, PoolConfig.DEFAULTS);
            slow.seed("10.0.0.0/30");
            store.waits = true;
            store.failing = 2;
            store.writesBeforeItFails = written;

            CompletableFuture<Prefix> first = slow.pool.assign("eth0", IPV4, 30).toFuture();
            CompletableFuture<Prefix> second =
                    slow.pool.assign("eth1", IPV4, 30).toFuture();
            CompletableFuture<Prefix> third = slow.pool.assign("eth2", IPV4, 32).toFuture();
            store.runWaiting();

            assertThat(first).isCompletedExceptionally(); // the store fails twice
            assertThat(second).isCompletedWithValue(Prefix.parse("10.0.0.0/30"));
            assertThatThrownBy(third::join).hasCauseInstanceOf(PoolException.class);
            PoolStatus status = slow.status();
            slow.crash();
            assertThat(slow.status().entries()).isEqualTo(status.entries());
            assertThat(slow.log()).containsExactly("SEEDED 10.0.0.0/30", "ASSIGNED 10.0.0.0/30 eth1");
        }
    }

    @Test
    void whatWaitsWithTheCloseIsWrittenBeforeIt() {
        SlowStore store = new SlowStore();
        Pools slow = new Pools(store, PoolConfig.DEFAULTS);
        slow.seed("10.0.0.0/30");
        store.waits = true;

        CompletableFuture<Prefix> before = slow.pool.assign("eth0", IPV4, 30).toFuture();
        CompletableFuture<Void> closed = slow.pool.closeAsync().toFuture();
        CompletableFuture<PoolStatus> after = slow.pool.status().toFuture();
        store.runWaiting();

        assertThat(before).isCompleted();
        assertThat(closed).isCompleted();
        assertThatThrownBy(after::join).hasCauseInstanceOf(PoolException.class);
        slow.crash();
        assertThat(slow.in(ASSIGNED)).containsExactly("10.0.0.0/30");
    }

    @Test
    void whatACancelledCallerDoesNotGetIsUndone() {
        SlowStore store = new SlowStore();
        Pools slow = new Pools(store, PoolConfig.DEFAULTS);
        slow.seed("2001:db8::/32");
        store.waits = true;
        slow.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO).subscribe().dispose();
        slow.pool.acquire("B", Prefix.parse("2001:db9::/32")).subscribe().dispose();
        store.runWaiting();

        assertThat(slow.in(FREE)).containsExactly("2001:db8::/32");
        assertThat(slow.in(ACCEPTING)).isEmpty();

        store.waits = true;
        slow.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO).subscribe().dispose();
        store.waiting.remove().run();
        store.failing = 1;
        store.runWaiting();
        assertThat(slow.in(OFFERED)).containsExactly("2001:db8::/64");
        slow.seed("10.0.0.0/8");
        assertThat(slow.in(OFFERED)).isEmpty();
    }

    /** Runs tasks, and fails, when the test says so. */
    private static final class SlowStore implements PrefixStore {
        private final MemoryStore memory = new MemoryStore();
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private boolean waits;
        private int writes;

        /** The number of writes that will fail. */
        private int failing;

        private boolean writesBeforeItFails;

        void runWaiting() {
            waits = false;
            while (!waiting.isEmpty()) {
                waiting.remove().run();
            }
        }

        @Override
        public void execute(Runnable task) {
            if (waits) {
                waiting.add(task);
            } else {
                task.run();
            }
        }

        @Override
        public StoreContent load() {
            return memory.load();
        }

        @Override
        public void write(StoreChange change) {
            writes++;
            if (failing == 0 || writesBeforeItFails) {
                memory.write(change);
            }
            if (failing > 0) {
                failing--;
                throw new StoreException(StoreException.Reason.FULL, "no space", null);
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void aFailedWriteChangesNothingWhetherOrNotItWasWritten() {
        for (boolean written : List.of(true, false)) {
            FailingStore store = new FailingStore();
            Pools failing = new Pools(store, PoolConfig.DEFAULTS);
            failing.seed("2001:db8::/32");
            Offer offer = get(failing.pool.offer("B", IPV6, 48, 48, BigInteger.ZERO));
            PoolStatus before = failing.status();

            store.failure = written ? Failure.AFTER : Failure.BEFORE;
            failed(failing.pool.offer("C", IPV6, 48, 48, BigInteger.ZERO));
            failed(offer.commit());
            failed(failing.pool.assign("eth0", IPV6, 64));
            assertThat(failing.status()).isEqualTo(before);
            store.failure = Failure.NONE;

            get(offer.commit());
            assertThat(get(failing.pool.offer("C", IPV6, 48, 48, BigInteger.ZERO))
                            .prefix())
                    .hasToString("2001:db8:1::/48");
            List<PoolEntry> entries = failing.status().entries();
            List<String> log = failing.log();
            assertThat(failing.log()).containsExactly("SEEDED 2001:db8::/32", "DELEGATED 2001:db8::/48 B");
            failing.crash();
            assertThat(failing.log()).startsWith(log.toArray(String[]::new)).hasSize(3);
            assertThat(failing.status().entries()).hasSameSizeAs(entries);
            assertThat(failing.in(IN_DOUBT)).containsExactly("2001:db8:1::/48");
        }
    }

    private enum Failure {
        NONE,
        BEFORE,
        AFTER
    }

    /** Fails to write, before or after it has written; and then once more to open. */
    private static final class FailingStore implements PrefixStore {
        private final MemoryStore memory = new MemoryStore();
        private Failure failure = Failure.NONE;

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public StoreContent load() {
            return memory.load();
        }

        @Override
        public void write(StoreChange change) {
            if (failure != Failure.BEFORE) {
                memory.write(change);
            }
            if (failure != Failure.NONE) {
                throw new StoreException(StoreException.Reason.FULL, "no space", null);
            }
        }

        @Override
        public void close() {}
    }

    private static void failed(Mono<?> operation) {
        assertThatThrownBy(() -> get(operation))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(StoreException.Reason.FULL));
    }

    @Test
    void contentThatIsNoConsistentPoolIsRefused() {
        String free = "{\"prefix\":\"2001:db8::/32\",\"state\":\"FREE\",\"party\":\"\","
                + "\"since\":\"2026-01-01T00:00:00Z\",\"note\":\"\"}";
        corrupt("overlaps", Map.of(1L, free, 2L, free.replace("/32", "/48")));
        corrupt("entry 1 is damaged", Map.of(1L, "x"));
        corrupt("entry 1 is damaged", Map.of(1L, "null"));
        corrupt("entry 1 is damaged", Map.of(1L, "{}"));
        corrupt("entry 1 is damaged", Map.of(1L, free.replace("FREE", "LOST")));
        corrupt("entry 1 is damaged", Map.of(1L, free.replace("\"note\"", "\"more\"")));
        corrupt("entry 1 is damaged", Map.of(1L, free.replace("db8::/32", "db8::1/32")));
        MemoryStore fine = new MemoryStore();
        fine.write(new StoreChange(Map.of(7L, free), Set.of(), Map.of(), Set.of()));
        assertThat(new Pools(fine, PoolConfig.DEFAULTS).in(FREE)).containsExactly("2001:db8::/32");
    }

    private static void corrupt(String message, Map<Long, String> records) {
        MemoryStore store = new MemoryStore();
        store.write(new StoreChange(records, Set.of(), Map.of(), Set.of()));
        assertThatThrownBy(() -> new Pools(store, PoolConfig.DEFAULTS))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(StoreException.Reason.CORRUPT))
                .hasMessageContaining(message);
    }

    @Test
    void aClosedPoolRefusesOperations() {
        pools.seed("2001:db8::/32");
        Offer offer = get(pools.pool.offer("B", IPV6, 64, 64, BigInteger.ZERO));
        get(pools.pool.closeAsync());
        get(pools.pool.closeAsync());
        refused(Reason.CLOSED, offer.commit());
        refused(Reason.CLOSED, pools.pool.status());
        pools.crash();
        assertThat(pools.in(IN_DOUBT)).containsExactly("2001:db8::/64");
    }

    @Test
    void textsOfPeersArePrintedEscaped() {
        for (String text : HostileText.ALL) {
            if (text.isEmpty() || text.length() > 500) {
                continue;
            }
            pools.crash();
            Acquisition taken = get(pools.pool.acquire(text, Prefix.parse("2001:db8::/48")));
            HostileText.assertPrintableLine("an acquisition", taken.toString());
            get(taken.doubt(text));
            HostileText.assertPrintableLine("the status", pools.status().toString());
            HostileText.assertPrintableLine(
                    "the log", get(pools.pool.log(0, 1_000)).toString());
            assertThat(pools.status().entries(UNCONFIRMED).get(0).party()).isEqualTo(text);
        }
    }

    private static void refused(Reason reason, Mono<?> operation) {
        assertThatThrownBy(() -> get(operation))
                .isInstanceOfSatisfying(
                        PoolException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    /** Earlier versions wrote the address alone: the prefix can still return, from that address on any link. */
    @Test
    void aPrefixOfALinkLocalPeerReturnsFromItsLinkOnly() {
        pools.seed("10.0.0.0/30");
        get(get(pools.pool.offer("fe80::1%eth0", IPV4, 31, 31, BigInteger.ZERO)).commit());
        get(get(pools.pool.offer("fe80::1", IPV4, 31, 31, BigInteger.ZERO)).commit());
        Prefix ofEth0 = Prefix.parse("10.0.0.0/31");
        Prefix before = Prefix.parse("10.0.0.2/31");

        for (String other : List.of("fe80::1%eth1", "fe80::1", "fe80::1%eth00")) {
            assertThatThrownBy(() -> get(pools.pool.acquire(other, ofEth0)))
                    .isInstanceOfSatisfying(
                            PoolException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.OVERLAP));
        }
        assertThatThrownBy(() -> get(pools.pool.acquire("fe80::11%eth1", before)))
                .isInstanceOf(PoolException.class);
        get(get(pools.pool.acquire("fe80::1%eth0", ofEth0)).complete());
        get(get(pools.pool.acquire("fe80::1%eth1", before)).complete());

        assertThat(pools.in(FREE)).containsExactly("10.0.0.0/30");
    }
}
