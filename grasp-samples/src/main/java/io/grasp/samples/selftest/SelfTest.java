package io.grasp.samples.selftest;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.Limits;
import io.grasp.config.MemoryCheck;
import io.grasp.samples.text.Failures;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests that run one after the other; a failed one does not keep the others from running. */
public final class SelfTest {
    /** The longest time of a test with a neighbor: some nodes flood once a minute only. */
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private final Grasp clock;
    private final List<TestCase> tests;

    private SelfTest(Grasp clock, List<TestCase> tests) {
        this.clock = clock;
        this.tests = List.copyOf(tests);
    }

    /**
     * Tests with two nodes that are neighbors, and that nothing else is done with.
     *
     * @param there has these {@link #settings}
     * @param run distinguishes this run from others on the same links
     */
    public static SelfTest ofPair(Grasp here, Grasp there, String run) {
        return new SelfTest(here, new PairTests(here, there, run).all());
    }

    /**
     * {@return settings for the second of two nodes, with which it takes a second, not ten, to find out that nothing
     * answers}
     */
    public static GraspConfig settings(GraspConfig config) {
        return config.withLimits(Limits.DEFAULTS.withDiscoveryTries(1)).withMemoryCheck(MemoryCheck.OFF);
    }

    /**
     * Tests with a neighbor that runs the program Briggs. Nothing is changed there: negotiations are dry runs.
     *
     * @param run distinguishes this run from others on the same links
     */
    public static SelfTest ofBriggs(Grasp here, String run) {
        return new SelfTest(here, new BriggsTests(here, run).all());
    }

    /** Runs the tests. */
    public Flux<TestResult> run() {
        return Flux.fromIterable(tests).concatMap(this::run, 0);
    }

    private Mono<TestResult> run(TestCase test) {
        return Mono.defer(() -> {
            Duration start = clock.now();
            return test.run()
                    .timeout(PATIENCE, clock.scheduler())
                    .map(detail -> new TestResult(test.name(), true, since(start), detail, ""))
                    .switchIfEmpty(Mono.fromSupplier(() -> failed(test, start, "nothing has happened")))
                    .onErrorResume(failure -> Mono.just(failed(test, start, describe(failure))));
        });
    }

    private static String describe(Throwable failure) {
        return failure instanceof TimeoutException
                ? "nothing has happened within " + PATIENCE.toSeconds() + " s"
                : Failures.oneLine(failure);
    }

    private TestResult failed(TestCase test, Duration start, String why) {
        return new TestResult(test.name(), false, since(start), why, test.remedy());
    }

    private long since(Duration start) {
        return clock.now().minus(start).toMillis();
    }
}
