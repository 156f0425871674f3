package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.grasp.HandshakeStorm;
import io.grasp.benchmarks.load.grasp.SecuredNodes;
import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.Stats;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import io.grasp.benchmarks.load.workload.RunResult;
import io.grasp.security.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures sessions under way while another process, this one, offers handshakes to their responder. */
final class SecuredStorm {
    private static final int AT_ONCE = 64;
    private static final int HANDSHAKES_AT_ONCE = 16;
    private static final double OFFERED = 0.25;

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
                Implementation nodes = SeparateProcess.start(ImplementationKind.GRASP_STREAMS, identities.toString())) {
            Exchange one = Exchange.negotiation(1);
            AlternatingRuns.warmUp(List.of(nodes), List.of(one), AT_ONCE, profile.maxWarmUps(), profile.warmUp());
            storm.peak(HANDSHAKES_AT_ONCE, profile.stormWarmUp());
            double peak = storm.peak(HANDSHAKES_AT_ONCE, profile.stormTurn());
            during(storm, nodes, peak);
        }
    }

    private void during(HandshakeStorm storm, Implementation nodes, double peak) throws InterruptedException {
        double offered = OFFERED * peak;
        Exchange one = Exchange.negotiation(1);
        List<Double> ratios = new ArrayList<>();
        List<Double> quiet = new ArrayList<>();
        List<Double> stormy = new ArrayList<>();
        Map<HandshakeStorm.Kind, Integer> answered = new EnumMap<>(HandshakeStorm.Kind.class);
        long failed = 0;
        for (int round = 0; round < profile.rounds(); round++) {
            RunResult[] results = new RunResult[2];
            for (int turn = 0; turn < 2; turn++) {
                int which = (round + turn) % 2;
                if (which == 1) {
                    storm.offer(offered);
                }
                results[which] = nodes.run(one, AT_ONCE, profile.stormTurn());
                if (which == 1) {
                    storm.stop().forEach((kind, count) -> answered.merge(kind, count, Integer::sum));
                }
                failed += results[which].failed();
            }
            quiet.add(results[0].perSecond());
            stormy.add(results[1].perSecond());
            ratios.add(results[1].perSecond() / results[0].perSecond());
        }
        double kept = median(ratios);
        Duration all = profile.stormTurn().multipliedBy(profile.rounds());
        out.println("Sessions during a storm of handshakes from another process, 64 sessions at once");
        out.println();
        out.println("| handshakes completed at their peak, per second | offered | members, outsiders, unfinished,"
                + " not TLS answered | sessions per second, without | with | ratio | failed |");
        out.println("|---|---|---|---|---|---|---|");
        out.printf(
                Locale.ROOT,
                "| %,.0f | %,.0f | %s | %,.0f | %,.0f | %.2f | %d |%n%n",
                peak,
                offered,
                answered(answered, all),
                median(quiet),
                median(stormy),
                kept,
                failed);
        out.flush();
        budgets.atLeast("secured sessions during a storm of handshakes, to their rate without", kept, 0.9, "");
    }

    private static String answered(Map<HandshakeStorm.Kind, Integer> counts, Duration time) {
        List<String> each = new ArrayList<>();
        for (HandshakeStorm.Kind kind : HandshakeStorm.Kind.values()) {
            double perSecond = counts.getOrDefault(kind, 0) * 1e3 / time.toMillis();
            each.add(String.format(Locale.ROOT, "%,.0f", perSecond));
        }
        return String.join(", ", each);
    }

    private static double median(List<Double> all) {
        return Stats.median(all.stream().mapToDouble(Double::doubleValue));
    }
}
