package io.grasp.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Move;
import io.grasp.benchmarks.load.ceiling.ReactorImplementation;
import io.grasp.benchmarks.load.grasp.Initiator;
import io.grasp.benchmarks.load.report.AlternatingRuns;
import io.grasp.benchmarks.load.report.CeilingFailures;
import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.grasp.model.AsaLocator;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Tests that failed sessions are counted, and that those of a ceiling are reported. */
class FailuresTest {
    private static final Duration TURN = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimLink link = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(1));

    @Test
    void declinedSessionHasFailed() {
        assertThat(succeeds(Move.decline("no"))).isFalse();
    }

    @Test
    void acceptedSessionHasNotFailed() {
        assertThat(succeeds(Move.accept())).isTrue();
    }

    private boolean succeeds(Move answer) {
        Asa briggs = asa("Briggs");
        briggs.listenNegotiate(CountdownNegotiation.request(1))
                .subscribe(negotiation -> negotiation
                        .converse(offers -> offers.map(offer -> answer))
                        .subscribe());
        Asa gray = asa("Gray");
        AsaLocator peer =
                await(gray.discover(CountdownNegotiation.request(1), LONG).next());
        return await(new Initiator(loop, gray, peer, LONG).session(1));
    }

    private Asa asa(String name) {
        SimNode node = network.node(name);
        network.connect(node, link);
        Asa asa = await(await(Grasp.start(GraspConfig.defaults().withSubstrate(() -> node)))
                .registerAsa(name));
        await(asa.register(CountdownNegotiation.request(1)).thenReturn(true));
        return asa;
    }

    private <T> T await(Mono<T> one) {
        List<T> values = new ArrayList<>();
        one.subscribe(values::add);
        assertThat(loop.runUntil(() -> !values.isEmpty(), LONG)).isTrue();
        return values.get(0);
    }

    @Test
    void brokenConnectionEndsItsSession() throws Exception {
        Exchange withoutAnAnswer = new Exchange("unanswered", 1, List.of(1));
        try (ReactorImplementation reactor = new ReactorImplementation()) {
            // The server has received the whole session and closes; the client waits for another message.
            AlternatingRuns runs =
                    new AlternatingRuns(List.of(reactor), withoutAnAnswer, 2).run(1, Duration.ofMillis(500));
            assertThat(runs.failed(0)).isPositive();
            assertThat(runs.latency(0).getTotalCount()).isZero();
        }
    }

    @Test
    void failuresOfACeilingAreReported() throws Exception {
        StringWriter output = new StringWriter();
        CeilingFailures failures = new CeilingFailures();
        try (Ending ours = new Ending("GRASP", false);
                Ending netty = new Ending("Netty", false);
                Ending reactor = new Ending("Reactor Netty", true)) {
            failures.add(new AlternatingRuns(List.of(ours, netty, reactor), Exchange.negotiation(1), 1).run(1, TURN));
        }
        failures.print(new PrintWriter(output, true));
        assertThat(output.toString())
                .containsPattern("1-step negotiation, one at a time, Netty: [0-9,]+ sessions? failed,"
                        + " so the measured rate of Netty is too low.")
                .doesNotContain("GRASP", "Reactor");
    }

    /** An implementation that ends each session at once. */
    private record Ending(String name, boolean success, ExecutorService loop) implements LocalImplementation {
        Ending(String name, boolean success) {
            this(name, success, Executors.newSingleThreadExecutor());
        }

        @Override
        public void begin(ClosedLoop sessions) {
            loop.execute(() -> sessions.start(slot -> loop.execute(() -> slot.ended(success))));
        }

        @Override
        public void close() {
            loop.shutdown();
        }
    }
}
