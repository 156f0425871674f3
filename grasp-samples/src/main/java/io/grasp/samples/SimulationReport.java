package io.grasp.samples;

import io.grasp.samples.chaos.ChaosCounts;
import io.grasp.samples.chaos.RandomAsasResult;
import io.grasp.samples.text.Output;
import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Reports the outcome of many runs. */
final class SimulationReport {
    private static final double NANOS_PER_SECOND = 1e9;
    /** The number of parts of a long series of runs, with a line after each except the last. */
    private static final int PARTS = 5;

    private final Output output;
    private final ChaosConfig config;
    private final int runs;
    private final MessageDigest hashes = sha256();
    private long begun;
    private ChaosCounts counts = ChaosCounts.NONE;
    private Duration virtual = Duration.ZERO;
    private int passed;
    private int failed;

    SimulationReport(Output output, ChaosConfig config, int runs) {
        this.output = output;
        this.config = config;
        this.runs = runs;
    }

    int failed() {
        return failed;
    }

    void begin() {
        begun = System.nanoTime();
        output.status((runs == 1 ? "One run with the seed " : runs + " runs with the seeds from ") + config.seed()
                + "; each injects faults for " + config.duration().toSeconds() + " s (faults: "
                + Fault.text(config.faults()) + ")" + attackers()
                + ", then stops and checks that everything works again.");
    }

    private String attackers() {
        return switch (config.adversaries()) {
            case 0 -> "";
            case 1 -> " while an adversary attacks";
            default -> " while " + config.adversaries() + " adversaries attack";
        };
    }

    void add(RandomAsasResult run) {
        ChaosResult result = run.run();
        long seed = result.config().seed();
        counts = counts.plus(run.counts());
        virtual = virtual.plus(result.virtualTime());
        hashes.update(result.hash().getBytes(StandardCharsets.US_ASCII));
        String command = command(seed);
        if (result.passed()) {
            passed++;
        } else {
            failed++;
            output.say("Seed " + seed + " failed (" + result.topology() + ", faults: " + Fault.text(result.faults())
                    + "):");
            result.complaints().forEach(complaint -> output.say("  " + complaint));
            output.say("  To repeat it: " + command);
        }
        output.record(new Run(
                seed,
                result.passed(),
                result.topology(),
                Fault.text(result.faults()),
                result.hash(),
                seconds(result.virtualTime().toNanos()),
                run.counts(),
                result.complaints(),
                command));
        progress();
    }

    private void progress() {
        long done = (long) passed + failed;
        if (done < runs && done * PARTS / runs > (done - 1) * PARTS / runs) {
            output.status(done + " of " + runs + " runs, " + failed + " failed");
        }
    }

    void end() {
        double wall = seconds(System.nanoTime() - begun);
        double simulated = seconds(virtual.toNanos());
        String hash = HexFormat.of().formatHex(hashes.digest());
        output.say(
                failed == 0
                        ? (runs == 1 ? "The run" : "All " + runs + " runs") + " passed: every rule held."
                        : failed + " of " + runs + " runs failed, " + passed + " passed.");
        output.say(format(
                "On the networks: %,d events, %,d faults. By the ASAs: %,d floods (processed %,d times), %,d"
                        + " discoveries (%,d locators found), %,d negotiations (%,d accepted, %,d declined, %,d failed"
                        + " or given up; %,d accepted by one side only), %,d values synchronized.",
                counts.events(),
                counts.faults(),
                counts.floods(),
                counts.processedFloods(),
                counts.discoveries(),
                counts.locatorsFound(),
                counts.accepted() + counts.declined() + counts.failed(),
                counts.accepted(),
                counts.declined(),
                counts.failed(),
                counts.oneSided(),
                counts.synchronizations()));
        if (config.adversaries() > 0) {
            output.say(format(
                    "By the adversaries: %,d messages and connections, %,d messages from forged sources.",
                    counts.attacks(), counts.forged()));
        }
        output.say(format(
                "Simulated %,.0f s in %.1f s: %,.0f times as fast as real time.",
                simulated, wall, wall > 0 ? simulated / wall : 0));
        output.say("Hash of all traces, the same on every machine: " + hash);
        output.record(new Sum(runs, passed, failed, hash, simulated, wall, counts));
    }

    /** {@return the command line that repeats one run} */
    String command(long seed) {
        StringBuilder command = new StringBuilder("grasp simulate --seeds 1 --seed ").append(seed);
        if (config.nodes() != 0) {
            command.append(" --nodes ").append(config.nodes());
        }
        config.topology().ifPresent(topology -> command.append(" --topology ").append(topology));
        if (config.adversaries() > 0) {
            command.append(" --adversaries ").append(config.adversaries());
        }
        return command.append(" --faults ")
                .append(Fault.text(config.faults()))
                .append(" --duration ")
                .append(config.duration().toSeconds())
                .toString();
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }

    private static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private record Run(
            long seed,
            boolean passed,
            String topology,
            String faults,
            String hash,
            double virtualSeconds,
            ChaosCounts counts,
            List<String> violations,
            String command) {}

    private record Sum(
            int runs,
            int passed,
            int failed,
            String hash,
            double virtualSeconds,
            double wallSeconds,
            ChaosCounts counts) {}
}
