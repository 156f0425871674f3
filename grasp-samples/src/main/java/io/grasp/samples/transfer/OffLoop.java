package io.grasp.samples.transfer;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/** Steps that block, away from a node's loop. */
final class OffLoop {
    private OffLoop() {}

    /**
     * Runs a step. A cancel does not interrupt it, because an interrupted thread closes its file; its result is then
     * dropped, also if it has failed, which {@code Mono.fromCallable} would log.
     *
     * @param work where it runs
     * @param step what to run
     * @return its result
     */
    static <T> Mono<T> call(Scheduler work, Callable<T> step) {
        return Mono.<Result<T>>create(sink -> work.schedule(() -> run(step, sink)))
                .flatMap(Result::get);
    }

    /** {@return runs a step without a result} */
    static <T> Mono<T> run(Scheduler work, Runnable step) {
        return call(work, () -> {
                    step.run();
                    return true;
                })
                .flatMap(done -> Mono.empty());
    }

    private static <T> void run(Callable<T> step, MonoSink<Result<T>> sink) {
        try {
            sink.success(new Result<>(step.call(), null));
        } catch (Exception e) {
            sink.success(new Result<>(null, e));
        } catch (Error e) {
            sink.error(e);
            throw e;
        }
    }

    private record Result<T>(@Nullable T value, @Nullable Exception failure) {
        Mono<T> get() {
            return failure == null ? Mono.justOrEmpty(value) : Mono.error(failure);
        }
    }
}
