package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Wait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which moves of an ASA are allowed in which state of a negotiation, and what they cause (RFC 8990 section 2.5.5). */
class NegotiationMovesTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);
    /** An objective whose authors may set the loop count. */
    private static final Objective BULK = Objective.negotiable("bulk");

    private static final Duration TOTAL_WAIT = Duration.ofSeconds(100);

    /** The peer's end of the connection. */
    private ScriptedPeer.Wire wire;

    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS.withTimeouts(Timeouts.DEFAULTS.withTotalWait(TOTAL_WAIT));
    }

    @BeforeEach
    void register() {
        loop.run(() -> asa.register(BULK, RegistrationOptions.DEFAULTS.withRaisedLoopCount(true)));
    }

    /** A call of an ASA. */
    private enum Move {
        STEP((session, events) -> session.step(ObjectiveValue.of(2), TIMEOUT)),
        STEP_WITH_LOOP_COUNT((session, events) -> session.step(ObjectiveValue.of(2), 9, TIMEOUT)),
        WAIT((session, events) -> session.waitFor(Duration.ofSeconds(1))),
        ACCEPT((session, events) -> session.accept()),
        TAKE((session, events) -> session.take(events)),
        DECLINE((session, events) -> session.decline("no")),
        SEND_INVALID((session, events) -> session.sendInvalid(new byte[] {1})),
        RAW((session, events) -> session.raw(new NoRawEvents()));

        private final BiConsumer<NegotiationSession, RecordingEvents> call;

        Move(BiConsumer<NegotiationSession, RecordingEvents> call) {
            this.call = call;
        }
    }

    private GraspException refusal(Move move, NegotiationSession session) {
        GraspException[] thrown = new GraspException[1];
        assertThatExceptionOfType(GraspException.class)
                .as(move.name())
                .isThrownBy(() -> loop.run(() -> move.call.accept(session, events)))
                .satisfies(e -> thrown[0] = e);
        assertThat(thrown[0].objective()).contains(session.info().objective());
        assertThat(thrown[0].session()).contains(session.info().id());
        return thrown[0];
    }

    private NegotiationSession requested(Objective objective) {
        loop.run(() -> asa.listenNegotiate(objective, acceptor()).request(Long.MAX_VALUE));
        wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, objective.withValue(1)));
        moment();
        return requests.get(requests.size() - 1);
    }

    @Test
    void onlyAnEndIsAllowedWhileItIsThePeersTurn() {
        wire = request(BULK.withValue(1));
        SessionId id = events.session.info().id();
        for (boolean hasAnswered : new boolean[] {false, true}) {
            for (Move move : EnumSet.range(Move.STEP, Move.TAKE)) {
                GraspException refused = refusal(move, events.session);
                assertThat(refused.code()).isEqualTo(GraspErrorCode.UNSPECIFIED);
                assertThat(refused).hasMessageContaining("it is the peer's turn");
            }
            if (!hasAnswered) {
                wire.send(new Negotiate(id, BULK.withValue(2)));
                moment();
                loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
            }
        }
        moment();
        assertThat(wire.received).as("nothing else was sent").hasSize(2);

        loop.run(() -> events.session.decline("too long"));
        moment();
        assertThat(wire.received).last().isEqualTo(new End(id, new GraspOption.Decline("too long")));
        assertThat(events.outcome).isEqualTo(new Declined("too long", Side.LOCAL));
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAllowedAfterTheEnd(Move move) {
        NegotiationSession session = requested(BULK);
        loop.run(() -> session.decline("no"));
        moment();
        List<GraspMessage> received = List.copyOf(wire.received);

        assertThat(refusal(move, session).code()).isEqualTo(GraspErrorCode.NO_SESSION);

        moment();
        assertThat(wire.received).isEqualTo(received);
        assertThat(session.state()).isEqualTo(NegotiationSession.State.ENDED);
    }

    @Test
    void whatEndsAnEndedNegotiationAgainHasNoEffect() {
        NegotiationSession session = requested(EX3);
        loop.run(() -> session.decline("no"));
        moment();

        loop.run(() -> {
            session.cancel();
            session.refuse();
            session.end(GraspException.local(GraspErrorCode.NO_SESSION, "the ASA has gone"));
        });

        assertThat(observed.outcomes).containsExactly(SessionOutcome.DECLINED);
        assertThat(events.failure).isNull();
        assertThat(drops).isEmpty();
        assertThat(engine.load().sessions()).isZero();
    }

    @Test
    void anInvalidOfTheAsaReachesThePeer() {
        NegotiationSession session = requested(EX3);
        loop.run(() -> session.sendInvalid(new byte[] {7}));
        moment();

        assertThat(wire.received).singleElement().isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.session()).isEqualTo(ID);
            assertThat(invalid.content()).hasToString("4107");
        });
        assertThat(wire.inputEnded).isTrue();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_NEGOTIATE);
        assertThat(events.failure.origin()).isEqualTo(GraspException.Origin.LOCAL);
        assertThat(observed.outcomes).containsExactly(SessionOutcome.FAILED);
    }

    @Test
    void aRefusedRequestIsCountedAndItsConnectionClosed() {
        NegotiationSession session = requested(EX3);
        loop.run(session::refuse);
        moment();

        assertThat(wire.received).isEmpty();
        assertThat(wire.inputEnded).isTrue();
        assertThat(drops).containsOnlyKeys(DropReason.NOT_LISTENING);
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SESSION);
    }

    @Test
    void theObserverIsNotifiedOfEachNegotiationAndItsOutcome() {
        NegotiationSession accepting = requested(EX3);
        loop.run(accepting::accept);
        moment();
        ScriptedPeer.Wire declined = request(EX3.withValue(1));
        declined.send(new End(events.session.info().id(), new GraspOption.Decline("no")));
        moment();

        assertThat(observed.started).containsExactly(accepting.info(), events.session.info());
        assertThat(observed.started)
                .extracting(SessionInfo::role)
                .containsExactly(SessionInfo.Role.RESPONDER, SessionInfo.Role.INITIATOR);
        assertThat(observed.negotiated)
                .containsExactly(new Accepted(accepting.inHand(), Side.LOCAL), new Declined("no", Side.PEER));
        assertThat(observed.outcomes).containsExactly(SessionOutcome.ACCEPTED, SessionOutcome.DECLINED);
    }

    @Test
    void theTimeThatAPeerWaitsIsSubtractedFromItsTotalAcrossMoves() {
        NegotiationSession session = requested(EX3);
        loop.run(() -> session.step(ObjectiveValue.of(2), TIMEOUT));
        moment();
        wire.send(new Wait(ID, 80_000));
        loop.advance(Duration.ofSeconds(70));
        wire.send(new Negotiate(ID, EX3.withLoopCount(4).withValue(3)));
        moment();
        loop.run(() -> session.step(ObjectiveValue.of(4), TIMEOUT));
        wire.send(new Wait(ID, 80_000));
        loop.advance(Duration.ofSeconds(29));
        assertThat(events.failure).isNull();

        loop.advance(Duration.ofSeconds(2));
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(events.failure).hasMessageContaining("limited to 30");
    }

    @Test
    void theFailureSaysHowLongTheAsaHadAskedThePeerToWait() {
        NegotiationSession session = requested(EX3);
        Duration ownMove = Timeouts.DEFAULTS.ownMove();
        loop.run(() -> session.waitFor(Duration.ofSeconds(9)));
        loop.advance(ownMove.plusSeconds(9));

        assertThat(events.failure)
                .hasMessageContaining("no move of the ASA within "
                        + ownMove.plusSeconds(9).toMillis()
                        + " ms, its longest time for a move, including the wait of 9000 ms that it asked for");
        loop.advance(Duration.ofSeconds(1));
        NegotiationSession silent = requested(BULK);
        loop.advance(ownMove);
        assertThat(silent.isEndingOrEnded()).isTrue();
        assertThat(events.failure).hasMessageContaining("no move of the ASA within " + ownMove.toMillis() + " ms");
    }

    private static final class NoRawEvents implements RawEvents {
        @Override
        public void opened() {}

        @Override
        public void received(ObjectiveValue item) {
            throw new AssertionError(item);
        }

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {
            throw new AssertionError(failure);
        }
    }
}
