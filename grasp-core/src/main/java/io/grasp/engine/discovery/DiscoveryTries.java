package io.grasp.engine.discovery;

import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import java.time.Duration;

/**
 * Decides when a search for a peer repeats its discovery, and when it ends (RFC 8990 section 2.5.4.3).
 *
 * <pre>
 *   TRY -- 100 ms for each hop --> PAUSE -- 1 s, then 2 s --> TRY -- 100 ms for each hop --> PAUSE -- 4 s --> over
 *   any of them -- an answer ----> no further TRY; it is over with the TRY or PAUSE
 *               -- usable -------> over after Timeouts.peerGathering, so that others can answer
 * </pre>
 *
 * The last pause is for late answers, over TCP connections whose first packets were lost. The caller's timeout may end
 * the search earlier, in any state.
 */
final class DiscoveryTries {
    private final Duration oneTry;
    private final Duration firstPause;
    private final int most;
    private final Duration gathering;
    private final Runnable askAgain;
    private final Runnable over;
    private final Deadlines.Deadline next;
    private final Deadlines.Deadline enough;
    private int begun = 1;
    private boolean pausing;
    private boolean answered;
    private boolean gathers;

    /**
     * The first try has begun.
     *
     * @param loopCount the objective's loop count
     * @param askAgain begins another try
     * @param over runs when the search ends
     */
    DiscoveryTries(EngineContext context, int loopCount, Runnable askAgain, Runnable over) {
        this.oneTry = context.timeouts.discoveryHop().multipliedBy(Math.max(1, loopCount));
        this.firstPause = context.timeouts.discoveryPause();
        this.most = context.limits.discoveryTries();
        this.gathering = context.timeouts.peerGathering();
        this.askAgain = askAgain;
        this.over = over;
        this.next = context.deadlines.in(oneTry, this::next); // ends a try or a pause
        this.enough = context.deadlines.unarmed(over); // ends the wait for other answers
    }

    private void next() {
        if (answered || (pausing && begun == most)) {
            over.run();
        } else if (pausing) {
            pausing = false;
            begun++;
            next.arm(oneTry);
            askAgain.run();
        } else {
            pausing = true;
            next.arm(pause());
        }
    }

    /** Doubles with each try, without overflow. */
    private Duration pause() {
        int doublings = Math.min(begun - 1, Integer.SIZE);
        return firstPause.multipliedBy(1L << doublings);
    }

    /** @param usable whether it has a usable locator of a peer */
    void answered(boolean usable) {
        answered = true;
        if (usable && !gathers) {
            gathers = true;
            enough.arm(gathering);
        }
    }

    void end() {
        next.cancel();
        enough.cancel();
    }
}
