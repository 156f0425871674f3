package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection whose peer has asked and may still get an answer is not a silent one, so it does not give way to others. */
class AskingConnectionsTest extends EngineFixture {
    private static final int PLACES = 8;
    private static final int TYPE = 200;
    /** [200, 4711, "hi"]. */
    private static final byte[] EXTENSION = HexFormat.of().parseHex("83" + "18c8" + "191267" + "626869");

    private final SimNode node = network.node("engine");
    private final ScriptedPeer honest = newPeer("honest");
    private final ScriptedPeer server = newPeer("server");
    private final List<ScriptedPeer> others = new ArrayList<>();
    private final RecordingObserver observed = new RecordingObserver();
    private final List<ReceivedExtension> questions = new ArrayList<>();
    private boolean handlerAccepts = true;
    private SubstrateListener listener;
    private GraspEngine engine;
    private EngineAsa asa;

    @BeforeEach
    void start() {
        List<SimNode> lan = new ArrayList<>(List.of(node, honest.node));
        for (int i = 0; i < PLACES; i++) {
            others.add(newPeer("other" + i));
            lan.add(others.get(i).node);
        }
        link("lan", lan.toArray(SimNode[]::new));
        link("beyond", node, server.node);
        engine = start(
                EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withConnections(PLACES)),
                listened(node, newListener -> listener = newListener),
                observed);
        asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.onMessages(TYPE, new ExtensionHandler<>() {
            @Override
            public boolean received(ReceivedExtension question) {
                questions.add(question);
                return handlerAccepts;
            }

            @Override
            public void stopped() {}
        }));
    }

    private void shortMoment() {
        loop.advance(Duration.ofMillis(10)); // relayed discoveries do not end in it
    }

    private Discovery question(ScriptedPeer by, int id) {
        return new Discovery(new SessionId(id), addressOf(by), EX3.withLoopCount(100));
    }

    private static Response response(long id, InetAddress initiator) {
        try {
            InetAddress at = InetAddress.getByName("fd12::1");
            Locator locator = new Locator.Ipv6((Inet6Address) at, Locator.TCP, 9999);
            return new Response(
                    new SessionId(id), initiator, 60_000, List.of(new GraspOption.LocatorOption(locator)), null);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private ScriptedPeer.Wire connect(ScriptedPeer peer) {
        ScriptedPeer.Wire wire = peer.connect(node);
        shortMoment();
        return wire;
    }

    private ScriptedPeer.Wire ask(ScriptedPeer peer, int id) {
        ScriptedPeer.Wire wire = connect(peer);
        wire.send(question(peer, id));
        shortMoment();
        return wire;
    }

    /** More silent connections than there are places, one of each of several addresses at a time. */
    private List<ScriptedPeer.Wire> manySilent() {
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.forEach(each -> wires.add(each.connect(node)));
            shortMoment();
        }
        return wires;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRelayedDiscoveryIsAnsweredBesideManySilentConnections(boolean olderAreLeft) {
        if (olderAreLeft) {
            others.subList(0, 3).forEach(this::connect);
        }
        ScriptedPeer.Wire wire = ask(honest, 1);
        manySilent();
        assertThat(loop.call(engine::load).waitingConnections()).isEqualTo(PLACES);
        server.reply(response(1, addressOf(honest)));
        shortMoment();

        assertThat(wire.failure).as("silent connections go first").isNull();
        assertThat(wire.received).hasSize(1);
        assertThat(observed.drops)
                .containsKey(DropReason.SILENT_CONNECTIONS)
                .doesNotContainKey(DropReason.ASKING_CONNECTIONS);
    }

    @Test
    void aDiscoveryThatWaitsForTheRateIsAnsweredBesideManySilentConnections() {
        for (int i = 0; i < 500; i++) { // uses up the rate
            others.get(0).multicast(question(others.get(0), 1_000 + i));
            loop.advance(Duration.ofMillis(1));
        }
        ScriptedPeer.Wire wire = ask(honest, 1);
        int relayed = server.heard.size();
        manySilent();
        assertThat(wire.closed).isFalse();
        assertThat(server.heard).hasSizeGreaterThanOrEqualTo(relayed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageOfAnExtensionCountsAsAQuestionIfAHandlerAcceptsIt(boolean accepted) {
        handlerAccepts = accepted;
        ScriptedPeer.Wire wire = connect(honest);
        wire.send(EXTENSION);
        shortMoment();
        manySilent();
        assertThat(questions).hasSize(1);
        assertThat(wire.closed).isEqualTo(!accepted);
    }

    @Test
    void aNeighborThatAsksOnManyConnectionsLeavesHalfOfThePlacesToOthersAndDisplacesNoneThatAsk() {
        ScriptedPeer.Wire theirs = ask(honest, 1);
        List<ScriptedPeer.Wire> greedy = IntStream.range(0, PLACES)
                .mapToObj(i -> ask(others.get(0), 100 + i))
                .toList();
        assertThat(greedy)
                .as("the oldest of the source with the most")
                .extracting(wire -> wire.closed)
                .containsExactly(true, true, true, true, true, false, false, false);
        assertThat(observed.foreignDrops()).isEqualTo(Map.of(DropReason.ASKING_CONNECTIONS, 5));
        assertThat(theirs.closed).isFalse();

        List<ScriptedPeer.Wire> silent =
                others.subList(1, 1 + PLACES / 2).stream().map(this::connect).toList();
        assertThat(silent).noneMatch(wire -> wire.closed);
        assertThat(loop.call(engine::load).waitingConnections()).isEqualTo(PLACES);
    }

    @Test
    void whenTheSubstrateHasNoRoomASilentConnectionGoesBeforeOneThatAsks() {
        ScriptedPeer.Wire asking = ask(honest, 1);
        ScriptedPeer.Wire silent = connect(honest);
        InetSocketAddress newcomer = new InetSocketAddress(addressOf(honest), 1);
        assertThat(loop.call(() -> listener.makesRoom(newcomer, null, SubstrateDrop.TOO_MANY_CONNECTIONS)))
                .isTrue();
        shortMoment();
        assertThat(silent.closed).isTrue();
        assertThat(asking.closed).isFalse();

        assertThat(loop.call(() -> listener.makesRoom(newcomer, null, SubstrateDrop.TOO_MANY_CONNECTIONS)))
                .as("there is no silent one")
                .isTrue();
        shortMoment();
        assertThat(asking.closed).isTrue();
        assertThat(observed.foreignDrops()).isEqualTo(Map.of(DropReason.CONNECTIONS, 2));
    }

    @Test
    void aConnectionIsSilentAgainAfterItsLastAnswer() {
        loop.run(() -> {
            asa.register(EX3, RegistrationOptions.DEFAULTS);
            asa.listenNegotiate(EX3, acceptor(session -> {})).request(1);
        });
        ScriptedPeer.Wire wire = connect(honest);
        byte[] next = MessageEncoder.encode(question(honest, 2));
        byte[] asked = MessageEncoder.encode(question(honest, 1));
        byte[] both = new byte[asked.length + 3]; // the next message is not complete
        System.arraycopy(asked, 0, both, 0, asked.length);
        System.arraycopy(next, 0, both, asked.length, 3);
        wire.send(both);
        shortMoment();
        assertThat(wire.received).hasSize(1);
        assertThat(wire.closed).isFalse();
        manySilent();
        assertThat(wire.closed).isTrue();
        assertThat(observed.foreignDrops()).containsOnlyKeys(DropReason.SILENT_CONNECTIONS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResponseMakesItsConnectionYoungerOnlyIfADiscoveryWaitsForIt(boolean awaited) {
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(10), finding));
        shortMoment();
        Discovery own = (Discovery) ScriptedPeer.decode(honest.heard.get(honest.heard.size() - 1));
        Kept older = new Kept(honest);
        Kept younger = new Kept(honest);
        older.receive(response(own.session().value() ^ (awaited ? 0 : 1), own.initiator()));
        others.subList(1, PLACES).forEach(this::connect);

        assertThat(older.aborted).isEqualTo(!awaited);
        assertThat(younger.aborted).isEqualTo(awaited);
        assertThat(observed.drops).containsEntry(DropReason.SILENT_CONNECTIONS, 1);
        loop.run(() -> (awaited ? older : younger).ours.closed(null));
        loop.advance(Duration.ofSeconds(10));
        assertThat(finding.completed).isTrue();
    }

    @Test
    void aConnectionThatAsksStillHasTheTimeoutOfItsFirstMessage() {
        ScriptedPeer.Wire wire = connect(honest);
        wire.send(EXTENSION);
        loop.advance(Timeouts.DEFAULTS.firstMessage());
        assertThat(wire.inputEnded).isTrue();
        assertThat(loop.call(engine::load).waitingConnections()).isZero();
    }

    /** A connection whose peer does not close it. */
    private final class Kept implements Connection {
        private final InetSocketAddress remote;
        private final ConnectionListener ours;
        private boolean aborted;

        Kept(ScriptedPeer peer) {
            remote = new InetSocketAddress(addressOf(peer), 5_000);
            ours = loop.call(() -> listener.accepted(this));
        }

        void receive(GraspMessage message) {
            loop.run(() -> ours.received(MessageEncoder.encode(message)));
        }

        @Override
        public InetSocketAddress remote() {
            return remote;
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            flushed.done(null);
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {}

        @Override
        public void abort() {
            aborted = true;
            loop.execute(() -> ours.closed(null));
        }
    }
}
