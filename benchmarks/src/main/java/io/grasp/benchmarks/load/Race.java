package io.grasp.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * Contenders that run the same sessions in turns, in rounds, each round in the opposite order, so that other load on
 * the machine affects them all. Two contenders are compared within each round; the result is the median over the
 * rounds.
 */
final class Race {
    /** Consecutive quiet turns: a compilation is reported only when it has finished. */
    private static final int QUIET_TURNS = 2;

    private final List<? extends Implementation> contenders;
    private final Exchange exchange;
    private final int atOnce;
    private final List<List<Tally>> rounds = new ArrayList<>();

    Race(List<? extends Implementation> contenders, Exchange exchange, int atOnce) {
        this.contenders = contenders;
        this.exchange = exchange;
        this.atOnce = atOnce;
    }

    /**
     * Lets each contender run sessions until its process has compiled its code, or for a maximum number of turns: later
     * compilations would take a core from the contender that is being measured.
     */
    static void warmUp(
            List<? extends Implementation> contenders, List<Exchange> exchanges, int atOnce, int most, Duration each)
            throws InterruptedException {
        for (Implementation contender : contenders) {
            for (Exchange exchange : exchanges) {
                int quiet = 0;
                for (int turn = 0; turn < most && quiet < QUIET_TURNS; turn++) {
                    quiet = contender.hold(exchange, atOnce, each).isQuiet() ? quiet + 1 : 0;
                }
            }
        }
    }

    /** Runs a number of rounds, with the given time for each contender in each. */
    Race run(int count, Duration each) throws InterruptedException {
        for (int round = 0; round < count; round++) {
            Tally[] tallies = new Tally[contenders.size()];
            for (int i = 0; i < tallies.length; i++) {
                int turn = round % 2 == 0 ? i : tallies.length - 1 - i;
                tallies[turn] = contenders.get(turn).hold(exchange, atOnce, each);
            }
            rounds.add(List.of(tallies));
        }
        return this;
    }

    String title() {
        return exchange.name() + ", " + (atOnce == 1 ? "one at a time" : String.format("%,d at once", atOnce));
    }

    List<String> names() {
        return contenders.stream().map(Implementation::name).toList();
    }

    double rate(int contender) {
        return Stats.median(
                rounds.stream().mapToDouble(round -> round.get(contender).perSecond()));
    }

    /** {@return the median of the rounds' ratios of one contender's rate to another's} */
    double rateRatio(int one, int other) {
        return ratio(one, other, Tally::perSecond);
    }

    /** {@return the median of the rounds' ratios of one contender's median latency to another's} */
    double medianLatencyRatio(int one, int other) {
        return ratio(one, other, tally -> tally.corrected().getValueAtPercentile(50));
    }

    private double ratio(int one, int other, ToDoubleFunction<Tally> value) {
        return Stats.median(rounds.stream()
                .mapToDouble(round -> value.applyAsDouble(round.get(one)) / value.applyAsDouble(round.get(other))));
    }

    /** {@return the latency over all rounds, corrected for coordinated omission} */
    Histogram latency(int contender) {
        Histogram sum = rounds.get(0).get(contender).corrected();
        rounds.stream().skip(1).forEach(round -> sum.add(round.get(contender).corrected()));
        return sum;
    }

    long failed(int contender) {
        return rounds.stream().mapToLong(round -> round.get(contender).failed()).sum();
    }
}
