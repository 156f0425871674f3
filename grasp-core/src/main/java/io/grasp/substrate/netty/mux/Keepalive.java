package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Loop;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a silent peer for a sign of life, and gives it up if there is none. Any byte is a sign of life. */
final class Keepalive {
    private final Loop loop;
    private final long intervalNanos;
    private final long timeoutNanos;
    private final Runnable ping;
    private final Consumer<Throwable> dead;
    private Loop.@Nullable Wakeup wakeup;
    private long heard;
    private boolean asked;

    /**
     * @param ping asks the peer
     * @param dead called if it does not answer in time
     */
    Keepalive(Loop loop, MuxConfig config, Runnable ping, Consumer<Throwable> dead) {
        this.loop = loop;
        this.intervalNanos = config.keepaliveNanos;
        this.timeoutNanos = config.keepaliveTimeoutNanos;
        this.ping = ping;
        this.dead = dead;
    }

    void start() {
        heard();
        wakeAt(heard + intervalNanos);
    }

    /** The peer has sent something. */
    void heard() {
        heard = loop.nanoTime();
        asked = false;
    }

    void stop() {
        if (wakeup != null) {
            wakeup.cancel();
            wakeup = null;
        }
    }

    private void wakeAt(long time) {
        wakeup = loop.wakeAt(time, this::wake);
    }

    private void wake() {
        long now = loop.deliveredUntil();
        if (asked) {
            wakeup = null;
            dead.accept(new SocketTimeoutException("no sign of life of the peer within "
                    + TimeUnit.NANOSECONDS.toMillis(intervalNanos + timeoutNanos) + " ms"));
        } else if (now - heard < intervalNanos) {
            wakeAt(heard + intervalNanos);
        } else {
            asked = true;
            wakeAt(now + timeoutNanos);
            ping.run();
        }
    }
}
