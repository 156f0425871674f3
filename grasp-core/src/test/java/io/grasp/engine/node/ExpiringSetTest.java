package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.config.Timeouts;
import io.grasp.engine.HeapUse;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.SessionId;
import io.grasp.substrate.sim.VirtualLoop;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a node remembers of its peers has a budget that they share. */
class ExpiringSetTest {
    private static final int COUNT = 16_384;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final TrafficSource ONE = new TrafficSource(1, 0, 1);
    private static final TrafficSource OTHER = new TrafficSource(1, 0, 2);
    private static final TrafficSource BEYOND = new TrafficSource(2, 0, 1);

    private final VirtualLoop loop = new VirtualLoop();

    private static FairPlaces<ExpiringSet.Member<?>> places(int bytes) {
        return ExpiringSet.places(Limits.DEFAULTS.withRememberedBytes(bytes));
    }

    @Test
    void aSourceThatFillsAllSetsDisplacesOnlyItsOwnMembers() {
        FairPlaces<ExpiringSet.Member<?>> places = places(Limits.LEAST_BYTES);
        ExpiringSet<Integer> first = ExpiringSet.ofPeers(loop, MINUTE, places);
        ExpiringSet<Integer> second = ExpiringSet.ofPeers(loop, MINUTE, places);
        first.add(-1, OTHER);
        first.add(-2, BEYOND);
        for (int i = 0; i < 100; i++) {
            assertThat(first.add(i, ONE)).isTrue();
            assertThat(second.add(i, ONE)).isTrue();
        }

        assertThat(first.contains(-1)).isTrue();
        assertThat(first.contains(-2)).isTrue();
        assertThat(first.contains(0)).isFalse();
        assertThat(first.contains(99)).isTrue();
        assertThat(second.contains(99)).isTrue();
        assertThat(places.used()).isLessThanOrEqualTo(Limits.LEAST_BYTES);
    }

    @Test
    void expiredMembersFreeTheirPlaces() {
        FairPlaces<ExpiringSet.Member<?>> places = places(Limits.LEAST_BYTES);
        ExpiringSet<Integer> set = ExpiringSet.ofPeers(loop, MINUTE, places);
        set.add(1, ONE);
        set.add(2, OTHER);
        long two = places.used();
        assertThat(set.add(1, OTHER)).as("it is a member").isFalse();
        assertThat(places.used()).isEqualTo(two);
        loop.advance(MINUTE);
        assertThat(set.contains(1)).isFalse();
        assertThat(set.add(1, ONE)).isTrue();

        assertThat(places.used()).isEqualTo(two / 2);
    }

    @Test
    void textCounts() {
        ExpiringSet<Integer> set = ExpiringSet.ofPeers(loop, MINUTE, places(Limits.LEAST_BYTES));
        set.add(1, ONE);
        set.add(2, ONE, Limits.LEAST_BYTES / 2);
        set.add(3, ONE, Limits.LEAST_BYTES / 2);

        assertThat(set.contains(1)).isFalse();
        assertThat(set.contains(2)).isFalse();
        assertThat(set.contains(3)).isTrue();
    }

    @Test
    void aMemberTakesNoMoreMemoryThanItIsChargedFor() throws UnknownHostException {
        int budget = 4 << 20;
        long before = HeapUse.now();
        FairPlaces<ExpiringSet.Member<?>> places = places(budget);
        ExpiringSet<Heard> set = ExpiringSet.ofPeers(loop, MINUTE, places);
        int count = 0;
        long used = -1;
        while (places.used() > used) { // until the next one displaces another
            used = places.used();
            InetAddress initiator = address(0xfd00L << 48, count);
            InetAddress hop = address(0xfe80L << 48, count);
            MulticastKey key = new MulticastKey(new SessionKey(new SessionId(count), initiator), count);
            set.add(new Heard(key, 1, new InetSocketAddress(hop, 7017)), TrafficSource.onLink(1, hop));
            count++;
        }
        long taken = HeapUse.now() - before;

        assertThat(taken).isBetween(budget / 4L, (long) budget);
        Reference.reachabilityFence(set);
    }

    @Test
    void aSessionIdOfAPeerTakesNoMoreMemoryThanItIsChargedFor() throws UnknownHostException {
        int budget = 4 << 20;
        long before = HeapUse.now();
        FairPlaces<ExpiringSet.Member<?>> places = places(budget);
        ExpiringSet<SessionId> ids = ExpiringSet.idsOfPeers(loop, MINUTE, places);
        int count = 0;
        long used = -1;
        while (places.used() > used) {
            used = places.used();
            ids.add(new SessionId(count), TrafficSource.onLink(1, address(0xfe80L << 48, count)));
            count++;
        }
        long taken = HeapUse.now() - before;

        assertThat(taken).isBetween(budget / 4L, (long) budget);
        Reference.reachabilityFence(ids);
    }

    @Test
    void theIdsOfOneNeighborDoNotDisplaceThoseOfOthers() {
        FairPlaces<ExpiringSet.Member<?>> places = places(Limits.LEAST_BYTES);
        int[] drawn = {0};
        SessionTable table = new SessionTable(
                loop,
                () -> (long) ++drawn[0] << 32,
                Limits.DEFAULTS,
                Timeouts.DEFAULTS,
                COUNT,
                List.of(),
                ExpiringSet.idsOfPeers(loop, MINUTE, places));
        table.heard(new SessionId(1), OTHER);
        table.heard(new SessionId(2), BEYOND);
        for (int i = 100; i < 10_000; i++) {
            table.heard(new SessionId(i), ONE);
        }

        assertThat(table.begin()).as("1 and 2 are in use").isEqualTo(new SessionId(3));
        assertThat(places.used()).isLessThanOrEqualTo(Limits.LEAST_BYTES);
    }

    @Test
    void aRelayedMessageTakesNoMoreMemoryThanItIsChargedFor() throws UnknownHostException {
        RelayRate rate = new RelayRate(100, 200);
        RelayLimits relay = new RelayLimits(rate, rate, 50, 1, 0);
        EngineConfig faster = EngineConfig.DEFAULTS.withRelay(relay.withFloods(new RelayRate(100, 200 + COUNT)));
        long charged = faster.worstCase().heapBytes()
                - EngineConfig.DEFAULTS.withRelay(relay).worstCase().heapBytes();
        long before = HeapUse.now();
        RelayedMessages messages = new RelayedMessages(loop, MINUTE, new RelayRate(1, COUNT));
        for (int i = 0; i < COUNT; i++) {
            SessionKey session = new SessionKey(new SessionId(i), address(0xfd00L << 48, i));
            messages.add(new MulticastKey(session, i));
        }
        long taken = HeapUse.now() - before;

        assertThat(taken).isBetween(charged / 4, charged);
        Reference.reachabilityFence(messages);
    }

    @Test
    void aRememberedSessionTakesNoMoreMemoryThanItIsChargedFor() throws UnknownHostException {
        Limits limits = Limits.DEFAULTS.withRememberedSessions(COUNT);
        long charged = limits.withRememberedSessions(2 * COUNT).worstCase().heapBytes()
                - limits.worstCase().heapBytes();
        long before = HeapUse.now();
        SessionTable table = new SessionTable(
                loop, new Random(1), limits, Timeouts.DEFAULTS, COUNT, List.of(), new ExpiringSet<>(loop, MINUTE, 1));
        ExpiringSet<SessionId> decidedRapidly = new ExpiringSet<>(loop, MINUTE, COUNT);
        for (int i = 0; i < 2 * COUNT; i++) {
            SessionId id = table.unused();
            table.rememberMulticast(id, address(0xfd00L << 48, i));
            decidedRapidly.add(new SessionId(i));
        }
        long taken = HeapUse.now() - before;

        assertThat(taken).isBetween(charged / 4, charged);
        Reference.reachabilityFence(table);
        Reference.reachabilityFence(decidedRapidly);
    }

    /** The largest of the keys. */
    private record Heard(MulticastKey discovery, int link, InetSocketAddress hop) {}

    private static InetAddress address(long prefix, long number) throws UnknownHostException {
        return InetAddress.getByAddress(
                ByteBuffer.allocate(16).putLong(prefix).putLong(number).array());
    }
}
