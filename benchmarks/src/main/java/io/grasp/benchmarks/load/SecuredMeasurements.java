package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.CeilingFailures;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Compares sessions between members of a domain, over TLS, with sessions of bare Netty in the clear. */
final class SecuredMeasurements {
    private static final int STREAMS = 0;
    private static final int NETTY = 1;
    private static final int CLOSING = 2;
    private static final int PLAIN = 3;
    private static final int TLS = 4;
    private static final List<Integer> AT_ONCE = List.of(64, 1);

    private final SecuredProfile profile;
    private final PrintWriter out;
    private final Budgets budgets;
    private final CeilingFailures failures = new CeilingFailures();

    SecuredMeasurements(SecuredProfile profile, PrintWriter out, Budgets budgets) {
        this.profile = profile;
        this.out = out;
        this.budgets = budgets;
    }

    void run(String link, Path identities) throws InterruptedException {
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
            List<Implementation> all = List.of(streams, netty, closing, plain, tls);
            Exchange one = Exchange.negotiation(1);
            for (int atOnce : AT_ONCE) {
                AlternatingRuns.warmUp(all, List.of(one), atOnce, profile.maxWarmUps(), profile.warmUp());
            }
            for (int atOnce : AT_ONCE) {
                rows(new AlternatingRuns(all, one, atOnce).run(profile.rounds(), profile.each()), atOnce);
            }
        }
        failures.print(out);
        out.println();
        out.flush();
    }

    private void rows(AlternatingRuns runs, int atOnce) {
        for (int which : List.of(NETTY, CLOSING, PLAIN, TLS, STREAMS)) {
            Histogram latency = runs.latency(which);
            out.printf(
                    Locale.ROOT,
                    "| %d | %s | %,.0f | %.2f | %d | %.0f | %.2f | %.0f |%n",
                    atOnce,
                    runs.names().get(which),
                    runs.rate(which),
                    runs.rateRatio(which, NETTY),
                    runs.failed(which),
                    latency.getValueAtPercentile(50) / 1e3,
                    runs.medianLatencyRatio(which, NETTY),
                    latency.getValueAtPercentile(99) / 1e3);
        }
        out.flush();
        failures.add(runs);
        if (atOnce == 1) {
            budgets.atMost(
                    "secured sessions with streams, one at a time, median latency, to Netty's in the clear",
                    runs.medianLatencyRatio(STREAMS, NETTY),
                    0.7,
                    "");
        } else {
            budgets.atLeast(
                    "secured sessions with streams, 64 at once, to Netty's rate in the clear",
                    runs.rateRatio(STREAMS, NETTY),
                    2,
                    "");
        }
    }
}
