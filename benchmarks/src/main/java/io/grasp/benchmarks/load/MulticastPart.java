package io.grasp.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Floods and discoveries by multicast on the loopback interface. */
final class MulticastPart {
    private static final int GRASP_PORT = 7117;
    private static final int NETTY_PORT = 7118;
    private static final int NETTY = 1;
    private static final List<Integer> OBJECTIVES = List.of(1, 100, 10_000);

    private final Effort effort;
    private final PrintWriter out;
    private final Budgets budgets;

    MulticastPart(Effort effort, PrintWriter out, Budgets budgets) {
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
                "Floods ingested, one thread sends as fast as it can; bare Netty reads and counts the same datagrams");
        out.println();
        out.println("| objectives in the cache | GRASP, a second | Netty, a second | ratio |");
        out.println("|---|---|---|---|");
        try (FloodReceiver grasp = new GraspFloodReceiver(link, GRASP_PORT);
                FloodReceiver netty = new NettyFloodReceiver(link, NETTY_PORT)) {
            double least = Double.MAX_VALUE;
            for (int objectives : OBJECTIVES) {
                try (FloodSender sender = new FloodSender(link, objectives)) {
                    List<FloodReceiver> both = List.of(grasp, netty);
                    new FloodRace(both).run(sender, 1, effort.warmUp());
                    FloodRace race = new FloodRace(both).run(sender, effort.rounds(), effort.each());
                    out.printf(
                            Locale.ROOT,
                            "| %,d | %,.0f | %,.0f | %.2f |%n",
                            objectives,
                            race.rate(0),
                            race.rate(NETTY),
                            race.ratio(NETTY));
                    out.flush();
                    least = Math.min(least, race.ratio(NETTY));
                }
            }
            budgets.atLeast("flood ingest to cache, to Netty's datagrams, the least of the three", least, 0.80, "");
        }
        out.println();
    }

    private void discoveries(String link, String otherLink) throws IOException, InterruptedException {
        out.println("Discoveries answered from the cache: a datagram in, a connection, an O_DIVERT, a close");
        out.println();
        out.println("| at once | GRASP, a second | to Netty | failed | p50 us | to Netty's |");
        out.println("|---|---|---|---|---|---|");
        try (Asker asker = new Asker(link, GraspAnswerer.OBJECTIVE);
                Contender grasp = new GraspAnswerer(asker, link, otherLink, GRASP_PORT);
                Contender netty = new NettyAnswerer(asker, link, NETTY_PORT)) {
            List<Contender> both = List.of(grasp, netty);
            Exchange answered = new Exchange("discovery", 0, List.of());
            new Race(both, answered, 16).run(1, effort.warmUp());
            for (int atOnce : List.of(1, 16)) {
                Race race = new Race(both, answered, atOnce).run(effort.rounds(), effort.each());
                out.printf(
                        Locale.ROOT,
                        "| %d | %,.0f | %.2f | %d | %.0f | %.2f |%n",
                        atOnce,
                        race.rate(0),
                        race.rateRatio(NETTY),
                        race.failed(0),
                        race.latency(0).getValueAtPercentile(50) / 1e3,
                        race.medianLatencyRatio(NETTY));
                out.flush();
            }
        }
        out.println();
    }
}
