package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How an engine reacts to correct and incorrect messages of a peer: rules of RFC 8990 that are not visible between two correct nodes. */
class EngineRulesTest extends EngineFixture {
    private static final Objective BULK = Objective.negotiable("bulk");
    private static final SessionId ID = new SessionId(4711);

    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final SimLink lan = link("lan", node, peer.node);
    private final RecordingObserver observed = new RecordingObserver();
    private final Map<DropReason, Integer> drops = observed.drops;
    private final List<SessionOutcome> outcomes = observed.outcomes;
    private final RecordingEvents events = new RecordingEvents();
    private final List<NegotiationSession> requests = new ArrayList<>();
    private GraspEngine engine;
    private EngineAsa asa;

    @BeforeEach
    void start() {
        // One peer stands for many.
        Limits limits = Limits.DEFAULTS.withConnectionsPerPeer(2 * Limits.DEFAULTS.connections());
        EngineConfig config = EngineConfig.DEFAULTS.withLimits(limits);
        engine = start(config, node, observed);
        asa = loop.call(() -> {
            EngineAsa registered = engine.registerAsa("asa");
            registered.register(EX3.withDryRun(true), RegistrationOptions.DEFAULTS);
            registered.register(EX2, RegistrationOptions.DEFAULTS);
            return registered;
        });
    }

    private void listen() {
        listen(EX3);
    }

    private void listen(Objective objective) {
        NegotiationListening listening = loop.call(() -> asa.listenNegotiate(objective, acceptor(session -> {
            session.take(events);
            requests.add(session);
        })));
        loop.run(() -> listening.request(Long.MAX_VALUE));
    }

    /** The engine requests a negotiation, and the peer has received the request. */
    private ScriptedPeer.Wire requestFromEngine() {
        events.session = loop.call(() -> asa.negotiate(EX3.withValue(1), here(peer.node), TIMEOUT, events));
        moment();
        return peer.accepted.get(0);
    }

    private static SessionId idOf(ScriptedPeer.Wire wire) {
        return wire.received.get(0).session();
    }

    private InetAddress peerAddress() {
        return peer.node.addresses().get(0);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    // Requests

    @Test
    @Proves("8990-2.8.6-6")
    void aRequestWithoutAListenerClosesTheConnectionAtOnce() {
        for (GraspMessage request : List.<GraspMessage>of(
                new RequestNegotiation(ID, EX3.withValue(1)), new RequestSynchronization(ID, EX2.withValue(0)))) {
            ScriptedPeer.Wire wire = peer.connect(node);
            wire.send(request);
            moment();

            assertThat(wire.received).isEmpty();
            assertThat(wire.inputEnded).isTrue();
        }
        assertThat(drops).containsOnly(Map.entry(DropReason.NOT_LISTENING, 2));
    }

    @Test
    @Proves({"8990-2.8.6-7", "8990-2.8.6-8"})
    void aRequestWithASessionIdThatIsActiveHereIsDiscarded() {
        listen();
        ScriptedPeer.Wire ours = requestFromEngine();
        ScriptedPeer.Wire theirs = peer.connect(node);

        theirs.send(new RequestNegotiation(idOf(ours), EX3.withValue(1)));
        moment();

        assertThat(requests).isEmpty();
        assertThat(theirs.received).isEmpty();
        assertThat(theirs.inputEnded).as("the peer should see a timeout").isFalse();
        assertThat(drops).containsEntry(DropReason.SESSION_CLASH, 1);
        loop.advance(Timeouts.DEFAULTS.firstMessage());
        assertThat(theirs.inputEnded).as("the bound on silent connections").isTrue();
    }

    @Test
    @Proves("8990-2.8.6-7")
    void aSecondRequestWithTheSessionIdOfAnActiveOneIsDiscarded() {
        listen();
        peer.connect(node).send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        peer.connect(node).send(new RequestNegotiation(ID, EX3.withValue(2)));
        moment();

        assertThat(requests).hasSize(1);
        assertThat(drops).containsEntry(DropReason.SESSION_CLASH, 1);
    }

    @Test
    @Proves({"8990-2.5.6.1-1", "8990-2.7-2"})
    void aSynchronizationRequestIsAnsweredAndTheConnectionClosed() {
        SynchronizationListening listening = loop.call(() -> asa.listenSynchronize(EX2, () -> {}));
        loop.run(() -> listening.update(ObjectiveValue.of("v")));
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(hex("83041a003da10e8463455832050500")); // RFC 8990 appendix A.3, with a placeholder value
        moment();

        assertThat(wire.received).singleElement().isInstanceOfSatisfying(Synch.class, synch -> {
            assertThat(synch.session()).isEqualTo(new SessionId(4038926));
            assertThat(synch.objective().value()).hasToString("\"v\"");
        });
        assertThat(wire.inputEnded).isTrue();
        assertThat(outcomes).containsExactly(SessionOutcome.COMPLETED);
    }

    @Test
    void aSilentConnectionIsClosedAfterTheFirstMessageTimeout() {
        ScriptedPeer.Wire wire = peer.connect(node);
        loop.advance(Timeouts.DEFAULTS.firstMessage().minusSeconds(1));
        assertThat(wire.inputEnded).isFalse();
        loop.advance(Duration.ofSeconds(2));
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void connectionsWithoutASessionAreBounded() {
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 0; i <= Limits.DEFAULTS.connections(); i++) {
            wires.add(peer.connect(node));
        }
        moment();

        assertThat(wires.get(0).closed).as("the oldest").isTrue();
        assertThat(wires.stream().filter(wire -> wire.closed)).hasSize(1);
        assertThat(drops).containsOnly(Map.entry(DropReason.SILENT_CONNECTIONS, 1));
    }

    @Test
    @Proves({"8990-2.10.3-8", "8990-2.10.3-12"})
    void aRequestWithUnsuitableFlagsIsAnsweredByInvalid() {
        listen();
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
        List<GraspMessage> wrong = List.of(
                new RequestNegotiation(ID, Objective.discoverable("EX3").withValue(1)),
                new RequestNegotiation(ID, Objective.synchronizable("EX3").withValue(1)),
                new RequestNegotiation(
                        ID, Objective.discoverable("EX3").withDryRun(true).withValue(1)),
                new RequestSynchronization(ID, Objective.discoverable("EX2").withValue(1)),
                new RequestSynchronization(ID, Objective.negotiable("EX2").withValue(1)));
        for (GraspMessage request : wrong) {
            ScriptedPeer.Wire wire = peer.connect(node);
            wire.send(request);
            moment();

            assertThat(wire.received).singleElement().isInstanceOf(Invalid.class);
            assertThat(wire.inputEnded).isTrue();
        }
        assertThat(requests).isEmpty();
        assertThat(outcomes).isEmpty();
        assertThat(drops).containsOnly(Map.entry(DropReason.OBJECTIVE_FLAGS, wrong.size()));
    }

    @Test
    @Proves("8990-2.10.3-12")
    void aSynchronizationAnswerWithUnsuitableFlagsIsAnsweredByInvalid() {
        List<GraspException> failures = new ArrayList<>();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, new SynchronizationEvents() {
            @Override
            public void synchronised(Objective objective) {
                throw new AssertionError(objective);
            }

            @Override
            public void failed(GraspException failure) {
                failures.add(failure);
            }
        }));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Synch(idOf(wire), Objective.negotiable("EX2").withValue(1)));
        moment();

        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.NO_VALID_SYNCH));
        assertThat(wire.received).hasSize(2).last().isInstanceOf(Invalid.class);
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    @Proves("8991-2.3.5-11")
    void dryRunsReachTheAsaWhetherOrNotItRegisteredForThem() {
        Objective live = Objective.negotiable("live");
        loop.run(() -> asa.register(live, RegistrationOptions.DEFAULTS));
        listen();
        listen(live);
        ScriptedPeer.Wire dry = peer.connect(node);
        dry.send(new RequestNegotiation(ID, live.withDryRun(true).withValue(1)));
        moment();
        ScriptedPeer.Wire notDry = peer.connect(node);
        notDry.send(new RequestNegotiation(new SessionId(1), EX3.withValue(1)));
        moment();
        assertThat(requests)
                .extracting(session -> session.inHand().isDryRun())
                .as("EX3 is registered for dry runs")
                .containsExactly(true, false);

        requests.forEach(session -> loop.run(() -> session.step(ObjectiveValue.of(2), TIMEOUT)));
        moment();
        assertThat(((Negotiate) dry.received.get(0)).objective().isDryRun()).isTrue();
        assertThat(((Negotiate) notDry.received.get(0)).objective().isDryRun()).isFalse();
    }

    // Loop counts that authors set

    private void registerBulk() {
        loop.run(() -> asa.register(BULK, RegistrationOptions.DEFAULTS.withRaisedLoopCount(true)));
        listen(BULK);
    }

    @Test
    void theResponderOfATransferMayRaiseTheLoopCountOfEachOffer() {
        registerBulk();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, BULK.withLoopCount(4).withValue("file")));
        moment();
        int[] raised = {5, 255, 256, 100_000, 1};
        for (int loopCount : raised) {
            loop.run(() -> requests.get(0).step(ObjectiveValue.of("block"), loopCount, TIMEOUT));
            moment();
            // like graspy's getter: the received loop count minus 1 plus 1
            wire.send(new Negotiate(ID, BULK.withLoopCount(1).withValue("ACK")));
            moment();
        }
        assertThat(wire.received)
                .extracting(message -> ((Negotiate) message).objective().loopCount())
                .containsExactly(5, 255, 255, 255, 1);
        loop.run(() -> requests.get(0).step(ObjectiveValue.of("last"), TIMEOUT));
        assertThat(events.failure.code())
                .as("without an explicit loop count it is decremented")
                .isEqualTo(GraspErrorCode.LOOP_EXHAUSTED);
    }

    @Test
    void theInitiatorOfATransferMayRaiseTheLoopCountOfEachOffer() {
        registerBulk();
        events.session = loop.call(
                () -> asa.negotiate(BULK.withLoopCount(255).withValue("file"), here(peer.node), TIMEOUT, events));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        // the objective of an M_NEGOTIATE with loop count 256, which graspy sends
        wire.send(hex(
                "8305" + HexFormat.of().formatHex(uint32(idOf(wire))) + "84" + "6462756c6b" + "03" + "190100" + "01"));
        moment();
        assertThat(events.offers)
                .singleElement()
                .extracting(Objective::loopCount)
                .isEqualTo(255);
        loop.run(() -> events.session.step(
                ObjectiveValue.of("ACK"), events.offers.get(0).loopCount() + 1, TIMEOUT));
        moment();

        assertThat(((Negotiate) wire.received.get(1)).objective().loopCount()).isEqualTo(255);
    }

    private static byte[] uint32(SessionId id) {
        return ByteBuffer.allocate(5).put((byte) 0x1a).putInt((int) id.value()).array();
    }

    @Test
    @Proves("8990-2.8.7-3")
    void anAsaCannotSetTheLoopCountOfAnOrdinaryObjective() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        NegotiationSession session = requests.get(0);

        GraspException refused = failureOf(() -> loop.run(() -> session.step(ObjectiveValue.of(2), 6, TIMEOUT)));
        assertThat(refused.code()).isEqualTo(GraspErrorCode.UNSPECIFIED);
        assertThat(refused).hasMessageContaining("not registered");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.run(() -> session.step(ObjectiveValue.of(2), 0, TIMEOUT)));
        assertThat(session.isOurTurn()).as("the session is unchanged").isTrue();
        loop.run(() -> session.step(ObjectiveValue.of(2), TIMEOUT));
        moment();
        assertThat(((Negotiate) wire.received.get(0)).objective().loopCount()).isEqualTo(5);
    }

    // M_INVALID

    @Test
    @Proves({
        "8990-2.8.2-2",
        "8990-2.8.2-3",
        "8990-2.8.2-4",
        "8990-2.8.2-5",
        "8990-2.8.2-6",
        "8990-2.8.12-2",
        "8990-2.8.12-3"
    })
    void anUnknownMessageTypeIsAnsweredOnAConnectionOnly() {
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(hex("831837086178"));
        peer.multicast(hex("831837086178"));
        moment();

        assertThat(wire.received).singleElement().isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.session()).isEqualTo(new SessionId(8));
            assertThat(invalid.content()).hasToString("46831837086178");
        });
        assertThat(peer.accepted).as("silence").isEmpty();
        assertThat(peer.heard).as("silence").isEmpty();
        assertThat(drops).containsOnly(Map.entry(DropReason.UNKNOWN_TYPE, 2));
    }

    @Test
    @Proves({"8990-2.8.12-1", "8991-2.3.2.4-2"})
    void aMalformedMessageIsAnsweredIfItsSessionIdIsReadable() {
        ScriptedPeer.Wire readable = peer.connect(node);
        readable.send(hex("8303186480")); // M_REQ_NEG, session 100, and an invalid objective
        ScriptedPeer.Wire garbage = peer.connect(node);
        garbage.send(hex("ff"));
        moment();

        assertThat(readable.received).singleElement().isInstanceOf(Invalid.class);
        assertThat(readable.inputEnded).isTrue();
        assertThat(garbage.received).isEmpty();
        assertThat(garbage.inputEnded).isTrue();
        assertThat(drops).containsOnly(Map.entry(DropReason.MALFORMED, 2));
    }

    /**
     * One after the other: not CBOR, not an array, not a number, no objective, a truncated value, and an extra item at the end.
     */
    @Test
    @Proves("8991-2.3.2.4-2")
    void malformedMulticastsAreDroppedAndCounted() {
        listen();
        List<String> malformed = List.of(
                "ff",
                "a0",
                "80",
                "84016464" + "46fd1200000000" + "8463455833030600",
                "84010750fd12000000000000000000000000000162f6",
                "84010750fd120000000000000000000000000001846345583303061a",
                "84010750fd12000000000000000000000000000184634558330306f600",
                "86090750fd1200000000000000000000000000011903e88284634558320506016180");
        malformed.forEach(message -> peer.multicast(hex(message)));
        moment();
        assertThat(drops).containsOnly(Map.entry(DropReason.MALFORMED, malformed.size()));
        assertThat(peer.accepted).isEmpty();
        assertThat(loop.call(() -> asa.getFlood("EX2"))).isEmpty();

        peer.multicast(hex("84010750fd12000000000000000000000000000184634558330306f6"));
        moment();
        assertThat(peer.accepted.get(0).received).singleElement().isInstanceOf(Response.class);
    }

    @Test
    void tlsOnThePlainPortIsCountedOnceForEachConnection() {
        String clientHello = "16030100640100006003034a4b4c4d4e4f50515253545556575859";
        for (int i = 0; i < 2; i++) {
            ScriptedPeer.Wire wire = peer.connect(node);
            wire.send(hex(clientHello));
            wire.send(hex("5a5b5c5d5e5f"));
            moment();
            assertThat(wire.received).isEmpty();
        }
        assertThat(drops).containsOnly(Map.entry(DropReason.TLS, 2));

        peer.connect(node).send(hex("160500"));
        moment();
        assertThat(drops).containsEntry(DropReason.MALFORMED, 1).containsEntry(DropReason.TLS, 2);
    }

    @Test
    void theFirstBytesOfTlsMayComeOneByOne() {
        ScriptedPeer.Wire wire = peer.connect(node);
        for (String each : List.of("16", "03", "01", "0064")) {
            wire.send(hex(each));
            moment();
        }
        assertThat(drops).containsOnly(Map.entry(DropReason.TLS, 1));

        ScriptedPeer.Wire ended = peer.connect(node);
        ended.send(hex("1603"));
        ended.close();
        moment();
        assertThat(drops).containsEntry(DropReason.MALFORMED, 1);
        peer.connect(node).send(hex("1605"));
        moment();
        assertThat(drops).containsEntry(DropReason.MALFORMED, 2).containsEntry(DropReason.TLS, 1);
    }

    @Test
    void anInvalidMessageIsNeverAnswered() {
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new Invalid(ID, null));
        moment();

        assertThat(wire.received).isEmpty();
        assertThat(drops).containsOnly(Map.entry(DropReason.NO_SESSION, 1));
    }

    @Test
    void noopIsIgnored() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new Noop());
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();

        assertThat(requests).hasSize(1);
        assertThat(drops).containsOnly(Map.entry(DropReason.NOOP, 1));
    }

    @Test
    void aMessageThatIsTooLongIsRefusedBeforeItIsBuffered() {
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(hex("83031864845b0000000100000000")); // a byte string of 4 GiB
        moment();

        assertThat(wire.inputEnded).isTrue();
        assertThat(drops).containsOnly(Map.entry(DropReason.MALFORMED, 1));
    }

    // Negotiation

    @Test
    void aFirstOfferWithTheLoopCountOfTheRequestIsAccepted() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(idOf(wire), EX3.withLoopCount(6).withValue(2)));
        moment();

        assertThat(events.offers).hasSize(1);
    }

    @Test
    @Proves("8990-2.7-2")
    void offerOfAnotherSessionIsDropped() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(ID, EX3.withValue(2)));
        moment();

        assertThat(events.offers).isEmpty();
        assertThat(events.failure).isNull();
        assertThat(drops).containsOnly(Map.entry(DropReason.NO_SESSION, 1));
    }

    @Test
    @Proves({"8990-2.10.2-1", "8990-2.10.3-12", "8991-2.3.5-3", "8991-2.3.5-11"})
    void anOfferThatDoesNotFitTheSessionEndsItWithInvalid() {
        List<Objective> wrong = List.of(
                Objective.negotiable("EX4").withValue(1),
                EX2.withValue(1),
                Objective.synchronizable("EX3").withValue(1),
                EX3.withDryRun(true).withValue(1));
        for (Objective offer : wrong) {
            peer.accepted.clear();
            events.failure = null;
            ScriptedPeer.Wire wire = requestFromEngine();
            wire.send(new Negotiate(idOf(wire), offer));
            moment();

            assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_NEGOTIATE);
            assertThat(wire.received).hasSize(2).last().isInstanceOf(Invalid.class);
            assertThat(wire.inputEnded).isTrue();
        }
    }

    @Test
    void twoMovesInARowAreRefused() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(idOf(wire), EX3.withValue(2)));
        wire.send(new Negotiate(idOf(wire), EX3.withValue(3)));
        moment();

        assertThat(events.offers).hasSize(1);
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_NEGOTIATE);
    }

    @Test
    @Proves("8990-2.8.8-1")
    void anEndWithoutAnOutcomeIsAnsweredByInvalid() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new End(idOf(wire), new GraspOption.Unknown(108, CborItem.wrap(hex("81186c"), 0, 3))));
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_END);
    }

    @Test
    void anAcceptOutOfTurnIsInvalidAndADeclineIsTaken() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(idOf(wire), EX3.withValue(2)));
        wire.send(new End(idOf(wire), new GraspOption.Accept()));
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_END);

        peer.accepted.clear();
        ScriptedPeer.Wire second = requestFromEngine();
        second.send(new Negotiate(idOf(second), EX3.withValue(2)));
        second.send(new End(idOf(second), new GraspOption.Decline(null)));
        moment();
        assertThat(events.outcome).isEqualTo(new NegotiationOutcome.Declined("", NegotiationOutcome.Side.PEER));
    }

    @Test
    @Proves({"8990-2.8.9-3", "8990-2.8.9-4"})
    void aWaitReplacesAndRestartsTheTimer() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Wait(idOf(wire), 5000));
        loop.advance(Duration.ofMillis(4900));
        assertThat(events.failure).isNull();
        wire.send(new Wait(idOf(wire), 5000));
        loop.advance(Duration.ofMillis(4900));
        assertThat(events.failure).isNull();
        loop.advance(Duration.ofMillis(300));

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(events.failure).hasMessageContaining("5000 ms");
    }

    @Test
    @Proves({"8991-4-5", "8990-2.5.5-4", "8990-2.8.9-4"})
    void theTotalTimeOfWaitsIsBounded() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Wait(idOf(wire), 0xFFFF_FFFFL));
        loop.advance(Duration.ofDays(49));
        wire.send(new Wait(idOf(wire), 0xFFFF_FFFFL));
        loop.advance(Duration.ofHours(17));
        assertThat(events.failure).isNull();
        loop.advance(Duration.ofHours(1));

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
    }

    @Test
    void aReplacedWaitCountsForTheTimeThatHasPassedOnly() {
        ScriptedPeer.Wire wire = requestFromEngine();
        for (int i = 0; i < 100_000; i++) {
            wire.send(new Wait(idOf(wire), 3_600_000)); // a peer that asks for an hour each minute, for ten weeks
            if (events.failure != null) {
                break;
            }
            loop.advance(Duration.ofMinutes(1));
        }

        assertThat(events.failure)
                .hasMessageContaining("no message from the peer within the wait of 3600000 ms that it asked for");
        assertThat(loop.nanoTime()).isGreaterThan(Duration.ofDays(49).toNanos());
    }

    @Test
    @Proves({"8990-2.8.9-3", "8990-2.8.9-4"})
    void waitOfZeroEndsTheWaitAtOnce() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Wait(idOf(wire), 5000));
        moment();
        assertThat(events.failure).isNull();
        wire.send(new Wait(idOf(wire), 0));
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(events.failure)
                .hasMessageContaining("no message from the peer within the wait of 0 ms that it asked for");
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void answerThatComesWithAWaitOfZeroIsTaken() {
        ScriptedPeer.Wire wire = requestFromEngine();
        String both = HexFormat.of().formatHex(MessageEncoder.encode(new Wait(idOf(wire), 0)))
                + HexFormat.of().formatHex(MessageEncoder.encode(new Negotiate(idOf(wire), EX3.withValue(2))));
        wire.send(hex(both));
        moment();

        assertThat(events.failure).isNull();
        assertThat(events.offers).hasSize(1);
    }

    @Test
    void theFailureNamesTheWaitThatThePeerExceeded() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Wait(idOf(wire), 9000));
        loop.advance(Duration.ofSeconds(10));

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(events.failure)
                .hasMessageContaining("no message from the peer within the wait of 9000 ms that it asked for");
    }

    @Test
    void theFailureNamesTheWaitThatTheLocalAsaExceeded() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        loop.run(() -> requests.get(0).waitFor(Duration.ofSeconds(9)));
        loop.advance(Duration.ofSeconds(10));
        wire.close();
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_PEER);
        assertThat(events.failure).hasMessageContaining("the ASA had asked for a wait of 9000 ms and let it expire");
    }

    @Test
    void theLocalAsaMayTakeAsLongAsItsPeerWaits() {
        listen();
        ScriptedPeer.Wire patient = peer.connect(node);
        patient.send(new RequestNegotiation(ID, EX3.withValue(1)));
        loop.advance(Duration.ofDays(49));
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(2), TIMEOUT));
        moment();
        assertThat(patient.received).singleElement().isInstanceOf(Negotiate.class);
        patient.send(new End(ID, new GraspOption.Accept()));
        moment();
        assertThat(events.outcome).isInstanceOf(NegotiationOutcome.Accepted.class);

        ScriptedPeer.Wire impatient = peer.connect(node);
        impatient.send(new RequestNegotiation(ID, EX3.withValue(1)));
        loop.advance(Duration.ofMinutes(5));
        impatient.close();
        moment();
        assertThat(events.failure.code()).as("the peer's timer decides").isEqualTo(GraspErrorCode.NO_PEER);
    }

    @Test
    @Proves("8990-2.8.9-1")
    void aWaitOfLessThanAMillisecondIsRoundedUp() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        loop.run(() -> requests.get(0).waitFor(Duration.ofNanos(900_000)));
        moment();
        loop.run(() -> requests.get(0).waitFor(Duration.ofNanos(2_000_001)));
        moment();
        loop.run(() -> requests.get(0).waitFor(Duration.ZERO));
        moment();

        assertThat(wire.received).containsExactly(new Wait(ID, 1), new Wait(ID, 3), new Wait(ID, 0));
    }

    @Test
    void aWaitThatExceedsThirtyTwoBitsIsRefused() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        for (Duration wait :
                List.of(Duration.ofMillis(-1), Duration.ofMillis(0x1_0000_0000L), ChronoUnit.FOREVER.getDuration())) {
            GraspException refused =
                    failureOf(() -> loop.run(() -> requests.get(0).waitFor(wait)));
            assertThat(refused).hasMessageContaining("is not in 0..4294967295 ms");
        }
        loop.run(() -> requests.get(0).waitFor(Timeouts.LONGEST_WAIT));
        moment();

        assertThat(wire.received).containsExactly(new Wait(ID, 0xFFFF_FFFFL));
    }

    @Test
    void aWaitFromThePeerInOurTurnIsDropped() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(idOf(wire), EX3.withValue(2)));
        wire.send(new Wait(idOf(wire), 1));
        moment();

        assertThat(events.failure).isNull();
        assertThat(drops).containsOnly(Map.entry(DropReason.OUT_OF_TURN, 1));
    }

    @Test
    void noWaitIsSentWhenAMoveFollowsAtOnce() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        loop.run(() -> {
            requests.get(0).waitFor(Duration.ofSeconds(3));
            requests.get(0).step(ObjectiveValue.of(2), TIMEOUT);
        });
        moment();

        assertThat(wire.received).singleElement().isInstanceOf(Negotiate.class);
        wire.send(new End(ID, new GraspOption.Accept()));
        moment();
    }

    @Test
    void aWaitExtendsTheTimeOfTheLocalAsa() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        loop.run(() -> requests.get(0).waitFor(Duration.ofSeconds(90)));
        loop.advance(Timeouts.DEFAULTS.ownMove().plusSeconds(89));
        assertThat(wire.received).containsExactly(new Wait(ID, 90_000));
        loop.advance(Duration.ofSeconds(2));

        assertThat(wire.received).hasSize(2);
        assertThat(wire.received.get(1)).isEqualTo(new End(ID, new GraspOption.Decline("No answer in time")));
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SESSION);
    }

    @Test
    @Proves("8990-2.5.5-3")
    void theInitiatorLetsTheResponderCloseFirst() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(idOf(wire), EX3.withValue(2)));
        moment();
        loop.run(events.session::accept);
        loop.advance(Duration.ofMillis(900));
        assertThat(wire.inputEnded).isFalse();
        assertThat(events.outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
        loop.advance(Duration.ofMillis(200));
        assertThat(wire.inputEnded).as("after the linger time").isTrue();
    }

    @Test
    @Proves({"8990-2.5.5-3", "8990-2.8.8-1", "8990-2.9.4-1"})
    void theResponderClosesAfterSendingItsEnd() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        loop.run(() -> requests.get(0).decline("no"));
        moment();

        assertThat(wire.received).containsExactly(new End(ID, new GraspOption.Decline("no")));
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    @Proves({"8990-2.2-3", "8991-2.2.4-1"})
    void aResetFailsTheSessionWithItsCause() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.abort();
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(events.failure.origin()).isEqualTo(GraspException.Origin.TRANSPORT);
        assertThat(events.failure).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void messagesAfterTheEndAreDropped() {
        ScriptedPeer.Wire wire = requestFromEngine();
        wire.send(new Negotiate(idOf(wire), EX3.withValue(2)));
        moment();
        loop.run(events.session::accept);
        wire.send(new Negotiate(idOf(wire), EX3.withValue(3)));
        moment();

        assertThat(drops).containsOnly(Map.entry(DropReason.NO_SESSION, 1));
        assertThat(events.outcome).isNotNull();
    }

    /** The engine has sent its M_END, and cannot flush it: the peer does not read, and there is no more room. */
    private ScriptedPeer.Wire endingNegotiation() {
        int much = 300 * 1024;
        Objective large = Objective.negotiable("large");
        loop.run(() -> asa.register(large, RegistrationOptions.DEFAULTS.withMaxMessageBytes(2 * much)));
        events.session = loop.call(() -> asa.negotiate(large.withValue(1), here(peer.node), TIMEOUT, events));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        loop.run(() -> wire.connection.reading(false));
        wire.send(new Negotiate(idOf(wire), large.withValue(2)));
        moment();
        loop.run(() -> events.session.step(ObjectiveValue.of(new byte[much]), TIMEOUT));
        wire.send(new Negotiate(idOf(wire), large.withLoopCount(4).withValue(3)));
        moment();
        loop.run(events.session::accept);
        moment();
        assertThat(events.session.state()).isEqualTo(NegotiationSession.State.ENDING);
        assertThat(events.outcome).isNull();
        return wire;
    }

    @Test
    void messagesAreDroppedWhileOurEndIsBeingSent() {
        ScriptedPeer.Wire wire = endingNegotiation();
        SessionId id = idOf(wire);
        Objective offer = Objective.negotiable("large").withValue(4);
        for (GraspMessage late : List.of(
                new Negotiate(id, offer),
                new Negotiate(ID, offer),
                new Wait(id, 0),
                new End(id, new GraspOption.Decline("late")),
                new Invalid(id, null))) {
            wire.send(late);
            moment();
            assertThat(events.session.state()).isEqualTo(NegotiationSession.State.ENDING);
        }
        wire.send(hex("8303" + "1864" + "80")); // not a message
        moment();

        assertThat(events.offers).hasSize(2);
        assertThat(events.failure).isNull();
        assertThat(drops).containsOnly(Map.entry(DropReason.NO_SESSION, 5), Map.entry(DropReason.MALFORMED, 1));
        assertThat(failureOf(() -> loop.run(() -> events.session.step(ObjectiveValue.of(5), TIMEOUT)))
                        .code())
                .isEqualTo(GraspErrorCode.NO_SESSION);
        assertThat(events.session.state()).isEqualTo(NegotiationSession.State.ENDING);
        loop.run(events.session::cancel);
    }

    @Test
    void anEndThatCannotBeSentFailsTheNegotiation() {
        ScriptedPeer.Wire wire = endingNegotiation();
        loop.advance(Timeouts.DEFAULTS.operation());

        assertThat(events.outcome).isNull();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.SOCKET_ERROR_END);
        assertThat(events.failure).hasMessageContaining("the end of the negotiation was not sent within 60000 ms");
        assertThat(outcomes).containsExactly(SessionOutcome.FAILED);
        wire.abort();
    }

    private static GraspException failureOf(Runnable call) {
        try {
            call.run();
        } catch (GraspException e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }

    // Discovery and flooding

    @Test
    @Proves({
        "8990-2.5.4.3-1",
        "8990-2.5.4.3-4",
        "8990-2.5.5.1-2",
        "8990-2.7-2",
        "8990-2.8.5-1",
        "8990-2.8.5-2",
        "8990-2.8.5-3",
        "8990-2.8.5-5",
        "8990-2.8.5-6",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8990-2.9.5.1-1",
        "8990-3-4",
        "8991-2.3.3-6"
    })
    void aDiscoveryIsAnsweredOnceIfItsObjectiveIsSupported() {
        listen();
        Discovery discovery = new Discovery(ID, peerAddress(), EX3.withValue(7));
        peer.multicast(discovery);
        peer.multicast(discovery);
        peer.multicast(new Discovery(new SessionId(2), peerAddress(), Objective.discoverable("unknown")));
        moment();

        assertThat(peer.accepted).hasSize(1);
        assertThat(peer.accepted.get(0).received).singleElement().isInstanceOfSatisfying(Response.class, response -> {
            assertThat(response.session()).isEqualTo(ID);
            assertThat(response.initiator()).isEqualTo(peerAddress());
            assertThat(response.ttlMillis()).isEqualTo(60_000);
            assertThat(response.options())
                    .containsExactly(new GraspOption.LocatorOption(here(node).locator()));
        });
        assertThat(peer.accepted.get(0).inputEnded).isTrue();
        assertThat(peer.heard).as("no answer for unknown objectives").isEmpty();
        assertThat(drops).containsOnly(Map.entry(DropReason.DUPLICATE, 1), Map.entry(DropReason.NOT_SUPPORTED, 1));
    }

    /** RFC 8990 section 2.8.5: "if and only if it can respond". */
    @Test
    @Proves("8990-2.8.5-1")
    void onlyObjectivesThatAnAsaServesNowAreAnswered() {
        assertThat(isAnswered(1, EX2)).as("registered, but not served").isFalse();
        assertThat(isAnswered(2, EX3)).as("registered, but without a listener").isFalse();
        SynchronizationListening serving = loop.call(() -> asa.listenSynchronize(EX2, () -> {}));
        assertThat(isAnswered(3, EX2)).as("no value yet").isFalse();
        loop.run(() -> serving.update(ObjectiveValue.of(1)));
        assertThat(isAnswered(4, EX2)).isTrue();
        loop.run(serving::cancel);
        assertThat(isAnswered(5, EX2)).as("no longer served").isFalse();
        loop.run(() -> asa.register(BULK, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        assertThat(isAnswered(6, BULK)).isTrue();
        loop.run(() -> asa.deregister(BULK.name()));
        assertThat(isAnswered(7, BULK)).isFalse();
    }

    private boolean isAnswered(long id, Objective objective) {
        peer.accepted.clear();
        peer.multicast(new Discovery(new SessionId(id), peerAddress(), objective));
        moment();
        return !peer.accepted.isEmpty();
    }

    /** A response has the initiator of the discovery, which may have come from a relay. */
    @Test
    @Proves({"8990-2.8.5-2", "8990-2.7-9"})
    void aResponseHoldsTheInitiatorOfTheDiscoveryAndNotItsSource() throws UnknownHostException {
        listen();
        InetAddress far = InetAddress.getByName("fd77::7");
        peer.multicast(new Discovery(ID, far, EX3.withLoopCount(3)));
        moment();

        assertThat(peer.accepted.get(0).received).singleElement().isInstanceOfSatisfying(Response.class, response -> {
            assertThat(response.session()).isEqualTo(ID);
            assertThat(response.initiator()).isEqualTo(far);
        });
    }

    @Test
    void aDiscoveryIsAnsweredToEachRelayThatSendsIt() {
        ScriptedPeer otherRelay = new ScriptedPeer(network.node("other relay"));
        network.connect(otherRelay.node, lan);
        loop.runReady();
        listen();
        for (ScriptedPeer relay : List.of(peer, otherRelay, peer, otherRelay)) {
            relay.multicast(new Discovery(ID, peerAddress(), EX3.withLoopCount(5)));
        }
        moment();

        assertThat(peer.accepted).hasSize(1);
        assertThat(otherRelay.accepted).hasSize(1);
        assertThat(otherRelay.accepted.get(0).received)
                .isEqualTo(peer.accepted.get(0).received)
                .singleElement()
                .isInstanceOf(Response.class);
        assertThat(drops).containsOnly(Map.entry(DropReason.DUPLICATE, 2));
        loop.run(() -> otherRelay.node.close(failure -> {}));
    }

    @Test
    void theNumberOfRepliesUnderWayIsBounded() {
        listen();
        int most = Limits.DEFAULTS.pendingReplies();
        for (int i = 1; i <= most + 1; i++) {
            peer.multicast(new Discovery(new SessionId(i), peerAddress(), EX3));
        }
        moment();

        assertThat(observed.sent).as("the oldest was given up").hasSize(most);
        assertThat(drops).containsOnly(Map.entry(DropReason.PENDING_REPLIES, 1));
    }

    @Test
    void ownMulticastsAreRecognizedAndDropped() {
        loop.run(() -> asa.discover(EX3, Duration.ofMillis(40), new IgnoringDiscoveryEvents()));
        loop.run(() -> asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), Duration.ofSeconds(1), f -> {}));
        moment();

        assertThat(drops).containsOnly(Map.entry(DropReason.OWN, 2));
    }

    @Test
    void responseOfAnotherSessionIsDropped() {
        loop.run(() -> asa.discover(EX3, Duration.ofMillis(40), new IgnoringDiscoveryEvents()));
        peer.connect(node)
                .send(new Response(
                        ID,
                        peerAddress(),
                        1000,
                        List.of(new GraspOption.LocatorOption(here(node).locator())),
                        null));
        moment();

        assertThat(drops).containsEntry(DropReason.NO_SESSION, 1);
    }

    @Test
    void aResponseThatNamesAnotherObjectiveIsDropped() {
        List<AsaLocator> found = new ArrayList<>();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), new IgnoringDiscoveryEvents() {
            @Override
            public void found(AsaLocator locator) {
                found.add(locator);
            }
        }));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(0);
        for (Objective named : List.of(EX2, EX3)) {
            peer.connect(node)
                    .send(new Response(
                            asked.session(),
                            asked.initiator(),
                            1000,
                            List.of(new GraspOption.LocatorOption(
                                    here(peer.node).locator())),
                            named));
            moment();
            assertThat(found).as("after one that names %s", named.name()).hasSize(named == EX3 ? 1 : 0);
        }

        assertThat(drops).containsEntry(DropReason.OUT_OF_TURN, 1);
    }

    @Test
    @Proves({"8990-2.9.2-3", "8991-2.3.2.5-1"})
    void divertedLocatorsAreFoundExceptLinkLocalOnes() throws UnknownHostException {
        List<AsaLocator> found = new ArrayList<>();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), new IgnoringDiscoveryEvents() {
            @Override
            public void found(AsaLocator locator) {
                found.add(locator);
            }
        }));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(0);
        Locator linkLocal = new Locator.Ipv6((Inet6Address) Inet6Address.getByName("fe80::1"), Locator.TCP, 5);
        Locator good = new Locator.Ipv6((Inet6Address) Inet6Address.getByName("fd12::1"), Locator.TCP, 5);
        Response response = new Response(
                asked.session(), asked.initiator(), 0, List.of(new GraspOption.Divert(List.of(linkLocal, good))), null);
        peer.connect(node).send(response);
        peer.connect(node).send(response);
        moment();

        assertThat(found).singleElement().satisfies(locator -> {
            assertThat(locator.locator()).isEqualTo(good);
            assertThat(locator.diverted()).isTrue();
            assertThat(locator.ttl()).isEqualTo(Timeouts.DEFAULTS.indefiniteDiscovery());
        });
        List<AsaLocator> cached = new ArrayList<>();
        loop.run(() -> asa.discoverKnown(EX3, new IgnoringDiscoveryEvents() {
            @Override
            public void found(AsaLocator locator) {
                cached.add(locator);
            }
        }));
        assertThat(cached).as("unchanged").singleElement().satisfies(locator -> {
            assertThat(locator.locator()).isEqualTo(good);
            assertThat(locator.diverted()).isTrue();
        });
    }

    @Test
    @Proves("8990-2.5.6.2-8")
    void aFloodFromALinkLocalInitiatorWithAHigherLoopCountIsDiscarded() throws UnknownHostException {
        InetAddress linkLocal = InetAddress.getByName("fe80::1");
        List<Integer> wrong = List.of(0, 2, 6, 255);
        for (int loopCount : wrong) {
            Objective far = EX2.withLoopCount(loopCount).withValue("far");
            peer.multicast(flood(100 + loopCount, linkLocal, far));
            peer.multicast(flood(400 + loopCount, InetAddress.getByName("169.254.1.1"), far));
        }
        moment();
        assertThat(loop.call(() -> asa.getFlood("EX2"))).isEmpty();
        peer.multicast(flood(2, linkLocal, EX2.withLoopCount(1).withValue("near")));
        moment();

        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .singleElement()
                .satisfies(flooded -> assertThat(flooded.objective().value()).hasToString("\"near\""));
        assertThat(drops).containsOnly(Map.entry(DropReason.LINK_LOCAL_FLOOD, 2 * wrong.size()));
    }

    @Test
    void aRepeatedFloodIsADuplicateForTwoMinutes() {
        peer.multicast(flood(1, peerAddress(), EX2.withValue(1)));
        loop.advance(Duration.ofSeconds(119));
        peer.multicast(flood(1, peerAddress(), EX2.withValue(2)));
        moment();
        assertThat(drops).containsOnly(Map.entry(DropReason.DUPLICATE, 1));
        loop.advance(Duration.ofSeconds(2));
        peer.multicast(flood(1, peerAddress(), EX2.withValue(3)));
        moment();

        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .singleElement()
                .satisfies(flooded -> assertThat(flooded.objective().value()).hasToString("3"));
    }

    @Test
    @Proves("8990-2.8.11-11")
    void anExpiredFloodIsNotReturnedAndAnIndefiniteOneIs() {
        peer.multicast(
                new Flood(new SessionId(1), peerAddress(), 1000, List.of(TaggedObjective.untagged(EX2.withValue(1)))));
        peer.multicast(new Flood(
                new SessionId(2),
                peerAddress(),
                0,
                List.of(TaggedObjective.untagged(Objective.synchronizable("EX1").withValue(1)))));
        moment();
        assertThat(loop.call(() -> asa.getFlood("EX2"))).hasSize(1);
        loop.advance(Duration.ofSeconds(1));

        assertThat(loop.call(() -> asa.getFlood("EX2"))).isEmpty();
        loop.advance(Duration.ofDays(100));
        assertThat(loop.call(() -> asa.getFlood("EX1"))).hasSize(1);
    }

    @Test
    @Proves("8990-2.5.3-4")
    void unicastMessageTypesAreNotAcceptedFromALink() {
        listen();
        peer.multicast(new RequestNegotiation(ID, EX3.withValue(1)));
        peer.multicast(new Response(
                ID,
                peerAddress(),
                1,
                List.of(new GraspOption.LocatorOption(here(node).locator())),
                null));
        peer.multicast(hex("ff"));
        moment();

        assertThat(requests).isEmpty();
        assertThat(peer.accepted).as("silence").isEmpty();
        assertThat(drops).containsOnly(Map.entry(DropReason.WRONG_PATH, 2), Map.entry(DropReason.MALFORMED, 1));
    }

    @Test
    @Proves({"8990-2.5.6.2-18", "8990-3-1"})
    void multicastsAndConnectionsAreNotAcceptedWithoutSecurity() {
        listen();
        loop.run(() -> node.setSecurity(Security.NONE));
        peer.multicast(new Discovery(ID, peerAddress(), EX3));
        peer.multicast(flood(1, peerAddress(), EX2.withValue(1)));
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();

        assertThat(requests).isEmpty();
        assertThat(peer.accepted).isEmpty();
        assertThat(wire.closed).isTrue();
        assertThat(drops).containsEntry(DropReason.NO_SECURITY, 3);
    }

    private static Flood flood(long id, InetAddress initiator, Objective objective) {
        return new Flood(new SessionId(id), initiator, 600_000, List.of(TaggedObjective.untagged(objective)));
    }

    /** Records the events of the engine's negotiations. */
    /** Ignores the results of a discovery. */
    private static class IgnoringDiscoveryEvents implements DiscoveryEvents {
        @Override
        public void found(AsaLocator locator) {}

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {}
    }
}
