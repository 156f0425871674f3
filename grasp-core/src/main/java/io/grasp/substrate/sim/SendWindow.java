package io.grasp.substrate.sim;

import io.grasp.substrate.Completion;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How much of what one end has sent its peer has not read. Beyond a bound a send is not told as flushed until the peer
 * has read on: what TCP's windows do to a sender.
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

    /** Tells when there is room behind what has been sent so far, perhaps at once. */
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

    /** Waits no longer. */
    void end(@Nullable Throwable failure) {
        while (!waiting.isEmpty()) {
            waiting.remove().flushed.done(failure);
        }
    }
}
