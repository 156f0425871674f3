package io.grasp.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.engine.HeapUse;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodManager;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.EngineContext;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import java.lang.ref.Reference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message of a peer that waits takes no more memory than it is charged for, also if it consists of as many elements
 * as fit into it: decoded, each of them takes many times as much as its bytes.
 */
class WaitingMessageMemoryTest {
    private static final int MANY = 256;
    private static final int EXTRAS = 1_200;
    private static final List<CborItem> NO_EXTRAS = List.of();
    private static final InetSocketAddress RESPONDER = neighbor(999);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final List<Completion> unsent = new ArrayList<>();
    private final List<byte[]> kept = new ArrayList<>();
    private final List<MessageInfo> sent = new ArrayList<>();
    private final List<MessageInfo> relayed = new ArrayList<>();
    private final List<MessageInfo> refused = new ArrayList<>();
    private final List<Link> links = List.of(new TestLink("left", 1), new TestLink("right", 2));
    private boolean linksAreSlow;
    private EngineContext context;

    private static InetAddress address(long prefix, long number) {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(prefix).putLong(number).array());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetSocketAddress neighbor(int number) {
        return new InetSocketAddress(address(0xfe80L << 48, number), 7017);
    }

    private static InetAddress initiator(int number) {
        return address(0xfd00L << 48, number);
    }

    private static GraspMessage received(byte[] bytes) {
        assertThat(bytes.length).isLessThanOrEqualTo(CborLimits.DEFAULT.maxBytes());
        try {
            return new MessageDecoder(CborLimits.DEFAULT).decode(bytes);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    private static List<CborItem> extras() {
        return Collections.nCopies(EXTRAS, CborItem.wrap(new byte[] {0}, 0, 1));
    }

    private static Discovery discovery(int number, List<CborItem> extras) {
        return new Discovery(
                new SessionId(number),
                initiator(number),
                Objective.discoverable("EX").withLoopCount(255),
                extras);
    }

    /** Messages of peers that decoded consist of many elements. */
    enum Answer {
        UNDEFINED_ELEMENTS,
        UNKNOWN_OPTIONS,
        LOCATORS,
        DIVERT,
        UNDEFINED_ELEMENTS_OF_A_RAPID_ANSWER;

        private GraspMessage to(int discovery) {
            SessionId id = new SessionId(discovery);
            GraspOption locator = new GraspOption.LocatorOption(locator(discovery, 0));
            return switch (this) {
                case UNDEFINED_ELEMENTS ->
                    new Response(id, initiator(discovery), 60_000, List.of(locator), null, extras());
                case UNKNOWN_OPTIONS -> response(discovery, unknownOptions());
                case LOCATORS ->
                    response(
                            discovery,
                            IntStream.range(0, 32)
                                    .<GraspOption>mapToObj(i -> new GraspOption.LocatorOption(locator(discovery, i)))
                                    .toList());
                case DIVERT ->
                    response(discovery, List.of(new GraspOption.Divert(List.of(locator(discovery, 0)), extras())));
                case UNDEFINED_ELEMENTS_OF_A_RAPID_ANSWER ->
                    new Synch(
                            id,
                            Objective.synchronizable("EX").withLoopCount(1).withValue(ObjectiveValue.of((Object)
                                    discovery)),
                            extras());
            };
        }

        private static Response response(int discovery, List<GraspOption> options) {
            return new Response(new SessionId(discovery), initiator(discovery), 60_000, options, null);
        }

        private static Locator locator(int discovery, int number) {
            Inet6Address at = (Inet6Address) address(0xfd01L << 48, discovery * 100L + number);
            return new Locator.Ipv6(at, Locator.TCP, 7017);
        }

        private static List<GraspOption> unknownOptions() {
            return IntStream.range(0, 30)
                    .<GraspOption>mapToObj(i -> new GraspOption.Unknown(
                            200, CborItem.wrap(new byte[] {(byte) 0x82, 0x18, (byte) 200, (byte) (i % 24)}, 0, 4)))
                    .toList();
        }
    }

    private void onLoop(Runnable action) {
        context.loop.execute(action);
        loop.advance(Duration.ofMillis(1));
    }

    private void start(EngineConfig config, GraspObserver observer) {
        context = new EngineContext(config, network.node("relay"), new Random(1), observer);
        links.forEach(context::addLink);
    }

    private DiscoveryRelay relay(EngineConfig config, GraspObserver observer) {
        start(config, observer);
        return new DiscoveryRelay(
                context,
                new ReplySender(context),
                new DiscoveryCache(
                        context.loop, config.limits(), new CacheObserver(GraspObserver.NONE, CacheKind.DISCOVERY)));
    }

    private void relay(DiscoveryRelay relay, Discovery discovery, int number) {
        byte[] encoded = MessageEncoder.encode(discovery);
        relay.discovery(
                (Discovery) received(encoded),
                encoded,
                links.get(0),
                new SlowReplies(neighbor(number)),
                MessagePath.link("left", neighbor(number)),
                new TrafficSource(1, 0xfe80L << 48, number),
                false);
    }

    private void answer(DiscoveryRelay relay, GraspMessage answer) {
        byte[] encoded = MessageEncoder.encode(answer);
        MessagePath path = MessagePath.link("right", RESPONDER);
        if (received(encoded) instanceof Response response) {
            relay.response(response, encoded, links.get(1), path);
        } else {
            relay.rapidAnswer(received(encoded), encoded, null, path);
        }
    }

    private static EngineConfig config(RelayRate rate, int waiting) {
        return EngineConfig.DEFAULTS
                .withLimits(Limits.DEFAULTS.withRelayedLocatorBytes(Limits.LEAST_BYTES))
                .withRelay(RelayLimits.DEFAULTS
                        .withDiscoveries(rate)
                        .withFloods(rate)
                        .withLinkPercent(100)
                        .withWaiting(waiting));
    }

    /** {@return what is charged for the waiting discoveries, or for as many waiting floods} */
    private static long chargedForWaiting(EngineConfig config) {
        long twice = config.withRelay(config.relay().withWaiting(2 * MANY))
                        .worstCase()
                        .heapBytes()
                - config.worstCase().heapBytes();
        return twice / 2;
    }

    private final GraspObserver recording = new GraspObserver() {
        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            sent.add(message);
        }

        @Override
        public void relayed(MessageInfo message, MessagePath path) {
            relayed.add(message);
        }

        @Override
        public void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {
            refused.add(message);
        }
    };

    @Test
    void aDiscoveryThatWaitsForTheRateTakesNoMoreMemoryThanItIsChargedFor() {
        EngineConfig config = config(new RelayRate(1, 1), MANY);
        DiscoveryRelay relay = relay(config, GraspObserver.NONE);
        onLoop(() -> relay(relay, discovery(MANY, NO_EXTRAS), MANY)); // uses up the rate
        long before = HeapUse.now();
        onLoop(() -> IntStream.range(0, MANY).forEach(i -> relay(relay, discovery(i, extras()), i)));
        long taken = HeapUse.now() - before;

        assertThat(relay.underWay()).as("the others wait").isEqualTo(1);
        assertThat(taken).isLessThan(chargedForWaiting(config));
        Reference.reachabilityFence(relay);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 150})
    void aFloodThatWaitsForTheRateTakesNoMoreMemoryThanItIsChargedFor(int objectives) {
        EngineConfig config = config(new RelayRate(1, 1), MANY);
        Limits least = config.limits().withFloodBytes(Limits.LEAST_BYTES).withRememberedBytes(1 << 10);
        config = config.withLimits(least);
        start(config, recording);
        FloodManager floods = new FloodManager(context);
        onLoop(() -> flood(floods, MANY, 1));
        long before = HeapUse.now();
        onLoop(() -> IntStream.range(0, MANY).forEach(i -> flood(floods, i, objectives)));
        long taken = HeapUse.now() - before;

        onLoop(floods::stopRelaying); // afterwards, so that the floods have been in use
        assertThat(refused).as("those that waited").hasSize(MANY);
        assertThat(taken).isLessThan(chargedForWaiting(config));
    }

    private void flood(FloodManager floods, int number, int objectives) {
        List<TaggedObjective> all = IntStream.range(0, objectives)
                .mapToObj(i -> TaggedObjective.untagged(
                        Objective.discoverable("%03d".formatted(i)).withLoopCount(6)))
                .toList();
        Flood flood =
                new Flood(new SessionId(number), initiator(number), 1, all, objectives == 1 ? extras() : List.of());
        byte[] encoded = MessageEncoder.encode(flood);
        floods.received((Flood) received(encoded), encoded, links.get(0), MessagePath.link("left", neighbor(number)));
    }

    @Test
    void aMessageThatALinkHasNotAcceptedYetTakesLittleMoreThanItsBytes() {
        linksAreSlow = true;
        DiscoveryRelay relay = relay(config(new RelayRate(1, MANY), MANY), GraspObserver.NONE);
        onLoop(() -> IntStream.range(0, MANY).forEach(i -> relay(relay, discovery(i, NO_EXTRAS), i)));
        long short1 = unsentTakes(relay, NO_EXTRAS);
        long long1 = unsentTakes(relay, extras());
        assertThat(long1 - short1).as("%s, %s", short1, long1).isLessThan((long) MANY * 2 * EXTRAS);
    }

    /** {@return the memory of discoveries on their way, which take places of earlier ones} */
    private long unsentTakes(DiscoveryRelay relay, List<CborItem> extras) {
        unsent.clear();
        kept.clear();
        loop.advance(Duration.ofSeconds(MANY)); // the rate is free again, and the earlier ones have ended
        long before = HeapUse.now();
        int first = extras.isEmpty() ? MANY : 2 * MANY;
        onLoop(() -> IntStream.range(first, first + MANY).forEach(i -> relay(relay, discovery(i, extras), i)));
        long taken = HeapUse.now() - before;
        assertThat(unsent).hasSize(MANY);
        Reference.reachabilityFence(relay);
        return taken;
    }

    @ParameterizedTest
    @EnumSource
    void aRelayedAnswerThatIsBeingSentTakesNoMoreMemoryThanItIsChargedFor(Answer kind) {
        EngineConfig config = config(new RelayRate(1, MANY), 0);
        long charged = config.withLimits(config.limits().withPendingReplies(2 * MANY))
                        .worstCase()
                        .heapBytes()
                - config.worstCase().heapBytes();
        DiscoveryRelay relay = relay(config, GraspObserver.NONE);
        onLoop(() -> IntStream.range(0, MANY).forEach(i -> relay(relay, discovery(i, NO_EXTRAS), i)));
        kept.clear();
        // The options that were passed on are charged to the relayed discoveries.
        onLoop(() -> IntStream.range(0, MANY).forEach(i -> answer(relay, kind.to(i))));
        long all = HeapUse.now();
        assertThat(unsent).hasSize(MANY);
        unsent.clear();
        kept.clear();
        long replies = all - HeapUse.now();
        assertThat(replies).isLessThan(charged);
        Reference.reachabilityFence(relay);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatHasWaitedIsReportedAsItWasReceived(Answer kind) {
        DiscoveryRelay relay = relay(config(new RelayRate(1, MANY), 0), recording);
        onLoop(() -> relay(relay, discovery(1, NO_EXTRAS), 1));
        sent.clear();
        onLoop(() -> answer(relay, kind.to(1)));
        assertThat(sent).isEmpty();
        unsent.forEach(each -> onLoop(() -> each.done(null)));
        assertThat(sent).hasSize(1);
        assertThat(received(MessageEncoder.encode(kind.to(1))).equals(sent.get(0)))
                .isTrue();
    }

    @Test
    void aDiscoveryThatHasWaitedIsRelayedAndReportedWithAllItsElements() {
        DiscoveryRelay relay = relay(config(new RelayRate(1, 1), 2), recording);
        onLoop(() -> IntStream.range(0, 3).forEach(i -> relay(relay, discovery(i, extras()), 1)));
        onLoop(() -> relay(relay, discovery(3, extras()), 3));
        assertThat(refused).as("of the neighbor with the most").hasSize(1);
        assertThat(received(MessageEncoder.encode(discovery(1, extras()))).equals(refused.get(0)))
                .isTrue();
        loop.advance(Duration.ofSeconds(1));

        Discovery waited = discovery(2, extras());
        Discovery expected = new Discovery(
                waited.session(), waited.initiator(), waited.objective().withLoopCount(254), waited.extras());
        assertThat(relayed).hasSize(2);
        assertThat(received(MessageEncoder.encode(expected)).equals(relayed.get(1)))
                .isTrue();
        assertThat(kept.get(1)).isEqualTo(MessageEncoder.encode(expected));
    }

    @Test
    void aMulticastThatALinkAcceptsLaterIsReportedThen() {
        linksAreSlow = true;
        DiscoveryRelay relay = relay(config(new RelayRate(1, 1), 1), recording);
        onLoop(() -> relay(relay, discovery(1, extras()), 1));
        assertThat(relayed).isEmpty();
        unsent.forEach(each -> onLoop(() -> each.done(null)));

        assertThat(relayed).containsExactlyElementsOf(sent).singleElement().satisfies(message -> {
            assertThat(message)
                    .isInstanceOfSatisfying(
                            Discovery.class, later -> assertThat(later.extras()).hasSize(EXTRAS));
            assertThat(MessageEncoder.encode((GraspMessage) message)).isEqualTo(kept.get(0));
        });
    }

    private final class SlowReplies implements ReplyPath {
        private final InetSocketAddress source;

        SlowReplies(InetSocketAddress source) {
            this.source = source;
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        @Override
        public Runnable reply(byte[] message, Completion done) {
            kept.add(message);
            unsent.add(done);
            return () -> {};
        }
    }

    private final class TestLink implements Link {
        private final String name;
        private final int index;

        TestLink(String name, int index) {
            this.name = name;
            this.index = index;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public InetAddress linkLocalAddress() {
            return address(0xfe80L << 48, index);
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
        public void multicast(byte[] message, Completion done) {
            kept.add(message);
            if (linksAreSlow) {
                unsent.add(done);
            } else {
                done.done(null);
            }
        }
    }
}
