package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.ceiling.NettyFloodReceiver;
import io.grasp.benchmarks.load.ceiling.ReactorFloodReceiver;
import io.grasp.benchmarks.load.grasp.GraspFloodReceiver;
import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.report.AlternatingFloods;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.CeilingFailures;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.FloodReceiver;
import io.grasp.benchmarks.load.workload.FloodSender;
import io.grasp.benchmarks.load.workload.Implementation;
import io.grasp.benchmarks.load.workload.MulticastGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Measures floods and discoveries by multicast on the loopback interface. */
final class MulticastMeasurements {
    private static final int GRASP = 0;
    private static final int NETTY = 1;
    private static final int REACTOR = 2;
    private static final List<Integer> OBJECTIVES = List.of(1, 100, 10_000);

    private final RunProfile profile;
    private final PrintWriter out;
    private final Budgets budgets;

    MulticastMeasurements(RunProfile profile, PrintWriter out, Budgets budgets) {
        this.profile = profile;
        this.out = out;
        this.budgets = budgets;
    }

    void run(String link, String otherLink) throws IOException, InterruptedException {
        floods(link);
        discoveries(link, otherLink);
    }

    private void floods(String link) throws IOException {
        out.println(
                "Floods ingested. One thread sends as fast as it can; the ceilings read and count the same datagrams");
        out.println();
        out.println("| objectives in the cache | GRASP, per second | Netty, per second | to Netty | to Reactor Netty"
                + " | received by GRASP | received by Netty |");
        out.println("|---|---|---|---|---|---|---|");
        try (FloodReceiver grasp = new GraspFloodReceiver(link, MulticastGroup.GRASP_PORT);
                FloodReceiver netty = new NettyFloodReceiver(link, MulticastGroup.NETTY_PORT);
                FloodReceiver reactor = new ReactorFloodReceiver(link, MulticastGroup.REACTOR_PORT)) {
            double lowest = Double.MAX_VALUE;
            for (int objectives : OBJECTIVES) {
                try (FloodSender sender = new FloodSender(link, objectives)) {
                    List<FloodReceiver> all = List.of(grasp, netty, reactor);
                    new AlternatingFloods(all).warmUp(sender, profile.maxWarmUps(), profile.warmUp());
                    AlternatingFloods runs = new AlternatingFloods(all).run(sender, profile.rounds(), profile.each());
                    out.printf(
                            Locale.ROOT,
                            "| %,d | %,.0f | %,.0f | %.2f | %.2f | %.0f%% | %.0f%% |%n",
                            objectives,
                            runs.rate(GRASP),
                            runs.rate(NETTY),
                            runs.ratio(NETTY),
                            runs.ratio(REACTOR),
                            100 * runs.share(GRASP),
                            100 * runs.share(NETTY));
                    out.flush();
                    lowest = Math.min(lowest, runs.ratio(NETTY));
                }
            }
            budgets.atLeast("flood ingest to cache, to Netty's datagrams, the lowest of the three", lowest, 0.80, "");
        }
        out.println();
    }

    private void discoveries(String link, String otherLink) throws IOException, InterruptedException {
        out.println(
                "Discoveries answered from the cache: a datagram in, a connection, an O_DIVERT, a close by the client");
        out.println();
        out.println("| at once | GRASP, per second | to Netty | to Reactor Netty | failed | p50 us | to Netty's |");
        out.println("|---|---|---|---|---|---|---|");
        try (Implementation grasp = SeparateProcess.start(ImplementationKind.GRASP_RESPONDER, link, otherLink);
                Implementation netty = SeparateProcess.start(ImplementationKind.NETTY_RESPONDER, link);
                Implementation reactor = SeparateProcess.start(ImplementationKind.REACTOR_RESPONDER, link)) {
            List<Implementation> all = List.of(grasp, netty, reactor);
            CeilingFailures failures = new CeilingFailures();
            Exchange answered = new Exchange("discovery", 0, List.of()); // only a name: the responders do nothing else
            AlternatingRuns.warmUp(all, List.of(answered), 16, profile.maxWarmUps(), profile.warmUp());
            for (int atOnce : List.of(1, 16)) {
                AlternatingRuns runs = new AlternatingRuns(all, answered, atOnce).run(profile.rounds(), profile.each());
                out.printf(
                        Locale.ROOT,
                        "| %d | %,.0f | %.2f | %.2f | %d | %.0f | %.2f |%n",
                        atOnce,
                        runs.rate(GRASP),
                        runs.rateRatio(GRASP, NETTY),
                        runs.rateRatio(GRASP, REACTOR),
                        runs.failed(GRASP),
                        runs.latency(GRASP).getValueAtPercentile(50) / 1e3,
                        runs.medianLatencyRatio(GRASP, NETTY));
                out.flush();
                failures.add(runs);
            }
            failures.print(out);
        }
        out.println();
    }
}
