package io.grasp.engine.node;

import io.grasp.model.GraspException;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An activity with peers, which must end when the links lose their protection (RFC 8990 section 2.5.1).
 *
 * <pre>
 *   ACTIVE    -- finish: it has its result ----------------------------> ENDED
 *             -- fail: by a message, the timer or the transport -------> ENDED
 *             -- cancel by the caller, end of the ASA or of the node --> ENDED
 * </pre>
 *
 * Every end has four steps, in this order: the session releases its resources, the observer is notified, the connection
 * is closed, and the caller is notified.
 */
public abstract class Session extends Activity {
    protected final EngineContext context;
    /** The session's timer. Each kind of session arms it for its own purpose; it is cancelled at the end. */
    protected final Deadlines.Deadline deadline;

    private final @Nullable SessionInfo info;

    /**
     * Creates a session that has not {@linkplain #started() started}.
     *
     * @param info the session as observers see it, or {@code null} if they do not, because RFC 8990 does not define
     *     this kind of session
     */
    protected Session(EngineContext context, Owner owner, @Nullable SessionInfo info) {
        super(owner);
        this.context = context;
        this.info = info;
        this.deadline = context.deadlines.unarmed(this::timedOut);
    }

    /** Notifies the observer; called when the session is set up. */
    protected final void started() {
        if (info != null) {
            context.observer.sessionStarted(info);
        }
    }

    /** {@return the session's ID, role and objective} */
    public final SessionInfo info() {
        return Objects.requireNonNull(info, "this session has no session information");
    }

    @Override
    public void cancel() {
        if (finish(SessionOutcome.CANCELLED, null)) {
            closeConnection(null);
        }
    }

    @Override
    public void end(GraspException reason) {
        if (isEnded()) {
            return;
        }
        try {
            finish(SessionOutcome.CANCELLED, null);
            closeConnection(null);
        } finally {
            failed(aboutIfPossible(reason)); // also if an observer has failed
        }
    }

    /** {@return the error with its session and objective, or if there is no memory for it, the error} */
    private GraspException aboutIfPossible(GraspException failure) {
        try {
            return about(failure);
        } catch (OutOfMemoryError without) {
            return failure;
        }
    }

    /** Ends the session with an error, unless it has ended. */
    protected final void fail(GraspException failure) {
        if (!isEnded()) {
            GraspException full = about(failure);
            finish(SessionOutcome.FAILED, full);
            closeConnection(full);
            failed(full);
        }
    }

    /** Releases the session's resources and notifies the observer; {@return whether the session was in progress} */
    protected final boolean finish(SessionOutcome outcome, @Nullable GraspException failure) {
        if (!leave()) {
            return false;
        }
        release(outcome);
        if (info != null) {
            context.observer.sessionEnded(info, outcome, failure);
        }
        return true;
    }

    @Override
    protected boolean leave() {
        boolean left = super.leave();
        if (left) {
            deadline.cancel();
        }
        return left;
    }

    /** {@return the error with its session and objective} */
    protected final GraspException about(GraspException failure) {
        return info == null ? failure : failure.in(info.id(), info.objective());
    }

    /** The timer has fired. */
    protected abstract void timedOut();

    /** Releases the session's resources except its timer, for example its ID. */
    protected abstract void release(SessionOutcome outcome);

    /**
     * Closes the session's connection, if it has one.
     *
     * @param failure the failure, or {@code null} if there is none
     */
    protected void closeConnection(@Nullable GraspException failure) {}

    /** Notifies the caller that the session has failed, or was ended. */
    protected abstract void failed(GraspException failure);
}
