package io.grasp.substrate.sim.time;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopFailure;
import io.grasp.util.TimerHeap;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The network's loop as one node sees it until it crashes: with the node's own clock, stopped while it sleeps, and shut
 * down by the crash. This class keeps the order of the node's tasks, because a sleep holds them up.
 *
 * <pre>
 *             sleep: tasks and timers wait
 *  AWAKE --------------------------------------&gt; ASLEEP
 *        &lt;--------------------------------------
 *          wake: tasks in order, then due timers
 *
 *  AWAKE, ASLEEP --- kill: nothing runs any more, and new tasks are rejected --&gt; DEAD
 * </pre>
 */
public final class NodeLoop implements Loop {
    private final String name;
    private final Loop base;
    private final NodeClock clock;
    private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final TimerHeap<LoopTimer> waiting = new TimerHeap<>();
    private final LoopFailure failure = new LoopFailure();
    private volatile boolean dead;
    private boolean asleep;
    private int heldTurns;
    private @Nullable Wakeup wakeup;
    private @Nullable LoopTimer wakesFor;

    public NodeLoop(String name, Loop base, NodeClock clock) {
        this.name = name;
        this.base = base;
        this.clock = clock;
    }

    public boolean isDead() {
        return dead;
    }

    /** Holds all tasks up. */
    public void sleep() {
        asleep = true;
        Loops.onLoop(base, this::arm);
    }

    /** Runs the tasks that were held up, in order, and the timers that have expired meanwhile. */
    public void wake() {
        asleep = false;
        for (; heldTurns > 0; heldTurns--) {
            base.execute(this::turn);
        }
        Loops.onLoop(base, this::arm);
    }

    /** Drops all tasks. */
    public void kill() {
        dead = true;
        ready.clear();
        waiting.clear();
        Loops.onLoop(base, this::arm);
    }

    /** The clock has been set. */
    public void rearm() {
        Loops.onLoop(base, () -> {
            disarm();
            arm();
        });
    }

    @Override
    public void execute(Runnable task) {
        requireAlive();
        ready.add(Objects.requireNonNull(task, "task"));
        base.execute(this::turn);
    }

    private void turn() {
        if (dead) {
            return;
        }
        if (asleep) {
            heldTurns++;
            return;
        }
        Runnable task = ready.poll();
        if (task != null) {
            run(task);
        }
    }

    /**
     * Runs a step of the node now, on the network's loop. An error of the virtual machine fails this loop, if anything
     * listens; every other failure is the caller's.
     */
    public void run(Runnable task) {
        try {
            task.run();
        } catch (VirtualMachineError error) {
            if (!failure.isObserved()) {
                throw error;
            }
            failure.fail(error);
        }
    }

    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return failure.listen(listener);
    }

    @Override
    public long nanoTime() {
        return clock.local(base.nanoTime());
    }

    /** {@inheritDoc} Any other caller is refused with an {@link IllegalStateException}. */
    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        requireAlive();
        Loops.requireInLoop(base);
        LoopTimer timer = new LoopTimer(task);
        if (nanoTime - nanoTime() <= 0) {
            execute(timer);
        } else {
            waiting.arm(timer, nanoTime);
            arm();
        }
        return () -> {
            Loops.requireInLoop(base);
            timer.cancel(waiting);
            arm();
        };
    }

    /** A single wakeup of the network's loop serves all timers: it is scheduled for the earliest. */
    private void arm() {
        LoopTimer first = dead || asleep ? null : waiting.first();
        if (first == wakesFor) {
            return;
        }
        disarm();
        if (first != null) {
            wakesFor = first;
            wakeup = base.wakeAt(clock.network(base.nanoTime(), first.nanoTime()), this::fire);
        }
    }

    private void disarm() {
        if (wakeup != null) {
            wakeup.cancel();
        }
        wakeup = null;
        wakesFor = null;
    }

    /** Runs the expired timers, unless one of them stops the node. If one throws, the others still run at once. */
    private void fire() {
        wakeup = null;
        wakesFor = null;
        long now = nanoTime();
        try {
            for (LoopTimer due = nextDue(now); due != null; due = nextDue(now)) {
                run(due);
            }
        } finally {
            arm();
        }
    }

    private @Nullable LoopTimer nextDue(long now) {
        return dead || asleep ? null : waiting.pollDue(now);
    }

    @Override
    public boolean inLoop() {
        return base.inLoop();
    }

    private void requireAlive() {
        if (dead) {
            throw new RejectedExecutionException(name + " has crashed");
        }
    }
}
