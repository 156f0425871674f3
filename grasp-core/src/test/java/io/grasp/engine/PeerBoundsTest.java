package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The share of a node's resources that one peer can use, and that the rest remains for others (RFC 8991 section 3). */
class PeerBoundsTest extends EngineFixture {
    private static final Objective EX4 = Objective.negotiable("EX4");

    private final SimNode node = network.node("engine");
    private final ScriptedPeer greedy = newPeer("greedy");
    private final ScriptedPeer modest = newPeer("modest");
    private final RecordingObserver observed = new RecordingObserver();
    private final Map<DropReason, Integer> drops = observed.drops;
    private final List<NegotiationSession> taken = new ArrayList<>();
    private GraspEngine engine;

    private void start(Limits limits, Timeouts timeouts) {
        link("lan", node, greedy.node, modest.node);
        EngineConfig config = EngineConfig.DEFAULTS.withLimits(limits).withTimeouts(timeouts);
        engine = start(config, node, observed);
        loop.run(() -> {
            EngineAsa asa = engine.registerAsa("asa");
            asa.register(EX3, RegistrationOptions.DEFAULTS);
            asa.listenNegotiate(EX3, acceptor(taken::add)).request(Long.MAX_VALUE);
        });
    }

    private ScriptedPeer.Wire request(ScriptedPeer peer, int session) {
        ScriptedPeer.Wire wire = peer.connect(node);
        moment();
        wire.send(new RequestNegotiation(new SessionId(session), EX3.withValue(session)));
        moment();
        return wire;
    }

    @Test
    void theConnectionsOfEachPeerAreBounded() {
        start(Limits.DEFAULTS.withConnectionsPerPeer(3), Timeouts.DEFAULTS);
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            wires.add(greedy.connect(node));
            moment();
        }

        assertThat(wires).extracting(wire -> wire.closed).containsExactly(false, false, false, true, true);
        assertThat(wires.get(3).failure).hasMessageContaining("reset");
        assertThat(drops).containsExactly(Map.entry(DropReason.PEER_CONNECTIONS, 2));
        request(modest, 1);
        assertThat(taken).as("another peer's session").hasSize(1);

        wires.get(0).close();
        moment();
        request(greedy, 2);
        assertThat(taken).as("there is room again").hasSize(2);
    }

    @Test
    void aDropOnAConnectionNamesThePeerAndItsLink() {
        start(Limits.DEFAULTS.withConnectionsPerPeer(1), Timeouts.DEFAULTS);
        greedy.connect(node);
        greedy.connect(node);
        moment();

        assertThat(observed.droppedFrom.kind()).isEqualTo(MessagePath.Kind.CONNECTION);
        assertThat(observed.droppedFrom.link()).isEqualTo("lan");
        assertThat(observed.droppedFrom.peer().getAddress()).isEqualTo(addressOf(greedy));
    }

    @Test
    void theNegotiationsThatWaitForAListenerAreBounded() {
        start(Limits.DEFAULTS.withQueuedNegotiations(2), Timeouts.DEFAULTS);
        loop.run(() -> {
            EngineAsa busy = engine.registerAsa("busy");
            busy.register(EX4, RegistrationOptions.DEFAULTS);
            busy.listenNegotiate(EX4, acceptor(taken::add));
        });
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            wires.add(greedy.connect(node));
            moment();
            wires.get(i - 1).send(new RequestNegotiation(new SessionId(i), EX4.withValue(i)));
            moment();
        }

        assertThat(wires).extracting(wire -> wire.closed).containsExactly(false, false, true);
        assertThat(drops).as("an ASA listens, but is busy").isEqualTo(Map.of(DropReason.LISTENER_QUEUE, 1));
    }

    @Test
    void aSessionCountsAgainstItsPeersBoundUntilItEnds() {
        start(Limits.DEFAULTS.withConnectionsPerPeer(1), Timeouts.DEFAULTS);
        request(greedy, 1);
        request(greedy, 2);
        assertThat(taken).hasSize(1);
        assertThat(drops).containsExactly(Map.entry(DropReason.PEER_CONNECTIONS, 1));

        loop.run(() -> taken.get(0).decline("enough"));
        moment();
        request(greedy, 3);
        assertThat(taken).hasSize(2);
        assertThat(engine.load().sessions()).isEqualTo(1);
    }

    @Test
    void theConnectionsWithoutASessionAreBounded() {
        start(Limits.DEFAULTS.withConnections(2), Timeouts.DEFAULTS);
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            wires.add(greedy.connect(node));
            moment();
        }
        assertThat(wires).extracting(wire -> wire.closed).containsExactly(false, false, true);
        assertThat(drops).containsExactly(Map.entry(DropReason.SILENT_CONNECTIONS, 1));

        loop.advance(Timeouts.DEFAULTS.firstMessage());
        assertThat(wires).as("silent connections are closed").allMatch(wire -> wire.closed);
        request(modest, 1);
        assertThat(taken).hasSize(1);
    }

    /** TCP repeats a request that it loses at once after 3 s, and then after 6 s and 12 s (RFC 6298 section 5.7). */
    @Test
    void aRequestWhoseSegmentsAreLostThreeTimesIsServed() {
        start(Limits.DEFAULTS, Timeouts.DEFAULTS);
        ScriptedPeer.Wire slow = modest.connect(node);
        moment();
        loop.advance(Duration.ofSeconds(3 + 6 + 12));
        slow.send(new RequestNegotiation(new SessionId(1), EX3.withValue(1)));
        moment();
        assertThat(taken).hasSize(1);
    }

    @Test
    @Proves("8991-4-3")
    void theNumberOfSessionsIsBounded() {
        start(Limits.DEFAULTS.withSessions(2), Timeouts.DEFAULTS);
        request(greedy, 1);
        request(greedy, 2);
        ScriptedPeer.Wire third = request(modest, 3);

        assertThat(taken).hasSize(2);
        assertThat(third.closed).isTrue();
        assertThat(drops).containsExactly(Map.entry(DropReason.SESSIONS, 1));
    }

    @Test
    @Proves("8991-4-5")
    void theTotalWaitOfAPeerIsBounded() {
        start(Limits.DEFAULTS, Timeouts.DEFAULTS.withTotalWait(Duration.ofSeconds(100)));
        ScriptedPeer.Wire wire = request(greedy, 1);
        List<String> failures = new ArrayList<>();
        loop.run(() -> {
            NegotiationSession session = taken.get(0);
            session.take(new Unanswered(failures));
            session.step(EX3.withValue(1).value(), Duration.ofSeconds(10));
        });
        moment();
        for (int i = 0; i < 2; i++) {
            wire.send(new Wait(new SessionId(1), 40_000));
            loop.advance(Duration.ofSeconds(30));
        }
        wire.send(new Wait(new SessionId(1), 40_000));
        loop.advance(Duration.ofSeconds(15));
        wire.send(new Wait(new SessionId(1), 40_000));
        loop.advance(Duration.ofSeconds(24));
        assertThat(failures).as("99 s have passed").isEmpty();
        assertThat(drops).isEmpty();
        loop.advance(Duration.ofSeconds(2));

        assertThat(failures)
                .singleElement()
                .asString()
                .contains("the wait of 40000 ms that it asked for, limited to 25000 ms by its total wait time");
        wire.send(new Negotiate(new SessionId(1), EX3.withValue(2)));
        moment();
        assertThat(engine.load().sessions()).isZero();
    }

    private record Unanswered(List<String> failures) implements NegotiationEvents {
        @Override
        public void offered(Objective offer) {
            throw new AssertionError(offer);
        }

        @Override
        public void ended(NegotiationOutcome outcome) {
            throw new AssertionError(outcome);
        }

        @Override
        public void failed(GraspException failure) {
            failures.add(failure.getMessage());
        }
    }
}
