package io.grasp.substrate.sim.time;

import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The time of a network since its creation, on its loop, and what is to happen: arrivals and the network's timers. */
public final class Timeline {
    private final Loop loop;
    private final long origin;
    private int pending;

    /** A timeline that begins at the loop's current time. */
    public Timeline(Loop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.origin = loop.nanoTime();
    }

    public Loop loop() {
        return loop;
    }

    /** {@return the nanoseconds since the network was created} */
    public long elapsed() {
        return loop.nanoTime() - origin;
    }

    /** {@return {@link #elapsed} as a duration} */
    public Duration now() {
        return Duration.ofNanos(elapsed());
    }

    /** {@return the number of arrivals and timers that have neither happened nor been cancelled} */
    public int pending() {
        return pending;
    }

    /** Schedules an arrival. Called on the loop; the time is counted from the creation of the network. */
    public void deliverAt(long elapsed, Runnable arrival) {
        pending++;
        loop.wakeAt(origin + elapsed, () -> {
            pending--;
            arrival.run();
        });
    }

    /** Schedules a task that can be cancelled, also while the loop does not run. Called on the loop. */
    public Loop.Wakeup timerAt(long elapsed, Runnable task) {
        pending++;
        NetworkTimer timer = new NetworkTimer(task);
        timer.arm(origin + elapsed);
        return timer;
    }

    private final class NetworkTimer implements Runnable, Loop.Wakeup {
        private final Runnable task;
        private boolean over;
        private Loop.@Nullable Wakeup wakeup;

        NetworkTimer(Runnable task) {
            this.task = task;
        }

        void arm(long nanoTime) {
            wakeup = loop.wakeAt(nanoTime, this);
        }

        @Override
        public void run() {
            if (!over) {
                over = true;
                pending--;
                task.run();
            }
        }

        @Override
        public void cancel() {
            if (!over) {
                over = true;
                pending--;
                Loop.Wakeup armed = wakeup;
                if (armed != null) {
                    Loops.onLoop(loop, armed::cancel);
                }
            }
        }
    }
}
