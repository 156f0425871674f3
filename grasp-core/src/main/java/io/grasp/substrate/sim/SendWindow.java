package io.grasp.substrate.sim;

import io.grasp.substrate.Completion;
import io.grasp.substrate.sim.time.NodeLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that one end has sent and its peer has not read. Beyond a bound, a send is not reported as flushed
 * until the peer has read more, like with TCP's windows.
 */
final class SendWindow {
    private static final int MOST_BYTES = 256 * 1024;

    private final NodeLoop life;
    private final Queue<PendingFlush> waiting = new ArrayDeque<>(0);
    private long sent;
    private long read;

    private record PendingFlush(long upTo, Completion flushed) {}

    SendWindow(NodeLoop life) {
        this.life = life;
    }

    void sent(int bytes) {
        sent += bytes;
    }

    /** Reports when there is room after the bytes sent so far, possibly at once. */
    void whenRoom(Completion flushed) {
        if (sent - read <= MOST_BYTES) {
            flushed.done(null);
        } else {
            waiting.add(new PendingFlush(sent, flushed));
        }
    }

    void read(int bytes) {
        read += bytes;
        while (!waiting.isEmpty() && waiting.element().upTo - read <= MOST_BYTES) {
            Completion flushed = waiting.remove().flushed;
            if (!life.isDead()) {
                life.execute(() -> flushed.done(null));
            }
        }
    }

    /** Stops waiting. */
    void end(@Nullable Throwable failure) {
        while (!waiting.isEmpty()) {
            waiting.remove().flushed.done(failure);
        }
    }
}
