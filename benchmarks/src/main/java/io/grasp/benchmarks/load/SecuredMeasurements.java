package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.ceiling.RoundTrips;
import io.grasp.benchmarks.load.process.AwakeProcessors;
import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.CeilingFailures;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Compares sessions between members of a domain, over TLS, with sessions of bare Netty in the clear. */
final class SecuredMeasurements {
    private static final int STREAMS = 0;
    private static final int NETTY = 1;
    private static final List<Integer> AT_ONCE = List.of(64, 1);
    private static final double MEDIAN = 50;
    private static final double TAIL = 99;
    private static final double NANOS_PER_MICRO = 1e3;

    private final SecuredProfile profile;
    private final PrintWriter out;
    private final Budgets budgets;
    private final CeilingFailures failures = new CeilingFailures();

    SecuredMeasurements(SecuredProfile profile, PrintWriter out, Budgets budgets) {
        this.profile = profile;
        this.out = out;
        this.budgets = budgets;
    }

    void run(String link, Path identities) throws IOException, InterruptedException {
        out.println("1-step negotiations over loopback TCP, client and server on one loop each, each implementation in"
                + " its own process. Netty and GRASP in the clear connect for each session. Ratios are to Netty");
        out.println();
        out.println("| at once | implementation | per second | rate, ratio | failed | p50 us | p50, ratio | p99 us |");
        out.println("|---|---|---|---|---|---|---|---|");
        String directory = identities.toString();
        try (Implementation streams = SeparateProcess.start(ImplementationKind.GRASP_STREAMS, directory);
                Implementation netty = SeparateProcess.start(ImplementationKind.NETTY, link);
                Implementation closing = SeparateProcess.start(ImplementationKind.NETTY_CLOSING, link);
                Implementation plain = SeparateProcess.start(ImplementationKind.GRASP, link);
                Implementation tls = SeparateProcess.start(ImplementationKind.GRASP_TLS, directory)) {
            List<Implementation> fast = List.of(streams, netty, closing, plain);
            Exchange one = Exchange.negotiation(1);
            for (int atOnce : AT_ONCE) {
                AlternatingRuns.warmUp(fast, List.of(one), atOnce, profile.maxWarmUps(), profile.warmUp());
            }
            AlternatingRuns.warmUp(List.of(tls), List.of(one), 1, profile.maxWarmUps() / 2, profile.handshakeTurn());
            for (int atOnce : AT_ONCE) {
                AlternatingRuns runs = new AlternatingRuns(fast, one, atOnce).run(profile.rounds(), profile.each());
                rows(runs, String.valueOf(atOnce));
                rowWithoutStreams(tls, one, atOnce, runs);
                if (atOnce > 1) {
                    budgets.atLeast(
                            "secured sessions with streams, 64 at once, to Netty's rate in the clear",
                            runs.rateRatio(STREAMS, NETTY),
                            2,
                            "");
                }
            }
            Histogram asleep = RoundTrips.measure(profile.handshakeTurn());
            Histogram awake;
            try (AwakeProcessors spinning = AwakeProcessors.start()) {
                AlternatingRuns runs = new AlternatingRuns(fast, one, 1).run(profile.rounds(), profile.each());
                rows(runs, "1, awake");
                budgets.atMost(
                        "secured sessions with streams, one at a time, processors awake, median latency, to Netty's in"
                                + " the clear",
                        runs.medianLatencyRatio(STREAMS, NETTY),
                        0.7,
                        "");
                awake = RoundTrips.measure(profile.handshakeTurn());
            }
            out.println();
            out.printf(
                    Locale.ROOT,
                    "\"awake\": a process of the lowest priority keeps each processor from halting. A round trip of"
                            + " a few bytes between two threads over one TCP connection takes %,.0f us, with the"
                            + " processors awake %,.0f us: sessions one at a time measure that, too%n",
                    asleep.getValueAtPercentile(MEDIAN) / NANOS_PER_MICRO,
                    awake.getValueAtPercentile(MEDIAN) / NANOS_PER_MICRO);
        }
        failures.print(out);
        out.println();
        out.flush();
    }

    private void rows(AlternatingRuns runs, String atOnce) {
        failures.add(runs);
        for (int which = runs.names().size() - 1; which >= 0; which--) {
            row(
                    atOnce,
                    runs.names().get(which),
                    runs.rate(which),
                    runs.rateRatio(which, NETTY),
                    runs.failed(which),
                    runs.latency(which),
                    runs.medianLatencyRatio(which, NETTY));
        }
    }

    /** Its turns are longer than those of the others: it has a hundredth of their rate. */
    private void rowWithoutStreams(Implementation tls, Exchange one, int atOnce, AlternatingRuns others)
            throws InterruptedException {
        AlternatingRuns runs = new AlternatingRuns(List.of(tls), one, atOnce).run(2, profile.handshakeTurn());
        Histogram latency = runs.latency(0);
        double median = latency.getValueAtPercentile(MEDIAN);
        row(
                String.valueOf(atOnce),
                tls.name(),
                runs.rate(0),
                runs.rate(0) / others.rate(NETTY),
                runs.failed(0),
                latency,
                median / others.latency(NETTY).getValueAtPercentile(MEDIAN));
    }

    private void row(
            String atOnce,
            String name,
            double rate,
            double rateRatio,
            long failed,
            Histogram latency,
            double latencyRatio) {
        out.printf(
                Locale.ROOT,
                "| %s | %s | %,.0f | %.2f | %d | %,.0f | %.2f | %,.0f |%n",
                atOnce,
                name,
                rate,
                rateRatio,
                failed,
                latency.getValueAtPercentile(MEDIAN) / NANOS_PER_MICRO,
                latencyRatio,
                latency.getValueAtPercentile(TAIL) / NANOS_PER_MICRO);
        out.flush();
    }
}
