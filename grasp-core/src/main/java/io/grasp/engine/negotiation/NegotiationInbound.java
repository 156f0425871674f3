package io.grasp.engine.negotiation;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.node.ConnectErrors;
import io.grasp.engine.node.DropReasons;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Wait;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a negotiation's peer sends, and which of it is in order (RFC 8990 sections 2.8.7 to 2.8.9). */
final class NegotiationInbound implements MessageHandler {
    private final NegotiationSession session;
    private final MessageChannel channel;

    NegotiationInbound(NegotiationSession session, MessageChannel channel) {
        this.session = session;
        this.channel = channel;
    }

    @Override
    public void opened() {
        session.opened();
    }

    @Override
    public void received(GraspMessage message, byte[] encoded) {
        if (session.isOver()) {
            channel.drop(DropReason.NO_SESSION); // nothing may follow our M_END, so nothing is taken that asks for it
            return;
        }
        if (!session.info().id().equals(message.session())) {
            channel.drop(DropReasons.reason(message, session.info().id()));
            return;
        }
        if (!(message instanceof Invalid)) {
            channel.answered();
        }
        if (message instanceof Negotiate negotiate) {
            negotiate(negotiate.objective(), encoded);
        } else if (message instanceof Wait wait) {
            waits(wait);
        } else if (message instanceof End end) {
            ends(end, encoded);
        } else if (message instanceof Invalid invalid) {
            String content = invalid.content() == null
                    ? "no diagnostic"
                    : invalid.content().diagnostic();
            session.fail(GraspException.peer(GraspErrorCode.NO_VALID_STEP, "the peer answered M_INVALID: " + content));
        } else {
            channel.drop(DropReasons.reason(message, session.info().id()));
        }
    }

    private void negotiate(Objective offer, byte[] encoded) {
        Objective inHand = session.inHand();
        if (session.isOurTurn()) {
            reject(GraspErrorCode.INVALID_NEGOTIATE, "the peer made two moves in a row", encoded);
        } else if (!offer.name().equals(inHand.name()) || !offer.isNegotiable()) {
            reject(GraspErrorCode.INVALID_NEGOTIATE, "the peer's offer is of another objective", encoded);
        } else if (offer.isDryRun() != inHand.isDryRun()) {
            reject(GraspErrorCode.INVALID_NEGOTIATE, "the peer mixed dry run and live", encoded);
        } else if (!session.mayOffer()) {
            session.exhaust("the peer has made " + Objective.MAX_LOOP_COUNT
                    + " offers, more than any loop count allows, as it does not let the loop count fall");
        } else {
            session.peerOffers(offer);
        }
    }

    private void waits(Wait wait) {
        if (session.isOurTurn()) {
            channel.drop(DropReason.OUT_OF_TURN); // only who is due to move may ask for time
        } else if (!session.peerWaits(Duration.ofMillis(wait.waitMillis()))) {
            channel.drop(DropReason.LIMIT);
        }
    }

    private void ends(End end, byte[] encoded) {
        if (end.outcome() instanceof GraspOption.Decline decline) {
            session.peerDeclines(decline.reason() == null ? "" : decline.reason());
        } else if (!(end.outcome() instanceof GraspOption.Accept)) {
            reject(GraspErrorCode.INVALID_END, "the peer's M_END neither accepts nor declines", encoded);
        } else if (session.isOurTurn()) {
            reject(GraspErrorCode.INVALID_END, "the peer accepted while it was our turn to answer it", encoded);
        } else {
            session.peerAccepts();
        }
    }

    private void reject(GraspErrorCode code, String detail, byte[] encoded) {
        channel.sendInvalid(session.info().id(), encoded);
        session.fail(GraspException.peer(code, detail));
    }

    @Override
    public void malformed(Exception what, @Nullable SessionId id, byte[] raw) {
        if (!session.isOver()) {
            channel.sendInvalid(id, raw);
            session.fail(GraspException.peer(
                            GraspErrorCode.CBOR_FAIL, "the peer sent no GRASP message: " + what.getMessage())
                    .causedBy(what));
        }
    }

    @Override
    public void inputEnded() {
        if (session.isOver()) {
            return; // if our M_END is on its way, its flush, or its failure, tells the rest
        }
        if (session.state() != NegotiationState.REQUESTED) {
            session.fail(GraspException.peer(
                    GraspErrorCode.NO_PEER,
                    "the peer closed the connection in the middle of the negotiation" + session.waitLetPass()));
        } else if (channel.isAnswered()) { // by M_WAIT: an ASA has the request, and may have acted on it
            session.fail(GraspException.peer(
                    GraspErrorCode.NO_NEGOTIATION_REPLY,
                    "the peer closed the connection after it had asked for time" + session.waitLetPass()));
        } else {
            channel.notListening(session.info().objective());
            session.fail(GraspException.peer(
                    GraspErrorCode.NO_PEER, "the peer closed the connection without an answer: no ASA listens there"));
        }
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        if (session.state() == NegotiationState.ENDED) {
            return; // as nearly always
        }
        if (failure == null) {
            inputEnded();
        } else if (!session.isOpened()) {
            session.fail(ConnectErrors.because(failure, GraspErrorCode.SOCKET_ERROR_REQUEST));
        } else {
            session.fail(GraspException.transport(
                    GraspErrorCode.NO_NEGOTIATION_REPLY, "the connection broke: " + failure.getMessage(), failure));
        }
    }
}
