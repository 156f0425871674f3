package io.grasp.engine.synchronization;

import io.grasp.engine.channel.ChannelSession;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.WaitText;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionInfo.Role;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One synchronization by request (RFC 8990 section 2.5.6.1), on the initiator's side.
 *
 * <pre>
 *   M_REQ_SYN --> REQUESTED -- M_SYNCH ------------------------------------> ENDED
 *                           -- M_INVALID, timeout, closed, cancel ---------> ENDED
 * </pre>
 */
public final class SynchronizationRequest extends ChannelSession {
    private static final Codes CODES = new Codes(
            GraspErrorCode.NO_SYNCH_REPLY, GraspErrorCode.SOCKET_ERROR_SYNCH_REQUEST, GraspErrorCode.NO_SYNCH_REPLY);

    private final int loopCount;
    private final Duration timeout;
    private final SynchronizationEvents events;

    private SynchronizationRequest(
            EngineContext context,
            RegisteredAsa asa,
            SessionInfo info,
            int loopCount,
            MessageChannel channel,
            Duration timeout,
            SynchronizationEvents events) {
        super(context, asa, info, channel, CODES);
        this.loopCount = loopCount;
        this.timeout = timeout;
        this.events = events;
        deadline.arm(timeout); // ends the wait for M_SYNCH
        channel.handler(new FromPeer());
        started();
    }

    /** Sends the request; the channel may still be opening. */
    public static SynchronizationRequest initiate(
            EngineContext context,
            RegisteredAsa asa,
            SessionId id,
            RequestSynchronization message,
            byte[] encoded,
            MessageChannel channel,
            Duration timeout,
            Duration opening,
            SynchronizationEvents events) {
        SessionInfo info = new SessionInfo(
                id,
                SessionInfo.Kind.SYNCHRONIZATION,
                Role.INITIATOR,
                message.objective().name());
        SynchronizationRequest request = new SynchronizationRequest(
                context, asa, info, message.objective().loopCount(), channel, timeout, events);
        if (opening.compareTo(timeout) < 0) {
            request.openWithin(opening);
        }
        channel.send(message, encoded, failure -> request.flushed(failure, GraspErrorCode.SOCKET_ERROR_SYNCH_REQUEST));
        return request;
    }

    @Override
    protected Inspected inspected() {
        return new Inspected(
                SessionEntry.State.REQUESTED,
                SessionEntry.Awaited.PEER,
                context.addresses.initiator(),
                peerIfKnown(),
                loopCount,
                0);
    }

    @Override
    protected void timedOut() {
        failSilent(
                GraspErrorCode.NO_SYNCH_REPLY, "no answer from the peer " + WaitText.ofCall(timeout, context.timeouts));
    }

    @Override
    protected void release(SessionOutcome outcome) {
        context.sessions.end(info().id());
    }

    @Override
    protected void failed(GraspException failure) {
        events.failed(failure);
    }

    /** Receives the peer's messages. */
    private final class FromPeer extends Inbound {
        @Override
        public void received(GraspMessage message, byte[] encoded) {
            if (message instanceof Synch synch && synch.session().equals(info().id())) {
                Objective objective = synch.objective();
                if (!objective.name().equals(info().objective()) || !objective.isSynchronizable()) {
                    String what = objective.isSynchronizable() ? "" : ", which does not support synchronization";
                    channel.sendInvalid(info().id(), encoded);
                    fail(GraspException.peer(
                            GraspErrorCode.NO_VALID_SYNCH, "the peer sent " + objective.name() + what));
                } else if (finish(SessionOutcome.COMPLETED, null)) {
                    channel.closeAfterPeer();
                    events.synchronised(objective);
                }
            } else if (message instanceof Invalid invalid && invalid.session().equals(info().id())) {
                invalid(invalid, GraspErrorCode.NO_VALID_SYNCH);
            } else {
                channel.drop(DropReasons.reason(message, info().id()));
            }
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
            channel.sendInvalid(session, raw);
            super.malformed(what, session, raw);
        }

        @Override
        public void inputEnded() {
            if (!isEnded()) {
                channel.notListening(info().objective());
            }
            fail(GraspException.peer(
                    GraspErrorCode.NO_LISTENER,
                    "the peer closed the connection without an answer: no ASA listens there"));
        }
    }
}
