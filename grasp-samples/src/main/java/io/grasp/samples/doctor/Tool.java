package io.grasp.samples.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program of this host that is asked for something. */
@FunctionalInterface
public interface Tool {
    /** The longest time that a program may take. */
    int SECONDS = 5;

    /** {@return what it prints; empty if it is not installed, or fails} */
    Optional<String> output(String... command);

    /** {@return programs of this host} */
    static Tool ofHost() {
        return command -> {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .start();
                CompletableFuture<Process> unused = process.onExit()
                        .orTimeout(SECONDS, TimeUnit.SECONDS)
                        .whenComplete((ended, late) -> {
                            if (late != null) {
                                process.destroyForcibly();
                            }
                        });
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        };
    }
}
