package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.samples.node.NodeRunner;
import io.grasp.samples.text.LineOutput;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A simulated link, at virtual time, and the nodes on it. */
final class Town implements NodeRunner, AutoCloseable {
    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofHours(1);

    final VirtualLoop loop = new VirtualLoop();
    final SimNetwork network = SimNetwork.create(loop, 1);
    final SimLink lan = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5));
    private final List<Grasp> open = new ArrayList<>();
    /** Whether new nodes are on no link. */
    boolean isolated;

    private int count;

    /** Starts a node. */
    Grasp node() {
        return node(GraspObserver.NONE);
    }

    /** Starts a node with an observer. */
    Grasp node(GraspObserver observer) {
        Grasp node = await(Grasp.start(here(GraspConfig.defaults().withObserver(observer))))
                .get(0);
        open.add(node);
        return node;
    }

    private GraspConfig here(GraspConfig config) {
        SimNode place = network.node("node-" + ++count);
        if (!isolated) {
            network.connect(place, lan);
        }
        int seed = count;
        return config.withSubstrate(() -> place).withRandom(() -> new Random(seed));
    }

    /** Makes the link lose all messages for some time, by the clock of a node. */
    void loseAllFor(Duration time, Grasp node) {
        lan.setConditions(LinkConditions.PERFECT.withLoss(1));
        node.scheduler()
                .schedule(() -> lan.setConditions(LinkConditions.PERFECT), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs Briggs on a node. */
    Disposable briggs(Grasp node, long seed, LineOutput talk, Consumer<NegotiationReport> rounds) {
        Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
        Disposable business = new Briggs(node.scheduler(), clock, new Random(seed), talk, rounds)
                .run(node)
                .subscribe();
        loop.runReady();
        return business;
    }

    /** Gray's rounds on a node. */
    Flux<NegotiationReport> gray(Grasp node, long seed, int rounds) {
        return new Gray(node.scheduler(), new Random(seed), line -> {}).run(node, rounds, Duration.ofSeconds(1));
    }

    /** Lets time pass until a publisher has completed; its error is thrown. */
    <T> List<T> await(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        boolean[] completed = {false};
        Flux.from(publisher).subscribe(values::add, failures::add, () -> completed[0] = true);
        assertThat(loop.runUntil(() -> completed[0] || !failures.isEmpty(), PATIENCE))
                .as("completed within %s", PATIENCE)
                .isTrue();
        if (!failures.isEmpty()) {
            throw Exceptions.propagate(failures.get(0));
        }
        return values;
    }

    /** Runs a command's work on a node of the town; work without an end is stopped after an hour. */
    @Override
    public <T> T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
        List<T> values = await(Mono.usingWhen(
                Grasp.start(here(config)),
                node -> work.apply(node).take(PATIENCE.dividedBy(2), node.scheduler()),
                Grasp::closeAsync));
        return values.isEmpty() ? null : values.get(0);
    }

    @Override
    public GraspConfig companion(GraspConfig config) {
        return here(config);
    }

    /** Closes all nodes, and checks that no resource remains. */
    @Override
    public void close() {
        open.forEach(node -> await(node.closeAsync()));
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
    }
}
