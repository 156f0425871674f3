package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.selftest.SelfTest;
import io.grasp.samples.selftest.TestReport;
import io.grasp.samples.selftest.TestResult;
import io.grasp.samples.text.Output;
import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Tests this program where it is used. */
@Command(
        name = "selftest",
        description = {
            "Tests this program where it is used: discovery, floods, synchronization and negotiation must work.",
            "Without options two nodes of its own are neighbors by TLS on the loopback interface; with --assume-secure"
                    + " they use the links, and neighbors see what they send. Exits with 1 if a test has failed.",
            "With --with-briggs the tests are those that Briggs can be the other side of. They leave out floods of this"
                    + " node, registrations and their ends on the other node, diverts, and waits that run out. What no"
                    + " mode tests: relaying, rapid mode and DULL."
        })
final class SelfTestCommand implements Callable<Integer> {
    private static final int RUNS = 10_000;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--with-briggs",
            description = "Test with a neighbor that runs 'grasp briggs', or Briggs of graspy, and that is found by"
                    + " discovery. Negotiations are dry runs.")
    private boolean withBriggs;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report to send to others, in JSON.")
    private @Nullable Path report;

    @Option(names = "--omit-addresses", description = "Write the report without IP addresses.")
    private boolean omitAddresses;

    SelfTestCommand() {}

    /** The last line of output. */
    private record Summary(String event, String against, long passed, long failed) {}

    @Override
    public Integer call() {
        if (omitAddresses && report == null) {
            throw network.withoutEffect("--omit-addresses", "--omit-addresses is for --report");
        }
        Output output = network.output();
        String against = against();
        output.status("Testing with " + against);
        List<TestResult> results = run(output);
        long failed = results.stream().filter(result -> !result.passed()).count();
        output.result(
                new Summary("summary", against, results.size() - failed, failed),
                failed == 0
                        ? "All " + results.size() + " tests have passed"
                        : failed + " of " + results.size() + " tests have failed");
        if (report != null) {
            write(TestReport.of(Version.text(), against, results, !omitAddresses), report, output);
        }
        return failed == 0 ? 0 : 1;
    }

    private String against() {
        return withBriggs
                ? "Briggs on a neighbor"
                : usesLinks() ? "two nodes on the links of this host" : "two nodes on the loopback interface";
    }

    private boolean usesLinks() {
        return network.isProtected() || network.hasChosenLinks();
    }

    private List<TestResult> run(Output output) {
        String run = Integer.toString(new SecureRandom().nextInt(RUNS));
        List<TestResult> results;
        if (withBriggs) {
            results = network.withNode(grasp -> printed(SelfTest.ofBriggs(grasp, run), output));
        } else if (usesLinks()) {
            results = network.withPair(SelfTest::settings, (here, there) -> pair(here, there, run, output));
        } else {
            results = new LoopbackDomain()
                    .use(network.log(""), (here, there) -> pair(here, there, run, output))
                    .block();
        }
        return results == null ? List.of() : results;
    }

    private static Mono<List<TestResult>> pair(Grasp here, Grasp there, String run, Output output) {
        return printed(SelfTest.ofPair(here, there, run), output);
    }

    private static Mono<List<TestResult>> printed(SelfTest test, Output output) {
        return test.run().doOnNext(result -> print(output, result)).collectList();
    }

    private static void print(Output output, TestResult result) {
        output.result(
                result,
                "%-6s %5d ms  %s: %s"
                        .formatted(result.passed() ? "ok" : "FAILED", result.millis(), result.test(), result.detail()));
        if (!result.passed()) {
            output.say("       do: " + result.remedy());
        }
    }

    private static void write(TestReport report, Path file, Output output) {
        try {
            report.write(file);
            output.status("The report is in " + file);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the report cannot be written to " + file + ": " + FileErrorText.reason(e), e);
        }
    }
}
