package io.grasp.substrate.sim;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for their times: earliest first, those of one time in the order in which they were given. A binary
 * heap in which each timer knows its place.
 */
final class Timers {
    private static final int NOWHERE = -1;

    private @Nullable Timer[] heap = new @Nullable Timer[4];
    private int size;
    private long given;

    /** A timer that does not wait here yet. */
    Timer timer(long nanoTime, Runnable task) {
        return new Timer(nanoTime, given++, Objects.requireNonNull(task, "task"));
    }

    void add(Timer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        siftUp(timer, size++);
    }

    /** Forgets all that wait. */
    void clear() {
        for (int i = 0; i < size; i++) {
            at(i).place = NOWHERE;
        }
        Arrays.fill(heap, 0, size, null);
        size = 0;
    }

    /** {@return whether the timer still waits} */
    boolean contains(Timer timer) {
        return timer.place != NOWHERE;
    }

    int size() {
        return size;
    }

    @Nullable
    Timer first() {
        return heap[0];
    }

    /** {@return the earliest timer if it is due, which then waits no longer; else {@code null}} */
    @Nullable
    Timer pollDue(long now) {
        Timer first = first();
        if (first == null || first.nanoTime - now > 0) {
            return null;
        }
        remove(first);
        return first;
    }

    void cancel(Timer timer) {
        if (contains(timer)) {
            remove(timer);
        }
        timer.cancelled = true;
    }

    private Timer at(int place) {
        return Objects.requireNonNull(heap[place], "hole in the heap");
    }

    private void remove(Timer timer) {
        int hole = timer.place;
        timer.place = NOWHERE;
        Timer last = at(--size);
        heap[size] = null;
        if (last != timer) {
            siftDown(last, hole);
            if (last.place == hole) {
                siftUp(last, hole);
            }
        }
    }

    private void siftUp(Timer timer, int from) {
        int place = from;
        while (place > 0) {
            Timer parent = at((place - 1) / 2);
            if (timer.compareTo(parent) >= 0) {
                break;
            }
            put(parent, place);
            place = (place - 1) / 2;
        }
        put(timer, place);
    }

    private void siftDown(Timer timer, int from) {
        int place = from;
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && at(child + 1).compareTo(at(child)) < 0) {
                child++;
            }
            if (timer.compareTo(at(child)) <= 0) {
                break;
            }
            put(at(child), place);
            place = child;
        }
        put(timer, place);
    }

    private void put(Timer timer, int place) {
        heap[place] = timer;
        timer.place = place;
    }

    /** One task. Those that wait are less than half the clock's range apart, so its overflow does no harm. */
    static final class Timer implements Runnable {
        private final long nanoTime;
        private final long order;
        private final Runnable task;
        private int place = NOWHERE;
        private boolean cancelled;

        private Timer(long nanoTime, long order, Runnable task) {
            this.nanoTime = nanoTime;
            this.order = order;
            this.task = task;
        }

        long nanoTime() {
            return nanoTime;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        int compareTo(Timer other) {
            return nanoTime == other.nanoTime
                    ? Long.compare(order, other.order)
                    : Long.signum(nanoTime - other.nanoTime);
        }
    }
}
