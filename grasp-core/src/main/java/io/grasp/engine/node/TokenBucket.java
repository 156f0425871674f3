package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.substrate.Loop;
import java.time.Duration;

/**
 * Allows a burst, and then a number of messages per second. It stores a time instead of tokens: the time at which the
 * bucket would be full again.
 */
public final class TokenBucket {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Loop loop;
    private final long interval;
    private final long depth;
    private long fullAt;

    public TokenBucket(Loop loop, RelayRate rate) {
        this.loop = loop;
        this.interval = SECOND / rate.perSecond();
        this.depth = interval * rate.burst();
        this.fullAt = loop.nanoTime();
    }

    public boolean hasToken() {
        return untilToken() == 0;
    }

    public void take() {
        fullAt = loop.nanoTime() + untilFull() + interval;
    }

    /** {@return the nanoseconds until there is a token, 0 if there is one} */
    long untilToken() {
        return Math.max(0, untilFull() + interval - depth);
    }

    /** {@return the number of tokens} */
    int tokens() {
        return (int) ((depth - untilFull()) / interval);
    }

    boolean isFull() {
        return untilFull() == 0;
    }

    private long untilFull() {
        return Math.max(0, fullAt - loop.nanoTime());
    }
}
