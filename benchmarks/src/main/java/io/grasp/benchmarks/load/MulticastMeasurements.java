package io.grasp.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Floods and discoveries by multicast on the loopback interface. */
final class MulticastMeasurements {
    private static final int GRASP = 0;
    private static final int NETTY = 1;
    private static final int REACTOR = 2;
    private static final List<Integer> OBJECTIVES = List.of(1, 100, 10_000);

    private final RunProfile effort;
    private final PrintWriter out;
    private final Budgets budgets;

    MulticastMeasurements(RunProfile effort, PrintWriter out, Budgets budgets) {
        this.effort = effort;
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
        out.println("| objectives in the cache | GRASP, a second | Netty, a second | to Netty | to Reactor Netty"
                + " | taken by GRASP | taken by Netty |");
        out.println("|---|---|---|---|---|---|---|");
        try (FloodReceiver grasp = new GraspFloodReceiver(link, MulticastChannels.GRASP_PORT);
                FloodReceiver netty = new NettyFloodReceiver(link, MulticastChannels.NETTY_PORT);
                FloodReceiver reactor = new ReactorFloodReceiver(link, MulticastChannels.REACTOR_PORT)) {
            double least = Double.MAX_VALUE;
            for (int objectives : OBJECTIVES) {
                try (FloodSender sender = new FloodSender(link, objectives)) {
                    List<FloodReceiver> all = List.of(grasp, netty, reactor);
                    new AlternatingFloods(all).run(sender, 2, effort.warmUp());
                    AlternatingFloods race = new AlternatingFloods(all).run(sender, effort.rounds(), effort.each());
                    out.printf(
                            Locale.ROOT,
                            "| %,d | %,.0f | %,.0f | %.2f | %.2f | %.0f%% | %.0f%% |%n",
                            objectives,
                            race.rate(GRASP),
                            race.rate(NETTY),
                            race.ratio(NETTY),
                            race.ratio(REACTOR),
                            100 * race.share(GRASP),
                            100 * race.share(NETTY));
                    out.flush();
                    least = Math.min(least, race.ratio(NETTY));
                }
            }
            budgets.atLeast("flood ingest to cache, to Netty's datagrams, the least of the three", least, 0.80, "");
        }
        out.println();
    }

    private void discoveries(String link, String otherLink) throws IOException, InterruptedException {
        out.println(
                "Discoveries answered from the cache: a datagram in, a connection, an O_DIVERT, a close by the asker");
        out.println();
        out.println("| at once | GRASP, a second | to Netty | to Reactor Netty | failed | p50 us | to Netty's |");
        out.println("|---|---|---|---|---|---|---|");
        try (Implementation grasp = SeparateProcess.start(ImplementationKind.GRASP_ANSWERER, link, otherLink);
                Implementation netty = SeparateProcess.start(ImplementationKind.NETTY_ANSWERER, link);
                Implementation reactor = SeparateProcess.start(ImplementationKind.REACTOR_ANSWERER, link)) {
            List<Implementation> all = List.of(grasp, netty, reactor);
            CeilingFailures failures = new CeilingFailures();
            Exchange answered = new Exchange("discovery", 0, List.of()); // only a name: answerers do nothing else
            AlternatingRuns.warmUp(all, List.of(answered), 16, effort.mostWarmUps(), effort.warmUp());
            for (int atOnce : List.of(1, 16)) {
                AlternatingRuns race = new AlternatingRuns(all, answered, atOnce).run(effort.rounds(), effort.each());
                out.printf(
                        Locale.ROOT,
                        "| %d | %,.0f | %.2f | %.2f | %d | %.0f | %.2f |%n",
                        atOnce,
                        race.rate(GRASP),
                        race.rateRatio(GRASP, NETTY),
                        race.rateRatio(GRASP, REACTOR),
                        race.failed(GRASP),
                        race.latency(GRASP).getValueAtPercentile(50) / 1e3,
                        race.medianLatencyRatio(GRASP, NETTY));
                out.flush();
                failures.note(race);
            }
            failures.print(out);
        }
        out.println();
    }
}
