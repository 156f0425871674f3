package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.EngineLoad;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a negotiation ends, its connection is closed (RFC 8990 section 2.5.5). */
class SessionEndsTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);
    private static final Objective BULK = Objective.negotiable("bulk");

    /** The number of bytes that the simulated network buffers for a peer that does not read. */
    private static final int WINDOW = 256 * 1024;

    /** How it ends, and whether that happens when it is our turn. */
    enum Ending {
        WE_ACCEPT(true),
        WE_DECLINE(true),
        WE_CANCEL(true),
        WE_SEND_INVALID(true),
        WE_USE_UP_THE_LOOP_COUNT(true),
        OUR_ASA_GOES(true),
        THE_PEER_ACCEPTS(false),
        THE_PEER_DECLINES(false),
        THE_PEER_SENDS_INVALID(false),
        THE_PEER_SENDS_NONSENSE(false),
        THE_PEER_IS_SILENT(false);

        private final boolean inOurTurn;

        Ending(boolean inOurTurn) {
            this.inOurTurn = inOurTurn;
        }

        /** The loop count of the peer's last move. */
        private int loopCount() {
            return this == WE_USE_UP_THE_LOOP_COUNT ? 1 : 6;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves({"8990-2.5.5-3", "8990-2.7-2"})
    void theInitiatorClosesTheConnection(Ending ending) {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        SessionId id = wire.received.get(0).session();
        if (ending.inOurTurn) {
            wire.send(new Negotiate(id, EX3.withLoopCount(ending.loopCount()).withValue(2)));
            moment();
            assertThat(events.session.isOurTurn()).isTrue();
        }
        endsAndCloses(ending, id, events.session, wire);
    }

    @ParameterizedTest
    @EnumSource
    @Proves({"8990-2.5.5-3", "8990-2.5.5-4", "8990-2.7-2"})
    void theResponderClosesTheConnection(Ending ending) {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(
                new RequestNegotiation(ID, EX3.withLoopCount(ending.loopCount()).withValue(1)));
        moment();
        NegotiationSession session = requests.get(0);
        loop.run(() -> session.waitFor(Duration.ofSeconds(1)));
        if (!ending.inOurTurn) {
            loop.run(() -> session.step(ObjectiveValue.of(2), TIMEOUT));
            moment();
            assertThat(session.isOurTurn()).isFalse();
        }
        endsAndCloses(ending, ID, session, wire);
    }

    private void endsAndCloses(Ending ending, SessionId id, NegotiationSession session, ScriptedPeer.Wire wire) {
        switch (ending) {
            case WE_ACCEPT -> loop.run(session::accept);
            case WE_DECLINE -> loop.run(() -> session.decline("no"));
            case WE_CANCEL -> loop.run(session::cancel);
            case WE_SEND_INVALID -> loop.run(() -> session.sendInvalid(new byte[] {1}));
            case WE_USE_UP_THE_LOOP_COUNT -> loop.run(() -> session.step(ObjectiveValue.of(3), TIMEOUT));
            case OUR_ASA_GOES -> loop.run(asa::deregister);
            case THE_PEER_ACCEPTS -> wire.send(new End(id, new GraspOption.Accept()));
            case THE_PEER_DECLINES -> wire.send(new End(id, new GraspOption.Decline(null)));
            case THE_PEER_SENDS_INVALID -> wire.send(new Invalid(id, null));
            case THE_PEER_SENDS_NONSENSE -> wire.send(new byte[] {(byte) 0xff});
            case THE_PEER_IS_SILENT -> loop.advance(TIMEOUT);
        }
        moment();
        assertThat(session.isEndingOrEnded()).isTrue();
        loop.advance(Duration.ofSeconds(2));
        assertThat(wire.inputEnded || wire.closed).isTrue();
        assertThat(network.openConnections()).isZero();
        assertThat(wire.received).extracting(GraspMessage::session).containsOnly(id);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Proves("8990-2.5.6.1-1")
    void theConnectionOfASynchronizationIsClosedAfterTheValue(boolean peerCloses) {
        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Synch(wire.received.get(0).session(), EX2.withValue("v")));
        if (peerCloses) {
            wire.close();
        }
        loop.advance(
                peerCloses ? Duration.ofMillis(50) : Timeouts.DEFAULTS.linger().plusMillis(50));

        assertThat(result.objective.value()).hasToString("\"v\"");
        assertThat(wire.received).as("no further messages").hasSize(1);
        assertThat(wire.inputEnded || wire.closed).isTrue();
        assertThat(network.openConnections()).isZero();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    /** Each answer comes in time, and the negotiation still ends. */
    @Test
    @Proves("8990-2.5.5-4")
    void aPeerThatAnswersAtTheLastMomentReachesABound() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        SessionId id = wire.received.get(0).session();
        for (int loopCount = 5; events.failure == null; loopCount -= 2) {
            loop.advance(TIMEOUT.minusSeconds(1));
            assertThat(events.failure).isNull();
            wire.send(new Negotiate(id, EX3.withLoopCount(loopCount).withValue(2)));
            moment();
            loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
        }
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.LOOP_EXHAUSTED);
        assertThat(loop.now()).isLessThan(TIMEOUT.multipliedBy(3));
    }

    /** Each answer comes in time, and no loop count is ever decremented. */
    @Test
    @Proves("8990-2.5.5-4")
    void aPeerThatDoesNotDecrementTheLoopCountReachesABound() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        SessionId id = wire.received.get(0).session();
        for (int moves = 1; moves < Objective.MAX_LOOP_COUNT; moves += 2) {
            assertThat(events.failure).isNull();
            answersAtTheLastMoment(wire, id, EX3);
            loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
            moment();
        }
        assertThat(events.failure).isNull();
        answersAtTheLastMoment(wire, id, EX3);
        assertThat(events.failure).as("255 offers").isNull();
        loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.LOOP_EXHAUSTED);
        assertThat(wire.received).filteredOn(Negotiate.class::isInstance).hasSize(Objective.MAX_LOOP_COUNT / 2);
        assertThat(events.offers).hasSize(Objective.MAX_LOOP_COUNT / 2 + 1);
        declinedAndClosed(wire);
    }

    @Test
    @Proves("8990-2.5.5-4")
    void theOffersOfARespondingPeerAreBoundedAsWell() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withLoopCount(255).withValue(1)));
        moment();
        for (int moves = 1; moves < Objective.MAX_LOOP_COUNT; moves += 2) {
            loop.run(() -> requests.get(0).step(ObjectiveValue.of(3), TIMEOUT));
            wire.send(new Negotiate(ID, EX3.withLoopCount(255).withValue(2)));
            moment();
        }
        assertThat(events.failure).isNull();
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(3), TIMEOUT));
        assertThat(events.failure).as("255 offers").isNull();
        wire.send(new Negotiate(ID, EX3.withLoopCount(255).withValue(2)));
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.LOOP_EXHAUSTED);
        assertThat(events.failure).hasMessageContaining("255 offers");
        declinedAndClosed(wire);
    }

    /** The request came with loop count 255, and each offer decrements the count of the one before. */
    @Test
    @Proves("8990-2.5.5-4")
    void aNegotiationWithAsManyOffersAsALoopCountAllowsIsNotCutShort() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withLoopCount(255).withValue(1)));
        moment();
        for (int loopCount = 253; loopCount > 0; loopCount -= 2) {
            loop.run(() -> requests.get(0).step(ObjectiveValue.of(3), TIMEOUT));
            wire.send(new Negotiate(ID, EX3.withLoopCount(loopCount).withValue(2)));
            moment();
        }
        assertThat(events.failure).isNull();
        wire.send(new End(ID, new GraspOption.Decline(null)));
        moment();
        assertThat(wire.received).filteredOn(Negotiate.class::isInstance).hasSize(127);
    }

    @Test
    @Proves("8990-2.5.5-4")
    void aTransferWithRaisedLoopCountsHasNoBoundOfOffers() {
        ScriptedPeer.Wire wire = requestBulk();
        for (int offers = 0; offers < 2 * Objective.MAX_LOOP_COUNT; offers++) {
            answersAtTheLastMoment(wire, wire.received.get(0).session(), BULK);
            loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
            moment();
        }
        assertThat(events.failure).isNull();
        loop.run(events.session::cancel);
        moment();
    }

    /** The peer raises the loop count and answers at once or at the last moment, for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Proves("8990-2.5.5-4")
    void aTransferWithRaisedLoopCountsEndsInBoundedTime(boolean ourStepIsLate) {
        Duration longest = Timeouts.DEFAULTS.negotiation();
        ScriptedPeer.Wire wire = requestBulk();
        SessionId id = wire.received.get(0).session();
        Duration step = Duration.ofHours(1);
        for (int hour = 0; events.failure == null && hour <= 30; hour++) {
            if (!ourStepIsLate) {
                loop.advance(step.minusSeconds(1));
            }
            wire.send(new Negotiate(id, BULK.withLoopCount(255).withValue(2)));
            moment();
            if (ourStepIsLate) {
                loop.advance(step.minusSeconds(1));
            }
            if (!events.session.isEndingOrEnded()) {
                loop.run(() -> events.session.step(ObjectiveValue.of(3), step));
                moment();
            }
        }
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.LOOP_EXHAUSTED);
        assertThat(events.failure).hasMessageContaining(longest.toMillis() + " ms");
        assertThat(loop.now()).isBetween(longest, longest.plus(step));
        declinedAndClosed(wire);
    }

    /** The time of the waits that either side asks for does not count, as far as it passes. */
    @Test
    @Proves("8990-2.5.5-4")
    void theBoundOfTheWholeTimeLeavesOutTheWaits() {
        Duration days = Timeouts.DEFAULTS.negotiation().multipliedBy(2);
        ScriptedPeer.Wire wire = requestBulk();
        SessionId id = wire.received.get(0).session();
        wire.send(new Wait(id, days.toMillis()));
        loop.advance(days.minusSeconds(1));
        wire.send(new Negotiate(id, BULK.withLoopCount(255).withValue(2)));
        moment();
        loop.run(() -> events.session.waitFor(days));
        loop.advance(days.minusSeconds(1));
        loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
        moment();
        wire.send(new Wait(id, days.toMillis()));
        wire.send(new Negotiate(id, BULK.withLoopCount(255).withValue(2)));
        moment();
        assertThat(events.offers).hasSize(2);
        assertThat(events.failure).isNull();
        loop.run(events.session::cancel);
        moment();
    }

    /** An ASA that gives its peer more time than the bound means it. */
    @Test
    @Proves("8990-2.5.5-4")
    void theBoundOfTheWholeTimeIsAtLeastATimeoutThatTheAsaGives() {
        Duration days = Timeouts.DEFAULTS.negotiation().multipliedBy(2);
        events.session = loop.call(() -> asa.negotiate(EX3.withValue(1), here(peer.node), days, events));
        loop.advance(days.minusSeconds(1));
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Negotiate(
                wire.received.get(0).session(), EX3.withLoopCount(5).withValue(2)));
        moment();
        assertThat(events.offers).hasSize(1);
        loop.run(events.session::accept);
        moment();
    }

    private ScriptedPeer.Wire requestBulk() {
        loop.run(() -> asa.register(BULK, RegistrationOptions.DEFAULTS.withRaisedLoopCount(true)));
        events.session =
                loop.call(() -> asa.negotiate(BULK.withValue(1), here(peer.node), Duration.ofHours(1), events));
        moment();
        return peer.accepted.get(0);
    }

    private void declinedAndClosed(ScriptedPeer.Wire wire) {
        assertThat(wire.received)
                .last()
                .isInstanceOfSatisfying(
                        End.class, end -> assertThat(end.outcome()).isInstanceOf(GraspOption.Decline.class));
        loop.advance(Duration.ofSeconds(2));
        assertThat(network.openConnections()).isZero();
    }

    private void answersAtTheLastMoment(ScriptedPeer.Wire wire, SessionId id, Objective objective) {
        loop.advance(TIMEOUT.minusSeconds(1));
        wire.send(new Negotiate(id, objective.withLoopCount(6).withValue(2)));
        moment();
    }

    @Test
    @Proves({"8990-2.5.5-4", "8991-2.2.4-1"})
    void theTimerIsRestartedForEachAnswer() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        SessionId id = wire.received.get(0).session();
        loop.advance(TIMEOUT.minusSeconds(1));
        wire.send(new Negotiate(id, EX3.withLoopCount(5).withValue(2)));
        moment();
        loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
        loop.advance(TIMEOUT.minusSeconds(1));
        assertThat(events.failure).isNull();
        loop.advance(Duration.ofSeconds(1));
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
    }

    /** The last message of our ASA, which the peer's full window holds up when it resets the connection. */
    enum Unsent {
        STEP(GraspErrorCode.SOCKET_ERROR_STEP),
        WAIT(GraspErrorCode.SOCKET_ERROR_WAIT),
        END(GraspErrorCode.SOCKET_ERROR_END);

        private final GraspErrorCode code;

        Unsent(GraspErrorCode code) {
            this.code = code;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves("8991-2.2.4-1")
    void aResetBeforeAMessageIsFlushedFailsItsSending(Unsent last) {
        Objective large = Objective.negotiable("large");
        loop.run(() -> asa.register(large, RegistrationOptions.DEFAULTS.withMaxMessageBytes(WINDOW + 1)));
        ScriptedPeer.Wire wire = request(large.withValue(1));
        SessionId id = wire.received.get(0).session();
        loop.run(() -> wire.connection.reading(false));
        wire.send(new Negotiate(id, large.withValue(2)));
        moment();
        Negotiate most = new Negotiate(id, large.withLoopCount(5).withValue(new byte[WINDOW / 2]));
        int fitting = WINDOW / 2 + WINDOW - MessageEncoder.encode(most).length;
        loop.run(() ->
                events.session.step(ObjectiveValue.of(new byte[last == Unsent.STEP ? fitting + 1 : fitting]), TIMEOUT));
        if (last != Unsent.STEP) {
            wire.send(new Negotiate(id, large.withLoopCount(4).withValue(3)));
            moment();
            loop.run(() -> {
                if (last == Unsent.WAIT) {
                    events.session.waitFor(TIMEOUT);
                } else {
                    events.session.accept();
                }
            });
        }
        moment();
        assertThat(events.failure).isNull();
        wire.abort();
        moment();

        assertThat(events.outcome).isNull();
        assertThat(events.failure.code()).isEqualTo(last.code);
        assertThat(events.failure).hasCauseInstanceOf(IOException.class);
    }

    @Test
    @Proves({"8990-2.2-3", "8990-2.5.5-5", "8990-2.5.6.1-4", "8991-2.2.4-1"})
    void aBrokenConnectionFailsItsSessionAndNoLaterOne() {
        request(EX3.withValue(1)).abort();
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(events.failure).hasCauseInstanceOf(IOException.class);

        Synchronized broken = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, broken));
        moment();
        peer.accepted.get(1).abort();
        moment();
        assertThat(broken.failure.code()).isEqualTo(GraspErrorCode.NO_SYNCH_REPLY);
        assertThat(broken.failure).hasCauseInstanceOf(IOException.class);

        listen();
        ScriptedPeer.Wire taken = peer.connect(node);
        taken.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        events.failure = null;
        taken.abort();
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);

        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(2);
        wire.send(new Synch(wire.received.get(0).session(), EX2.withValue("v")));
        moment();
        assertThat(result.objective.value()).hasToString("\"v\"");
        peer.connect(node).send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        assertThat(requests).as("under the same Session ID").hasSize(2);
        loop.run(() -> requests.get(1).decline("enough"));
        loop.advance(Duration.ofSeconds(2));
    }
}
