package io.grasp.engine.node;

import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When to give up on things: all timers of one engine in an indexed binary heap, with one wake-up of the loop armed for
 * the earliest.
 *
 * <p>A timer that is armed anew for later, as after each message, stays where it is until its old time has come: that
 * costs O(1), and arming and cancelling O(log n). Times are kept apart from the timers, so that finding a place
 * among many reads few of them.
 */
public final class Deadlines {
    private final Loop loop;
    private @Nullable Deadline[] heap = new @Nullable Deadline[16];

    /**
     * The place of each timer in the heap, which is its time and what was armed first, or those before it was moved
     * back.
     */
    private long[] times = new long[heap.length];

    private long[] orders = new long[heap.length];
    private int size;
    private long sequence;
    private Loop.@Nullable Wakeup wakeup;
    private long wakeupNanos;
    private boolean resting;

    Deadlines(Loop loop) {
        this.loop = loop;
    }

    /** Arms a timer; a delay too long for the clock's range is cut to it. */
    public Deadline in(Duration delay, Runnable action) {
        Deadline deadline = new Deadline(action);
        deadline.arm(delay);
        return deadline;
    }

    /** A timer that is not armed yet. */
    public Deadline unarmed(Runnable action) {
        return new Deadline(action);
    }

    /** {@return how many timers are armed} */
    public int armed() {
        return size;
    }

    public void cancelAll() {
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
        long now = loop.deliveredUntil();
        try {
            while (size > 0 && times[0] - now <= 0) {
                Deadline first = at(0);
                if (first.order != orders[0]) {
                    place(
                            first,
                            first.nanos,
                            first.order,
                            siftedDown(first.nanos, first.order, 0)); // it was moved back
                } else {
                    remove(first);
                    first.action.run();
                }
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
        long earliest = times[0];
        if (wakeup != null) {
            if (earliest - wakeupNanos >= 0) {
                return;
            }
            wakeup.cancel();
        }
        wakeupNanos = earliest;
        wakeup = loop.wakeAt(earliest, this::wake);
    }

    /**
     * Soon gives up the wake-up, unless something is armed by then, as nearly always where one wait follows another.
     */
    private void rest() {
        if (!resting) {
            resting = true;
            loop.execute(() -> {
                resting = false;
                schedule();
            });
        }
    }

    private void insert(Deadline deadline) {
        if (size == heap.length) {
            int length = size * 2;
            heap = Arrays.copyOf(heap, length);
            times = Arrays.copyOf(times, length);
            orders = Arrays.copyOf(orders, length);
        }
        siftUp(deadline, size++);
    }

    private void remove(Deadline deadline) {
        int hole = deadline.index;
        deadline.index = Deadline.UNARMED;
        Deadline last = at(--size);
        long time = times[size];
        long order = orders[size];
        heap[size] = null;
        if (last != deadline) {
            place(last, time, order, siftedDown(time, order, siftedUp(time, order, hole)));
        }
    }

    /** Puts a timer where it belongs by its time, from a free place or its own upwards. */
    private void siftUp(Deadline deadline, int from) {
        place(deadline, deadline.nanos, deadline.order, siftedUp(deadline.nanos, deadline.order, from));
    }

    /** Moves down what is above a place and later; {@return the place that is free then} */
    private int siftedUp(long time, long order, int from) {
        int free = from;
        while (free > 0) {
            int parent = (free - 1) / 2;
            if (!isBefore(time, order, parent)) {
                break;
            }
            place(at(parent), times[parent], orders[parent], free);
            free = parent;
        }
        return free;
    }

    /** Moves up what is below a place and earlier; {@return the place that is free then} */
    private int siftedDown(long time, long order, int from) {
        int free = from;
        while (2 * free + 1 < size) {
            int child = 2 * free + 1;
            if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], child)) {
                child++;
            }
            if (isBefore(time, order, child)) {
                break;
            }
            place(at(child), times[child], orders[child], free);
            free = child;
        }
        return free;
    }

    private boolean isBefore(long time, long order, int other) {
        return time == times[other] ? order < orders[other] : time - times[other] < 0;
    }

    private void place(Deadline deadline, long time, long order, int index) {
        heap[index] = deadline;
        times[index] = time;
        orders[index] = order;
        deadline.index = index;
    }

    /** One timer. */
    public final class Deadline {
        private static final int UNARMED = -1;

        private final Runnable action;
        private int index = UNARMED;
        private long nanos;
        private long order;

        private Deadline(Runnable action) {
            this.action = action;
        }

        /** Arms the timer, or arms it anew. */
        public void arm(Duration delay) {
            nanos = loop.nanoTime() + Nanos.of(delay);
            order = sequence++;
            if (index == UNARMED) {
                insert(this);
            } else if (nanos - times[index] < 0) {
                siftUp(this, index);
            } else {
                return; // its turn comes when its old time has come
            }
            schedule();
        }

        public void cancel() {
            if (index != UNARMED) {
                remove(this);
                if (size == 0) {
                    rest();
                }
            }
        }
    }
}
