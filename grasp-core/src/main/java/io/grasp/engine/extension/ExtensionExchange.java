package io.grasp.engine.extension;

import io.grasp.engine.channel.ChannelSession;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Owner;
import io.grasp.engine.node.WaitText;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.Demand;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.UnknownMessage;
import java.time.Duration;

/**
 * A message of an unassigned type to one peer on a separate connection, and the answers on that connection. All methods
 * are called on the loop.
 *
 * <pre>
 *   message --> ASKED ---+ answer
 *                |  ^----+
 *                +-- timeout, peer ends its direction: completed ----------> ENDED
 *                +-- connection fails, M_INVALID, malformed: failed -------> ENDED
 * </pre>
 */
public final class ExtensionExchange extends ChannelSession {
    private static final Codes CODES =
            new Codes(GraspErrorCode.NO_REPLY, GraspErrorCode.SOCKET_ERROR_REQUEST, GraspErrorCode.NO_SOCKET);

    private final SessionId id;
    private final Duration timeout;
    private final ExtensionEvents events;
    private final Demand demand = new Demand();

    ExtensionExchange(
            EngineContext context,
            Owner owner,
            SessionId id,
            MessageChannel channel,
            Duration timeout,
            ExtensionEvents events) {
        super(context, owner, null, channel, CODES);
        this.id = id;
        this.timeout = timeout;
        this.events = events;
        deadline.arm(timeout); // ends the wait for answers
        channel.handler(new FromPeer());
        channel.pause();
    }

    /**
     * Requests more answers. Without demand the connection is not read, and eventually the peer cannot send any more.
     *
     * @param more how many more, above 0; {@link Long#MAX_VALUE} is unbounded
     */
    public void request(long more) {
        demand.add(more);
        if (!isEnded()) {
            channel.resume();
        }
    }

    @Override
    protected void timedOut() {
        if (channel.isOpened()) {
            complete();
        } else {
            failSilent(
                    GraspErrorCode.NO_REPLY, "no connection to the peer " + WaitText.ofCall(timeout, context.timeouts));
        }
    }

    private void complete() {
        if (finish(SessionOutcome.COMPLETED, null)) {
            channel.close();
            events.completed();
        }
    }

    @Override
    protected void release(SessionOutcome outcome) {
        context.sessions.end(id);
    }

    @Override
    protected void failed(GraspException failure) {
        events.failed(failure);
    }

    /** Receives the peer's messages. */
    private final class FromPeer extends Inbound {
        @Override
        public void received(GraspMessage message, byte[] encoded) {
            ExtensionMessage answer = message instanceof UnknownMessage unknown ? ExtensionCodec.read(unknown) : null;
            if (answer != null && answer.session().equals(id)) {
                if (!demand.take()) {
                    channel.pause();
                }
                events.answered(answer);
            } else if (message instanceof Invalid invalid && invalid.session().equals(id)) {
                invalid(invalid, GraspErrorCode.UNSPECIFIED);
            } else {
                channel.drop(DropReasons.reason(message, id));
            }
        }

        @Override
        public void inputEnded() {
            complete();
        }
    }
}
