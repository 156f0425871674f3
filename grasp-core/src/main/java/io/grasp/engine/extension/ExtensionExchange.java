package io.grasp.engine.extension;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.ConnectErrors;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.UnknownMessage;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A message of an unassigned type to one peer, on a connection of its own, and what comes back on that. All methods are
 * called on the loop.
 */
public final class ExtensionExchange implements Cancellable, Session {
    private final EngineContext context;
    private final SessionId id;
    private final MessageChannel channel;
    private final ExtensionEvents events;
    private final Consumer<ExtensionExchange> release;
    private final Deadlines.Deadline deadline;
    private long demand;
    private boolean opened;
    private boolean ended;

    ExtensionExchange(
            EngineContext context,
            SessionId id,
            MessageChannel channel,
            Duration timeout,
            ExtensionEvents events,
            Consumer<ExtensionExchange> release) {
        this.context = context;
        this.id = id;
        this.channel = channel;
        this.events = events;
        this.release = release;
        this.deadline = context.deadlines.in(timeout, () -> timedOut(timeout)); // When to stop waiting for answers
        channel.handler(new Inbound());
        channel.pause();
    }

    /**
     * Asks for more answers. Without demand nothing is read, and in the end the peer cannot send any more.
     *
     * @param more how many more, above 0; {@link Long#MAX_VALUE} is without bound
     */
    public void request(long more) {
        demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
        if (!ended) {
            channel.resume();
        }
    }

    @Override
    public void cancel() {
        if (finish()) {
            channel.close();
        }
    }

    @Override
    public void end(GraspException reason) {
        fail(reason);
    }

    private void timedOut(Duration timeout) {
        if (opened) {
            complete();
        } else {
            fail(GraspException.local(
                            GraspErrorCode.NO_REPLY, "the peer was not reached within " + timeout.toMillis() + " ms")
                    .unreached());
        }
    }

    private void complete() {
        if (finish()) {
            channel.close();
            events.completed();
        }
    }

    private void fail(GraspException failure) {
        if (finish()) {
            channel.closeAfter(failure);
            events.failed(failure);
        }
    }

    private boolean finish() {
        if (ended) {
            return false;
        }
        ended = true;
        deadline.cancel();
        context.sessions.end(id);
        release.accept(this);
        return true;
    }

    /** What the connection tells. */
    private final class Inbound implements MessageHandler {
        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void received(GraspMessage message, byte[] encoded) {
            ExtensionMessage answer = message instanceof UnknownMessage unknown ? ExtensionCodec.read(unknown) : null;
            if (answer != null && answer.session().equals(id)) {
                if (demand != Long.MAX_VALUE && --demand == 0) {
                    channel.pause();
                }
                events.answered(answer);
            } else if (message instanceof Invalid invalid && invalid.session().equals(id)) {
                fail(GraspException.peer(GraspErrorCode.UNSPECIFIED, "the peer answered M_INVALID"));
            } else {
                channel.drop(DropReasons.reason(message, id));
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
            } else if (opened) {
                fail(GraspException.transport(
                        GraspErrorCode.NO_SOCKET, "the connection broke: " + failure.getMessage(), failure));
            } else {
                fail(ConnectErrors.because(failure, GraspErrorCode.SOCKET_ERROR_REQUEST));
            }
        }
    }
}
