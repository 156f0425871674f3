package io.grasp.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import io.grasp.benchmarks.load.grasp.HandshakeStorm;
import io.grasp.benchmarks.load.grasp.SecuredNodes;
import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.Stats;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.RunResult;
import io.grasp.security.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Measures sessions under way while another process, this one, offers handshakes to their responder. */
final class SecuredStorm {
    private static final int AT_ONCE = 64;
    private static final int HANDSHAKES_AT_ONCE = 16;
    private static final int PEAK_TURNS = 3;
    private static final int MOST_AT_ONCE = 256;
    private static final double QUARTER = 0.25;
    private static final double NEEDED = 0.9;
    private static final double TAIL = 99;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double PERCENT = 100;
    private static final Exchange ONE = Exchange.negotiation(1);

    private final SecuredProfile profile;
    private final PrintWriter out;
    private final Budgets budgets;

    SecuredStorm(SecuredProfile profile, PrintWriter out, Budgets budgets) {
        this.profile = profile;
        this.out = out;
        this.budgets = budgets;
    }

    void run(Path identities) throws IOException, InterruptedException {
        try (Identity member = SecuredNodes.identity(identities.resolve(SecuredNodes.STORM));
                Identity outsider = SecuredNodes.identity(identities.resolve(SecuredNodes.OUTSIDER));
                HandshakeStorm storm = new HandshakeStorm(member, outsider);
                SeparateProcess nodes =
                        SeparateProcess.start(ImplementationKind.GRASP_STREAMS, identities.toString())) {
            AlternatingRuns.warmUp(List.of(nodes), List.of(ONE), AT_ONCE, profile.maxWarmUps(), profile.warmUp());
            storm.peak(HANDSHAKES_AT_ONCE, profile.stormWarmUp());
            double handshakes = 0;
            for (int i = 0; i < PEAK_TURNS; i++) {
                handshakes = Math.max(handshakes, storm.peak(HANDSHAKES_AT_ONCE, profile.stormTurn()));
            }
            double offeredHandshakes = QUARTER * handshakes;
            double sessions = nodes.run(ONE, AT_ONCE, profile.stormTurn()).perSecond();
            out.printf(
                    Locale.ROOT,
                    "Sessions during a storm of handshakes from another process. Alone, %,.0f handshakes are completed"
                            + " per second, %d at once, or %,.0f sessions, %d at once%n%n",
                    handshakes,
                    HANDSHAKES_AT_ONCE,
                    sessions,
                    AT_ONCE);
            out.println("| sessions | handshakes | members, outsiders, unfinished, not TLS answered per second"
                    + " | sessions per second, without | with | ratio | failed | p99 us, without | with"
                    + " | processor time of the storm's process |");
            out.println("|---|---|---|---|---|---|---|---|---|---|");
            double offered = QUARTER * sessions;
            double kept = row(
                    "a quarter of their peak",
                    HANDSHAKES_AT_ONCE + " valid ones at once, as many as the node completes",
                    turn -> nodes.run(ONE, MOST_AT_ONCE, turn, offered),
                    storm,
                    () -> storm.keepUnderWay(HANDSHAKES_AT_ONCE));
            budgets.atLeast(
                    "secured sessions at a quarter of their peak, during a storm of handshakes, to their rate without",
                    kept,
                    NEEDED,
                    "");
            row(
                    "as many as possible",
                    "a quarter of their peak, valid and invalid ones",
                    turn -> nodes.run(ONE, AT_ONCE, turn),
                    storm,
                    () -> storm.offer(offeredHandshakes));
            out.println();
            out.flush();
        }
    }

    /** Runs sessions for a time. */
    private interface Sessions {
        RunResult run(Duration turn);
    }

    /** Begins a storm. */
    private interface Beginning {
        void begin() throws InterruptedException;
    }

    /** {@return the ratio of the sessions' rate with the storm to that without} */
    private double row(String sessions, String handshakes, Sessions run, HandshakeStorm storm, Beginning beginning)
            throws InterruptedException {
        List<RunResult> without = new ArrayList<>();
        List<RunResult> with = new ArrayList<>();
        Map<HandshakeStorm.Kind, Integer> answered = new EnumMap<>(HandshakeStorm.Kind.class);
        long nanos = 0;
        for (int round = 0; round < profile.stormRounds(); round++) {
            for (int turn = 0; turn < 2; turn++) {
                if ((round + turn) % 2 == 0) {
                    without.add(run.run(profile.stormTurn()));
                } else {
                    long before = processNanos();
                    beginning.begin();
                    with.add(run.run(profile.stormTurn()));
                    storm.stop().forEach((kind, count) -> answered.merge(kind, count, Integer::sum));
                    nanos += processNanos() - before;
                }
            }
        }
        double[] ratios = new double[without.size()];
        long failed = 0;
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = with.get(i).perSecond() / without.get(i).perSecond();
            failed += with.get(i).failed() + without.get(i).failed();
        }
        double kept = Stats.median(Arrays.stream(ratios));
        Duration all = profile.stormTurn().multipliedBy(profile.stormRounds());
        out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %,.0f | %,.0f | %.2f | %d | %,.0f | %,.0f | %.0f%% of one |%n",
                sessions,
                handshakes,
                answered(answered, all),
                median(without, RunResult::perSecond),
                median(with, RunResult::perSecond),
                kept,
                failed,
                median(without, SecuredStorm::tailMicros),
                median(with, SecuredStorm::tailMicros),
                PERCENT * nanos / all.toNanos());
        out.flush();
        return kept;
    }

    private static double tailMicros(RunResult result) {
        return result.latency().getValueAtPercentile(TAIL) / NANOS_PER_MICRO;
    }

    private static long processNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static String answered(Map<HandshakeStorm.Kind, Integer> counts, Duration time) {
        List<String> each = new ArrayList<>();
        for (HandshakeStorm.Kind kind : HandshakeStorm.Kind.values()) {
            double perSecond = counts.getOrDefault(kind, 0) * 1e3 / time.toMillis();
            each.add(String.format(Locale.ROOT, "%,.0f", perSecond));
        }
        return String.join(", ", each);
    }

    private static double median(List<RunResult> all, ToDoubleFunction<RunResult> value) {
        return Stats.median(all.stream().mapToDouble(value));
    }
}
