package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualLoopTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final List<String> log = new ArrayList<>();

    private Runnable note(String what) {
        return () -> log.add(loop.now().toMillis() + " " + what);
    }

    private Loop.Wakeup wakeIn(Duration delay, Runnable task) {
        return loop.wakeAt(loop.nanoTime() + delay.toNanos(), task);
    }

    @Test
    void tasksRunInTheOrderInWhichTheyAreGivenAndNeverInsideExecute() {
        loop.execute(() -> {
            loop.execute(note("third"));
            log.add("first");
        });
        loop.execute(note("second"));
        assertThat(log).isEmpty();
        loop.runReady();
        assertThat(log).containsExactly("first", "0 second", "0 third");
    }

    @Test
    void wakeupsRunAtTheirTimesAndThoseOfOneTimeInOrder() {
        loop.run(() -> {
            wakeIn(SECOND.multipliedBy(2), note("late"));
            wakeIn(SECOND, note("early"));
            wakeIn(SECOND, note("as early"));
        });
        loop.runUntilIdle();
        assertThat(log).containsExactly("1000 early", "1000 as early", "2000 late");
        assertThat(loop.now()).isEqualTo(SECOND.multipliedBy(2));
    }

    @Test
    void wakeupsOfOneTimeRunBeforeTasksThatTheyAdd() {
        loop.run(() -> {
            wakeIn(SECOND, () -> loop.execute(note("given later")));
            wakeIn(SECOND, note("given before"));
        });
        loop.runUntilIdle();
        assertThat(log).containsExactly("1000 given before", "1000 given later");
    }

    @Test
    void aWakeupInThePastRunsAfterWaitingTasks() {
        loop.advance(SECOND);
        loop.run(() -> {
            loop.execute(note("first"));
            loop.wakeAt(0, note("second"));
            loop.execute(note("third"));
        });
        assertThat(log).containsExactly("1000 first", "1000 second", "1000 third");
    }

    @Test
    void aCancelledWakeupDoesNotRunEvenIfItIsDue() {
        loop.run(() -> {
            Loop.Wakeup far = wakeIn(SECOND.multipliedBy(2), note("cancelled"));
            wakeIn(SECOND, () -> {
                far.cancel();
                far.cancel();
            });
            Loop.Wakeup due = wakeIn(SECOND.multipliedBy(-1), note("cancelled"));
            due.cancel();
        });
        assertThat(loop.pendingWakeups()).isEqualTo(2);
        loop.runUntilIdle();
        assertThat(log).isEmpty();
        assertThat(loop.pendingWakeups()).isZero();
        assertThat(loop.now()).isEqualTo(SECOND);
    }

    @Test
    void aWakeupIsCancelledByAnotherOfTheSameTime() {
        List<Loop.Wakeup> wakeups = new ArrayList<>();
        loop.run(() -> {
            wakeIn(SECOND, () -> wakeups.get(0).cancel());
            wakeups.add(wakeIn(SECOND, note("cancelled")));
        });
        loop.runUntilIdle();
        assertThat(log).isEmpty();
    }

    @Test
    void advanceStopsAtItsTime() {
        loop.run(() -> wakeIn(SECOND, note("due")));
        loop.advance(Duration.ofMillis(999));
        assertThat(log).isEmpty();
        loop.advance(Duration.ofMillis(1));
        assertThat(log).containsExactly("1000 due");
        loop.advance(SECOND);
        assertThat(loop.now()).isEqualTo(SECOND.multipliedBy(2));
        assertThatIllegalArgumentException().isThrownBy(() -> loop.advance(Duration.ofMillis(-1)));
    }

    @Test
    void readyTasksRunWithoutAdvancingTime() {
        loop.run(() -> wakeIn(SECOND, note("due")));
        loop.runReady();
        assertThat(log).isEmpty();
        assertThat(loop.now()).isZero();
    }

    @Test
    void runUntilStopsWhenTheConditionHolds() {
        loop.run(() -> IntStream.rangeClosed(1, 10).forEach(i -> wakeIn(SECOND.multipliedBy(i), note("tick"))));
        assertThat(loop.runUntil(() -> log.size() == 3, Duration.ofMinutes(1))).isTrue();
        assertThat(loop.now()).isEqualTo(SECOND.multipliedBy(3));
        assertThat(loop.runUntil(() -> log.size() == 6, SECOND.multipliedBy(2))).isFalse();
        assertThat(loop.now()).isEqualTo(SECOND.multipliedBy(5));
        assertThat(loop.runUntil(() -> log.size() == 6, SECOND)).isTrue();
    }

    @Test
    void aTaskIsInTheLoopAndNothingElseIs() throws InterruptedException {
        List<Boolean> elsewhere = new ArrayList<>();
        assertThat(loop.inLoop()).isFalse();
        assertThat(loop.call(loop::inLoop)).isTrue();
        Thread other = new Thread(() -> elsewhere.add(loop.inLoop()));
        loop.run(() -> {
            other.start();
            assertThat(new VirtualLoop().inLoop()).isFalse();
        });
        other.join();
        assertThat(elsewhere).containsExactly(false);
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void exceptionsOfTasksAreThrownAfterTheStepAndNoTaskIsLost() {
        loop.execute(() -> wakeIn(SECOND, note("after the failures")));
        loop.execute(() -> {
            throw new UnsupportedOperationException("one");
        });
        loop.execute(() -> {
            throw new AssertionError("two");
        });
        assertThatThrownBy(() -> loop.advance(SECOND))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("one")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement().isInstanceOf(AssertionError.class));
        assertThat(log).containsExactly("1000 after the failures");
        loop.runReady(); // and not again
    }

    @Test
    void anEndlessStepIsStopped() {
        VirtualLoop bounded = new VirtualLoop(0, 1000);
        Runnable again = new Runnable() {
            @Override
            public void run() {
                bounded.wakeAt(bounded.nanoTime() + 1, this);
            }
        };
        bounded.run(again);
        assertThatIllegalStateException().isThrownBy(bounded::runUntilIdle).withMessageContaining("1000 tasks");
        bounded.advance(Duration.ofNanos(1000));
        assertThat(bounded.pendingWakeups()).isEqualTo(1);
    }

    @Test
    void callsFromTheWrongSideOfTheLoopAreRefused() {
        assertThatIllegalStateException().isThrownBy(() -> loop.wakeAt(0, () -> {}));
        assertThatIllegalStateException().isThrownBy(() -> loop.run(loop::runReady));
        loop.runReady();
    }

    @Test
    void tasksMayComeFromAnyThread() throws InterruptedException {
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> IntStream.range(0, 100).forEach(j -> loop.execute(note("task")))))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        loop.runReady();
        assertThat(log).hasSize(400);
    }

    @Test
    void theClockMayOverflow() {
        VirtualLoop old = new VirtualLoop(Long.MAX_VALUE - 10, 100);
        List<Duration> times = new ArrayList<>();
        old.run(() -> {
            for (int nanos : new int[] {30, 5, 20}) {
                old.wakeAt(old.nanoTime() + nanos, () -> times.add(old.now()));
            }
        });
        old.runUntilIdle();
        assertThat(times).containsExactly(Duration.ofNanos(5), Duration.ofNanos(20), Duration.ofNanos(30));
    }
}
