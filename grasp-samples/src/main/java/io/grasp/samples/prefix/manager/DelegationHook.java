package io.grasp.samples.prefix.manager;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A program of the operator that puts a delegated prefix into effect, such as one that adds an address to an interface.
 * It is run without a shell and without arguments; everything is in its environment ({@link #environment}). It must be
 * idempotent, because it is run again for prefixes that are still delegated when a manager starts. Its standard error
 * is that of the manager's process.
 */
public final class DelegationHook {
    private final Path program;
    private final Duration patience;

    /**
     * @param program the program
     * @param patience how long it may run; then it is killed
     */
    public DelegationHook(Path program, Duration patience) {
        this.program = program;
        this.patience = patience;
    }

    /**
     * The variables of the program's environment.
     *
     * @param delegation the prefix, and for which interface it is
     * @return {@code GRASP_INTERFACE}, {@code GRASP_PREFIX}, {@code GRASP_PREFIX_LENGTH}, and {@code GRASP_ADDRESS},
     *     the first address of the prefix
     */
    public static Map<String, String> environment(Delegation delegation) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("GRASP_INTERFACE", delegation.name());
        variables.put("GRASP_PREFIX", delegation.prefix().toString());
        variables.put(
                "GRASP_PREFIX_LENGTH", Integer.toString(delegation.prefix().length()));
        variables.put("GRASP_ADDRESS", delegation.firstAddress());
        return variables;
    }

    /** {@return the call as an operator would type it} */
    public String describe(Delegation delegation) {
        StringBuilder line = new StringBuilder();
        environment(delegation)
                .forEach((name, value) ->
                        line.append(name).append('=').append(value).append(' '));
        return line.append(program).toString();
    }

    /**
     * Runs the program, not on the node's loop.
     *
     * @param delegation the prefix, and for which interface it is
     * @return completes when the program has ended with code 0; fails with an {@link IllegalStateException} that says
     *     how it ended otherwise. Cancelling it kills the program
     */
    public Mono<Void> run(Delegation delegation) {
        return Mono.<Void>fromCallable(() -> {
                    execute(delegation);
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private void execute(Delegation delegation) {
        Process process = start(delegation);
        try {
            process.getOutputStream().close();
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(program + " has not ended within " + patience.toMillis() + " ms");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(program + " has ended with code " + process.exitValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(program + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(program + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(Delegation delegation) {
        ProcessBuilder builder = new ProcessBuilder(program.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment(delegation));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(program + " cannot be run: " + e.getMessage(), e);
        }
    }
}
