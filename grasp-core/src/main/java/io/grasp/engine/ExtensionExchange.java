package io.grasp.engine;

import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.UnknownMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A message of an unassigned type to one peer, on a connection of its own, and what comes back on that. */
final class ExtensionExchange implements MessageHandler, Cancellable {
    private final EngineContext context;
    private final SessionId id;
    private final MessageChannel channel;
    private final ExtensionEvents events;
    private final Deadlines.Deadline deadline;
    private boolean ended;

    ExtensionExchange(
            EngineContext context, SessionId id, MessageChannel channel, Duration timeout, ExtensionEvents events) {
        this.context = context;
        this.id = id;
        this.channel = channel;
        this.events = events;
        this.deadline = context.deadlines.in(timeout, this::complete); // When to stop waiting for answers
        channel.handler(this);
    }

    @Override
    public void received(GraspMessage message, byte[] encoded) {
        ExtensionMessage answer = message instanceof UnknownMessage unknown ? ExtensionCodec.read(unknown) : null;
        if (answer != null && answer.session().equals(id)) {
            events.answered(answer);
        } else if (message instanceof Invalid invalid && invalid.session().equals(id)) {
            fail(GraspException.peer(GraspErrorCode.UNSPECIFIED, "the peer answered M_INVALID"));
        } else {
            channel.drop(Drops.reasonInSession(message));
        }
    }

    @Override
    public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
        fail(GraspException.peer(GraspErrorCode.CBOR_FAIL, "the peer sent no GRASP message: " + what.getMessage())
                .causedBy(what));
    }

    @Override
    public void inputEnded() {
        complete();
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        if (failure == null) {
            complete();
        } else {
            fail(GraspException.transport(
                    GraspErrorCode.UNSPECIFIED, "cannot ask the peer: " + failure.getMessage(), failure));
        }
    }

    private void complete() {
        if (finish()) {
            events.completed();
        }
    }

    private void fail(GraspException failure) {
        if (finish()) {
            events.failed(failure);
        }
    }

    @Override
    public void cancel() {
        finish();
    }

    private boolean finish() {
        if (ended) {
            return false;
        }
        ended = true;
        deadline.cancel();
        context.sessions.end(id);
        channel.close();
        return true;
    }
}
