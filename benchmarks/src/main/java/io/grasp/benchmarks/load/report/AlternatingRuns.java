package io.grasp.benchmarks.load.report;

import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import io.grasp.benchmarks.load.workload.RunResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * Runs the same sessions with several implementations, one after the other, in rounds. Every second round uses the
 * opposite order, so that other load on the machine affects all of them equally. Two implementations are compared
 * within each round; the result is the median over the rounds.
 */
public final class AlternatingRuns {
    /**
     * The number of consecutive turns without compilation that end the warm-up. One is not enough, because the JVM
     * reports a compilation only when it has finished.
     */
    private static final int QUIET_TURNS = 2;

    private final List<? extends Implementation> implementations;
    private final Exchange exchange;
    private final int atOnce;
    private final List<List<RunResult>> rounds = new ArrayList<>();

    public AlternatingRuns(List<? extends Implementation> implementations, Exchange exchange, int atOnce) {
        this.implementations = implementations;
        this.exchange = exchange;
        this.atOnce = atOnce;
    }

    /**
     * Lets each implementation run sessions until its process has compiled its code, or for a maximum number of turns.
     * Later compilations would take a core from the implementation that is being measured.
     */
    public static void warmUp(
            List<? extends Implementation> implementations,
            List<Exchange> exchanges,
            int atOnce,
            int maxTurns,
            Duration each)
            throws InterruptedException {
        for (Implementation implementation : implementations) {
            for (Exchange exchange : exchanges) {
                int quiet = 0;
                for (int turn = 0; turn < maxTurns && quiet < QUIET_TURNS; turn++) {
                    quiet = implementation.run(exchange, atOnce, each).isQuiet() ? quiet + 1 : 0;
                }
            }
        }
    }

    /** Runs a number of rounds, in each of which each implementation runs for the given time. */
    public AlternatingRuns run(int count, Duration each) throws InterruptedException {
        for (int round = 0; round < count; round++) {
            RunResult[] results = new RunResult[implementations.size()];
            for (int i = 0; i < results.length; i++) {
                int turn = round % 2 == 0 ? i : results.length - 1 - i;
                results[turn] = implementations.get(turn).run(exchange, atOnce, each);
            }
            rounds.add(List.of(results));
        }
        return this;
    }

    public String title() {
        return exchange.name() + ", " + (atOnce == 1 ? "one at a time" : String.format("%,d at once", atOnce));
    }

    public List<String> names() {
        return implementations.stream().map(Implementation::name).toList();
    }

    public double rate(int implementation) {
        return Stats.median(
                rounds.stream().mapToDouble(round -> round.get(implementation).perSecond()));
    }

    /** {@return the median of the rounds' ratios of one implementation's rate to another's} */
    public double rateRatio(int one, int other) {
        return ratio(one, other, RunResult::perSecond);
    }

    /** {@return the median of the rounds' ratios of one implementation's median latency to another's} */
    public double medianLatencyRatio(int one, int other) {
        return ratio(one, other, result -> result.corrected().getValueAtPercentile(50));
    }

    private double ratio(int one, int other, ToDoubleFunction<RunResult> value) {
        return Stats.median(rounds.stream()
                .mapToDouble(round -> value.applyAsDouble(round.get(one)) / value.applyAsDouble(round.get(other))));
    }

    /** {@return the latency over all rounds, corrected for coordinated omission} */
    public Histogram latency(int implementation) {
        Histogram sum = rounds.get(0).get(implementation).corrected();
        rounds.stream()
                .skip(1)
                .forEach(round -> sum.add(round.get(implementation).corrected()));
        return sum;
    }

    public long failed(int implementation) {
        return rounds.stream()
                .mapToLong(round -> round.get(implementation).failed())
                .sum();
    }
}
