package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.CeilingFailures;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Measures sessions over TCP on the loopback interface. */
final class SessionMeasurements {
    private static final int GRASP = 0;
    private static final int NETTY = 1;
    private static final int CLOSING = 2;
    private static final int REACTOR = 3;
    private static final List<Integer> AT_ONCE = List.of(1, 64, 1024);

    /** The numbers of concurrent sessions for which 1-step negotiations have a budget. */
    private static final List<Integer> BUDGETED = List.of(1, 64);

    private final RunProfile profile;
    private final PrintWriter out;
    private final Budgets budgets;
    private final CeilingFailures failures = new CeilingFailures();

    SessionMeasurements(RunProfile profile, PrintWriter out, Budgets budgets) {
        this.profile = profile;
        this.out = out;
        this.budgets = budgets;
    }

    void run(String link) throws InterruptedException {
        out.println("Sessions over loopback TCP, client and server on one loop each, each implementation in its own"
                + " process. Every ratio is GRASP's value divided by the ceiling's");
        out.println();
        out.println("| sessions | GRASP, per second | to Netty | to Netty, closing at once | to Reactor Netty | failed"
                + " | p50 us | to Netty's | p99 us | p99.9 us | Netty's p99.9 us"
                + " | Reactor Netty to Netty, closing at once |");
        out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        try (Implementation grasp = SeparateProcess.start(ImplementationKind.GRASP, link);
                Implementation netty = SeparateProcess.start(ImplementationKind.NETTY, link);
                Implementation closing = SeparateProcess.start(ImplementationKind.NETTY_CLOSING, link);
                Implementation reactor = SeparateProcess.start(ImplementationKind.REACTOR_NETTY, link)) {
            List<Implementation> all = List.of(grasp, netty, closing, reactor);
            Exchange one = Exchange.negotiation(1);
            Exchange six = Exchange.negotiation(6);
            Exchange synchronization = Exchange.synchronization();
            List<Exchange> exchanges = List.of(one, six, synchronization);
            int many = Math.min(64, profile.maxAtOnce());
            AlternatingRuns.warmUp(all, exchanges, many, profile.maxWarmUps(), profile.warmUp());
            AlternatingRuns.warmUp(all, List.of(one), 1, profile.maxWarmUps(), profile.warmUp());
            for (Exchange each : exchanges) {
                for (int atOnce : AT_ONCE) {
                    if (atOnce <= profile.maxAtOnce()) {
                        boolean oneStep = each.equals(one);
                        int rounds = oneStep && BUDGETED.contains(atOnce) ? profile.maxRounds() : profile.rounds();
                        row(new AlternatingRuns(all, each, atOnce).run(rounds, profile.each()), oneStep, atOnce);
                    }
                }
            }
        }
        failures.print(out);
        out.println();
        out.flush();
    }

    private void row(AlternatingRuns runs, boolean oneStep, int atOnce) {
        Histogram latency = runs.latency(GRASP);
        out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %.2f | %.2f | %.2f | %d | %.0f | %.2f | %.0f | %.0f | %.0f | %.2f |%n",
                runs.title(),
                runs.rate(GRASP),
                runs.rateRatio(GRASP, NETTY),
                runs.rateRatio(GRASP, CLOSING),
                runs.rateRatio(GRASP, REACTOR),
                runs.failed(GRASP),
                micros(latency, 50),
                runs.medianLatencyRatio(GRASP, NETTY),
                micros(latency, 99),
                micros(latency, 99.9),
                micros(runs.latency(NETTY), 99.9),
                runs.rateRatio(REACTOR, CLOSING));
        out.flush();
        failures.add(runs);
        if (oneStep && atOnce == 64) {
            budgets.atLeast("1-step negotiations, 64 at once, to Netty's rate", runs.rateRatio(GRASP, NETTY), 0.90, "");
        } else if (oneStep && atOnce == 1) {
            budgets.atMost(
                    "sequential negotiation, median latency, to Netty's",
                    runs.medianLatencyRatio(GRASP, NETTY),
                    1.15,
                    "");
        }
    }

    private static double micros(Histogram latency, double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e3;
    }
}
