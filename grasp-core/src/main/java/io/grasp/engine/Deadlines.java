package io.grasp.engine;

import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When to give up on things: all timers of one engine in an indexed binary heap, so that arming and cancelling cost
 * O(log n), with one wake-up of the loop armed for the earliest.
 */
final class Deadlines {
    private final Loop loop;
    private @Nullable Deadline[] heap = new @Nullable Deadline[16];
    private int size;
    private long sequence;
    private Loop.@Nullable Wakeup wakeup;
    private long wakeupNanos;

    Deadlines(Loop loop) {
        this.loop = loop;
    }

    /** Arms a timer; a delay too long for the clock's range is cut to it. */
    Deadline in(Duration delay, Runnable action) {
        Deadline deadline = new Deadline(action);
        deadline.arm(delay);
        return deadline;
    }

    /** A timer that is not armed yet. */
    Deadline unarmed(Runnable action) {
        return new Deadline(action);
    }

    /** {@return how many timers are armed} */
    int armed() {
        return size;
    }

    void cancelAll() {
        for (int i = 0; i < size; i++) {
            at(i).index = Deadline.UNARMED;
        }
        Arrays.fill(heap, 0, size, null);
        size = 0;
        schedule();
    }

    private Deadline at(int index) {
        Deadline deadline = heap[index];
        if (deadline == null) {
            throw new AssertionError("hole in the heap at " + index);
        }
        return deadline;
    }

    private void wake() {
        wakeup = null;
        long now = loop.nanoTime();
        try {
            while (size > 0 && at(0).nanos - now <= 0) {
                Deadline due = at(0);
                remove(due);
                due.action.run();
            }
        } finally {
            schedule();
        }
    }

    /** A wake-up that has become too early is left alone, so that moving a deadline back asks nothing of the loop. */
    private void schedule() {
        if (size == 0) {
            if (wakeup != null) {
                wakeup.cancel();
                wakeup = null;
            }
            return;
        }
        long earliest = at(0).nanos;
        if (wakeup != null) {
            if (earliest - wakeupNanos >= 0) {
                return;
            }
            wakeup.cancel();
        }
        wakeupNanos = earliest;
        wakeup = loop.wakeAt(earliest, this::wake);
    }

    private void insert(Deadline deadline) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(deadline, size++);
        siftUp(deadline);
    }

    private void remove(Deadline deadline) {
        int hole = deadline.index;
        deadline.index = Deadline.UNARMED;
        Deadline last = at(--size);
        heap[size] = null;
        if (last != deadline) {
            place(last, hole);
            siftUp(last);
            siftDown(last);
        }
    }

    private void siftUp(Deadline deadline) {
        while (deadline.index > 0) {
            Deadline parent = at((deadline.index - 1) / 2);
            if (!deadline.before(parent)) {
                return;
            }
            swap(deadline, parent);
        }
    }

    private void siftDown(Deadline deadline) {
        while (2 * deadline.index + 1 < size) {
            Deadline child = at(2 * deadline.index + 1);
            if (child.index + 1 < size && at(child.index + 1).before(child)) {
                child = at(child.index + 1);
            }
            if (!child.before(deadline)) {
                return;
            }
            swap(deadline, child);
        }
    }

    private void swap(Deadline a, Deadline b) {
        int index = a.index;
        place(a, b.index);
        place(b, index);
    }

    private void place(Deadline deadline, int index) {
        heap[index] = deadline;
        deadline.index = index;
    }

    /** One timer. */
    final class Deadline {
        private static final int UNARMED = -1;

        private final Runnable action;
        private int index = UNARMED;
        private long nanos;
        private long order;

        private Deadline(Runnable action) {
            this.action = action;
        }

        /** Arms the timer, or arms it anew. */
        void arm(Duration delay) {
            if (index != UNARMED) {
                remove(this);
            }
            nanos = loop.nanoTime() + Nanos.of(delay);
            order = sequence++;
            insert(this);
            schedule();
        }

        void cancel() {
            if (index != UNARMED) {
                remove(this);
                if (size == 0) {
                    schedule();
                }
            }
        }

        private boolean before(Deadline other) {
            return nanos == other.nanos ? order < other.order : nanos - other.nanos < 0;
        }
    }
}
