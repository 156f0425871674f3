package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.wire.Discovery;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Discoveries from forged sources: the answers go to no host that cannot have asked, and take nothing from others. */
class ForgedSourcesTest extends TwoLinkFixture {
    private static final Objective QUICK = Objective.negotiable("quick");
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final List<ForgedSource> answered = new ArrayList<>();
    private final Set<Integer> boundPorts = new HashSet<>(Set.of(7017));
    private boolean portsAreKnown = true;
    private Duration failsAfter = CONNECT_TIMEOUT;
    /** The number of connections for answers that the substrate may have. */
    private int room = Integer.MAX_VALUE;

    private int open;
    private SubstrateListener listener;
    private long lastId;

    @Override
    Substrate substrate() {
        return (Substrate) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Substrate.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        listener = (SubstrateListener) arguments[0];
                    }
                    if (method.getName().equals("mayBeNode")) {
                        return boundPorts.contains(arguments[0]);
                    }
                    if (method.getName().equals("knowsBoundPorts")) {
                        return portsAreKnown;
                    }
                    if (method.getName().equals("hasRoomForReply")) {
                        return open < room;
                    }
                    return method.invoke(node, arguments);
                });
    }

    /** A source that leads nowhere: a connection to it fails after a time, or when the node gives up. */
    private final class ForgedSource implements ReplyPath, Connection {
        private final InetSocketAddress source;
        private Completion completion = Completion.IGNORED;
        private Runnable whenGone = () -> {};
        private @Nullable ConnectionListener opening;
        private boolean ended;
        private boolean aborted;

        ForgedSource(InetAddress address, int port) {
            source = new InetSocketAddress(address, port);
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            return reply(message, sent, () -> {});
        }

        @Override
        public Runnable reply(byte[] message, Completion sent, Runnable gone) {
            answered.add(this);
            completion = sent;
            whenGone = gone;
            open++;
            loop.wakeAt(loop.nanoTime() + failsAfter.toNanos(), this::fail);
            return () -> {
                aborted = true;
                fail();
            };
        }

        @Override
        public Connection open(ConnectionListener listener) {
            answered.add(this);
            opening = listener;
            open++;
            loop.wakeAt(loop.nanoTime() + failsAfter.toNanos(), this::fail);
            return this;
        }

        private void fail() {
            if (!ended) {
                ended = true;
                IOException failure = new IOException("no route to host");
                open--;
                completion.done(failure);
                whenGone.run();
                if (opening != null) {
                    opening.closed(failure);
                }
            }
        }

        @Override
        public InetSocketAddress remote() {
            return source;
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            completion = flushed;
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {}

        @Override
        public void abort() {
            aborted = true;
            loop.execute(this::fail);
        }

        void deliver() {
            ended = true;
            open--;
            completion.done(null);
            whenGone.run();
        }
    }

    /** A receiver that takes the answer at once, and does not close the connection. */
    private final class OpenEnded implements ReplyPath {
        private final InetSocketAddress source;
        private boolean reset;

        OpenEnded(InetAddress address) {
            source = new InetSocketAddress(address, 4711);
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            return reply(message, sent, () -> {});
        }

        @Override
        public Runnable reply(byte[] message, Completion sent, Runnable gone) {
            open++;
            sent.done(null);
            return () -> {
                reset = true;
                open--;
                gone.run();
            };
        }
    }

    private static InetAddress linkLocal(Link link, int host) {
        byte[] address = new byte[16];
        address[0] = (byte) 0xFE;
        address[1] = (byte) 0x80;
        address[13] = (byte) (host >> 16);
        address[14] = (byte) (host >> 8);
        address[15] = (byte) host;
        try {
            return Inet6Address.getByAddress(null, address, link.index());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void multicast(Objective objective, InetAddress source) {
        multicast(objective, source, 4711);
    }

    private void multicast(Objective objective, InetAddress source, int port) {
        multicast(engine.links().get(0), objective, new ForgedSource(source, port));
    }

    private void multicast(Link link, Objective objective, ReplyPath from) {
        Discovery discovery = new Discovery(new SessionId(++lastId), UnusableLocators.address("fd77::7"), objective);
        loop.run(() -> listener.linkMessage(link, MessageEncoder.encode(discovery), from));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd99::1", "2001:db8::1", "192.0.2.1", "::1", "127.0.0.1"})
    void aMulticastFromBeyondItsLinkIsNotAnswered(String source) {
        listen();
        multicast(EX3, UnusableLocators.address(source));
        multicast(Objective.discoverable("elsewhere"), UnusableLocators.address(source));
        moment();

        assertThat(answered).isEmpty();
        assertThat(beyond.heard).as("relayed, which would bring answers").isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.OFF_LINK_SOURCE, 2));
        assertThat(sent).isEmpty();
    }

    @Test
    void aMulticastFromTheLinkIsAnswered() {
        listen();
        Link link = engine.links().get(0);
        node.addAddress(new NodeAddress(UnusableLocators.address("fd0a::1"), link.index(), 64, false, false));
        multicast(EX3, UnusableLocators.address("fd0a::77"));
        multicast(EX3, linkLocal(engine.links().get(0), 7));

        assertThat(answered).hasSize(2);
    }

    @Test
    void anAnswerThatCannotBeDeliveredIsNotCountedAsSent() {
        listen();
        multicast(EX3, linkLocal(engine.links().get(0), 7));
        moment();
        assertThat(answered).hasSize(1);
        assertThat(sent).isEmpty();
        loop.advance(CONNECT_TIMEOUT);

        assertThat(sent).isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNDELIVERED, 1));
        assertThat(observed.droppedFrom.link()).isEqualTo("lan");
    }

    @Test
    void sourcesThatLeadNowhereDoNotKeepOthersFromTheirAnswers() {
        listen();
        int asked = 0;
        for (int milli = 0; milli < 20_000; milli++) {
            multicast(EX3, linkLocal(engine.links().get(0), milli));
            if (milli % 1000 == 500) {
                peer.multicast(new Discovery(new SessionId(1_000_000 + milli), addressOf(peer), EX3));
                beyond.multicast(new Discovery(new SessionId(1_000_000 + milli), addressOf(beyond), EX3));
                asked++;
            }
            loop.advance(Duration.ofMillis(1));
        }
        loop.advance(CONNECT_TIMEOUT);

        assertThat(answers(peer)).hasSize(asked);
        assertThat(answers(beyond)).hasSize(asked);
        assertThat(sent).as("delivered").hasSize(2 * asked);
        assertThat(answered)
                .hasSize(20_000)
                .allSatisfy(each -> assertThat(each.ended).isTrue());
        assertThat(observed.drops.get(DropReason.PENDING_REPLIES) + observed.drops.get(DropReason.UNDELIVERED))
                .isEqualTo(20_000);
    }

    private void datagram(InetAddress source, int port) {
        Discovery discovery = new Discovery(new SessionId(++lastId), UnusableLocators.address("fd77::7"), EX3);
        loop.run(() -> listener.unicastMessage(MessageEncoder.encode(discovery), new ForgedSource(source, port)));
    }

    @Test
    void anAnswerGoesToAPortOfThisHostOnlyIfANodeMayHaveIt() {
        listen();
        InetAddress own = engine.links().get(0).linkLocalAddress();
        for (int port : new int[] {22, 7017}) {
            multicast(EX3, own, port);
            datagram(node.addresses().get(0), port);
            datagram(UnusableLocators.address("::1"), port);
        }

        assertThat(answered)
                .hasSize(3)
                .allSatisfy(to -> assertThat(to.source().getPort()).isEqualTo(7017));
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNBOUND_SOURCE, 3));
        loop.advance(CONNECT_TIMEOUT);
    }

    @Test
    void noAnswerGoesWhereNoHostCanBe() {
        listen();
        datagram(UnusableLocators.address("::"), 7017);
        datagram(UnusableLocators.address("ff02::13"), 7017);
        datagram(UnusableLocators.address("255.255.255.255"), 7017);
        datagram(UnusableLocators.address("fd99::1"), 0);
        multicast(EX3, linkLocal(engine.links().get(0), 99), 0);

        assertThat(answered).isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNUSABLE_SOURCE, 5));
    }

    @Test
    void aDiscoveryThatSeemsToComeFromThisNodeIsNotAnswered() {
        listen();
        InetAddress own = engine.links().get(0).linkLocalAddress();
        multicast(EX3, own, node.port());
        datagram(own, node.port());
        datagram(node.addresses().get(0), node.port());
        datagram(UnusableLocators.address("::1"), node.port());

        assertThat(answered).isEmpty();
        assertThat(observed.drops)
                .as("this node has not sent them")
                .containsOnly(Map.entry(DropReason.UNUSABLE_SOURCE, 4));
    }

    @Test
    void floodsAndExtensionsThatSeemToComeFromThisNodeAreNotCountedAsItsOwn() {
        listen();
        Link lan = engine.links().get(0);
        ForgedSource own = new ForgedSource(lan.linkLocalAddress(), node.port());
        Flood flood = new Flood(
                new SessionId(77),
                node.addresses().get(0),
                60_000,
                List.of(TaggedObjective.untagged(EX2.withLoopCount(6).withValue(1))));
        ExtensionMessage extension =
                new ExtensionMessage(200, new SessionId(78), node.addresses().get(0), List.of());
        loop.run(() -> {
            listener.linkMessage(lan, MessageEncoder.encode(flood), own);
            listener.linkMessage(lan, MessageEncoder.encode(ExtensionCodec.write(extension)), own);
        });
        moment();

        assertThat(observed.processedFloods).isEmpty();
        assertThat(observed.drops).containsOnly(Map.entry(DropReason.UNUSABLE_SOURCE, 2));
    }

    /** A discovery from each of some hosts of the link, whose answers lead nowhere. */
    private void neighbors(int first, int count) {
        for (int i = first; i < first + count; i++) {
            multicast(EX3, linkLocal(engine.links().get(0), i));
        }
    }

    private long inProgress() {
        return answered.stream().filter(each -> !each.ended).count();
    }

    @Test
    void whileMoreThanHalfOfThePlacesAreInUseAnswersMayNotTakeLong() {
        listen();
        int half = Limits.DEFAULTS.pendingReplies() / 2;
        neighbors(0, half + 10);
        loop.advance(Duration.ofMillis(999));
        neighbors(1000, 1);
        loop.runReady();
        assertThat(inProgress()).isEqualTo(half + 11);

        loop.advance(Duration.ofMillis(1));
        neighbors(2000, 1);
        loop.runReady();
        assertThat(inProgress()).as("half, and the new one").isEqualTo(half + 1);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.PENDING_REPLIES, 11));
        assertThat(answered.subList(0, 11))
                .allSatisfy(oldest -> assertThat(oldest.ended).isTrue());
        loop.advance(CONNECT_TIMEOUT);
        assertThat(observed.foreignDrops())
                .containsOnly(Map.entry(DropReason.PENDING_REPLIES, 11), Map.entry(DropReason.UNDELIVERED, half + 1));
    }

    @Test
    void pressureOnOneLinkDoesNotShortenTheTimeOfAnswersOnAnother() {
        listen();
        Link link = engine.links().get(1);
        multicast(link, EX3, new ForgedSource(linkLocal(link, 1), 4711));
        int half = Limits.DEFAULTS.pendingReplies() / 2;
        neighbors(0, half + 10);
        loop.advance(Duration.ofSeconds(1));
        neighbors(1000, 1);
        loop.runReady();

        assertThat(answered.get(0).ended).as("the first retransmission of TCP").isFalse();
        assertThat(inProgress()).as("half, and the new one").isEqualTo(half + 1);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.PENDING_REPLIES, 11));
        loop.advance(CONNECT_TIMEOUT);
    }

    /** Half of the places have room for both. */
    @Test
    void pressureOfTwoLinksIsTheirsInEqualParts() {
        listen();
        Link link = engine.links().get(1);
        int half = Limits.DEFAULTS.pendingReplies() / 2;
        for (int i = 0; i < half / 2; i++) {
            multicast(link, EX3, new ForgedSource(linkLocal(link, i), 4711));
        }
        neighbors(0, half);
        loop.advance(Duration.ofSeconds(1));
        neighbors(1000, 1);
        loop.runReady();

        assertThat(answered.subList(0, half / 2))
                .allSatisfy(each -> assertThat(each.ended).isFalse());
        assertThat(inProgress()).isEqualTo(half + 1);
        loop.advance(CONNECT_TIMEOUT);
    }

    @Test
    void receiversThatDoNotCloseTakeNoConnectionsFromOtherLinks() {
        listen();
        room = 10;
        Link link = engine.links().get(1);
        multicast(link, EX3, new ForgedSource(linkLocal(link, 1), 4711));
        Link shared = engine.links().get(0);
        ForgedSource neighbor = new ForgedSource(linkLocal(shared, 2), 4711);
        multicast(shared, EX3, neighbor);
        List<OpenEnded> receivers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            receivers.add(new OpenEnded(linkLocal(shared, 3)));
            multicast(shared, EX3, receivers.get(i));
            loop.runReady();
        }

        assertThat(open).isEqualTo(room);
        assertThat(answered)
                .as("one on the other link, one on the same")
                .allSatisfy(each -> assertThat(each.ended).isFalse());
        assertThat(receivers.subList(0, 92))
                .allSatisfy(each -> assertThat(each.reset).isTrue());
        assertThat(receivers.subList(92, 100))
                .allSatisfy(each -> assertThat(each.reset).isFalse());
        assertThat(sent).as("all were sent before").hasSize(100);
        assertThat(observed.foreignDrops()).isEmpty();
        loop.advance(CONNECT_TIMEOUT);
    }

    @Test
    void anAnswerThatLosesItsConnectionBeforeItIsSentIsGivenUp() {
        listen();
        room = 10;
        neighbors(0, 15);
        loop.runReady();

        assertThat(inProgress()).isEqualTo(10);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.PENDING_REPLIES, 5));
        assertThat(observed.droppedFrom.link()).isEqualTo("lan");
        loop.advance(CONNECT_TIMEOUT);
        assertThat(observed.foreignDrops())
                .containsOnly(Map.entry(DropReason.PENDING_REPLIES, 5), Map.entry(DropReason.UNDELIVERED, 10));
    }

    /** Each answer that gives way to another one still counts for its second. */
    @Test
    void withFewConnectionsAnswersBeyondTheLinksDoNotExceedTheirRateEither() {
        listen();
        room = 4;
        for (int i = 0; i < 1000; i++) {
            datagram(UnusableLocators.address("2001:db8:" + Integer.toHexString(i) + "::1"), 7017);
            loop.runReady();
        }
        assertThat(answered).hasSize(Limits.DEFAULTS.routableReplies());
        loop.advance(CONNECT_TIMEOUT);
    }

    @Test
    void withoutPressureAnswersMayTakeLong() {
        listen();
        neighbors(0, Limits.DEFAULTS.pendingReplies() / 2);
        loop.advance(CONNECT_TIMEOUT.minusMillis(10));
        neighbors(1000, 1);
        loop.runReady();
        assertThat(inProgress()).isEqualTo(answered.size());
        loop.advance(CONNECT_TIMEOUT);
    }

    private void beyondTheLinks(int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            datagram(UnusableLocators.address("2001:db8:" + Integer.toHexString(i) + "::1"), 7017);
        }
    }

    /** Answers that lead nowhere: to datagrams from beyond the links, they take nothing from those of neighbors. */
    @Test
    void answersBeyondTheLinksHaveAShareOfTheirOwn() {
        listen();
        beyondTheLinks(100);
        neighbors(0, 100);
        assertThat(answered).hasSize(Limits.DEFAULTS.routableReplies() + 100);
        assertThat(observed.foreignDrops())
                .containsOnly(Map.entry(DropReason.ROUTABLE_REPLIES, 100 - Limits.DEFAULTS.routableReplies()));
        loop.advance(CONNECT_TIMEOUT);
    }

    /** A victim that refuses the connections at once gets no more of them than a few each second. */
    @Test
    void answersBeyondTheLinksDoNotExceedARate() {
        failsAfter = Duration.ofMillis(1);
        listen();
        for (int i = 0; i < 10_000; i++) {
            datagram(UnusableLocators.address("2001:db8::1"), 7017);
            loop.advance(Duration.ofMillis(1));
        }
        assertThat(answered).hasSize(10 * Limits.DEFAULTS.routableReplies());
        assertThat(observed.foreignDrops())
                .containsOnly(
                        Map.entry(DropReason.UNDELIVERED, answered.size()),
                        Map.entry(DropReason.ROUTABLE_REPLIES, 10_000 - answered.size()));
        loop.advance(Duration.ofSeconds(1));
        assertThat(engine.load().deadlines()).isZero();
    }

    @Test
    void oneNetworkDoesNotTakeTheShareOfAnotherOne() {
        listen();
        for (int i = 0; i < 100; i++) {
            datagram(UnusableLocators.address("2001:db8::" + Integer.toHexString(i + 1)), 7017);
        }
        datagram(UnusableLocators.address("198.51.100.1"), 7017);
        assertThat(answered.get(answered.size() - 1).source().getAddress())
                .isEqualTo(UnusableLocators.address("198.51.100.1"));
        loop.advance(CONNECT_TIMEOUT);
    }

    @Test
    void whereTheBoundPortsAreNotKnownAnswersToThisHostHaveTheSameSmallShare() {
        portsAreKnown = false;
        boundPorts.add(22);
        listen();
        InetAddress own = engine.links().get(0).linkLocalAddress();
        for (int i = 0; i < 50; i++) {
            multicast(EX3, own, 22);
        }
        assertThat(answered).hasSize(Limits.DEFAULTS.routableReplies());
        loop.advance(CONNECT_TIMEOUT);
    }

    private void answerRapidly() {
        loop.run(() -> {
            asa.register(QUICK, RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION));
            asa.listenNegotiate(QUICK, acceptor(session -> {
                        session.take(events);
                        session.step(ObjectiveValue.of(1), TIMEOUT);
                    }))
                    .request(Long.MAX_VALUE);
        });
    }

    @Test
    void theConnectionsOfRapidAnswersShareThePlacesOfAnswers() {
        answerRapidly();
        int places = Limits.DEFAULTS.pendingReplies();
        for (int i = 0; i < places + 10; i++) {
            multicast(QUICK.withValue(7), linkLocal(engine.links().get(0), i));
        }
        loop.runReady();
        assertThat(inProgress()).isEqualTo(places);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.PENDING_REPLIES, 10));

        peer.multicast(new Discovery(new SessionId(1_000_000), addressOf(peer), QUICK.withValue(7)));
        moment();
        assertThat(answers(peer)).singleElement().isInstanceOf(Negotiate.class);
        loop.advance(CONNECT_TIMEOUT);
        assertThat(answered)
                .as("no M_RESPONSE to a peer that cannot be reached")
                .hasSize(places + 10);
        assertThat(observed.foreignDrops())
                .containsOnly(Map.entry(DropReason.PENDING_REPLIES, 11), Map.entry(DropReason.UNDELIVERED, places - 1));
    }

    @Test
    void rapidAnswersBeyondTheLinksHaveTheSameSmallShare() {
        answerRapidly();
        Link link = engine.links().get(0);
        InetAddress own = link.linkLocalAddress();
        portsAreKnown = false;
        boundPorts.add(22);
        for (int i = 0; i < 50; i++) {
            multicast(QUICK.withValue(7), own, 22);
        }
        moment();
        assertThat(answered).hasSize(Limits.DEFAULTS.routableReplies());
        loop.advance(CONNECT_TIMEOUT);
    }

    /** Nothing is given up that has been delivered meanwhile. */
    @Test
    void anAnswerThatIsDeliveredBeforeItIsGivenUpIsSent() {
        listen();
        neighbors(0, Limits.DEFAULTS.pendingReplies());
        loop.run(() -> {
            Discovery last = new Discovery(new SessionId(++lastId), UnusableLocators.address("fd77::7"), EX3);
            Link link = engine.links().get(0);
            listener.linkMessage(link, MessageEncoder.encode(last), new ForgedSource(linkLocal(link, 5000), 4711));
            answered.get(0).deliver();
        });
        moment();
        assertThat(sent).hasSize(1);
        assertThat(observed.foreignDrops()).isEmpty();
        assertThat(answered.get(0).aborted).isFalse();
        loop.advance(CONNECT_TIMEOUT);
    }

    private static List<GraspMessage> answers(ScriptedPeer peer) {
        return peer.accepted.stream().flatMap(wire -> wire.received.stream()).toList();
    }
}
