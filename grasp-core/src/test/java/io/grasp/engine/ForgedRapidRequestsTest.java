package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Wait;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A discovery with a rapid request begins a session before its source has proven anything. */
class ForgedRapidRequestsTest extends EngineFixture {
    private static final int FORGED = 1024;

    private final SimNode node = network.node("engine");
    private final ScriptedPeer honest = newPeer("honest");
    private final ScriptedPeer other = newPeer("other");
    private final List<NegotiationSession> taken = new ArrayList<>();
    private final List<Unanswering> opened = new ArrayList<>();
    private GraspEngine engine;
    private SubstrateListener listener;
    private final RecordingObserver observed = new RecordingObserver();
    private boolean hasRoom = true;
    private int lastId = FORGED;

    /** A connection to a source that does not exist: it never opens. */
    private record Unanswering(InetSocketAddress remote, ConnectionListener listener) implements Connection {
        @Override
        public void send(byte[] bytes, Completion flushed) {}

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {}

        @Override
        public void abort() {
            listener.closed(null);
        }
    }

    private Substrate substrate() {
        return (Substrate) Proxy.newProxyInstance(
                Substrate.class.getClassLoader(), new Class<?>[] {Substrate.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        listener = (SubstrateListener) arguments[0];
                    }
                    return method.getName().equals("hasRoomForSessionInReply")
                            ? hasRoom
                            : method.invoke(node, arguments);
                });
    }

    private void start(int links) {
        link("lan", node, honest.node);
        if (links > 1) {
            link("second", node, other.node);
        }
        engine = start(EngineConfig.DEFAULTS, substrate(), observed);
        loop.run(() -> {
            EngineAsa asa = engine.registerAsa("asa");
            asa.register(EX3, RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION));
            asa.listenNegotiate(EX3, acceptor(taken::add)).request(Long.MAX_VALUE); // it does not answer soon
        });
    }

    private ScriptedPeer.Wire request(int session) {
        ScriptedPeer.Wire wire = honest.connect(node);
        moment();
        wire.send(new RequestNegotiation(new SessionId(session), EX3.withValue(session)));
        moment();
        return wire;
    }

    private ReplyPath from(InetAddress source) {
        InetSocketAddress from = new InetSocketAddress(source, 4711);
        return new ReplyPath() {
            @Override
            public InetSocketAddress source() {
                return from;
            }

            @Override
            public Runnable reply(byte[] encoded, Completion sent) {
                return () -> sent.done(null);
            }

            @Override
            public Connection open(ConnectionListener events) {
                Unanswering connection = new Unanswering(from, events);
                opened.add(connection);
                return connection;
            }
        };
    }

    private byte[] rapidRequest() {
        return MessageEncoder.encode(new Discovery(
                new SessionId(++lastId),
                UnusableLocators.address("fd77::7"),
                EX3.withLoopCount(6).withValue(1)));
    }

    private void end() {
        loop.run(() -> List.copyOf(opened).forEach(each -> each.listener().closed(null)));
        moment();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void datagramsToTheNodeAloneFromAnywhereBeginNoSessions(int links) {
        start(links);
        for (int i = 0; i < FORGED; i++) {
            byte[] bytes = rapidRequest();
            ReplyPath back = from(UnusableLocators.address("2001:db8:0:" + Integer.toHexString(i) + "::1"));
            loop.run(() -> listener.unicastMessage(bytes, back));
        }
        assertThat(taken).isEmpty();
        assertThat(request(1).closed).as("the neighbor's request is refused").isFalse();
        end();
    }

    /** They may have the address of the neighbor, or of others on its link. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void multicastsEndNoSessionThatWaits(boolean inTheNameOfTheNeighbor) throws UnknownHostException {
        start(1);
        for (int i = 1; i <= 100; i++) {
            ScriptedPeer.Wire wire = request(i);
            NegotiationSession session = taken.get(i - 1);
            loop.run(() -> session.step(EX3.withValue(1).value(), Duration.ofSeconds(10)));
            moment();
            wire.send(new Wait(new SessionId(i), 3_600_000));
            moment();
        }
        List<NegotiationSession> established = List.copyOf(taken);
        Link link = engine.links().get(0);
        for (int i = 0; i < FORGED; i++) {
            byte[] bytes = rapidRequest();
            InetAddress source = inTheNameOfTheNeighbor
                    ? addressOf(honest)
                    : Inet6Address.getByAddress(
                            null,
                            UnusableLocators.address("fe80::bad:" + Integer.toHexString(i + 1))
                                    .getAddress(),
                            link.index());
            loop.run(() -> listener.linkMessage(link, bytes, from(source)));
        }
        assertThat(taken).as("the forged ones use what is free").hasSizeGreaterThan(200);
        assertThat(established).noneMatch(NegotiationSession::isEndingOrEnded);
        end();
    }

    /** Descriptors may run out between the request and the first message of the ASA. */
    @Test
    void noConnectionIsOpenedWithoutADescriptorForIt() {
        start(1);
        Link link = engine.links().get(0);
        byte[] first = rapidRequest();
        byte[] second = rapidRequest();
        loop.run(() -> listener.linkMessage(link, first, from(addressOf(honest))));
        assertThat(taken).hasSize(1);
        hasRoom = false;
        loop.run(() -> taken.get(0).step(EX3.withValue(1).value(), Duration.ofSeconds(10)));
        moment();
        assertThat(opened).isEmpty();
        assertThat(observed.drops).containsEntry(DropReason.DESCRIPTORS, 1);
        assertThat(taken.get(0).isEndingOrEnded()).isTrue();

        loop.run(() -> listener.linkMessage(link, second, from(addressOf(honest))));
        assertThat(taken).as("it gets a response").hasSize(1);
        end();
    }
}
