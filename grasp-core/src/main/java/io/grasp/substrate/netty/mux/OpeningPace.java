package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Loop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When this end may open streams, so that what it wastes with them stays within the peer's budget ({@link
 * FrameBudget}): streams that the peer refuses, and streams that this end resets. After {@link #MOST} of them it
 * opens no further one until the peer has read all of this, and until a second after their begin.
 *
 * <p>Those that are open then may still be wasted. They count after the pause. So the peer gets at most twice
 * {@link #MOST} within any second, and as many as it takes at one time in addition; a network that holds everything up
 * for a while and then delivers it at once changes nothing.
 */
final class OpeningPace {
    /** How many streams may be wasted before a pause. */
    static final int MOST = 400;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final LongSupplier sendPing;
    private final Runnable resumed;
    private int wasted;
    private long began;

    /** The PING that has not come back; 0 if none has to. */
    private long ping;

    private Loop.@Nullable Wakeup pause;

    /**
     * @param sendPing sends a PING and returns its token, which is larger than earlier ones
     * @param resumed called when streams may be opened again
     */
    OpeningPace(Loop loop, LongSupplier sendPing, Runnable resumed) {
        this.loop = loop;
        this.sendPing = sendPing;
        this.resumed = resumed;
    }

    boolean isPaused() {
        return ping != 0 || pause != null;
    }

    /** {@return whether a PING has to come back} */
    boolean awaitsPing() {
        return ping != 0;
    }

    /** The peer has refused a stream of this end, or this end has sent the RESET of one. */
    void wasted() {
        if (wasted == 0) {
            began = loop.nanoTime();
        }
        wasted++;
        pauseIfNeeded();
    }

    private void pauseIfNeeded() {
        if (wasted >= MOST && !isPaused()) {
            ping = sendPing.getAsLong();
            pause = loop.wakeAt(began + SECOND, () -> {
                pause = null;
                resumeIfOver();
            });
        }
    }

    /** A PING has come back. */
    void cameBack(long token) {
        if (ping != 0 && token >= ping) {
            ping = 0;
            resumeIfOver();
        }
    }

    private void resumeIfOver() {
        if (isPaused()) {
            return;
        }
        wasted -= MOST;
        began = loop.nanoTime();
        pauseIfNeeded();
        if (!isPaused()) {
            resumed.run();
        }
    }

    void stop() {
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
        ping = 0;
    }
}
