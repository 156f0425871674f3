package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Tasks that wait on a node's scheduler end when the node is closed, and no new wait begins afterwards. */
@OnDatagramsAndNetty
class SchedulerContractTest extends ContractTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final GraspException SILENCE = GraspException.local(GraspErrorCode.NO_SYNCH_REPLY, "silence");

    /** Errors that Reactor drops or that are thrown on the loop. */
    private final ConcurrentLinkedQueue<Throwable> dropped = new ConcurrentLinkedQueue<>();

    private final Thread.UncaughtExceptionHandler handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
    private Grasp node;

    @BeforeEach
    void begin() {
        node = world.start();
        Hooks.onErrorDropped(dropped::add);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> dropped.add(failure));
    }

    @AfterEach
    void nothingIsDropped() {
        Hooks.resetOnErrorDropped();
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
        assertThat(dropped).isEmpty();
    }

    private record Waiting(String name, Function<Scheduler, Publisher<?>> operator) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Operators that end with an error of the library. */
    static Stream<Waiting> intervalsAndDelays() {
        return Stream.of(
                new Waiting("interval", time -> Flux.interval(LONG, time)),
                new Waiting(
                        "interval in progress",
                        time -> Flux.interval(Duration.ZERO, LONG, time).onBackpressureDrop()),
                new Waiting("delay", time -> Mono.delay(LONG, time)),
                new Waiting("delayElement", time -> Mono.just(1).delayElement(LONG, time)),
                new Waiting("delayElements", time -> Flux.just(1, 2).delayElements(LONG, time)),
                new Waiting("delaySubscription", time -> Mono.just(1).delaySubscription(LONG, time)),
                new Waiting("take", time -> Flux.never().take(LONG, time)),
                new Waiting("repeatWhen", time -> Mono.just(1).repeatWhen(again -> again.delayElements(LONG, time))),
                new Waiting(
                        "retryWhen with Reactor's backoff",
                        time -> Mono.error(SILENCE)
                                .retryWhen(Retry.backoff(5, LONG).scheduler(time))),
                new Waiting(
                        "a flooder",
                        time -> Flux.interval(Duration.ZERO, LONG, time).concatMap(beat -> Mono.just(beat))));
    }

    @ParameterizedTest
    @MethodSource("intervalsAndDelays")
    void operatorsOfAClosedNodeFail(Waiting waiting) {
        Collected<?> going = world.collect(waiting.operator().apply(node.scheduler()));
        settle();
        assertThat(going.isEnded()).isFalse();

        world.await(node.closeAsync());

        assertClosed(going.awaitFailure());
        assertClosed(world.collect(waiting.operator().apply(node.scheduler())).awaitFailure());
    }

    private static void assertClosed(Throwable failure) {
        assertThat(failure).isInstanceOf(GraspException.class).hasMessageContaining("the node is closed");
    }

    /** Operators that emit their buffered values. */
    static Stream<Waiting> others() {
        return Stream.of(
                new Waiting(
                        "bufferTimeout",
                        time -> Flux.just(1).concatWith(Flux.never()).bufferTimeout(2, LONG, time)),
                new Waiting(
                        "windowTimeout",
                        time -> Flux.just(1)
                                .concatWith(Flux.never())
                                .windowTimeout(2, LONG, time)
                                .concatMap(Flux::collectList)),
                new Waiting("delaySequence", time -> Flux.just(1).delaySequence(LONG, time)),
                new Waiting("timeout with another", time -> Mono.never().timeout(LONG, Mono.just(1), time)));
    }

    @ParameterizedTest
    @MethodSource("others")
    void operatorsOfAClosedNodeEmitWhatTheyHave(Waiting waiting) {
        Collected<?> going = world.collect(
                Flux.from(waiting.operator().apply(node.scheduler())).take(1));
        settle();
        assertThat(going.values()).isEmpty();

        world.await(node.closeAsync());

        assertThat(going.awaitValues(1)).hasSize(1);
    }

    static Stream<Waiting> begunAfterTheClose() {
        return Stream.concat(
                others(),
                Stream.of(
                        new Waiting(
                                "delaySequence of a hidden source",
                                time -> Flux.just(1).hide().delaySequence(LONG, time)),
                        new Waiting("cache of a Mono", time -> Mono.just(1).cache(LONG, time)),
                        new Waiting("cache of a Flux", time -> Flux.just(1).cache(LONG, time)),
                        new Waiting(
                                "replay",
                                time -> Flux.just(1).replay(LONG, time).autoConnect()),
                        new Waiting(
                                "buffer",
                                time -> Flux.just(1).concatWith(Flux.never()).buffer(LONG, time)),
                        new Waiting(
                                "window",
                                time -> Flux.just(1).concatWith(Flux.never()).window(LONG, time)),
                        new Waiting("timeout", time -> Mono.never().timeout(LONG, time)),
                        new Waiting("skip", time -> Flux.never().skip(LONG, time))));
    }

    /** Nothing waits any more, and every subscriber has received a signal. */
    @ParameterizedTest
    @MethodSource("begunAfterTheClose")
    void operatorsStartedAfterTheCloseEndAtOnce(Waiting waiting) {
        world.await(node.closeAsync());

        Collected<?> late = world.collect(Flux.from(waiting.operator().apply(node.scheduler())));

        world.awaitUntil("a signal", () -> late.isEnded() || !late.values().isEmpty());
        assertThat(late.failure() instanceof RejectedExecutionException).isFalse();
    }

    /** bufferTimeout schedules its flush before it adds the first element: here a lot happens in between. */
    @Test
    void aFlushWaitsForTheElementWhileASharedLoopContinues() {
        Grasp sharing = world.awaitOne(node.startOnSharedLoop(world.settings()));
        world.await(sharing.closeAsync());

        Collected<List<Integer>> late =
                world.collect(bufferOfOne(new SlowScheduler(sharing.scheduler(), () -> world.await(node.load()))));

        assertThat(late.awaitValues(1)).containsExactly(List.of(1));
    }

    @Test
    void aFlushWaitsForTheElementIfTheNodeIsClosedBeforeItIsAdded() {
        Collected<List<Integer>> late =
                world.collect(bufferOfOne(new SlowScheduler(node.scheduler(), () -> world.await(node.closeAsync()))));

        assertThat(late.awaitValues(1)).containsExactly(List.of(1));
    }

    private static Flux<List<Integer>> bufferOfOne(Scheduler time) {
        return Flux.just(1).concatWith(Flux.never()).bufferTimeout(2, LONG, time);
    }

    /** A scheduler whose call that submits a delayed task returns only after an action. */
    private record SlowScheduler(Scheduler scheduler, Runnable action) implements Scheduler {
        @Override
        public Disposable schedule(Runnable task) {
            return scheduler.schedule(task);
        }

        @Override
        public Worker createWorker() {
            Worker worker = scheduler.createWorker();
            return new Worker() {
                @Override
                public Disposable schedule(Runnable task) {
                    return worker.schedule(task);
                }

                @Override
                public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                    Disposable submitted = worker.schedule(task, delay, unit);
                    action.run();
                    return submitted;
                }

                @Override
                public void dispose() {
                    worker.dispose();
                }
            };
        }
    }

    @Test
    void aTimeoutEndsWithTheNode() {
        Collected<?> going = world.collect(Mono.never().timeout(LONG, node.scheduler()));
        settle();

        world.await(node.closeAsync());

        assertThat(going.awaitFailure()).isInstanceOf(TimeoutException.class);
    }

    /** Lets the subscribed publishers begin to wait. */
    private void settle() {
        world.await(node.load());
        world.await(node.load());
    }

    @Test
    void aBackoffEndsWithTheLastFailureWhenTheNodeCloses() {
        AtomicInteger tries = new AtomicInteger();
        Mono<Object> failing = Mono.defer(() -> {
                    tries.incrementAndGet();
                    return Mono.error(SILENCE);
                })
                .retryWhen(node.backoff(1000));
        Collected<?> going = world.collect(failing);
        world.awaitUntil("a pause", () -> tries.get() >= 2);
        settle();
        assertThat(going.isEnded()).isFalse();

        world.await(node.closeAsync());

        assertThat(going.awaitFailure()).isSameAs(SILENCE);
        tries.set(0);
        assertThat(world.collect(failing).awaitFailure()).isSameAs(SILENCE);
        assertThat(tries).hasValue(1);
    }

    @Test
    void operationsOfAClosedNodeFailDespiteABackoff() {
        Asa asa = world.awaitOne(node.registerAsa("late"));
        world.await(node.closeAsync());

        Throwable failure = world.collect(
                        asa.synchronize(Objective.synchronizable("EX2"), RequestOptions.within(Duration.ofSeconds(1)))
                                .retryWhen(node.backoff(5)))
                .awaitFailure();

        assertThat(failure).isInstanceOf(GraspException.class);
    }

    @Test
    void sessionsFailWithTheNodeBeforeTheirTimeouts() {
        Asa asa = world.awaitOne(node.registerAsa("early"));
        Objective ex2 = Objective.synchronizable("EX2");
        Collected<Objective> going = world.collect(asa.discover(ex2, LONG)
                .next()
                .flatMap(peer -> asa.synchronize(ex2, RequestOptions.to(peer).withTimeout(LONG)))
                .switchIfEmpty(Mono.error(SILENCE))
                .timeout(LONG, node.scheduler()));
        settle();

        world.await(node.closeAsync());

        assertThat(going.awaitFailure()).isInstanceOf(GraspException.class).hasMessageContaining("the node was closed");
    }

    @Test
    void lastSignalsPassThroughPublishOn() {
        Asa asa = world.awaitOne(node.registerAsa("late"));
        world.await(node.closeAsync());

        assertThat(world.await(Flux.range(1, 1000).publishOn(node.scheduler(), 4)))
                .hasSize(1000);
        assertThat(world.awaitOne(Mono.just(1).subscribeOn(node.scheduler()))).isEqualTo(1);
        assertThat(world.collect(asa.register(Objective.negotiable("EX3")).publishOn(node.scheduler()))
                        .awaitFailure())
                .isInstanceOf(GraspException.class);
    }

    @Test
    void tasksOfAClosedNodeAreDroppedAndRefused() {
        Scheduler time = node.scheduler();
        Scheduler.Worker worker = time.createWorker();
        List<Runnable> ran = new CopyOnWriteArrayList<>();
        Runnable task = () -> ran.add(() -> {});
        var once = time.schedule(task, 1, TimeUnit.HOURS);
        var often = time.schedulePeriodically(task, 1, 1, TimeUnit.HOURS);
        var ofWorker = worker.schedule(task, 1, TimeUnit.HOURS);
        settle();
        assertThat(time.isDisposed()).isFalse();

        world.await(node.closeAsync());

        assertThat(ran).isEmpty();
        assertThat(List.of(once, often, ofWorker)).allMatch(each -> each.isDisposed());
        assertThat(time.isDisposed()).isTrue();
        for (Runnable late : List.<Runnable>of(
                () -> time.schedule(task, 1, TimeUnit.HOURS),
                () -> time.schedulePeriodically(task, 0, 1, TimeUnit.HOURS),
                () -> worker.schedule(task, 1, TimeUnit.HOURS))) {
            assertThatThrownBy(late::run)
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasCauseInstanceOf(GraspException.class);
        }
    }

    @Test
    void cancelledOperatorsGetNoSignalOfTheClose() {
        Collected<Long> interval = world.collect(Flux.interval(LONG, node.scheduler()));
        Collected<Long> delay = world.collect(Mono.delay(LONG, node.scheduler()));
        settle();
        interval.cancel();
        delay.cancel();

        world.await(node.closeAsync());

        assertThat(interval.isEnded() || delay.isEnded()).isFalse();
    }

    @Test
    void closingANodeDoesNotAffectAnother() {
        Grasp other = world.start();
        Collected<Long> delay = world.collect(Mono.delay(world.moment(), other.scheduler()));
        world.await(node.closeAsync());

        assertThat(delay.awaitEnd()).hasSize(1);
    }
}
