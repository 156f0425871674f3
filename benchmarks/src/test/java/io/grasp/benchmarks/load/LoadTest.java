package io.grasp.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.benchmarks.load.ceiling.NettyImplementation;
import io.grasp.benchmarks.load.ceiling.ReactorImplementation;
import io.grasp.benchmarks.load.ceiling.RoundTrips;
import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.benchmarks.load.grasp.HandshakeStorm;
import io.grasp.benchmarks.load.grasp.SecuredNodes;
import io.grasp.benchmarks.load.growth.GrowingNegotiations;
import io.grasp.benchmarks.load.growth.GrowingObjects;
import io.grasp.benchmarks.load.growth.GrowingResource;
import io.grasp.benchmarks.load.growth.Growth;
import io.grasp.benchmarks.load.growth.GrowthPlot;
import io.grasp.benchmarks.load.growth.IdleNegotiation;
import io.grasp.benchmarks.load.process.AwakeProcessors;
import io.grasp.benchmarks.load.process.ImplementationKind;
import io.grasp.benchmarks.load.process.ProcessPair;
import io.grasp.benchmarks.load.process.SeparateProcess;
import io.grasp.benchmarks.load.process.Veth;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.Stats;
import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.Implementation;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.grasp.benchmarks.load.workload.RunResult;
import io.grasp.security.Identity;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the load tools work, in runs as short as possible. No test depends on timing. */
class LoadTest {
    private static final Duration TURN = Duration.ofMillis(100);
    private static final int MORE_TURNS = 100;

    private static final Duration SHORT = Duration.ofMillis(20);
    private static final RunProfile TINY = new RunProfile(1, SHORT, SHORT, 1, 1, 1, 10, 100);

    private final StringWriter output = new StringWriter();
    private final PrintWriter out = new PrintWriter(output, true);

    @Test
    void allImplementationsRunTheSameSessions() throws Exception {
        assumeNetwork();
        try (Implementation grasp = GraspImplementation.start("lo");
                Implementation netty = new NettyImplementation(true);
                Implementation closing = new NettyImplementation(false);
                Implementation reactor = new ReactorImplementation()) {
            List<Implementation> all = List.of(grasp, netty, closing, reactor);
            for (Exchange exchange : List.of(
                    Exchange.negotiation(1),
                    Exchange.negotiation(2),
                    Exchange.negotiation(6),
                    Exchange.synchronization())) {
                AlternatingRuns runs = new AlternatingRuns(all, exchange, 2).run(1, TURN);
                for (int more = 0; more < MORE_TURNS && !eachRanSome(runs, all.size()); more++) {
                    runs.run(1, TURN); // on a busy machine one may not have completed any session
                }
                for (int i = 0; i < all.size(); i++) {
                    assertThat(runs.failed(i))
                            .as("%s %s", runs.title(), runs.names().get(i))
                            .isZero();
                    assertThat(runs.latency(i).getTotalCount()).isPositive();
                }
            }
        }
    }

    @Test
    void securedSessionsRunWithStreamsAndWithout(@TempDir Path identities) throws Exception {
        assumeNetwork();
        SecuredNodes.issue(identities);
        try (GraspImplementation streams =
                        GraspImplementation.startSecured(identities, SecuredNodes.STREAMS_PORT, true);
                GraspImplementation tls =
                        GraspImplementation.startSecured(identities, SecuredNodes.CONNECTIONS_PORT, false)) {
            for (LocalImplementation each : List.of(streams, tls)) {
                RunResult result = each.run(Exchange.negotiation(1), 2, Duration.ofSeconds(1));
                assertThat(result.failed()).isZero();
                assertThat(result.completed()).isPositive();
            }
            assertThat(streams.openIdle(3)).hasSize(6);
            stormIsAnswered(identities);
            assertThat(streams.run(Exchange.negotiation(1), 1, TURN).failed()).isZero();
        }
    }

    private static void stormIsAnswered(Path identities) throws Exception {
        try (Identity member = SecuredNodes.identity(identities.resolve(SecuredNodes.STORM));
                Identity outsider = SecuredNodes.identity(identities.resolve(SecuredNodes.OUTSIDER));
                HandshakeStorm storm = new HandshakeStorm(member, outsider)) {
            storm.offer(20);
            Map<HandshakeStorm.Kind, Integer> answered = Map.of();
            for (int i = 0; i < MORE_TURNS && answered.size() < HandshakeStorm.Kind.values().length; i++) {
                Thread.sleep(TURN.toMillis());
                answered = storm.answered();
            }
            storm.stop();
            assertThat(answered).containsOnlyKeys(HandshakeStorm.Kind.values());
        }
    }

    @Test
    void roundTripsAreMeasuredWhileProcessorsAreAwakeAndNothingSpinsAfterwards() throws Exception {
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
        try (AwakeProcessors spinning = AwakeProcessors.start()) {
            assertThat(spinning).isNotNull();
            assertThat(ProcessHandle.current().children().filter(each -> !before.contains(each)))
                    .hasSize(Runtime.getRuntime().availableProcessors())
                    .allMatch(ProcessHandle::isAlive);
            assertThat(RoundTrips.measure(TURN).getTotalCount()).isPositive();
        }
        assertThat(ProcessHandle.current().children().filter(each -> !before.contains(each)))
                .isEmpty();
    }

    @Test
    void sessionsOfAFixedRateBeginNoFaster() throws Exception {
        ClosedLoop sessions = new ClosedLoop(Exchange.negotiation(1), 4, Duration.ofMillis(500), 100);
        ExecutorService loop = Executors.newSingleThreadExecutor();
        try {
            loop.execute(() -> sessions.start(slot -> slot.ended(true)));
            sessions.pace(loop);
            assertThat(sessions.await().completed()).isBetween(1L, 50L);
        } finally {
            loop.shutdownNow();
        }
    }

    private static boolean eachRanSome(AlternatingRuns runs, int implementations) {
        return IntStream.range(0, implementations).allMatch(i -> runs.latency(i).getTotalCount() > 0);
    }

    @Test
    void theMulticastMeasurementsPrintTheirResults() throws Exception {
        assumeNetwork();
        new MulticastMeasurements(TINY, out, new Budgets()).run("lo", "grasp0");
        assertThat(output.toString()).contains("| 10,000 | ").contains("% |").contains("| 16 | ");
    }

    @Test
    @Tag("long")
    void twoProcessesNegotiateWithoutFailures() throws Exception {
        assumeNetwork();
        List<String> program = Commands.program(Main.commandLine().getCommandSpec());
        ProcessPair.Outputs both = new ProcessPair(program, 2, 4, 1, 0).run(60);
        assertThat(both.initiator().number("ok")).isPositive();
        assertThat(both.initiator().number("failed")).isZero();
        assertThat(both.responder().number("failed")).isZero();
        assertThat(NetworkInterface.getByName(Veth.HERE)).isNull();
    }

    @Test
    void growthIsDrawnWithOnePlotForEachMeasureThatHasValues() throws IOException {
        Growth small = new Growth("a", "b", List.of(new Growth.Point(1, 500, 500, Double.NaN)));
        Growth large = new Growth("c", "d", List.of(new Growth.Point(1_000, 600, 500, 90)));

        int two = draw(List.of(small)).getHeight();

        assertThat(draw(List.of(small, large)).getHeight()).isEqualTo(two / 2 * 3);
    }

    private static BufferedImage draw(List<Growth> all) throws IOException {
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        GrowthPlot.write(all, image);
        return ImageIO.read(new ByteArrayInputStream(image.toByteArray()));
    }

    @Test
    void everyGrowingResourceGrowsAndRunsItsSteps() {
        for (GrowingResource growing : List.of(
                new GrowingNegotiations(),
                new GrowingObjects(GrowingObjects.Kind.REGISTERED),
                new GrowingObjects(GrowingObjects.Kind.FLOODED),
                new GrowingObjects(GrowingObjects.Kind.DISCOVERED),
                new GrowingObjects(GrowingObjects.Kind.LINKS))) {
            growing.growTo(1);
            growing.growTo(10);
            growing.steps(300, 10).run(); // enough steps to exhaust loop counts
        }
    }

    @Test
    void theMeasuredHeapOfAnIdleNegotiationIsPositive() {
        IdleNegotiation idle = new IdleNegotiation(1000);
        assertThat(idle.responder()).isPositive();
    }

    @Test
    void offerOfOneIsAcceptedAndMoreIsAnsweredWithOneLess() {
        assertThat(CountdownNegotiation.answer(CountdownNegotiation.request(1)))
                .isInstanceOf(io.grasp.api.Move.Accept.class);
        assertThat(CountdownNegotiation.answer(CountdownNegotiation.request(3)))
                .isEqualTo(new io.grasp.api.Move.Propose(
                        CountdownNegotiation.request(2).value()));
        assertThat(CountdownNegotiation.answer(CountdownNegotiation.request(1).withValue("x")))
                .isInstanceOf(io.grasp.api.Move.Decline.class);
        assertThat(Exchange.negotiation(6).lengths()).hasSize(7);
    }

    @Test
    void sessionsOmittedByAStallAreAddedToTheLatency() {
        var latency = new org.HdrHistogram.Histogram(3);
        latency.recordValueWithCount(100, 99);
        latency.recordValue(10_000); // a stall in which 99 more should have begun
        RunResult result = new RunResult(100, 0, 1_000_000, latency, new long[1], 0);
        assertThat(result.corrected().getTotalCount()).isEqualTo(199);
        assertThat(result.corrected().getValueAtPercentile(75)).isGreaterThan(1_000);
    }

    @Test
    void processThatStillCompilesIsWarmedUpFurther() throws Exception {
        List<Long> compiling = new ArrayList<>(List.of(900L, 20L, 21L, 0L, 20L, 5L));
        Implementation cold = new Implementation() {
            @Override
            public String name() {
                return "cold";
            }

            @Override
            public RunResult run(Exchange exchange, int atOnce, Duration time) {
                return new RunResult(
                        1, 0, time.toNanos(), new org.HdrHistogram.Histogram(3), new long[1], compiling.remove(0));
            }

            @Override
            public void close() {}
        };
        AlternatingRuns.warmUp(List.of(cold), List.of(Exchange.negotiation(1)), 1, 10, Duration.ofSeconds(1));
        assertThat(compiling).containsExactly(5L);
        compiling.addAll(List.of(4L, 900L, 800L, 700L));
        AlternatingRuns.warmUp(
                List.of(cold), List.of(Exchange.negotiation(1), Exchange.negotiation(2)), 1, 2, Duration.ofSeconds(1));
        assertThat(compiling).containsExactly(700L);
    }

    @Test
    void implementationThatCannotStartFailsAtOnce() {
        try (Implementation nowhere = SeparateProcess.start(ImplementationKind.NETTY_RESPONDER, "nosuchlink")) {
            assertThatThrownBy(() -> nowhere.run(Exchange.negotiation(1), 1, SHORT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
        }
    }

    @Test
    void theMedianIsTheMiddleValueOrTheMeanOfBothMiddleValues() {
        assertThat(Stats.median(java.util.stream.DoubleStream.of(9, 1, 2))).isEqualTo(2);
        assertThat(Stats.median(java.util.stream.DoubleStream.of(1, 2, 3, 9))).isEqualTo(2.5);
    }

    @Test
    void wrongUsageIsReported() {
        assertThat(Main.commandLine().setErr(out).execute("initiate", "--link", "lo", "--steps", "0"))
                .isEqualTo(2);
        assertThat(output.toString()).contains("--steps 0 is not from 1 to 100");
        assertThat(Main.commandLine().setErr(out).execute("compare", "--responder", "true"))
                .isEqualTo(2);
        assertThat(output.toString()).contains("--responder and --initiator go together");
        assertThat(Main.commandLine().setErr(out).execute("compare", "--at-once", "1,0"))
                .isEqualTo(2);
    }

    private static void assumeNetwork() throws Exception {
        boolean required = "required".equals(System.getProperty("grasp.network"));
        assumeTrue(required || NetworkInterface.getByName("grasp0") != null, "no network namespace can be created");
    }
}
