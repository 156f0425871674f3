package io.grasp.samples.node;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Runs nodes as configured, and closes them also when the process is terminated. */
final class ProcessNodeRunner implements NodeRunner {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

    @Override
    public <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
        Sinks.Empty<T> stop = Sinks.empty();
        CountDownLatch closed = new CountDownLatch(1);
        Thread stopper = new Thread(() -> stop(stop, closed), "grasp-stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            return Mono.usingWhen(
                            Grasp.start(config),
                            // Not takeUntilOther: a failure of the other publisher would not cancel the work.
                            grasp -> work.apply(grasp).or(stop.asMono()),
                            Grasp::closeAsync)
                    .block();
        } finally {
            closed.countDown();
            forget(stopper);
        }
    }

    private static void stop(Sinks.Empty<?> stop, CountDownLatch closed) {
        stop.tryEmitError(new CancellationException("stopped"));
        try {
            closed.await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
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
