package io.grasp.benchmarks.mux;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the comparison. */
@Command(
        name = "mux",
        description = "Compares ways to run sessions with one peer over loopback: streams of one connection, by the"
                + " stack's own framing and by HTTP/2, and a connection for each session. A session is opened, 60 bytes"
                + " go each way, and both directions end. Runs alternate; the table has their medians.",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    /** How many sessions are left open to measure their memory. */
    static final int IDLE = 200;

    private static final int MANY = 64;

    @Option(names = "--seconds", description = "How long each run takes (default: ${DEFAULT-VALUE}).")
    private double seconds = 1;

    @Option(names = "--runs", description = "How many runs of each count, after one that does not (default: 5).")
    private int runs = 5;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private final Map<String, Figures> figures = new LinkedHashMap<>();

    Main() {}

    /** What one contender has shown. */
    private static final class Figures {
        final List<Double> one = new ArrayList<>();
        final List<Double> many = new ArrayList<>();
        final List<Double> micros = new ArrayList<>();
        final List<Double> bytes = new ArrayList<>();
        long failed;
    }

    /**
     * Runs the comparison and exits.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        TestTls tls = TestTls.create();
        Map<String, Supplier<Contender>> contenders = new LinkedHashMap<>();
        contenders.put("a connection each, plain", () -> new ConnectionEach(null));
        contenders.put("own framing, plain", () -> new OwnFraming(null));
        contenders.put("HTTP/2, plain", () -> new Http2Streams(null));
        contenders.put("own framing, TLS", () -> new OwnFraming(tls));
        contenders.put("HTTP/2, TLS", () -> new Http2Streams(tls));
        contenders.put("a connection each, TLS", () -> new ConnectionEach(tls));
        for (int run = 0; run <= runs; run++) {
            for (Map.Entry<String, Supplier<Contender>> each : contenders.entrySet()) {
                Figures of = figures.computeIfAbsent(each.getKey(), name -> new Figures());
                try (Contender contender = each.getValue().get()) {
                    measure(contender, run > 0 ? of : new Figures());
                } catch (IllegalStateException stuck) {
                    throw new IllegalStateException(each.getKey() + ": " + stuck.getMessage(), stuck);
                }
            }
        }
        print(Objects.requireNonNull(spec).commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }

    private void measure(Contender contender, Figures into) throws InterruptedException {
        Measurement.Result one = Measurement.run(contender, 1, seconds);
        Measurement.Result many = Measurement.run(contender, MANY, seconds);
        into.failed += one.failed() + many.failed();
        into.one.add(one.rate());
        into.micros.add(one.medianMicros());
        into.many.add(many.rate());
        into.bytes.add(Measurement.idleBytes(contender, IDLE));
    }

    /** The rates and times are relative to those of the first contender, the ceiling. */
    private void print(PrintWriter out) {
        Figures ceiling = figures.values().iterator().next();
        out.printf(
                Locale.ROOT,
                "%-26s %12s %12s %14s %16s%n",
                "sessions",
                "rate, 1",
                "rate, " + MANY,
                "latency, 1",
                "heap of an idle");
        figures.forEach((name, of) -> out.printf(
                Locale.ROOT,
                "%-26s %12.3f %12.3f %14.3f %14.0f B%n",
                name,
                median(of.one) / median(ceiling.one),
                median(of.many) / median(ceiling.many),
                median(of.micros) / median(ceiling.micros),
                median(of.bytes)));
        out.printf(
                Locale.ROOT,
                "Medians of %d runs of %.1f s; ratios to the first line, which had %.0f and %.0f sessions in a second"
                        + " and a median latency of %.0f us.%n",
                runs,
                seconds,
                median(ceiling.one),
                median(ceiling.many),
                median(ceiling.micros));
        figures.forEach((name, of) -> {
            if (of.failed > 0) {
                out.printf("%s: %d sessions have failed%n", name, of.failed);
            }
        });
        out.flush();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
