package io.grasp.engine.synchronization;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.ConnectErrors;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.Terminable;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionInfo.Role;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.IntrusiveList;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One synchronization by request (RFC 8990 section 2.5.6.1), as its initiator.
 *
 * <pre>
 *   M_REQ_SYN --> REQUESTED -- M_SYNCH ------------------------------------> ENDED
 *                           -- M_INVALID, timeout, closed, cancel ---------> ENDED
 * </pre>
 */
public final class SynchronizationRequest implements MessageHandler, Cancellable, Session {
    private final EngineContext context;
    private final IntrusiveList.Link<Terminable> owned;
    private final SessionInfo info;
    private final MessageChannel channel;
    private final SynchronizationEvents events;
    private final Deadlines.Deadline deadline;
    private final Deadlines.Deadline opening;
    private boolean opened;
    private boolean ended;

    private SynchronizationRequest(
            EngineContext context,
            RegisteredAsa asa,
            SessionInfo info,
            MessageChannel channel,
            Duration timeout,
            SynchronizationEvents events) {
        this.context = context;
        this.info = info;
        this.channel = channel;
        this.events = events;
        this.deadline = context.deadlines.in(timeout, () -> timedOut(timeout)); // When to give up on M_SYNCH
        this.opening = context.deadlines.unarmed(this::notOpened);
        channel.handler(this);
        owned = asa.own(this);
        context.observer.sessionStarted(info);
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
        SynchronizationRequest request = new SynchronizationRequest(context, asa, info, channel, timeout, events);
        if (opening.compareTo(timeout) < 0) {
            request.opening.arm(opening);
        }
        channel.send(message, encoded, request::flushed);
        return request;
    }

    @Override
    public void opened() {
        opened = true;
        opening.cancel();
    }

    @Override
    public void received(GraspMessage message, byte[] encoded) {
        if (message instanceof Synch synch && synch.session().equals(info.id())) {
            Objective objective = synch.objective();
            if (!objective.name().equals(info.objective()) || !objective.isSynchronizable()) {
                String what = objective.isSynchronizable() ? "" : ", which is not for synchronization";
                channel.sendInvalid(info.id(), encoded);
                fail(GraspException.peer(GraspErrorCode.NO_VALID_SYNCH, "the peer sent " + objective.name() + what));
            } else if (finish(SessionOutcome.COMPLETED, null)) {
                channel.closeAfterPeer();
                events.synchronised(objective);
            }
        } else if (message instanceof Invalid invalid && invalid.session().equals(info.id())) {
            fail(GraspException.peer(GraspErrorCode.NO_VALID_SYNCH, "the peer answered M_INVALID"));
        } else {
            channel.drop(DropReasons.reason(message, info.id()));
        }
    }

    @Override
    public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
        channel.sendInvalid(session, raw);
        fail(GraspException.peer(GraspErrorCode.CBOR_FAIL, "the peer sent no GRASP message: " + what.getMessage())
                .causedBy(what));
    }

    @Override
    public void inputEnded() {
        if (!ended) {
            channel.notListening(info.objective());
        }
        fail(GraspException.peer(
                GraspErrorCode.NO_LISTENER, "the peer closed the connection without an answer: no ASA listens there"));
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        if (failure == null) {
            inputEnded();
        } else if (!opened) {
            fail(ConnectErrors.because(failure, GraspErrorCode.SOCKET_ERROR_SYNCH_REQUEST));
        } else {
            fail(GraspException.transport(
                    GraspErrorCode.NO_SYNCH_REPLY, "the connection broke: " + failure.getMessage(), failure));
        }
    }

    @Override
    public void cancel() {
        if (finish(SessionOutcome.CANCELLED, null)) {
            channel.close();
        }
    }

    @Override
    public void end(GraspException reason) {
        if (finish(SessionOutcome.CANCELLED, null)) {
            channel.close();
            events.failed(reason.in(info.id(), info.objective()));
        }
    }

    private void timedOut(Duration timeout) {
        GraspException silence = GraspException.local(
                GraspErrorCode.NO_SYNCH_REPLY, "no answer from the peer within " + timeout.toMillis() + " ms");
        fail(opened ? silence : silence.unreached());
    }

    private void notOpened() {
        fail(GraspException.local(GraspErrorCode.NO_SYNCH_REPLY, "no connection to the peer in time")
                .unreached());
    }

    private void flushed(@Nullable Throwable failure) {
        if (failure != null && opened) { // before that, the connection's own failure tells more
            fail(GraspException.transport(
                    GraspErrorCode.SOCKET_ERROR_SYNCH_REQUEST, "cannot send: " + failure.getMessage(), failure));
        }
    }

    private void fail(GraspException failure) {
        GraspException full = failure.in(info.id(), info.objective());
        if (finish(SessionOutcome.FAILED, full)) {
            channel.closeAfter(full);
            events.failed(full);
        }
    }

    private boolean finish(SessionOutcome outcome, @Nullable GraspException failure) {
        if (ended) {
            return false;
        }
        ended = true;
        deadline.cancel();
        opening.cancel();
        context.sessions.end(info.id());
        owned.leave();
        context.observer.sessionEnded(info, outcome, failure);
        return true;
    }
}
