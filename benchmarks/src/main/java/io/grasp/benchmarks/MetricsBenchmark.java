package io.grasp.benchmarks;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Inspection;
import io.grasp.api.Move;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.PageRequest;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs complete one-step negotiations between two nodes, with and without metrics or watchers on both. {@link
 * MetricsCost} runs the variants in turns. On {@code sockets} it needs a suitable link, such as a dummy one in a
 * network namespace.
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

    /** Whether the nodes have metrics ({@code on}), or are {@code watched} by operators. */
    @Param({"off", "on", "watched"})
    public String metrics = "";

    private static final int WATCHERS = 47;
    private static final int SESSION_WATCHERS = 5;

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
        Grasp bank = nodes.start(config);
        Grasp shop = nodes.start(config);
        if (metrics.equals("watched")) {
            watch(bank);
            watch(shop);
        }
        Asa banker = asa(bank, "banker");
        banker.listenNegotiate(objective)
                .flatMap(requested -> requested.converse(offers -> offers.map(offer -> Move.accept())))
                .subscribe();
        Asa customer = asa(shop, "customer");
        AsaLocator found =
                nodes.await(customer.discover(objective, Duration.ofSeconds(30)).next());
        negotiation = customer.negotiate(
                objective.withValue(1), found, offers -> offers.map(offer -> Move.decline("not asked")));
    }

    /** As many watchers as a node should bear: 95 of links and floods, 5 of sessions, and 10 pages in a second. */
    private static void watch(Grasp node) {
        Inspection inspection = node.inspection();
        for (int i = 0; i < WATCHERS; i++) {
            inspection.linkEvents(EventOptions.DEFAULTS).subscribe();
            inspection.floodEvents(EventOptions.DEFAULTS).subscribe();
        }
        inspection.linkEvents(EventOptions.DEFAULTS).subscribe();
        for (int i = 0; i < SESSION_WATCHERS; i++) {
            inspection.sessionEvents(EventOptions.DEFAULTS).subscribe();
        }
        Flux.interval(Duration.ofMillis(100), node.scheduler())
                .concatMap(tick -> inspection.sessions(PageRequest.FIRST))
                .subscribe(page -> {}, closed -> {});
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
