package io.grasp.engine.negotiation;

import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Nanos;
import io.grasp.engine.node.WaitText;
import io.grasp.inspection.SessionEntry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The timer of a negotiation. It waits for the peer, for our ASA, or for the M_END to be sent.
 *
 * <pre>
 *   request --> PEER ---+ our move was an offer or the request: the step's own timeout
 *               | ^ ^---+ M_WAIT: its time, at most what is left of the total
 *               | |
 *   M_NEGOTIATE | | our offer
 *               v |
 *               ASA ----+ we send M_WAIT: the time for our move, and what we asked for
 *               |  ^----+
 *               | our M_END
 *               v
 *             FLUSH -- M_END is sent --> the session ends, and cancels the timer
 *
 *   any state -- expired --> the session fails
 * </pre>
 *
 * A wait that the peer requested ends when the timer is armed again; only then is its elapsed time charged.
 * The timer also measures how long the negotiation takes, without the waits of either side.
 */
final class NegotiationTimer {
    private final EngineContext context;
    private final Deadlines.Deadline deadline;
    private Awaited awaited = Awaited.PEER;
    private Duration running = Duration.ZERO;
    /** The wait requested by the last M_WAIT of either side, while it applies. */
    private @Nullable Duration asked;

    private final boolean ownMovesCount;
    private final long beganAtNanos;
    private long armedAtNanos;
    private long peerWaitLeftNanos;
    /** The time before the timer was last armed that does not count. */
    private long uncountedNanos;

    private Duration longest;

    private enum Awaited {
        PEER,
        ASA,
        FLUSH
    }

    /**
     * @param deadline the session's own
     * @param ownMovesCount whether the time that our ASA takes is a part of what the negotiation takes
     */
    NegotiationTimer(EngineContext context, Deadlines.Deadline deadline, boolean ownMovesCount) {
        this.context = context;
        this.deadline = deadline;
        this.peerWaitLeftNanos = Nanos.of(context.timeouts.totalWait());
        this.ownMovesCount = ownMovesCount;
        this.beganAtNanos = context.loop.nanoTime();
        this.armedAtNanos = beganAtNanos;
        this.longest = context.timeouts.negotiation();
    }

    /** When to give up on the peer's next message (RFC 8990 section 2.8.6). */
    void awaitPeer(Duration timeout) {
        if (timeout.compareTo(longest) > 0) {
            longest = timeout; // the ASA allows as much for a single message
        }
        arm(Awaited.PEER, null, timeout);
    }

    /**
     * M_WAIT overwrites and restarts the timer (RFC 8990 section 2.8.9), up to the total time that the peer may delay
     * the negotiation. Only elapsed time counts, not requested time that was overwritten. A wait of zero ends at once:
     * only messages that arrived together with it are still processed.
     *
     * @return whether the peer has any time left
     */
    boolean peerWaits(Duration wait) {
        settleWait();
        if (peerWaitLeftNanos == 0) {
            return false;
        }
        arm(Awaited.PEER, wait, Duration.ofNanos(Math.min(Nanos.of(wait), peerWaitLeftNanos)));
        return true;
    }

    /** When to give up on our own ASA's next move. */
    void awaitOurMove() {
        arm(Awaited.ASA, null, context.timeouts.ownMove());
    }

    /** Our ASA has asked the peer to wait. */
    void extendOurMove(Duration wait) {
        arm(Awaited.ASA, wait, Duration.ofNanos(Nanos.of(context.timeouts.ownMove()) + Nanos.of(wait)));
    }

    /** {@return what it waits for} */
    SessionEntry.Awaited awaited() {
        return switch (awaited) {
            case PEER -> asked == null ? SessionEntry.Awaited.PEER : SessionEntry.Awaited.PEER_AFTER_WAIT;
            case ASA -> SessionEntry.Awaited.OWN_MOVE;
            case FLUSH -> SessionEntry.Awaited.FLUSH;
        };
    }

    /** When to give up on flushing our last message. */
    void awaitFlush() {
        arm(Awaited.FLUSH, null, context.timeouts.operation());
    }

    /** {@return the expired wait that our ASA had requested from the peer, or {@code null} if there is none} */
    @Nullable
    Duration passedByAsa() {
        boolean passed = awaited == Awaited.ASA && asked != null && sinceArmed() >= Nanos.of(asked);
        return passed ? asked : null;
    }

    private void arm(Awaited what, @Nullable Duration newlyAsked, Duration timeout) {
        settleWait();
        awaited = what;
        asked = newlyAsked;
        running = timeout;
        deadline.arm(timeout);
    }

    /** Adds what has passed since the timer was armed to the time that does not count, and to the waits of the peer. */
    private void settleWait() {
        uncountedNanos += uncountedSinceArmed();
        if (awaited == Awaited.PEER && asked != null) {
            peerWaitLeftNanos -= Math.min(sinceArmed(), peerWaitLeftNanos);
        }
        asked = null;
        armedAtNanos = context.loop.nanoTime();
    }

    private long uncountedSinceArmed() {
        if (awaited == Awaited.ASA && !ownMovesCount) {
            return sinceArmed();
        }
        return asked == null ? 0 : Math.min(sinceArmed(), Nanos.of(asked));
    }

    /** {@return the bound of the time that the negotiation takes} */
    Duration longest() {
        return longest;
    }

    /** {@return whether the negotiation has taken longer than that} */
    boolean isUsedUp() {
        long taken = context.loop.nanoTime() - beganAtNanos - uncountedNanos - uncountedSinceArmed();
        return taken > Nanos.of(longest);
    }

    private long sinceArmed() {
        return context.loop.nanoTime() - armedAtNanos;
    }

    /** {@return a description of what was awaited, and for how long} */
    String expiry() {
        String wait = asked == null ? "" : "the wait of " + asked.toMillis() + " ms that it asked for";
        return switch (awaited) {
            case PEER ->
                "no message from the peer "
                        + (asked == null ? WaitText.ofCall(running, context.timeouts) : "within " + wait)
                        + (asked == null || running.compareTo(asked) >= 0
                                ? ""
                                : ", limited to " + running.toMillis() + " ms by its total wait time");
            case ASA ->
                "no move of the ASA "
                        + WaitText.ofSetting(running, "its longest time for a move")
                        + (asked == null ? "" : ", including " + wait);
            case FLUSH -> "the end of the negotiation was not sent " + WaitText.ofCall(running, context.timeouts);
        };
    }
}
