package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.Proves;
import io.grasp.config.AsaLimits;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.End;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Wait;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The share of a node's resources that one peer can use, and that the rest remains for others (RFC 8991 section 3). */
class PeerBoundsTest extends EngineFixture {
    private static final Objective EX4 = Objective.negotiable("EX4");
    private static final Objective EX5 = Objective.negotiable("EX5");

    private final SimNode node = network.node("engine");
    private final ScriptedPeer greedy = newPeer("greedy");
    private final ScriptedPeer modest = newPeer("modest");
    private final RecordingObserver observed = new RecordingObserver();
    private final Map<DropReason, Integer> drops = observed.drops;
    private final List<NegotiationSession> taken = new ArrayList<>();
    private GraspEngine engine;
    private SubstrateListener listener;

    private void start(Limits limits, Timeouts timeouts) {
        start(limits, timeouts, Stream.empty());
    }

    private void start(Limits limits, Timeouts timeouts, Stream<SimNode> others) {
        link(
                "lan",
                Stream.concat(Stream.of(node, greedy.node, modest.node), others).toArray(SimNode[]::new));
        EngineConfig config = EngineConfig.DEFAULTS.withLimits(limits).withTimeouts(timeouts);
        engine = start(config, listened(node, newListener -> listener = newListener), observed);
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

        assertThat(wires)
                .as("the oldest silent ones go")
                .extracting(wire -> wire.closed)
                .containsExactly(true, true, false, false, false);
        assertThat(wires.get(0).failure).hasMessageContaining("reset");
        assertThat(drops).containsExactly(Map.entry(DropReason.PEER_CONNECTIONS, 2));
        request(modest, 1);
        assertThat(taken).as("another peer's session").hasSize(1);

        request(greedy, 2);
        assertThat(taken).as("also one of the same peer").hasSize(2);
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
    void anAsaWithItsMaximumOfSessionsRefusesRequestsUntilOneEnds() {
        start(Limits.DEFAULTS, Timeouts.DEFAULTS);
        EngineAsa[] busy = new EngineAsa[1];
        loop.run(() -> {
            busy[0] = engine.registerAsa("busy", AsaLimits.NONE.withSessions(1).withObjectives(1));
            busy[0].register(EX4, RegistrationOptions.DEFAULTS);
            busy[0].listenNegotiate(EX4, acceptor(taken::add)).request(Long.MAX_VALUE);
        });
        ScriptedPeer.Wire first = greedy.connect(node);
        ScriptedPeer.Wire second = greedy.connect(node);
        moment();
        first.send(new RequestNegotiation(new SessionId(1), EX4.withValue(1)));
        second.send(new RequestNegotiation(new SessionId(2), EX4.withValue(2)));
        moment();
        assertThat(second.closed).isTrue();
        assertThat(drops).isEqualTo(Map.of(DropReason.SESSIONS, 1));
        loop.run(() -> {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> busy[0].discover(EX4, Duration.ofSeconds(1), new Finding()))
                    .withMessageContaining("all 1 sessions of the ASA busy are in use");
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> busy[0].register(EX5, RegistrationOptions.DEFAULTS))
                    .withMessageContaining("the ASA busy already has 1 registered objectives, its maximum");
            engine.registerAsa("other").register(EX5, RegistrationOptions.DEFAULTS);
        });

        loop.run(() -> taken.get(0).decline("enough"));
        moment();
        ScriptedPeer.Wire third = greedy.connect(node);
        moment();
        third.send(new RequestNegotiation(new SessionId(3), EX4.withValue(3)));
        moment();
        assertThat(taken).hasSize(2);
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
        assertThat(wires).as("the oldest goes").extracting(wire -> wire.closed).containsExactly(true, false, false);
        assertThat(drops).containsExactly(Map.entry(DropReason.SILENT_CONNECTIONS, 1));

        loop.advance(Timeouts.DEFAULTS.firstMessage());
        assertThat(wires).as("silent connections are closed").allMatch(wire -> wire.closed);
        request(modest, 1);
        assertThat(taken).hasSize(1);
    }

    /** Five addresses keep opening connections, on which they send nothing or M_NOOP. */
    @Test
    void silentConnectionsDoNotKeepOthersFromTheirSessions() {
        List<ScriptedPeer> silent = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            silent.add(newPeer("silent" + i));
        }
        start(Limits.DEFAULTS, Timeouts.DEFAULTS, silent.stream().map(each -> each.node));
        silent.forEach(each -> connectSilently(each, 250));
        moment();
        assertThat(engine.load().waitingConnections()).isEqualTo(Limits.DEFAULTS.connections());

        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 1; i <= 120; i++) {
            ScriptedPeer.Wire wire = modest.connect(node);
            silent.forEach(each -> connectSilently(each, 5));
            moment();
            silent.forEach(each -> connectSilently(each, 5));
            moment();
            wire.send(new RequestNegotiation(new SessionId(i), EX3.withValue(i)));
            wires.add(wire);
        }
        moment();

        assertThat(taken).hasSize(120);
        assertThat(wires).noneMatch(wire -> wire.closed);
        assertThat(drops)
                .containsKeys(DropReason.SILENT_CONNECTIONS, DropReason.NOOP)
                .doesNotContainKeys(DropReason.SESSIONS, DropReason.CONNECTIONS);
    }

    private void connectSilently(ScriptedPeer peer, int count) {
        for (int i = 0; i < count; i++) {
            ScriptedPeer.Wire wire = peer.connect(node);
            if (i % 2 == 0) {
                wire.send(new Noop());
            }
        }
    }

    @Test
    void silentConnectionsOfOneLinkDoNotDisplaceThoseOfAnother() {
        ScriptedPeer beyond = newPeer("beyond");
        link("other", node, beyond.node);
        start(Limits.DEFAULTS.withConnections(4), Timeouts.DEFAULTS);
        ScriptedPeer.Wire first = beyond.connect(node);
        ScriptedPeer.Wire second = beyond.connect(node);
        moment();
        connectSilently(greedy, 20);
        connectSilently(modest, 20);
        moment();
        assertThat(List.of(first, second)).noneMatch(wire -> wire.closed);
        second.send(new RequestNegotiation(new SessionId(1), EX3.withValue(1)));
        moment();
        assertThat(taken).hasSize(1);
    }

    /** The greedy peer has many networks behind it: each connection comes from another one. */
    private ScriptedPeer.Wire connectFromBeyond(int network) {
        ScriptedPeer.Wire wire = greedy.new Wire();
        loop.run(() -> {
            InetAddress behind = beyond(network);
            if (!greedy.node.addresses().contains(behind)) {
                greedy.node.addAddressBehind(behind);
            }
            wire.connection = greedy.node.connectFrom(
                    behind, Locator.of(node.addresses().get(0), Locator.TCP, node.port()), wire);
        });
        return wire;
    }

    private static InetAddress beyond(int network) {
        try {
            return InetAddress.getByName("2001:db8:" + Integer.toHexString(network) + "::1");
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sessionsOfHostsBeyondTheOnlyLinkLeaveItsNeighborsTheirPart() {
        start(Limits.DEFAULTS.withSessions(16), Timeouts.DEFAULTS);
        for (int i = 1; i <= 40; i++) {
            ScriptedPeer.Wire wire = connectFromBeyond(i);
            moment();
            wire.send(new RequestNegotiation(new SessionId(i), EX3.withValue(i)));
            moment();
        }
        assertThat(taken).as("4 are the link's, and 4 this node's").hasSize(8);
        assertThat(drops).isEqualTo(Map.of(DropReason.SESSIONS, 32));
        for (int i = 41; i <= 43; i++) {
            assertThat(request(modest, i).closed).isFalse();
        }
        assertThat(request(greedy, 44).closed).as("its address on the link").isFalse();
        assertThat(taken).hasSize(12);
    }

    @Test
    void silentConnectionsFromBeyondTheOnlyLinkDoNotDisplaceThoseOfItsNeighbors() {
        start(Limits.DEFAULTS.withConnections(4), Timeouts.DEFAULTS);
        ScriptedPeer.Wire wire = modest.connect(node);
        moment();
        for (int i = 1; i <= 40; i++) {
            connectFromBeyond(i);
        }
        moment();
        assertThat(wire.closed).isFalse();
        assertThat(loop.call(() -> listener.makesRoom(
                        new InetSocketAddress(addressOf(modest), 1), null, SubstrateDrop.TOO_MANY_CONNECTIONS)))
                .isTrue();
        moment();
        assertThat(wire.closed).isFalse();
        request(modest, 1);
        assertThat(taken).hasSize(1);
    }

    /** What does not begin anything does not make a connection last. */
    @Test
    void noopsDoNotProlongTheWaitForTheFirstMessage() {
        start(Limits.DEFAULTS, Timeouts.DEFAULTS);
        ScriptedPeer.Wire wire = greedy.connect(node);
        moment();
        for (int i = 0; i < 11; i++) {
            loop.advance(Duration.ofSeconds(5));
            wire.send(new Noop());
        }
        assertThat(wire.inputEnded).isFalse();
        loop.advance(Duration.ofSeconds(5));
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void theWaitForTheFirstMessageIsShorterTheMoreConnectionsOfALinkWait() {
        ScriptedPeer beyond = newPeer("beyond");
        link("other", node, beyond.node);
        start(Limits.DEFAULTS.withConnections(11), Timeouts.DEFAULTS);
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            wires.add(greedy.connect(node));
            moment();
        }
        ScriptedPeer.Wire unhurried = beyond.connect(node);
        moment();
        loop.advance(Duration.ofSeconds(7));
        assertThat(wires.subList(0, 9)).noneMatch(wire -> wire.inputEnded);
        assertThat(wires.get(9).inputEnded).as("10 of 11 places").isTrue();
        loop.advance(Duration.ofSeconds(11));
        assertThat(wires.get(8).inputEnded).isTrue();
        loop.advance(Duration.ofSeconds(35));
        assertThat(wires.subList(5, 10)).allMatch(wire -> wire.inputEnded);
        assertThat(wires.subList(0, 5)).as("half of the places").noneMatch(wire -> wire.inputEnded);
        assertThat(unhurried.inputEnded).as("another link's").isFalse();
        loop.advance(Duration.ofSeconds(8));
        assertThat(unhurried.inputEnded).isTrue();
    }

    @Test
    void aFullSubstrateMakesRoomByTheOldestSilentConnection() {
        start(Limits.DEFAULTS, Timeouts.DEFAULTS);
        assertThat(loop.call(() -> listener.makesRoom(
                        new InetSocketAddress(addressOf(modest), 1), null, SubstrateDrop.TOO_MANY_CONNECTIONS)))
                .as("nothing is silent")
                .isFalse();
        ScriptedPeer.Wire older = greedy.connect(node);
        moment();
        ScriptedPeer.Wire newer = greedy.connect(node);
        moment();
        assertThat(loop.call(() -> listener.makesRoom(
                        new InetSocketAddress(addressOf(modest), 1), null, SubstrateDrop.TOO_MANY_CONNECTIONS)))
                .isTrue();
        moment();
        assertThat(older.closed).isTrue();
        assertThat(newer.closed).isFalse();
        assertThat(drops).containsExactly(Map.entry(DropReason.CONNECTIONS, 1));
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

    /** A session of a peer that has asked for 49 days. */
    private ScriptedPeer.Wire waits(ScriptedPeer peer, int session) {
        ScriptedPeer.Wire wire = request(peer, session);
        if (wire.closed) {
            return wire; // it was refused
        }
        loop.run(() -> taken.get(taken.size() - 1).step(EX3.withValue(1).value(), Duration.ofSeconds(10)));
        moment();
        wire.send(new Wait(new SessionId(session), 0xFFFF_FFFFL));
        moment();
        return wire;
    }

    @Test
    void sessionsThatWaitAreTheFirstToGoWhenSessionsRunOut() {
        start(Limits.DEFAULTS.withSessions(8), Timeouts.DEFAULTS); // 2 of them are this node's
        List<ScriptedPeer.Wire> waiting = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            waiting.add(waits(greedy, i));
        }
        loop.advance(Duration.ofDays(2));
        waiting.get(0).send(new Wait(new SessionId(1), 0xFFFF_FFFFL));
        for (int i = 5; i <= 8; i++) {
            request(modest, i);
        }

        assertThat(waiting.get(0).received)
                .as("the oldest, although it has asked again")
                .last()
                .isInstanceOf(End.class);
        assertThat(taken.stream().map(NegotiationSession::isEndingOrEnded))
                .as("each has three")
                .containsExactly(true, false, false, false, false, false, false);
        assertThat(drops).isEqualTo(Map.of(DropReason.WAITING_SESSIONS, 1, DropReason.SESSIONS, 1));
    }

    @Test
    void aSessionThatGoesOnAfterAWaitIsNoLongerTheFirstToGo() {
        start(Limits.DEFAULTS.withSessions(2), Timeouts.DEFAULTS);
        ScriptedPeer.Wire wire = waits(greedy, 1);
        waits(greedy, 2)
                .send(new Negotiate(new SessionId(2), EX3.withLoopCount(4).withValue(2)));
        wire.send(new Negotiate(new SessionId(1), EX3.withLoopCount(4).withValue(2)));
        moment();

        assertThat(request(modest, 3).closed).isTrue();
        assertThat(taken).hasSize(2).noneMatch(NegotiationSession::isEndingOrEnded);
        assertThat(drops).containsExactly(Map.entry(DropReason.SESSIONS, 1));
    }

    @Test
    void sessionsThatWaitGiveWayAtTheBoundOfTheirPeerAndOfTheSubstrate() {
        start(Limits.DEFAULTS.withConnectionsPerPeer(2), Timeouts.DEFAULTS);
        ScriptedPeer.Wire first = waits(greedy, 1);
        ScriptedPeer.Wire second = waits(greedy, 2);
        request(greedy, 3);
        assertThat(taken).hasSize(3);
        assertThat(first.failure).hasMessageContaining("reset");
        waits(greedy, 4);
        assertThat(second.failure).hasMessageContaining("reset");
        assertThat(engine.load().sessions()).isEqualTo(2);
        request(greedy, 5);
        request(greedy, 6);
        assertThat(drops).isEqualTo(Map.of(DropReason.WAITING_SESSIONS, 3, DropReason.PEER_CONNECTIONS, 1));
    }

    @Test
    void ourOwnSessionsEndOneThatWaits() {
        start(Limits.DEFAULTS.withSessions(2), Timeouts.DEFAULTS);
        waits(greedy, 1);
        waits(greedy, 2);
        RecordingEvents events = new RecordingEvents();
        loop.run(() -> {
            EngineAsa own = engine.registerAsa("own");
            own.register(EX4, RegistrationOptions.DEFAULTS);
            events.session = own.negotiate(EX4.withValue(1), here(modest.node), TIMEOUT, events);
        });
        moment();
        assertThat(modest.accepted).hasSize(1);
        assertThat(drops).containsExactly(Map.entry(DropReason.WAITING_SESSIONS, 1));
        loop.run(events.session::cancel);
    }

    private static SessionId sessionOf(ScriptedPeer.Wire wire) {
        return ((RequestNegotiation) wire.received.get(0)).session();
    }

    /** Begins a session of our own with a peer that asks for 49 days. */
    private RecordingEvents ownThatWaits(EngineAsa own, ScriptedPeer peer) {
        RecordingEvents events = new RecordingEvents();
        loop.run(() -> events.session = own.negotiate(EX4.withValue(1), here(peer.node), TIMEOUT, events));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(peer.accepted.size() - 1);
        wire.send(new Wait(sessionOf(wire), 0xFFFF_FFFFL));
        moment();
        return events;
    }

    private EngineAsa ownAsa() {
        return loop.call(() -> {
            EngineAsa own = engine.registerAsa("own");
            own.register(EX4, RegistrationOptions.DEFAULTS);
            return own;
        });
    }

    @Test
    void ourOwnSessionsThatWaitGiveWayToNewOnes() {
        start(Limits.DEFAULTS.withSessions(3), Timeouts.DEFAULTS);
        EngineAsa own = ownAsa();
        RecordingEvents only = ownThatWaits(own, modest);
        RecordingEvents older = ownThatWaits(own, greedy);
        RecordingEvents newer = ownThatWaits(own, greedy);
        RecordingEvents next = ownThatWaits(own, modest);

        assertThat(older.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(greedy.accepted.get(0).received).last().isInstanceOf(End.class);
        assertThat(List.of(only, newer, next))
                .as("the oldest of the peer with the most goes")
                .allMatch(events -> events.failure == null && !events.session.isEndingOrEnded());
        assertThat(drops).isEqualTo(Map.of(DropReason.WAITING_SESSIONS, 1));
        assertThat(engine.load().sessions()).isEqualTo(3);
    }

    @Test
    void theSessionsOfPeersThatWaitGiveWayToOurOwnBeforeThose() {
        start(Limits.DEFAULTS.withSessions(8), Timeouts.DEFAULTS); // 2 are guaranteed to the link
        EngineAsa own = ownAsa();
        for (int i = 1; i <= 4; i++) {
            waits(greedy, i);
        }
        List<RecordingEvents> ours = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ours.add(ownThatWaits(own, modest));
        }
        assertThat(taken.stream().map(NegotiationSession::isEndingOrEnded)).containsExactly(true, true, false, false);
        assertThat(ours).allMatch(events -> events.failure == null);
        ours.add(ownThatWaits(own, modest));
        assertThat(ours.get(0).failure).isNotNull();
        assertThat(ours.subList(1, 7)).allMatch(events -> events.failure == null);
        assertThat(taken.subList(2, 4)).noneMatch(NegotiationSession::isEndingOrEnded);
    }

    @Test
    void ourOwnSessionsThatWaitLeavePeersTheirPart() {
        start(Limits.DEFAULTS.withSessions(8), Timeouts.DEFAULTS); // 2 are guaranteed to the link
        EngineAsa own = ownAsa();
        List<RecordingEvents> ours = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ours.add(ownThatWaits(own, greedy));
        }
        for (int i = 1; i <= 4; i++) {
            request(modest, i);
        }
        assertThat(taken).hasSize(2).noneMatch(NegotiationSession::isEndingOrEnded);
        assertThat(ours.subList(0, 2)).allMatch(events -> events.failure != null);
        assertThat(ours.subList(2, 8)).allMatch(events -> events.failure == null);
        assertThat(drops).isEqualTo(Map.of(DropReason.WAITING_SESSIONS, 2, DropReason.SESSIONS, 2));
    }

    /** As a retry does; the new session keeps the place that it got. */
    @Test
    void sessionsDoNotExceedTheirLimitWhenOneGivesWay() {
        start(Limits.DEFAULTS.withSessions(3), Timeouts.DEFAULTS);
        EngineAsa own = ownAsa();
        for (int i = 0; i < 3; i++) {
            ownThatWaits(own, greedy);
        }
        List<Integer> inUse = new ArrayList<>();
        loop.run(() -> {
            for (int i = 0; i < 3; i++) {
                own.negotiate(EX4.withValue(i), here(modest.node), TIMEOUT, new RecordingEvents());
                inUse.add(engine.load().sessions());
            }
        });
        assertThat(inUse).containsExactly(3, 3, 3);
    }

    @Test
    void anAsaMayBeginASessionWhenOneGivesWay() {
        start(Limits.DEFAULTS.withSessions(2), Timeouts.DEFAULTS);
        EngineAsa own = ownAsa();
        List<NegotiationSession> begun = new ArrayList<>();
        List<GraspErrorCode> failures = new ArrayList<>();
        NegotiationEvents retrying = new Unanswered() {
            @Override
            public void failed(GraspException failure) {
                failures.add(failure.code());
                try {
                    begun.add(own.negotiate(EX4.withValue(2), here(greedy.node), TIMEOUT, this));
                } catch (GraspException full) {
                    failures.add(full.code());
                }
            }
        };
        for (int i = 0; i < 2; i++) {
            loop.run(() -> begun.add(own.negotiate(EX4.withValue(1), here(greedy.node), TIMEOUT, retrying)));
            moment();
            ScriptedPeer.Wire wire = greedy.accepted.get(i);
            wire.send(new Wait(sessionOf(wire), 0xFFFF_FFFFL));
            moment();
        }
        RecordingEvents another = new RecordingEvents();
        loop.run(() -> another.session = own.negotiate(EX4.withValue(3), here(modest.node), TIMEOUT, another));
        moment();

        assertThat(failures)
                .as("the first retry gets the place of the other one, whose retry fails")
                .containsExactly(
                        GraspErrorCode.NO_NEGOTIATION_REPLY,
                        GraspErrorCode.NO_NEGOTIATION_REPLY,
                        GraspErrorCode.UNSPECIFIED);
        assertThat(begun).hasSize(3);
        assertThat(another.failure).isNull();
        assertThat(modest.accepted).hasSize(1);
        assertThat(engine.load().sessions()).isEqualTo(2);
    }

    @Test
    void sessionsThatGoOnDoNotEndThoseOfAnotherLinkThatWait() {
        ScriptedPeer beyond = newPeer("beyond");
        link("other", node, beyond.node);
        start(Limits.DEFAULTS.withSessions(40), Timeouts.DEFAULTS); // parts of 5: two links, unknown links, this node
        int session = 0;
        for (int i = 0; i < 5; i++) {
            waits(beyond, ++session);
        }
        List<NegotiationSession> waiting = List.copyOf(taken);
        for (int i = 0; i < 40; i++) {
            request(i % 2 == 0 ? greedy : modest, ++session);
        }

        assertThat(waiting).noneMatch(NegotiationSession::isEndingOrEnded);
        assertThat(taken).as("all that is not guaranteed to others").hasSizeBetween(5 + 15, 5 + 25);
        assertThat(drops).containsOnlyKeys(DropReason.SESSIONS);
    }

    @Test
    void sessionsOfOneSourceThatGoOnDoNotEndThoseOfAnotherThatWait() {
        start(Limits.DEFAULTS.withSessions(12), Timeouts.DEFAULTS);
        for (int i = 1; i <= 3; i++) {
            waits(modest, i);
        }
        for (int i = 4; i <= 30; i++) {
            request(greedy, i);
        }
        assertThat(taken.subList(0, 3)).noneMatch(NegotiationSession::isEndingOrEnded);
        assertThat(drops).containsOnlyKeys(DropReason.SESSIONS);
    }

    @Test
    void aSourceThatWaitsGivesWayToItselfFirst() {
        ScriptedPeer third = newPeer("third");
        start(Limits.DEFAULTS.withSessions(16), Timeouts.DEFAULTS, Stream.of(third.node));
        int session = 0;
        for (int i = 0; i < 3; i++) {
            waits(greedy, ++session);
            waits(modest, ++session);
            request(third, ++session);
        }
        for (int i = 0; i < 4; i++) {
            waits(modest, ++session);
        }
        assertThat(taken).hasSize(13);
        assertThat(taken.stream()
                        .filter(NegotiationSession::isEndingOrEnded)
                        .map(ended -> ended.inHand().value().as(Integer.class)))
                .containsExactly(2, 5, 8);
        assertThat(drops).isEqualTo(Map.of(DropReason.WAITING_SESSIONS, 3));
    }

    @Test
    void sessionsThatWaitGiveWayToAnotherLinkUntilBothHaveAsMany() {
        ScriptedPeer beyond = newPeer("beyond");
        ScriptedPeer further = newPeer("further");
        link("other", node, beyond.node, further.node);
        List<ScriptedPeer> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add(newPeer("peer" + i));
        }
        start(Limits.DEFAULTS.withSessions(40), Timeouts.DEFAULTS, many.stream().map(each -> each.node));
        int session = 0;
        for (int i = 0; i < 8; i++) {
            waits(beyond, ++session);
            waits(further, ++session);
        }
        assertThat(taken).hasSize(16);
        for (ScriptedPeer each : many) {
            request(each, ++session);
        }

        long ended = taken.subList(0, 16).stream()
                .filter(NegotiationSession::isEndingOrEnded)
                .count();
        int others = taken.size() - 16;
        assertThat(others).as("14 are not reserved").isEqualTo(15);
        assertThat(ended).isEqualTo(1);
        assertThat(drops).isEqualTo(Map.of(DropReason.WAITING_SESSIONS, 1, DropReason.SESSIONS, 5));
    }

    private boolean makesRoom(ScriptedPeer peer) {
        boolean made = loop.call(() -> listener.makesRoom(
                new InetSocketAddress(addressOf(peer), 1), null, SubstrateDrop.TOO_MANY_CONNECTIONS));
        moment();
        return made;
    }

    @Test
    void aFullSubstrateResetsNoSessionOfAnotherLinkWithinItsPart() {
        ScriptedPeer beyond = newPeer("beyond");
        link("other", node, beyond.node);
        start(Limits.DEFAULTS.withSessions(40), Timeouts.DEFAULTS); // 6 connections are guaranteed to each link
        List<ScriptedPeer.Wire> waiting = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            waiting.add(waits(beyond, i));
        }
        assertThat(makesRoom(greedy)).isFalse();
        waiting.add(waits(beyond, 7));
        assertThat(makesRoom(greedy)).isTrue();
        assertThat(makesRoom(greedy)).isFalse();
        assertThat(waiting.stream().map(wire -> wire.closed))
                .containsExactly(true, false, false, false, false, false, false);

        request(modest, 8);
        assertThat(makesRoom(modest)).as("none of its own link waits").isFalse();
        ScriptedPeer.Wire own = waits(modest, 9);
        assertThat(makesRoom(modest)).isTrue();
        assertThat(own.failure).hasMessageContaining("reset");
    }

    @Test
    void aFullSubstrateResetsTheSessionsOfTheSourceWithTheMost() {
        ScriptedPeer third = newPeer("third");
        start(Limits.DEFAULTS, Timeouts.DEFAULTS, Stream.of(third.node));
        ScriptedPeer.Wire only = waits(modest, 1);
        ScriptedPeer.Wire older = waits(greedy, 2);
        ScriptedPeer.Wire newer = waits(greedy, 3);
        assertThat(makesRoom(third)).isTrue();
        assertThat(older.closed).isTrue();
        assertThat(makesRoom(third)).as("it would have as many").isFalse();
        assertThat(List.of(only, newer)).noneMatch(wire -> wire.closed);
    }

    /** A link that holds connections with sessions takes none from a link with a few silent ones. */
    @Test
    void connectionsWithSessionsCountWhenSilentOnesOfAnotherLinkWouldGo() {
        ScriptedPeer beyond = newPeer("beyond");
        link("other", node, beyond.node);
        start(Limits.DEFAULTS, Timeouts.DEFAULTS);
        for (int i = 1; i <= 5; i++) {
            request(greedy, i);
        }
        List<ScriptedPeer.Wire> silent = List.of(beyond.connect(node), beyond.connect(node));
        moment();
        assertThat(makesRoom(greedy)).isFalse();
        assertThat(silent).noneMatch(wire -> wire.closed);

        connectSilently(greedy, 3);
        moment();
        assertThat(makesRoom(greedy)).as("its own silent one").isTrue();
        assertThat(makesRoom(modest)).isTrue();
        assertThat(silent).noneMatch(wire -> wire.closed);
        assertThat(taken).noneMatch(NegotiationSession::isEndingOrEnded);
    }

    @Test
    void theSessionsOfOneLinkLeaveThePartsOfTheOthers() {
        ScriptedPeer beyond = newPeer("beyond");
        link("other", node, beyond.node);
        start(Limits.DEFAULTS.withSessions(40), Timeouts.DEFAULTS); // parts of 5: two links, unknown links, this node
        int session = 0;
        for (int i = 0; i < 40; i++) {
            request(i % 2 == 0 ? greedy : modest, ++session);
        }
        int ofFirst = taken.size();
        assertThat(ofFirst).isBetween(15, 25);
        for (int i = 0; i < 5; i++) {
            request(beyond, ++session);
        }
        assertThat(taken).as("the other link's").hasSize(ofFirst + 5);
        assertThat(drops).containsOnlyKeys(DropReason.SESSIONS);
    }

    @Test
    void aSourceWithManySessionsLeavesSomeForOthersOfItsLink() {
        start(Limits.DEFAULTS.withSessions(40), Timeouts.DEFAULTS);
        for (int i = 1; i <= 40; i++) {
            request(greedy, i);
        }
        int ofGreedy = taken.size();
        assertThat(ofGreedy).isBetween(15, 20);
        for (int i = 41; i <= 47; i++) {
            request(modest, i);
        }
        assertThat(taken).hasSize(ofGreedy + 7);
    }

    @Test
    @Proves("8991-4-5")
    void theTotalWaitOfAPeerIsBounded() {
        start(Limits.DEFAULTS, Timeouts.DEFAULTS.withTotalWait(Duration.ofSeconds(100)));
        ScriptedPeer.Wire wire = request(greedy, 1);
        List<String> failures = new ArrayList<>();
        loop.run(() -> {
            NegotiationSession session = taken.get(0);
            session.take(new Unanswered() {
                @Override
                public void failed(GraspException failure) {
                    failures.add(failure.getMessage());
                }
            });
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
}
