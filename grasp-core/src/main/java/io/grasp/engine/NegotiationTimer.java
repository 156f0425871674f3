package io.grasp.engine;

import java.time.Duration;
import java.util.function.Consumer;

/** The one timer of a negotiation: it waits for the peer, for our ASA or for our last word to go out. */
final class NegotiationTimer {
    private final EngineContext context;
    private final Deadlines.Deadline deadline;
    private Duration waitLeft;
    private Duration running = Duration.ZERO;
    private String what = "";

    /** @param expired told what was waited for and how long */
    NegotiationTimer(EngineContext context, Consumer<String> expired) {
        this.context = context;
        this.waitLeft = context.timeouts.totalWait();
        this.deadline = context.deadlines.unarmed(() -> expired.accept(what + " within " + running.toMillis() + " ms"));
    }

    /** When to give up on the peer's next message (RFC 8990 section 2.8.6). */
    void awaitPeer(Duration timeout) {
        arm("no message from the peer", timeout);
    }

    /**
     * M_WAIT overwrites and restarts the timer (RFC 8990 section 2.8.9), as long as the peer has waits left.
     *
     * @return whether it has
     */
    boolean peerWaits(Duration wait) {
        Duration granted = wait.compareTo(waitLeft) > 0 ? waitLeft : wait;
        if (granted.isZero()) {
            return wait.isZero();
        }
        waitLeft = waitLeft.minus(granted);
        arm("no message from the peer, which asked for time,", granted);
        return true;
    }

    /** When to give up on our own ASA's next move. */
    void awaitOurMove() {
        arm("no move of the ASA", context.timeouts.ownMove());
    }

    /** Our ASA has asked the peer for time. */
    void extendOurMove(Duration wait) {
        arm(
                "no move of the ASA, which asked for time,",
                context.timeouts.ownMove().plus(wait));
    }

    /** When to give up on flushing our last word. */
    void awaitFlush() {
        arm("the end of the negotiation was not sent", context.timeouts.operation());
    }

    void stop() {
        deadline.cancel();
    }

    private void arm(String newWhat, Duration timeout) {
        what = newWhat;
        running = timeout;
        deadline.arm(timeout);
    }
}
