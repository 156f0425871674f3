package io.grasp.substrate.sim;

import io.grasp.substrate.sim.time.NodeLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** The host of a node: it processes arrivals one after the other, and may sleep. */
final class NodeProcessor {
    private final SimNetwork network;
    private final Queue<Runnable> held = new ArrayDeque<>(1);
    private boolean asleep;
    private long processingNanos;
    private long busyUntil;

    NodeProcessor(SimNetwork network) {
        this.network = network;
    }

    boolean isAsleep() {
        return asleep;
    }

    void sleep() {
        asleep = true;
    }

    /** Resumes the tasks that were held up, in order. */
    void wake() {
        asleep = false;
        List<Runnable> overdue = List.copyOf(held);
        held.clear();
        overdue.forEach(task -> network.loop().execute(() -> whenAwake(task)));
    }

    /** Drops everything, and is awake. */
    void reset() {
        asleep = false;
        busyUntil = 0;
        held.clear();
    }

    void setProcessingTime(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("processing time " + time + " is negative");
        }
        processingNanos = time.toNanos();
    }

    /** Processes an arrival after all earlier arrivals. */
    void process(NodeLoop life, Runnable delivery) {
        long now = network.elapsed();
        if (processingNanos == 0 && busyUntil <= now) {
            delivery.run();
            return;
        }
        busyUntil = Math.max(now, busyUntil) + processingNanos;
        network.deliverAt(
                busyUntil,
                () -> whenAwake(() -> {
                    if (!life.isDead()) {
                        delivery.run();
                    }
                }));
    }

    /** Runs a task of the host itself, such as a retransmission, but not while it sleeps. */
    void whenAwake(Runnable task) {
        if (asleep) {
            held.add(task);
        } else {
            task.run();
        }
    }
}
