package io.grasp.samples.prefix.manager;

import io.grasp.api.Grasp;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The disk of a simulated node: each task takes some time, and those that a crash comes before are lost. It can be
 * looked into at once, also while the node is down.
 */
final class SimulatedDisk implements Executor {
    private final Duration latency;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private @Nullable Grasp node;
    private boolean reading;
    private @Nullable Fault fault;

    private record Fault(boolean before, Runnable action) {}

    SimulatedDisk(Duration latency) {
        this.latency = latency;
    }

    /** The node has started. */
    void attach(Grasp started) {
        node = started;
    }

    /** The node has crashed: what was not written is lost, and so is what it tries later. */
    void crash() {
        node = null;
        tasks.clear();
        fault = null;
    }

    /** Runs an action once, with the next task: before it, which does not run if that is a crash, or after it. */
    void withNextTask(boolean before, Runnable action) {
        fault = new Fault(before, action);
    }

    /** Runs an action while the disk takes no time, after all that was begun before. */
    void readAtOnce(Runnable action) {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        reading = true;
        action.run();
        reading = false;
    }

    @Override
    public void execute(Runnable task) {
        if (reading) {
            task.run();
        } else if (node != null) {
            tasks.add(task);
            try {
                node.scheduler().schedule(this::next, latency.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                tasks.clear();
            }
        }
    }

    private void next() {
        Runnable task = tasks.poll();
        if (task == null) {
            return;
        }
        Fault due = fault;
        fault = null;
        if (due != null && due.before) {
            due.action.run();
        }
        if (node != null) {
            task.run();
        }
        if (due != null && !due.before) {
            due.action.run();
        }
    }

    /** {@return the scheduler for the signals of a pool on a node} */
    Scheduler signals(Grasp of) {
        return Schedulers.fromExecutor(signal -> {
            if (reading) {
                signal.run();
            } else if (node == of) {
                of.scheduler().schedule(signal);
            }
        });
    }
}
