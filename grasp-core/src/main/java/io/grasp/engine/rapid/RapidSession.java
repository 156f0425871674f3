package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.Terminable;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.IntrusiveList;
import io.grasp.wire.GraspMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A discovery that is a request as well, as its initiator (RFC 8990 sections 2.5.5.1 and 2.5.6.3). The first answer
 * decides.
 *
 * <pre>
 *   M_DISCOVERY --> ASKED -- M_NEGOTIATE, M_WAIT, M_END, M_SYNCH --> the session goes on, or is over
 *                         -- M_RESPONSE ---------------------------> the ordinary way, to who sent it or another
 *                         -- timeout, cancel ----------------------> ENDED
 * </pre>
 */
final class RapidSession implements Cancellable, Session {
    final InetAddress initiator;
    private final EngineContext context;
    private final IntrusiveList.Link<Terminable> owned;
    private final SessionInfo info;
    private final RapidRequest request;
    private final Runnable release;
    private final Deadlines.Deadline deadline;
    private @Nullable Cancellable next;
    private boolean decided;

    RapidSession(
            EngineContext context,
            RegisteredAsa asa,
            SessionId id,
            InetAddress initiator,
            RapidRequest request,
            Duration timeout,
            Runnable release) {
        this.context = context;
        this.initiator = initiator;
        this.request = request;
        this.release = release;
        this.info = new SessionInfo(
                id,
                SessionInfo.Kind.DISCOVERY,
                SessionInfo.Role.INITIATOR,
                request.objective().name());
        // When to give up on any answer: the request's own timer (RFC 8990 section 2.8.4)
        this.deadline = context.deadlines.in(timeout, () -> timedOut(timeout));
        owned = asa.own(this);
        context.observer.sessionStarted(info);
    }

    String objective() {
        return info.objective();
    }

    /** {@return whether the message is taken for an answer} */
    boolean answer(GraspMessage message, byte[] encoded, @Nullable MessageChannel channel) {
        if (!request.takes(message) || !decide(SessionOutcome.COMPLETED, null)) {
            return false;
        }
        next = request.answered(info.id(), message, encoded, channel);
        return true;
    }

    /** An M_RESPONSE: the request goes the ordinary way, unless it holds all that was wanted. */
    void response(List<AsaLocator> found, @Nullable Objective objective) {
        if (objective != null && request.satisfiedBy(objective)) {
            decide(SessionOutcome.COMPLETED, null);
            context.sessions.end(info.id());
            request.satisfied(objective);
        } else if (!found.isEmpty()) {
            ordinary();
        }
    }

    /** Has a peer asked the ordinary way. */
    void ordinary() {
        decide(SessionOutcome.COMPLETED, null);
        context.sessions.end(info.id());
        request.ordinary();
    }

    private void timedOut(Duration timeout) {
        fail(request.unanswered("no answer within " + timeout.toMillis() + " ms"), SessionOutcome.FAILED);
    }

    private void fail(GraspException failure, SessionOutcome outcome) {
        GraspException full = failure.in(info.id(), info.objective());
        if (decide(outcome, outcome == SessionOutcome.FAILED ? full : null)) {
            context.sessions.end(info.id());
            request.failed(full);
        }
    }

    @Override
    public void cancel() {
        if (decide(SessionOutcome.CANCELLED, null)) {
            context.sessions.end(info.id());
        } else if (next != null) {
            next.cancel();
        }
    }

    @Override
    public void end(GraspException reason) {
        fail(reason, SessionOutcome.CANCELLED);
    }

    private boolean decide(SessionOutcome outcome, @Nullable GraspException failure) {
        if (decided) {
            return false;
        }
        decided = true;
        deadline.cancel();
        release.run();
        owned.leave();
        context.observer.sessionEnded(info, outcome, failure);
        return true;
    }
}
