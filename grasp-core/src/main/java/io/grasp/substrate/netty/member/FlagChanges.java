package io.grasp.substrate.netty.member;

import io.grasp.substrate.Loop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the flags of a peer, on one connection or because another one carries the link. Each may bring the
 * link up or down, so that a peer that changes them again and again has to wait: a few changes take effect at once,
 * then one each second. Of those that wait, the latest counts.
 */
final class FlagChanges {
    /** Receives flags that take effect. */
    @FunctionalInterface
    interface Effect {
        void take(byte flags);
    }

    private static final int AT_ONCE = 5;
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final Effect effect;
    private byte now;
    private byte next;
    private Loop.@Nullable Wakeup waiting;
    /** When all changes are free again. */
    private long freeAt;

    FlagChanges(Loop loop, Effect effect) {
        this.loop = loop;
        this.effect = effect;
        this.freeAt = loop.nanoTime();
    }

    /** The connection that carries the link has these flags of the peer. */
    void change(byte flags) {
        next = flags;
        if (waiting != null) {
            return;
        }
        if (earliest() - loop.nanoTime() <= 0) {
            take();
        } else {
            waiting = loop.wakeAt(earliest(), this::take);
        }
    }

    /** What has taken effect does not count any more, as before the first change. */
    void forget() {
        stop();
        now = 0;
    }

    private long earliest() {
        return freeAt - (AT_ONCE - 1) * INTERVAL_NANOS;
    }

    private void take() {
        stop();
        if (next != now) {
            count();
            now = next;
            effect.take(next);
        }
    }

    private void count() {
        long time = loop.nanoTime();
        freeAt = time + Math.max(0, freeAt - time) + INTERVAL_NANOS;
    }

    /** What waits does not take effect any more. */
    void stop() {
        if (waiting != null) {
            waiting.cancel();
            waiting = null;
        }
    }
}
