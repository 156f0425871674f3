package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.engine.discovery.DiscoveryCache;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodCache;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.TestLink;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Link;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Flood;
import io.grasp.wire.MessageEncoder;
import java.lang.ref.Reference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory that the caches charge for an entry is at least what it takes, in the shapes that take the most. */
class CacheMemoryTest {
    private static final int BUDGET = 4 << 20;
    private static final Link LAN = new TestLink("lan", 1, "fe80::a");

    private final VirtualLoop loop = new VirtualLoop();

    private static Inet6Address address(long prefix, long number) {
        try {
            return (Inet6Address) InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(prefix).putLong(number).array());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A flood as it is received, in an array of the size of a long datagram. */
    private static Flood received(int number, String name, Locator tag) {
        TaggedObjective flooded =
                new TaggedObjective(Objective.synchronizable(name + number).withValue(number), tag);
        Flood flood = new Flood(new SessionId(number), address(0xfd00L << 48, number), 0, List.of(flooded));
        return (Flood) ScriptedPeer.decode(MessageEncoder.encode(flood));
    }

    @Test
    void aCachedLocatorTakesNoMoreMemoryThanItIsChargedFor() {
        long before = HeapUse.now();
        DiscoveryCache cache = new DiscoveryCache(
                loop,
                Limits.DEFAULTS.withRelayedLocatorBytes(BUDGET),
                new CacheObserver(GraspObserver.NONE, CacheKind.DISCOVERY));
        int most = BUDGET / DiscoveryCache.bytes("1234", new Locator.Ipv6(address(1, 1), Locator.TCP, 443));
        for (int i = 0; i < most; i++) {
            // a source, an objective and an address of its own
            Locator locator = new Locator.Ipv6(address(0xfd01L << 48, i), Locator.TCP, 443);
            TrafficSource source = TrafficSource.onLink(1, address(0xfe80L << 48, i));
            cache.relayed("" + i, new AsaLocator(locator, "lan", 1, false, Duration.ofMinutes(9)), source);
        }
        long taken = HeapUse.now() - before;

        assertThat(taken).isBetween(BUDGET / 4L, (long) BUDGET);
        Reference.reachabilityFence(cache);
    }

    @Test
    void aCachedFloodTakesNoMoreMemoryThanItIsChargedFor() {
        long before = HeapUse.now();
        FloodCache cache = new FloodCache(
                loop, BUDGET, BUDGET, address -> false, new CacheObserver(GraspObserver.NONE, CacheKind.FLOOD));
        int most = BUDGET / FloodCache.bytes(TaggedObjective.untagged(Objective.synchronizable("1")));
        for (int i = 0; i < most; i++) {
            // a source, an initiator, a name and a tag of its own
            Flood flood = received(i, "", new Locator.Ipv6(address(0xfd01L << 48, i), Locator.TCP, 443));
            InetAddress source = address(0xfe80L << 48, i);
            cache.put(
                    new SessionId(1),
                    flood.objectives().get(0),
                    flood.initiator(),
                    LAN,
                    1_000_000,
                    TrafficSource.onLink(1, source),
                    null);
        }
        long taken = HeapUse.now() - before;

        assertThat(taken).isBetween(BUDGET / 4L, (long) BUDGET);
        Reference.reachabilityFence(cache);
    }
}
