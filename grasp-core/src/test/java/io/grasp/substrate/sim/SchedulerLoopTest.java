package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class SchedulerLoopTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void theLoopFollowsTheTimeOfAVirtualTimeVerifier() {
        StepVerifier.withVirtualTime(() -> {
                    SchedulerLoop loop = new SchedulerLoop(Schedulers.parallel());
                    return Mono.<Duration>create(sink -> loop.execute(() -> {
                        long start = loop.nanoTime();
                        loop.wakeAt(
                                start + HOUR.toNanos(), () -> sink.success(Duration.ofNanos(loop.nanoTime() - start)));
                    }));
                })
                .expectSubscription()
                .expectNoEvent(HOUR.minusNanos(1))
                .thenAwait(Duration.ofNanos(1))
                .expectNext(HOUR)
                .verifyComplete();
    }

    @Test
    void aSimulatedNetworkFollowsTheTimeOfAVirtualTimeVerifier() {
        StepVerifier.withVirtualTime(() -> {
                    SchedulerLoop loop = new SchedulerLoop(Schedulers.single());
                    SimNetwork network = SimNetwork.create(loop, 1);
                    SimNode a = network.node("a");
                    SimNode b = network.node("b");
                    network.link("lan", LinkKind.DATAGRAM, HOUR, a, b);
                    return Mono.<String>create(sink -> loop.execute(() -> {
                        Recorder atA = new Recorder(loop, a);
                        Recorder atB = new Recorder(loop, b).onMessage((link, message, back) -> sink.success("came"));
                        a.start(atA, failed -> {});
                        b.start(atB, failed -> atA.link().multicast(new byte[10], failure -> {}));
                    }));
                })
                .expectSubscription()
                .expectNoEvent(HOUR.minusNanos(1))
                .thenAwait(Duration.ofNanos(1))
                .expectNext("came")
                .verifyComplete();
    }

    @Test
    void aWakeupNeverRunsBeforeItsTimeOnTheOwnClock() throws InterruptedException {
        Scheduler single = Schedulers.newSingle("loop");
        SchedulerLoop loop = new SchedulerLoop(single);
        List<Long> early = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch end = new CountDownLatch(100);
        loop.execute(() -> {
            for (int i = 0; i < 100; i++) {
                long due = loop.nanoTime() + i * 300_000L;
                loop.wakeAt(due, () -> {
                    if (loop.nanoTime() - due < 0) {
                        early.add(due);
                    }
                    end.countDown();
                });
            }
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(early).isEmpty();
        loop.dispose();
        single.dispose();
    }

    @Test
    void anotherTaskOfTheSameThreadIsNotInTheLoop() throws InterruptedException {
        Scheduler single = Schedulers.newSingle("loop");
        SchedulerLoop loop = new SchedulerLoop(single);
        List<Boolean> inLoop = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch end = new CountDownLatch(1);
        loop.execute(() -> {
            inLoop.add(loop.inLoop());
            loop.wakeAt(loop.nanoTime() + 1000, () -> {
                inLoop.add(loop.inLoop());
                single.schedule(
                        () -> { // the same thread, but not the loop
                            inLoop.add(loop.inLoop());
                            end.countDown();
                        });
            });
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(inLoop).containsExactly(true, true, false);
        assertThat(loop.inLoop()).isFalse();
        loop.dispose();
        single.dispose();
    }

    @Test
    void aDueWakeupKeepsItsPlaceAmongTasks() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        SchedulerLoop loop = new SchedulerLoop(time);
        List<String> log = new ArrayList<>();
        time.advanceTimeBy(HOUR);
        loop.execute(() -> {
            loop.execute(() -> log.add("first"));
            loop.wakeAt(loop.nanoTime(), () -> {
                log.add("second");
                loop.execute(() -> log.add("sixth"));
                loop.wakeAt(loop.nanoTime() - 1, () -> log.add("seventh"));
            });
            loop.execute(() -> log.add("third"));
            loop.wakeAt(loop.nanoTime() - 1, () -> log.add("fourth"));
            loop.execute(() -> log.add("fifth"));
        });
        assertThat(log).containsExactly("first", "second", "third", "fourth", "fifth", "sixth", "seventh");
    }

    @Test
    void anExceptionInATaskIsPassedOnAndNoTaskIsLost() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        List<Throwable> failures = new ArrayList<>();
        List<String> log = new ArrayList<>();
        SchedulerLoop loop = new SchedulerLoop(time, failures::add);
        loop.execute(() -> {
            loop.execute(() -> log.add("after the failure"));
            throw new UnsupportedOperationException("thrown");
        });
        time.advanceTime();
        assertThat(log).containsExactly("after the failure");
        assertThat(failures).singleElement().isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aDisposedLoopRunsNothingAndRejectsTasks() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        SchedulerLoop loop = new SchedulerLoop(time);
        List<String> log = new ArrayList<>();
        loop.execute(() -> loop.wakeAt(loop.nanoTime() + 1000, () -> log.add("ran")));
        loop.dispose();
        loop.dispose();
        time.advanceTimeBy(HOUR);
        assertThat(log).isEmpty();
        assertThat(loop.isDisposed()).isTrue();
        assertThat(time.isDisposed()).isFalse();
        assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.wakeAt(0, () -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void theClockNeverGoesBackWhenItsSourceDoes() {
        SetClock clock = new SetClock();
        SchedulerLoop loop = new SchedulerLoop(clock);
        long start = loop.nanoTime();
        clock.nanos.addAndGet(100);
        assertThat(loop.nanoTime() - start).isEqualTo(100);
        clock.nanos.addAndGet(-1_000_000);
        assertThat(loop.nanoTime() - start).isEqualTo(100);
        clock.nanos.addAndGet(7);
        assertThat(loop.nanoTime() - start).isEqualTo(107);
    }

    /** A scheduler whose clock is set by hand. */
    private static final class SetClock implements Scheduler {
        private final Scheduler tasks = VirtualTimeScheduler.create();
        private final AtomicLong nanos = new AtomicLong(1_000_000_000);

        @Override
        public Disposable schedule(Runnable task) {
            return tasks.schedule(task);
        }

        @Override
        public Worker createWorker() {
            return tasks.createWorker();
        }

        @Override
        public long now(TimeUnit unit) {
            return unit.convert(nanos.get(), TimeUnit.NANOSECONDS);
        }
    }
}
