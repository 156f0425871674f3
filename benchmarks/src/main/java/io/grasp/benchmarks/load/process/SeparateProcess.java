package io.grasp.benchmarks.load.process;

import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import io.grasp.benchmarks.load.workload.RunResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An implementation that runs in its own process, as in a program that uses nothing else. In a process with others, its
 * calls into Netty would have receivers of several classes, and the JIT compiler would optimize them less.
 */
public final class SeparateProcess implements Implementation {
    private static final long PATIENCE_SECONDS = 5;

    private final ImplementationKind kind;
    private final Process process;
    private final PrintWriter to;
    private final BufferedReader from;

    private SeparateProcess(ImplementationKind kind, Process process) {
        this.kind = kind;
        this.process = process;
        this.to = new PrintWriter(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        this.from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    public static SeparateProcess start(ImplementationKind kind, String... links) {
        List<String> line = new ArrayList<>(Namespace.java());
        line.addAll(List.of(ImplementationProcess.class.getName(), kind.name()));
        line.addAll(List.of(links));
        try {
            Process process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new SeparateProcess(kind, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return kind.title();
    }

    @Override
    public RunResult run(Exchange exchange, int atOnce, Duration time) {
        return run(exchange, atOnce, time, 0);
    }

    /**
     * Runs sessions at a fixed rate.
     *
     * @param atOnce the maximum number of concurrent sessions
     * @param perSecond the rate; 0 for as fast as possible
     */
    public RunResult run(Exchange exchange, int atOnce, Duration time, double perSecond) {
        to.println(exchange.steps() + " " + atOnce + " " + time.toMillis() + " " + perSecond);
        try {
            String line = from.readLine();
            if (line == null) {
                throw new IllegalStateException("the process of " + name() + " has ended");
            }
            return RunResultText.parse(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        to.close(); // this ends the process
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
