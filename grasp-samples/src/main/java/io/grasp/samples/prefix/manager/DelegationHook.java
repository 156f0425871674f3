package io.grasp.samples.prefix.manager;

import io.grasp.samples.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Mono;

/**
 * A program of the operator that puts a delegated prefix into effect, such as one that adds an address to an interface,
 * and removes it again. It is run without a shell and without arguments; everything is in its environment
 * ({@link #environment}). It must be idempotent, because it is run again for prefixes that are still delegated when a
 * manager starts. Its standard error
 * is that of the manager's process.
 */
public final class DelegationHook {
    /** What the program has to do. */
    public enum Action {
        /** Puts the prefix into effect. */
        ADD,
        /** Ends that: afterwards the prefix may be given to another node. */
        REMOVE
    }

    private final Path program;
    private final Duration patience;

    /**
     * @param program the program
     * @param patience how long it may run; then it is killed with all that it has started
     */
    public DelegationHook(Path program, Duration patience) {
        this.program = program.toAbsolutePath(); // a name alone would be looked up in PATH
        this.patience = patience;
    }

    /**
     * The variables of the program's environment.
     *
     * @param action what the program has to do
     * @param delegation the prefix, and for which interface it is
     * @return {@code GRASP_ACTION}, {@code add} or {@code remove}; {@code GRASP_INTERFACE}, {@code GRASP_PREFIX},
     *     {@code GRASP_PREFIX_LENGTH}, and {@code GRASP_ADDRESS}, the first address of the prefix
     */
    public static Map<String, String> environment(Action action, Delegation delegation) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("GRASP_ACTION", action.name().toLowerCase(Locale.ROOT));
        variables.put("GRASP_INTERFACE", delegation.name());
        variables.put("GRASP_PREFIX", delegation.prefix().toString());
        variables.put(
                "GRASP_PREFIX_LENGTH", Integer.toString(delegation.prefix().length()));
        variables.put("GRASP_ADDRESS", delegation.firstAddress());
        return variables;
    }

    /** {@return the call as an operator would type it} */
    public String describe(Action action, Delegation delegation) {
        StringBuilder line = new StringBuilder();
        environment(action, delegation)
                .forEach((name, value) ->
                        line.append(name).append('=').append(value).append(' '));
        return line.append(program).toString();
    }

    /**
     * Runs the program, not on the node's loop.
     *
     * @param action what the program has to do
     * @param delegation the prefix, and for which interface it is
     * @return completes when the program has ended with code 0; fails with an {@link IllegalStateException} that says
     *     how it ended otherwise. Cancelling it kills the program and all that it has started
     */
    public Mono<Void> run(Action action, Delegation delegation) {
        return ChildProcess.run(
                () -> start(action, delegation),
                process -> ChildProcess.exitCode(process)
                        .timeout(patience, Mono.error(this::notEnded))
                        .flatMap(code -> code == 0
                                ? Mono.empty()
                                : Mono.error(new IllegalStateException(program + " has ended with code " + code))));
    }

    private IllegalStateException notEnded() {
        return new IllegalStateException(program + " has not ended within " + patience.toMillis() + " ms");
    }

    private Process start(Action action, Delegation delegation) {
        ProcessBuilder builder = new ProcessBuilder(program.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment(action, delegation));
        try {
            Process started = builder.start();
            started.getOutputStream().close(); // it gets no input
            return started;
        } catch (IOException e) {
            throw new IllegalStateException(program + " cannot be run: " + e.getMessage(), e);
        }
    }
}
