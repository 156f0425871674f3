package io.grasp.benchmarks;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Move;
import io.grasp.metrics.MicrometerObserver;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

/**
 * Runs complete one-step negotiations between two nodes, with and without metrics on both. {@link MetricsCost} runs the
 * variants in turns. On {@code sockets} it needs a suitable link, such as a dummy one in a network namespace.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MetricsBenchmark {
    /** The substrate. */
    @Param({"simulated", "sockets"})
    public String substrate = "";

    /** Whether the nodes have metrics. */
    @Param({"off", "on"})
    public String metrics = "";

    /** Different for each pair if several pairs share a link. */
    Objective objective = Objective.negotiable("EX3");

    private NodePair nodes = NodePair.NONE;
    private Mono<NegotiationOutcome> negotiation = Mono.empty();

    /** Starts the nodes, and lets one discover the other. */
    @Setup
    public void start() {
        GraspObserver observer =
                metrics.equals("on") ? new MicrometerObserver(new SimpleMeterRegistry()) : GraspObserver.NONE;
        GraspConfig config = GraspConfig.defaults().withObserver(observer);
        nodes = substrate.equals("simulated") ? NodePair.simulated() : NodePair.onSockets();
        Asa banker = asa(nodes.start(config), "banker");
        banker.listenNegotiate(objective)
                .flatMap(requested -> requested.converse(offers -> offers.map(offer -> Move.accept())))
                .subscribe();
        Asa customer = asa(nodes.start(config), "customer");
        AsaLocator found =
                nodes.await(customer.discover(objective, Duration.ofSeconds(30)).next());
        negotiation = customer.negotiate(
                objective.withValue(1), found, offers -> offers.map(offer -> Move.decline("not asked")));
    }

    private Asa asa(Grasp node, String name) {
        Asa asa = nodes.await(node.registerAsa(name));
        nodes.await(asa.register(objective).thenReturn(asa));
        return asa;
    }

    /** {@return the outcome of a negotiation} */
    @Benchmark
    public NegotiationOutcome negotiate() {
        return nodes.await(negotiation);
    }

    /** Closes the nodes. */
    @TearDown
    public void close() {
        nodes.close();
    }
}
