package io.grasp.benchmarks.load;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.benchmarks.load.grasp.Initiator;
import io.grasp.benchmarks.load.process.KernelCounters;
import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.RunResult;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettySubstrate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs an initiator; its responder runs in another process. */
@Command(
        name = "initiate",
        description = {
            "Discovers a responder of EX7, and negotiates with it as often as possible.",
            "The value of EX7 is the number of moves left: a side that is offered 1 accepts; otherwise it offers one"
                    + " less."
        })
final class InitiateCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SEARCH = Duration.ofSeconds(20);
    private static final int SEARCHES = 15;
    private static final Duration TICK = Duration.ofMillis(10);
    private static final int FEW_SECONDS = 10;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--link", required = true, paramLabel = "NAME", description = "The interface.")
    private String link = "";

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Moves of a negotiation after the request (default: ${DEFAULT-VALUE}).",
            defaultValue = "2")
    private int steps;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "The number of concurrent sessions (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int atOnce;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds to measure (default: ${DEFAULT-VALUE}).",
            defaultValue = "5")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds of warm-up, which are not measured (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int warmUp;

    InitiateCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        Commands.check(spec, "--steps", steps, 1, CountdownNegotiation.MAX_STEPS);
        Commands.check(spec, "--at-once", atOnce, 1, 10_000);
        Commands.check(spec, "--seconds", seconds, 1, 3600);
        Commands.check(spec, "--warm-up", warmUp, 0, 60);
        NettySubstrate substrate = NettySubstrate.create(GraspImplementation.network(link));
        try (Grasp grasp = GraspImplementation.required(Grasp.start(GraspImplementation.config(substrate)))) {
            Asa gray = GraspImplementation.required(grasp.registerAsa("Gray"));
            Objective objective = CountdownNegotiation.request(steps);
            GraspImplementation.required(gray.register(objective).thenReturn(true));
            Initiator initiator = new Initiator(substrate.loop(), gray, find(gray, objective), TIMEOUT);
            if (warmUp > 0) {
                run(initiator, Duration.ofSeconds(warmUp));
            }
            Histogram delays = new Histogram(TimeUnit.SECONDS.toNanos(60), 2);
            var ticking =
                    grasp.scheduler().schedulePeriodically(new Tick(delays), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
            RunResult result = run(initiator, Duration.ofSeconds(seconds));
            ticking.dispose();
            Commands.out(spec).println(describe(result, delays));
            Commands.out(spec).flush();
            return result.completed() == 0 ? 1 : 0;
        }
    }

    private AsaLocator find(Asa gray, Objective objective) {
        AsaLocator found = gray.discover(objective.withLoopCount(1), Duration.ofSeconds(1))
                .repeat(SEARCHES)
                .blockFirst(SEARCH);
        if (found == null) {
            throw new IllegalStateException(
                    "no node on link " + link + " answers discovery of " + CountdownNegotiation.NAME);
        }
        return found;
    }

    private RunResult run(Initiator initiator, Duration time) throws InterruptedException {
        ClosedLoop sessions = new ClosedLoop(Exchange.negotiation(steps), atOnce, time);
        initiator.begin(sessions);
        return sessions.await();
    }

    private String describe(RunResult result, Histogram delays) {
        long[] counts = Arrays.copyOf(result.secondBySecond(), seconds);
        int few = Math.min(FEW_SECONDS, seconds);
        double first = Arrays.stream(counts).limit(few).sum() / (double) few;
        double last = Arrays.stream(counts).skip(seconds - few).sum() / (double) few;
        return String.format(
                Locale.ROOT,
                "ok=%d failed=%d seconds=%d rate=%.0f first=%.0f last=%.0f slowest_second=%d p50_us=%.0f p99_us=%.0f"
                        + " loop_delay_p99_ms=%.1f loop_delay_max_ms=%.1f time_wait=%d",
                result.completed(),
                result.failed(),
                seconds,
                result.perSecond(),
                first,
                last,
                Arrays.stream(counts).min().orElse(0),
                result.corrected().getValueAtPercentile(50) / 1e3,
                result.corrected().getValueAtPercentile(99) / 1e3,
                delays.getValueAtPercentile(99) / 1e6,
                delays.getMaxValue() / 1e6,
                KernelCounters.timeWait());
    }

    /** Measures how late a periodic task runs, which is the delay of anything else on the loop. */
    private static final class Tick implements Runnable {
        private final Histogram delays;
        private long due;

        Tick(Histogram delays) {
            this.delays = delays;
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            if (due != 0) {
                delays.recordValue(Math.max(0, now - due));
            }
            due = now + TICK.toNanos();
        }
    }
}
