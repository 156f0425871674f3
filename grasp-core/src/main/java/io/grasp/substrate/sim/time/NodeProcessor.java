package io.grasp.substrate.sim.time;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * The host of a node: it processes arrivals one after the other, and may sleep.
 *
 * <pre>
 *          arrival                          processing time is over: delivered
 *  IDLE -------------&gt; BUSY (others wait) -------------------------------------&gt; IDLE, or BUSY with the next
 *
 *  any --- sleep: deliveries are held --&gt; ASLEEP --- wake: held deliveries in order, or reset: dropped --&gt; awake
 * </pre>
 */
public final class NodeProcessor {
    private final Timeline timeline;
    private final Queue<Runnable> held = new ArrayDeque<>(1);
    private boolean asleep;
    private long processingNanos;
    private long busyUntil;

    public NodeProcessor(Timeline timeline) {
        this.timeline = timeline;
    }

    public boolean isAsleep() {
        return asleep;
    }

    public void sleep() {
        asleep = true;
    }

    /** Resumes the tasks that were held up, in order. */
    public void wake() {
        asleep = false;
        List<Runnable> overdue = List.copyOf(held);
        held.clear();
        overdue.forEach(task -> timeline.loop().execute(() -> whenAwake(task)));
    }

    /** Drops everything, and is awake. */
    public void reset() {
        asleep = false;
        busyUntil = 0;
        held.clear();
    }

    public void setProcessingTime(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("processing time " + time + " is negative");
        }
        processingNanos = time.toNanos();
    }

    /** Processes an arrival after all earlier arrivals. */
    public void process(NodeLoop life, Runnable delivery) {
        long now = timeline.elapsed();
        if (processingNanos == 0 && busyUntil <= now) {
            life.run(delivery);
            return;
        }
        busyUntil = Math.max(now, busyUntil) + processingNanos;
        timeline.deliverAt(
                busyUntil,
                () -> whenAwake(() -> {
                    if (!life.isDead()) {
                        life.run(delivery);
                    }
                }));
    }

    /** Runs a task of the host itself, such as a retransmission, but not while it sleeps. */
    public void whenAwake(Runnable task) {
        if (asleep) {
            held.add(task);
        } else {
            task.run();
        }
    }
}
