package io.grasp.engine.node;

import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspException;
import io.grasp.model.Peer;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
public abstract class Session extends Activity implements Numbered {
    protected final EngineContext context;
    /** The session's timer. Each kind of session arms it for its own purpose; it is cancelled at the end. */
    protected final Deadlines.Deadline deadline;

    private final @Nullable SessionInfo info;
    private final long number;
    private final long begunAt;

    /**
     * Creates a session that has not {@linkplain #started() started}.
     *
     * @param info the session as observers see it, or {@code null} if they do not, because RFC 8990 does not define
     *     this kind of session
     */
    protected Session(EngineContext context, Owner owner, @Nullable SessionInfo info) {
        this(context, owner, info, context.nextNumber(), context.loop.nanoTime());
    }

    /**
     * Creates a session that continues another one.
     *
     * @param former the other one
     */
    protected Session(Session former, Owner owner) {
        this(former.context, owner, former.info, former.number, former.begunAt);
    }

    private Session(EngineContext context, Owner owner, @Nullable SessionInfo info, long number, long begunAt) {
        super(owner);
        this.context = context;
        this.info = info;
        this.number = number;
        this.begunAt = begunAt;
        this.deadline = context.deadlines.unarmed(this::timedOut);
    }

    /** Notifies the observer; called when the session is set up. */
    protected final void started() {
        if (info != null) {
            context.sessionStarted(info);
        }
    }

    /** {@return the session's ID, role and objective} */
    public final SessionInfo info() {
        return Objects.requireNonNull(info, "this session has no session information");
    }

    @Override
    public final long number() {
        return number;
    }

    /**
     * What an operator sees of a session, beyond its {@link #info}.
     *
     * @param state its state
     * @param awaited what its timer is for
     * @param initiator the address that names the initiator
     * @param peer the other side, if it is known
     * @param loopCount the loop count of the request or of the last offer
     * @param moves the number of offers, or of locators found
     */
    public record Inspected(
            SessionEntry.State state,
            SessionEntry.Awaited awaited,
            InetAddress initiator,
            Optional<Peer> peer,
            int loopCount,
            int moves) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /** {@return what an operator sees of it} Called only if it has {@linkplain #info session information}. */
    protected Inspected inspected() {
        throw new IllegalStateException("this session has no session information");
    }

    /** Adds the timers other than the session's own that are running. */
    protected void addTimers(List<SessionEntry.Timer> timers) {}

    /** {@return whether an operator sees it: RFC 8990 defines this kind of session} */
    public final boolean isInspected() {
        return info != null;
    }

    /** {@return the session as an operator sees it} */
    public final SessionEntry entry(String asa) {
        Inspected seen = inspected();
        SessionInfo session = info();
        List<SessionEntry.Timer> timers = new ArrayList<>(2);
        addTimers(timers);
        Duration remaining = deadline.remaining();
        if (remaining != null) {
            timers.add(new SessionEntry.Timer(seen.awaited, remaining));
        }
        return new SessionEntry(
                session.id(),
                session.kind(),
                session.role() == SessionInfo.Role.INITIATOR
                        ? SessionEntry.Role.INITIATOR
                        : SessionEntry.Role.RESPONDER,
                seen.state,
                session.objective(),
                PeerAddresses.withoutScope(seen.initiator),
                Optional.of(asa),
                seen.peer,
                seen.loopCount,
                seen.moves,
                timers,
                Duration.ofNanos(context.loop.nanoTime() - begunAt));
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
            context.observer().sessionEnded(info, outcome, failure);
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
