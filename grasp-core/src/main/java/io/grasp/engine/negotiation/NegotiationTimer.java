package io.grasp.engine.negotiation;

import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Nanos;
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
 */
final class NegotiationTimer {
    private final EngineContext context;
    private final Deadlines.Deadline deadline;
    private Awaited awaited = Awaited.PEER;
    private Duration running = Duration.ZERO;
    /** The wait requested by the last M_WAIT of either side, while it applies. */
    private @Nullable Duration asked;

    private long askedAtNanos;
    private long peerWaitLeftNanos;

    private enum Awaited {
        PEER,
        ASA,
        FLUSH
    }

    /** @param deadline the session's own */
    NegotiationTimer(EngineContext context, Deadlines.Deadline deadline) {
        this.context = context;
        this.deadline = deadline;
        this.peerWaitLeftNanos = Nanos.of(context.timeouts.totalWait());
    }

    /** When to give up on the peer's next message (RFC 8990 section 2.8.6). */
    void awaitPeer(Duration timeout) {
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
        chargePeer();
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

    /** When to give up on flushing our last message. */
    void awaitFlush() {
        arm(Awaited.FLUSH, null, context.timeouts.operation());
    }

    /** {@return the expired wait that our ASA had requested from the peer, or {@code null} if there is none} */
    @Nullable
    Duration passedByAsa() {
        boolean passed = awaited == Awaited.ASA && asked != null && sinceAsked() >= Nanos.of(asked);
        return passed ? asked : null;
    }

    private void arm(Awaited what, @Nullable Duration newlyAsked, Duration timeout) {
        chargePeer();
        awaited = what;
        asked = newlyAsked;
        askedAtNanos = newlyAsked == null ? 0 : context.loop.nanoTime();
        running = timeout;
        deadline.arm(timeout);
    }

    /** Subtracts the elapsed wait from the peer's remaining time. */
    private void chargePeer() {
        if (awaited == Awaited.PEER && asked != null) {
            peerWaitLeftNanos -= Math.min(sinceAsked(), peerWaitLeftNanos);
            asked = null;
        }
    }

    private long sinceAsked() {
        return context.loop.nanoTime() - askedAtNanos;
    }

    /** {@return a description of what was awaited, and for how long} */
    String expiry() {
        String within = " within " + running.toMillis() + " ms";
        String wait = asked == null ? "" : "the wait of " + asked.toMillis() + " ms that it asked for";
        return switch (awaited) {
            case PEER ->
                "no message from the peer"
                        + (asked == null ? within : " within " + wait)
                        + (asked == null || running.compareTo(asked) >= 0
                                ? ""
                                : ", limited to " + running.toMillis() + " ms by its total wait time");
            case ASA -> "no move of the ASA" + within + (asked == null ? "" : ", including " + wait);
            case FLUSH -> "the end of the negotiation was not sent" + within;
        };
    }
}
