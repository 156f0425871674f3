package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.WaitText;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.GraspMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A discovery that also carries a request, on the initiator's side (RFC 8990 sections 2.5.5.1 and 2.5.6.3). The first
 * answer decides.
 *
 * <pre>
 *   M_DISCOVERY --> ASKED -- M_NEGOTIATE, M_WAIT, M_END, M_SYNCH --> the session goes on, or is over
 *                         -- M_RESPONSE ---------------------------> an ordinary request, to its sender or another peer
 *                         -- timeout, cancel ----------------------> ENDED
 * </pre>
 */
final class RapidSession extends Session {
    final InetAddress initiator;
    private final Duration timeout;
    private final RapidRequest request;
    private final Runnable release;
    private @Nullable Cancellable next;

    RapidSession(
            EngineContext context,
            RegisteredAsa asa,
            SessionId id,
            InetAddress initiator,
            RapidRequest request,
            Duration timeout,
            Runnable release) {
        super(
                context,
                asa,
                new SessionInfo(
                        id,
                        SessionInfo.Kind.DISCOVERY,
                        SessionInfo.Role.INITIATOR,
                        request.objective().name()));
        this.initiator = initiator;
        this.request = request;
        this.timeout = timeout;
        this.release = release;
        deadline.arm(timeout); // ends the wait for any answer: the request's own timer (RFC 8990 section 2.8.4)
        started();
    }

    @Override
    protected Inspected inspected() {
        return new Inspected(
                SessionEntry.State.REQUESTED,
                SessionEntry.Awaited.RESPONSES,
                initiator,
                Optional.empty(),
                request.objective().loopCount(),
                0);
    }

    String objective() {
        return info().objective();
    }

    /** {@return whether the message is accepted as an answer} */
    boolean answer(GraspMessage message, byte[] encoded, @Nullable MessageChannel channel) {
        if (!request.takes(message) || !finish(SessionOutcome.COMPLETED, null)) {
            return false;
        }
        next = request.answered(info().id(), message, encoded, channel);
        return true;
    }

    /** An M_RESPONSE: an ordinary request follows, unless the response fulfills the request. */
    void response(List<AsaLocator> found, @Nullable Objective objective) {
        if (objective != null && request.satisfiedBy(objective)) {
            finish(SessionOutcome.COMPLETED, null);
            context.sessions.end(info().id());
            request.satisfied(objective);
        } else if (!found.isEmpty()) {
            ordinary();
        }
    }

    /** Switches to an ordinary request. */
    void ordinary() {
        finish(SessionOutcome.COMPLETED, null);
        context.sessions.end(info().id());
        request.ordinary();
    }

    @Override
    protected void timedOut() {
        fail(request.unanswered("no answer to the discovery of " + objective() + " in rapid mode "
                + WaitText.ofCall(timeout, context.timeouts)));
    }

    /** Cancels the discovery, or the session that its answer has begun. */
    @Override
    public void cancel() {
        super.cancel();
        if (next != null) {
            next.cancel();
        }
    }

    /** A session that a rapid answer begins keeps the Session ID; in all other cases nothing follows under it. */
    @Override
    protected void release(SessionOutcome outcome) {
        release.run();
        if (outcome != SessionOutcome.COMPLETED) {
            context.sessions.end(info().id());
        }
    }

    @Override
    protected void failed(GraspException failure) {
        request.failed(failure);
    }
}
