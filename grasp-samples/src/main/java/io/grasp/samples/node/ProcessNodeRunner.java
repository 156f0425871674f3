package io.grasp.samples.node;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.GraspException;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.Failures;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Runs nodes as configured, and ends their use and closes them also when the process is terminated. If a node fails, so
 * does the command; if it cannot be closed within 3 s, perhaps for lack of memory, the process ends all the same.
 */
final class ProcessNodeRunner implements NodeRunner {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

    @Override
    public <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
        return use(config, work, Ending.NONE);
    }

    @Override
    public <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work, Ending ending) {
        Sinks.Empty<T> stop = Sinks.empty();
        CountDownLatch closed = new CountDownLatch(1);
        Thread stopper = new Thread(() -> stop(stop, closed, ending.longest().plus(LONGEST_CLOSE)), "grasp-stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        CountDownLatch failed = new CountDownLatch(1);
        Thread guard = new Thread(() -> exitUnlessClosed(failed, closed), "grasp-exit");
        guard.setDaemon(true);
        guard.start();
        try {
            return Mono.usingWhen(
                            Grasp.start(config.withAdditionalObserver(new FailureObserver(failed)))
                                    .onErrorMap(GraspException.class, Failures::ofStart),
                            // Not takeUntilOther: a failure of the other publisher would not cancel the work.
                            grasp -> work.apply(grasp)
                                    .or(stop.asMono())
                                    .or(grasp.onClose().then(Mono.never())), // fails if the node has failed
                            grasp -> ending.of(grasp).then(grasp.closeAsync()))
                    .block();
        } finally {
            closed.countDown();
            failed.countDown();
            forget(stopper);
        }
    }

    /** Allocates nothing, because memory may have run out. */
    private record FailureObserver(CountDownLatch failed) implements GraspObserver {
        @Override
        public void nodeFailed(Throwable error) {
            failed.countDown();
        }
    }

    private static void exitUnlessClosed(CountDownLatch failed, CountDownLatch closed) {
        boolean inTime = false;
        try {
            failed.await();
            inTime = closed.await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | OutOfMemoryError e) {
            // not in time
        }
        if (!inTime) {
            Runtime.getRuntime().halt(CommandLine.ExitCode.SOFTWARE);
        }
    }

    private static void stop(Sinks.Empty<?> stop, CountDownLatch closed, Duration longest) {
        stop.tryEmitError(new CancellationException("stopped"));
        try {
            closed.await(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread stopper) {
        try {
            Runtime.getRuntime().removeShutdownHook(stopper);
        } catch (IllegalStateException stopping) {
            // the shutdown is in progress
        }
    }
}
