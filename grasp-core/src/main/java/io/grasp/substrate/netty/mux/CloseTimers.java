package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Loop;
import io.grasp.util.IntrusiveList;
import org.jspecify.annotations.Nullable;

/** The timers of streams that are being closed. All take the same time, so one wake-up of the loop serves them. */
final class CloseTimers {
    /**
     * One timer.
     *
     * @param until when it expires
     * @param stream the stream
     */
    record Timer(long until, MuxStream stream) {}

    private final Loop loop;
    private final long nanos;
    private final IntrusiveList<Timer> waiting = new IntrusiveList<>();
    private Loop.@Nullable Wakeup wakeup;

    CloseTimers(Loop loop, long nanos) {
        this.loop = loop;
        this.nanos = nanos;
    }

    /** {@return the timer's place in the list; removing it stops the timer} */
    IntrusiveList.Node<Timer> begin(MuxStream stream) {
        Timer timer = new Timer(loop.nanoTime() + nanos, stream);
        if (wakeup == null) {
            wakeup = loop.wakeAt(timer.until, this::wake);
        }
        return waiting.add(timer);
    }

    /** No timer is begun after this. */
    void stop() {
        if (wakeup != null) {
            wakeup.cancel();
            wakeup = null;
        }
    }

    private void wake() {
        wakeup = null;
        long now = loop.deliveredUntil();
        for (IntrusiveList.Node<Timer> first = waiting.first();
                first != null && first.value().until - now <= 0;
                first = waiting.first()) {
            first.leave();
            first.value().stream.closeTimedOut();
        }
        IntrusiveList.Node<Timer> next = waiting.first();
        if (next != null && wakeup == null) {
            wakeup = loop.wakeAt(next.value().until, this::wake);
        }
    }
}
