package io.grasp.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.engine.HeapUse;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.EngineContext;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.lang.ref.Reference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The memory that is charged for relaying is at least what it takes, in the shapes that take the most. */
class RelayMemoryTest {
    private static final int DISCOVERIES = 256;
    private static final int LOCATORS = 32;
    private static final RelayRate FAST = new RelayRate(1, DISCOVERIES);
    private static final int LONG_NAME = 950;

    private static InetAddress address(long prefix, long number) {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(prefix).putLong(number).array());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Each has a neighbor, an initiator and a long name of its own, and has as many answers as are passed on. */
    private static void fill(DiscoveryRelay relay, List<Link> links) {
        for (int i = 0; i < DISCOVERIES; i++) {
            InetAddress initiator = address(0xfd00L << 48, i);
            InetSocketAddress neighbor = new InetSocketAddress(address(0xfe80L << 48, i), 7017);
            Objective objective = Objective.discoverable("%04d".formatted(i) + "\u014d".repeat(LONG_NAME));
            Discovery discovery = new Discovery(new SessionId(i), initiator, objective.withLoopCount(255));
            MessagePath path = MessagePath.link(links.get(0).name(), neighbor);
            ReplyPath back = new IgnoredReplies(neighbor);
            TrafficSource source = new TrafficSource(links.get(0).index(), 0xfe80L << 48, i);
            relay.discovery(discovery, MessageEncoder.encode(discovery), links.get(0), back, path, source, false);
            MessagePath from = MessagePath.link(links.get(1).name(), neighbor);
            for (int j = 0; j < LOCATORS; j++) {
                Inet6Address server = (Inet6Address) address(0xfd01L << 48, i * LOCATORS + j);
                Locator locator = new Locator.Ipv6(server, Locator.TCP, 7017);
                Response response = new Response(
                        discovery.session(), initiator, 60_000, List.of(new GraspOption.LocatorOption(locator)), null);
                relay.response(response, MessageEncoder.encode(response), links.get(1), from);
            }
        }
    }

    @Test
    void aRelayedDiscoveryTakesNoMoreMemoryThanItIsChargedFor() {
        VirtualLoop loop = new VirtualLoop();
        SimNetwork network = SimNetwork.create(loop, 1);
        EngineConfig config = EngineConfig.DEFAULTS
                .withLimits(Limits.DEFAULTS.withRelayedLocatorBytes(Limits.LEAST_BYTES))
                .withRelay(RelayLimits.DEFAULTS
                        .withDiscoveries(FAST)
                        .withWaiting(0)
                        .withLinkPercent(100)
                        .withSessions(DISCOVERIES));
        EngineContext context = new EngineContext(config, network.node("relay"), new Random(1), GraspObserver.NONE);
        List<Link> links = new ArrayList<>(List.of(new SilentLink("left", 1), new SilentLink("right", 2)));
        links.forEach(context::addLink);
        DiscoveryRelay relay = new DiscoveryRelay(
                context,
                new ReplySender(context),
                new DiscoveryCache(
                        context.loop, config.limits(), new CacheObserver(GraspObserver.NONE, CacheKind.DISCOVERY)));
        long charged = config.withRelay(config.relay().withSessions(2 * DISCOVERIES))
                        .worstCase()
                        .heapBytes()
                - config.worstCase().heapBytes();
        long before = HeapUse.now();
        context.loop.execute(() -> fill(relay, links));
        loop.advance(Duration.ofMillis(1));
        long taken = HeapUse.now() - before - Limits.LEAST_BYTES;

        assertThat(relay.underWay()).isEqualTo(DISCOVERIES);
        assertThat(taken).isBetween(charged / 4, charged);
        Reference.reachabilityFence(relay);
    }

    private record IgnoredReplies(InetSocketAddress source) implements ReplyPath {
        @Override
        public Runnable reply(byte[] message, Completion sent) {
            sent.done(null);
            return () -> {};
        }
    }

    private record SilentLink(String name, int index, InetAddress linkLocalAddress) implements Link {
        SilentLink(String name, int index) {
            this(name, index, address(0xfe80L << 48, index));
        }

        @Override
        public int maxMulticastBytes() {
            return 2048;
        }

        @Override
        public boolean repliesInBand() {
            return false;
        }

        @Override
        public void multicast(byte[] message, Completion sent) {
            sent.done(null);
        }
    }
}
