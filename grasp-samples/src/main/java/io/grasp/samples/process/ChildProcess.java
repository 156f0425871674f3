package io.grasp.samples.process;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A program that this process runs. */
public final class ChildProcess {
    private ChildProcess() {}

    /**
     * Runs a program. If its use fails or is cancelled before the program has ended, the program is killed with all
     * that it has started.
     *
     * @param start starts it; may block
     * @param use what is done while it runs; completes when it has ended
     * @return completes with the use. When it has been cancelled, the program has been killed
     */
    public static Mono<Void> run(Callable<Process> start, Function<Process, ? extends Publisher<Void>> use) {
        return Mono.usingWhen(
                        Mono.fromCallable(start).subscribeOn(Schedulers.boundedElastic()),
                        process -> Mono.from(use.apply(process)),
                        process -> Mono.<Void>fromRunnable(() -> kill(process)))
                .doOnDiscard(Process.class, ChildProcess::kill);
    }

    /** {@return completes with the exit code} */
    public static Mono<Integer> exitCode(Process process) {
        return Mono.fromFuture(process.onExit(), true).map(Process::exitValue);
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            kill(process.toHandle());
        }
    }

    /** The parent first: a shell would go on with its next command when one has been killed. */
    private static void kill(ProcessHandle process) {
        List<ProcessHandle> children = process.children().toList();
        process.destroyForcibly();
        children.forEach(ChildProcess::kill);
    }
}
