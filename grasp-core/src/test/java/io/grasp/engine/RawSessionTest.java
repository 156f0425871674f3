package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.GraspException.Origin;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Raw channels with a misbehaving peer, and requests that never reach their peer. */
class RawSessionTest extends EngineFixture {
    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final RecordingRawEvents events = new RecordingRawEvents();
    private final RecordingObserver observed = new RecordingObserver();
    private final List<SessionOutcome> outcomes = observed.outcomes;
    private GraspEngine engine;
    private EngineAsa asa;
    private RawSession session;

    private void start(Duration delay) {
        network.link("lan", LinkKind.DATAGRAM, delay, node, peer.node);
        engine = start(EngineConfig.DEFAULTS, node, observed);
        asa = loop.call(() -> {
            EngineAsa registered = engine.registerAsa("asa");
            registered.register(EX3, RegistrationOptions.DEFAULTS);
            return registered;
        });
    }

    /** A peer has requested a raw channel, and sends data directly after its request. */
    private ScriptedPeer.Wire requestedWith(String hexBehind) {
        start(Duration.ofMillis(1));
        NegotiationListening listening = listen();
        loop.run(() -> listening.request(Long.MAX_VALUE));
        return request(hexBehind);
    }

    private NegotiationListening listen() {
        return loop.call(() -> asa.listenRaw(EX3, acceptor(requested -> session = requested.raw(events))));
    }

    private ScriptedPeer.Wire request(String hexBehind) {
        ScriptedPeer.Wire wire = peer.connect(node);
        moment();
        byte[] request = MessageEncoder.encode(new RequestNegotiation(new SessionId(1), EX3.withValue("Start")));
        wire.send(HexFormat.of().parseHex(HexFormat.of().formatHex(request) + hexBehind));
        moment();
        return wire;
    }

    @Test
    void itemsOfOneChunkAreDeliveredOnDemand() {
        ScriptedPeer.Wire wire = requestedWith("0102" + "03");
        assertThat(events.items).isEmpty();
        loop.run(() -> session.request(1));
        assertThat(events.items).containsExactly("1");
        moment();
        assertThat(events.items).containsExactly("1");
        loop.run(() -> session.request(1));
        wire.close();
        moment();
        assertThat(events.items).containsExactly("1", "2");
        assertThat(events.end).isEmpty();
        loop.run(() -> session.request(2));
        moment();
        assertThat(events.items).containsExactly("1", "2", "3");
        assertThat(events.end).containsExactly("completed");
        assertThat(outcomes).containsExactly(SessionOutcome.COMPLETED);
    }

    @Test
    void itemsAfterAWaitingRequestWaitForTheAsa() {
        start(Duration.ofMillis(1));
        NegotiationListening listening = listen();
        ScriptedPeer.Wire wire = request("01");
        wire.send(new byte[] {2});
        moment();
        assertThat(session).isNull();

        loop.run(() -> listening.request(1));
        loop.run(() -> session.request(Long.MAX_VALUE));
        moment();
        assertThat(events.items).containsExactly("1", "2");
        loop.run(() -> session.close());
        assertThat(events.end).containsExactly("completed");
    }

    @Test
    void anItemInPiecesIsDeliveredWhole() {
        ScriptedPeer.Wire wire = requestedWith("6568");
        loop.run(() -> session.request(Long.MAX_VALUE));
        for (String piece : List.of("65", "6c", "6c", "6f")) {
            wire.send(HexFormat.of().parseHex(piece));
            moment();
        }
        assertThat(events.items).containsExactly("\"hello\"");
        assertThat(events.failure).isNull();
    }

    @Test
    void anEndOfInputWithinAnItemFailsTheChannel() {
        ScriptedPeer.Wire wire = requestedWith("01" + "6568");
        loop.run(() -> session.request(Long.MAX_VALUE));
        wire.close();
        moment();
        assertThat(events.items).containsExactly("1");
        assertFailed(GraspErrorCode.CBOR_FAIL, Origin.PEER, "in the middle of an item");
    }

    @Test
    void bytesThatAreNotCborFailTheChannel() {
        ScriptedPeer.Wire wire = requestedWith("ff");
        loop.run(() -> session.request(1));
        moment();
        assertFailed(GraspErrorCode.CBOR_FAIL, Origin.PEER, "unreadable item");
        assertThat(wire.received).as("no M_INVALID on a raw channel").isEmpty();
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void anItemThatIsTooLongFailsTheChannel() {
        requestedWith("5a00010000");
        loop.run(() -> session.request(1));
        moment();
        assertFailed(GraspErrorCode.CBOR_FAIL, Origin.PEER, "unreadable item");
    }

    @Test
    void aBrokenConnectionFailsTheChannel() {
        ScriptedPeer.Wire wire = requestedWith("");
        loop.run(() -> session.request(1));
        wire.abort();
        moment();
        assertFailed(GraspErrorCode.NO_SOCKET, Origin.TRANSPORT, "broke");
        assertThat(events.failure.isUnreached()).isFalse();
    }

    @Test
    void anIdleChannelTimesOutAndABusyOneDoesNot() {
        ScriptedPeer.Wire wire = requestedWith("");
        loop.run(() -> session.request(Long.MAX_VALUE));
        Duration most = Timeouts.DEFAULTS.rawIdle();
        for (int i = 0; i < 3; i++) {
            loop.advance(most.minusSeconds(1));
            wire.send(new byte[] {1});
            moment();
        }
        assertThat(events.failure).isNull();
        loop.advance(most);
        assertFailed(GraspErrorCode.NO_REPLY, Origin.LOCAL, "600000 ms");
    }

    @Test
    void sendingKeepsAnIdleChannelOpenAndIsReportedWhenFlushed() {
        ScriptedPeer.Wire wire = requestedWith("");
        List<GraspException> flushes = new ArrayList<>();
        ObjectiveValue item = ObjectiveValue.of(List.of(200, 1)); // which the peer can read as a message
        Duration most = Timeouts.DEFAULTS.rawIdle();
        for (int i = 1; i <= 3; i++) {
            loop.advance(most.minusSeconds(1));
            loop.run(() -> session.send(item, failure -> flushes.add((GraspException) failure)));
            moment();
            assertThat(flushes).hasSize(i).containsOnlyNulls();
        }
        assertThat(wire.received).hasSize(3);
        assertThat(events.end).isEmpty();

        loop.run(session::close);
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> loop.run(() -> session.send(item, failure -> {})))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SESSION));
    }

    @Test
    void withdrawnDemandStopsTheItems() {
        ScriptedPeer.Wire wire = requestedWith("");
        loop.run(() -> session.request(Long.MAX_VALUE));
        wire.send(new byte[] {1});
        moment();
        loop.run(() -> session.stopReading());
        wire.send(new byte[] {2});
        wire.send(new byte[] {3});
        moment();
        assertThat(events.items).containsExactly("1");

        loop.run(() -> session.request(1));
        moment();
        assertThat(events.items).containsExactly("1", "2");
        loop.run(session::cancel);
        loop.run(() -> session.stopReading());
        loop.run(() -> session.request(1));
        assertThat(events.items).hasSize(2);
    }

    @Test
    void aRequestCancelledBeforeItsConnectionOpensIsNotSent() {
        start(Duration.ofSeconds(2));
        AsaLocator there = AsaLocator.of(
                new Locator.Ipv6((Inet6Address) peer.node.addresses().get(0), Locator.TCP, peer.node.port()));
        List<GraspException> failures = new ArrayList<>();
        loop.run(() -> {
            asa.negotiate(EX3.withValue(1), there, Duration.ofSeconds(3), new Unanswered() {
                @Override
                public void failed(GraspException failure) {
                    failures.add(failure);
                }
            });
            asa.synchronize(Objective.synchronizable("EX2"), there, Duration.ofSeconds(3), new SynchronizationEvents() {
                @Override
                public void synchronised(Objective received) {
                    throw new AssertionError(received);
                }

                @Override
                public void failed(GraspException failure) {
                    failures.add(failure);
                }
            });
        });
        loop.advance(Duration.ofMinutes(1));

        assertThat(failures).hasSize(2).allMatch(GraspException::isUnreached);
        assertThat(peer.accepted).allSatisfy(wire -> assertThat(wire.received).isEmpty());
    }

    private void assertFailed(GraspErrorCode code, Origin origin, String words) {
        assertThat(events.end).containsExactly("failed");
        assertThat(events.failure.code()).isEqualTo(code);
        assertThat(events.failure.origin()).isEqualTo(origin);
        assertThat(events.failure).hasMessageContaining(words);
        assertThat(events.failure.objective()).contains("EX3");
        assertThat(outcomes).containsExactly(SessionOutcome.FAILED);
    }

    private static final class RecordingRawEvents implements RawEvents {
        final List<String> items = new ArrayList<>();
        final List<String> end = new ArrayList<>();
        GraspException failure;

        @Override
        public void opened() {
            throw new AssertionError("a responder's connection is open");
        }

        @Override
        public void received(ObjectiveValue item) {
            items.add(item.toString());
        }

        @Override
        public void completed() {
            end.add("completed");
        }

        @Override
        public void failed(GraspException why) {
            end.add("failed");
            failure = why;
        }
    }
}
