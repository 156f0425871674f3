package io.grasp.substrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The contract of every loop. A subclass creates the loop and runs it. */
public abstract class LoopContractTest {
    private static final long TICK = Duration.ofMillis(3).toNanos();

    /** The unit of time of the tests, long enough to schedule everything in time even on a busy machine. */
    private static final long LEAD = Duration.ofMillis(500).toNanos();

    private final List<String> log = new CopyOnWriteArrayList<>();

    /** {@return the loop under test, the same one throughout a test} */
    protected abstract Loop loop();

    /**
     * Runs the loop until a condition holds.
     *
     * @param what the expected event, for the message of the failure
     * @param condition evaluated on any thread
     * @throws AssertionError if it does not hold in time
     */
    protected abstract void await(String what, BooleanSupplier condition);

    /** Runs a task on the loop, and waits until it has run. */
    private void onLoop(Runnable task) {
        AtomicBoolean done = new AtomicBoolean();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        loop().execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failures.add(e);
            }
            done.set(true);
        });
        await("a task", done::get);
        assertThat(failures).isEmpty();
    }

    private void wakeIn(long nanos, String what) {
        loop().wakeAt(loop().nanoTime() + nanos, () -> log.add(what));
    }

    @Test
    void tasksRunInTheOrderInWhichTheyAreGiven() {
        List<String> expected =
                IntStream.range(0, 1000).mapToObj(i -> "task " + i).toList();
        onLoop(() -> expected.forEach(what -> loop().execute(() -> log.add(what))));
        await("all tasks", () -> log.size() == expected.size());
        assertThat(log).isEqualTo(expected);
    }

    @Test
    void nothingRunsInsideExecuteOrWakeAt() {
        onLoop(() -> {
            loop().execute(() -> log.add("task"));
            wakeIn(0, "wakeup now");
            wakeIn(-TICK, "wakeup late");
            assertThat(log).isEmpty();
        });
        await("all tasks", () -> log.size() == 3);
    }

    @Test
    void tasksFromOtherThreadsRunOneAtATime() throws InterruptedException {
        List<Integer> seen = new ArrayList<>();
        AtomicBoolean busy = new AtomicBoolean();
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> new Thread(() -> IntStream.range(0, 250)
                        .forEach(i -> loop().execute(() -> {
                            if (!busy.compareAndSet(false, true) || !loop().inLoop()) {
                                log.add("another task is running, or not on the loop");
                            }
                            seen.add(1000 * thread + i);
                            busy.set(false);
                        }))))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        List<Integer> copy = Collections.synchronizedList(new ArrayList<>());
        onLoop(() -> copy.addAll(seen));
        assertThat(log).isEmpty();
        for (int thread = 0; thread < 4; thread++) {
            int first = 1000 * thread;
            assertThat(copy)
                    .filteredOn(number -> number / 1000 == first / 1000)
                    .isEqualTo(IntStream.range(first, first + 250).boxed().toList());
        }
    }

    @Test
    void wakeupsRunInTheOrderOfTheirTimesAndNotEarly() {
        List<Long> early = new CopyOnWriteArrayList<>();
        onLoop(() -> {
            long start = loop().nanoTime() + LEAD;
            for (int ticks : new int[] {3, 1, 5, 2, 4}) {
                long due = start + ticks * TICK;
                loop().wakeAt(due, () -> {
                    if (loop().nanoTime() - due < 0 || !loop().inLoop()) {
                        early.add(due);
                    }
                    log.add("wakeup " + ticks);
                });
            }
        });
        await("all wakeups", () -> log.size() == 5);
        assertThat(log).containsExactly("wakeup 1", "wakeup 2", "wakeup 3", "wakeup 4", "wakeup 5");
        assertThat(early).isEmpty();
    }

    @Test
    void aCancelledWakeupDoesNotRun() {
        onLoop(() -> {
            long start = loop().nanoTime() + LEAD;
            Loop.Wakeup later = loop().wakeAt(start + 2 * TICK, () -> log.add("cancelled later"));
            Loop.Wakeup now = loop().wakeAt(loop().nanoTime() - TICK, () -> log.add("cancelled now"));
            now.cancel();
            loop().wakeAt(start + TICK, () -> {
                later.cancel();
                later.cancel();
            });
            loop().wakeAt(start + 4 * TICK, () -> log.add("end"));
        });
        await("the end", () -> log.contains("end"));
        assertThat(log).containsExactly("end");
    }

    @Test
    void cancellingAWakeupThatHasRunDoesNothing() {
        List<Loop.Wakeup> wakeups = new CopyOnWriteArrayList<>();
        onLoop(() -> wakeups.add(loop().wakeAt(loop().nanoTime() + TICK, () -> {
            wakeups.get(0).cancel();
            log.add("ran");
        })));
        await("the wakeup", () -> log.size() == 1);
        onLoop(wakeups.get(0)::cancel);
        assertThat(log).containsExactly("ran");
    }

    @Test
    void aWakeupFarAheadDoesNotDelayOthers() {
        onLoop(() -> {
            Loop.Wakeup far = loop().wakeAt(loop().nanoTime() + Long.MAX_VALUE / 2, () -> log.add("far"));
            loop().wakeAt(loop().nanoTime() + TICK, () -> {
                far.cancel();
                log.add("near");
            });
        });
        await("the near one", () -> log.size() == 1);
        assertThat(log).containsExactly("near");
    }

    @Test
    void onlyTheLoopIsInTheLoop() {
        assertThat(loop().inLoop()).isFalse();
        onLoop(() -> assertThat(loop().inLoop()).isTrue());
        assertThat(loop().inLoop()).isFalse();
    }

    @Test
    void timeNeverGoesBack() {
        List<Long> times = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 10; i++) {
            onLoop(() -> {
                times.add(loop().nanoTime());
                times.add(loop().nanoTime());
                wakeIn(TICK / 10, "tick");
            });
        }
        await("all ticks", () -> log.size() == 10);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isNotNegative();
        }
    }

    @Test
    void anErrorOfTheVirtualMachineNotifiesEachListenerOnceOutsideOfAllTasks() {
        OutOfMemoryError error = new OutOfMemoryError("expected by this test");
        AtomicBoolean inTask = new AtomicBoolean();
        List<Throwable> received = new CopyOnWriteArrayList<>();
        loop().execute(() -> {
            loop().onFailure(first -> {
                received.add(first);
                log.add(inTask.get() || !loop().inLoop() ? "in a task, or not on the loop" : "first listener");
                throw new IllegalStateException("expected by this test");
            });
            loop().onFailure(first -> log.add("cancelled")).cancel();
            loop().onFailure(first -> log.add("second listener"));
            loop().execute(() -> log.add("task"));
            inTask.set(true);
            try {
                throw error;
            } finally {
                inTask.set(false);
            }
        });
        await("the listeners and the task", () -> log.size() == 3);
        assertThat(log).containsExactlyInAnyOrder("first listener", "second listener", "task");
        assertThat(log).containsSubsequence("first listener", "second listener");
        assertThat(received).containsExactly(error);
    }

    /** The thread that would wait is the one that runs the loop. */
    @Test
    void reactorsBlockFailsInATask() {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        loop().execute(() -> {
            try {
                Mono.never().block(Duration.ofMillis(100));
            } catch (RuntimeException e) {
                failures.add(e);
            }
        });
        await("the task", () -> !failures.isEmpty());

        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("not supported in thread"));
        assertThat(Mono.just(1).block()).as("outside of tasks").isEqualTo(1);
    }
}
