package io.grasp.benchmarks.load.growth;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Negotiation;
import io.grasp.config.Limits;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.EngineLoad;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/** Open negotiations between two simulated nodes. On both sides each negotiation has a running timer. */
public final class GrowingNegotiations implements GrowingResource {
    private static final int MAX_COUNT = 200_000;
    private static final int LOOP_COUNT_LEFT = 4;
    private static final ObjectiveValue VALUE = ObjectiveValue.of(List.of("NZD", 335));
    private static final Objective EX1 =
            Objective.negotiable("EX1").withLoopCount(Objective.MAX_LOOP_COUNT).withValue(VALUE);

    private final VirtualLoop loop = new VirtualLoop(0, Integer.MAX_VALUE);
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Negotiation> open = new ArrayList<>();
    private final Grasp initiator;
    private final Asa gray;
    private final AsaLocator peer;

    public GrowingNegotiations() {
        SimNetwork network = SimNetwork.create(loop, 1);
        SimNode a = network.node("Gray");
        SimNode b = network.node("Briggs");
        network.link("link", LinkKind.DATAGRAM, Duration.ZERO, a, b);
        initiator = await(Grasp.start(config(a)));
        Grasp responder = await(Grasp.start(config(b)));
        Asa briggs = await(responder.registerAsa("Briggs"));
        await(briggs.register(EX1).thenReturn(true));
        briggs.listenNegotiate(EX1).subscribe(GrowingNegotiations::bargain);
        gray = await(initiator.registerAsa("Gray"));
        await(gray.register(EX1).thenReturn(true));
        AtomicReference<AsaLocator> found = new AtomicReference<>();
        gray.discover(EX1, Duration.ofSeconds(1)).subscribe(found::set);
        loop.advance(Duration.ofSeconds(2));
        peer = Objects.requireNonNull(found.get(), "no peer");
    }

    /** Answers each offer with another offer. */
    private static void bargain(Negotiation negotiation) {
        negotiation.step(VALUE).subscribe(GrowingNegotiations::bargain, failure -> {});
    }

    private static GraspConfig config(SimNode node) {
        Limits limits = Limits.DEFAULTS
                .withSessions(4 * MAX_COUNT) // one source gets less than half
                .withConnections(MAX_COUNT)
                .withConnectionsPerPeer(MAX_COUNT);
        return GraspConfig.defaults()
                .withLimits(limits)
                .withSubstrate(() -> node)
                .withRandom(() -> new SplittableRandom(node.name().hashCode()));
    }

    private <T> T await(Mono<T> one) {
        AtomicReference<T> result = new AtomicReference<>();
        one.subscribe(result::set);
        loop.runReady();
        return Objects.requireNonNull(result.get(), "nothing");
    }

    @Override
    public String what() {
        return "open negotiations, both ends and their simulated connections";
    }

    @Override
    public String step() {
        return "an offer and its answer";
    }

    @Override
    public void growTo(int count) {
        while (open.size() < count) {
            open.add(begin());
        }
        EngineLoad load = await(initiator.load());
        if (load.sessions() != count || load.deadlines() < count) {
            throw new IllegalStateException("expected " + count + " negotiations with their timers, found " + load);
        }
    }

    private Negotiation begin() {
        AtomicReference<Negotiation> begun = new AtomicReference<>();
        gray.requestNegotiate(EX1, peer).subscribe(begun::set);
        loop.runUntil(() -> begun.get() != null, Duration.ofSeconds(1));
        return Objects.requireNonNull(begun.get(), "not answered");
    }

    @Override
    public Runnable steps(int count, int among) {
        return () -> {
            for (int i = 0; i < count; i++) {
                step(random.nextInt(Math.min(among, open.size())));
            }
        };
    }

    private void step(int which) {
        Negotiation negotiation = open.get(which);
        if (negotiation.objective().loopCount() <= LOOP_COUNT_LEFT) {
            negotiation.cancel().subscribe();
            loop.advance(Duration.ofMillis(1));
            negotiation = begin();
            open.set(which, negotiation);
        }
        negotiation.step(VALUE).subscribe();
        loop.runReady();
    }
}
