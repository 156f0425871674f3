package io.grasp.util;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Timers ordered by time, those for the same time in the order in which they were armed: a binary heap in which each
 * timer knows its position. Not thread-safe.
 *
 * <p>A timer that is postponed, as after each message, stays in its place until its old time: that costs O(1); arming
 * and cancelling cost O(log n). Times are stored separately from the timers, so that sifting reads few of them. All
 * times are less than half the clock's range apart, so its overflow is harmless.
 *
 * @param <T> the type of the timers
 */
public final class TimerHeap<T extends TimerHeap.Timer> {
    private static final @Nullable Timer[] NO_TIMERS = {};
    private static final long[] NO_KEYS = {};

    /** The arrays are empty until the first timer is armed: most heaps of a large simulated network are not used. */
    private @Nullable Timer[] heap = NO_TIMERS;

    /**
     * The sort keys of the timers in the heap: time and order; for a postponed timer, those before it was postponed.
     */
    private long[] times = NO_KEYS;

    private long[] orders = NO_KEYS;
    private int size;
    private long armed;

    /** Makes a heap without timers. */
    public TimerHeap() {}

    /** {@return the number of armed timers} */
    public int size() {
        return size;
    }

    /** {@return a time before which no timer is due} There must be at least one timer. */
    public long earliest() {
        return times[0];
    }

    /** {@return the timer that is due first, or {@code null} if there is none} */
    public @Nullable T first() {
        return size > 0 ? settledFirst() : null;
    }

    /** {@return whether a timer is armed} */
    public boolean contains(T timer) {
        Timer entry = timer;
        return entry.place != Timer.UNARMED;
    }

    /**
     * Arms a timer, or arms it again.
     *
     * @return whether its place has changed; it has not if the timer is postponed
     */
    public boolean arm(T timer, long nanoTime) {
        Timer entry = timer;
        entry.nanoTime = nanoTime;
        entry.order = armed++;
        if (entry.place == Timer.UNARMED) {
            grow();
            siftUp(entry, size++);
        } else if (nanoTime - times[entry.place] < 0) {
            siftUp(entry, entry.place);
        } else {
            return false; // it is moved when its old time comes
        }
        return true;
    }

    /** Disarms a timer; {@return whether it was armed} */
    public boolean cancel(T timer) {
        boolean waiting = contains(timer);
        if (waiting) {
            remove(timer);
        }
        return waiting;
    }

    /** {@return the first timer if it is due, after disarming it; otherwise {@code null}} */
    public @Nullable T pollDue(long now) {
        while (size > 0 && times[0] - now <= 0) {
            T first = settledFirst();
            if (first.nanoTime() - now <= 0) {
                remove(first);
                return first;
            }
        }
        return null;
    }

    /** Disarms all timers. */
    public void clear() {
        for (int i = 0; i < size; i++) {
            at(i).place = Timer.UNARMED;
        }
        Arrays.fill(heap, 0, size, null);
        size = 0;
    }

    /** {@return the first timer, after moving postponed ones to their new places} */
    @SuppressWarnings("unchecked") // only timers of type T are armed
    private T settledFirst() {
        Timer first = at(0);
        while (first.order != orders[0]) {
            put(first, first.nanoTime, first.order, siftedDown(first.nanoTime, first.order, 0));
            first = at(0);
        }
        return (T) first;
    }

    private Timer at(int place) {
        return Objects.requireNonNull(heap[place], "the heap has a hole");
    }

    private void grow() {
        if (size == heap.length) {
            int length = Math.max(1, size * 2);
            heap = Arrays.copyOf(heap, length);
            times = Arrays.copyOf(times, length);
            orders = Arrays.copyOf(orders, length);
        }
    }

    private void remove(Timer timer) {
        int hole = timer.place;
        timer.place = Timer.UNARMED;
        Timer last = at(--size);
        long time = times[size];
        long order = orders[size];
        heap[size] = null;
        if (last != timer) {
            put(last, time, order, siftedDown(time, order, siftedUp(time, order, hole)));
        }
    }

    /** Moves a timer up to its place by its time, starting at a free place or its own. */
    private void siftUp(Timer timer, int from) {
        put(timer, timer.nanoTime, timer.order, siftedUp(timer.nanoTime, timer.order, from));
    }

    /** Moves down later timers above a place; {@return the place that becomes free} */
    private int siftedUp(long time, long order, int from) {
        int free = from;
        while (free > 0) {
            int parent = (free - 1) / 2;
            if (!isBefore(time, order, parent)) {
                break;
            }
            put(at(parent), times[parent], orders[parent], free);
            free = parent;
        }
        return free;
    }

    /** Moves up earlier timers below a place; {@return the place that becomes free} */
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
            put(at(child), times[child], orders[child], free);
            free = child;
        }
        return free;
    }

    private boolean isBefore(long time, long order, int other) {
        return Timer.isBefore(time, order, times[other], orders[other]);
    }

    private void put(Timer timer, long time, long order, int place) {
        heap[place] = timer;
        times[place] = time;
        orders[place] = order;
        timer.place = place;
    }

    /** A timer, of at most one heap. */
    public abstract static class Timer {
        private static final int UNARMED = -1;

        private int place = UNARMED;
        private long nanoTime;
        private long order;

        /** Makes a timer that is not armed. */
        protected Timer() {}

        /** {@return the time for which it was last armed} */
        public final long nanoTime() {
            return nanoTime;
        }

        /** {@return whether this timer is due before another one of the same heap} */
        public final boolean isBefore(Timer other) {
            return isBefore(nanoTime, order, other.nanoTime, other.order);
        }

        private static boolean isBefore(long time, long order, long otherTime, long otherOrder) {
            return time == otherTime ? order < otherOrder : time - otherTime < 0;
        }
    }
}
