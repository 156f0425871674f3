package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.simulation.chaos.ChaosRandom;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** The continuous activities of ASAs. */
final class RandomOperations {
    private static final int MOST_STEPS = 12;
    private static final int MOST_BURSTS = 3;
    private static final int LARGEST_BURST = 20;
    private static final double PATIENT = 0.2;
    private static final Duration ENDLESS = Duration.ofHours(2);
    private static final double PERISHABLE = 0.7;
    private static final double FROM_THE_AIR = 0.3;

    private final RunState world;
    private final List<NodeAsas> hosts;
    private final int intensity;
    private final ChaosRandom draw;
    private final RandomDiscoveries searches;

    RandomOperations(RunState world, List<NodeAsas> hosts, int intensity, ChaosRandom draw) {
        this.world = world;
        this.hosts = List.copyOf(hosts);
        this.intensity = intensity;
        this.draw = draw;
        this.searches = new RandomDiscoveries(world, hosts, draw);
    }

    /** Plans operations at random times during the run. */
    void plan() {
        Duration duration = world.run.config().duration();
        long count = Math.max(1, duration.toMillis() * intensity / 1000);
        for (long i = 0; i < count; i++) {
            world.run.at(draw.before(duration), this::something);
        }
        for (int bursts = draw.between(0, MOST_BURSTS); bursts > 0; bursts--) {
            world.run.at(draw.before(duration), this::floodAtOnce);
        }
    }

    private void something() {
        List<NodeAsas> ready =
                hosts.stream().filter(host -> host.worker() != null).toList();
        if (ready.isEmpty()) {
            return;
        }
        NodeAsas host = draw.any(ready);
        Grasp grasp = host.grasp();
        Asa asa = host.worker();
        if (grasp == null || asa == null) {
            return;
        }
        switch (draw.between(0, 10)) {
            case 0, 1, 2 -> flood(host, asa);
            case 3, 4, 5 -> searches.begin(host, grasp, asa);
            case 6, 7, 8 -> negotiate(host, grasp, asa);
            case 9 -> synchronize(host, asa);
            default -> leave(host);
        }
    }

    /** Sends many floods at the same time. */
    private void floodAtOnce() {
        for (NodeAsas host : draw.sample(hosts, LARGEST_BURST)) {
            Asa asa = host.worker();
            if (asa != null) {
                flood(host, asa);
            }
        }
    }

    private void flood(NodeAsas host, Asa asa) {
        ObjectiveValue value = ObjectiveValue.of(world.newValue());
        int loopCount = draw.between(1, world.topology.diameter() + 2);
        Objective objective = Objective.synchronizable(draw.any(AsaProfile.FLOODED))
                .withLoopCount(Math.min(loopCount, Objective.MAX_LOOP_COUNT))
                .withValue(value);
        FloodOptions ttl =
                draw.chance(PERISHABLE) ? FloodOptions.validFor(draw.millis(1, 30_000)) : FloodOptions.indefinite();
        world.floods.sent(host.node(), value, objective.loopCount());
        world.activity.flood();
        world.begin(host.node(), "flood " + value, asa.flood(objective, ttl));
    }

    private void negotiate(NodeAsas host, Grasp grasp, Asa asa) {
        Objective objective =
                Objective.negotiable(draw.any(AsaProfile.NEGOTIATED)).withLoopCount(draw.between(2, MOST_STEPS));
        // An operation without a timeout is cancelled sooner: it must leave no timer.
        boolean patient = draw.chance(PATIENT);
        Duration timeout = patient ? ENDLESS : draw.millis(200, 10_000);
        RandomNegotiator bargain = new RandomNegotiator(world, host.node(), grasp, draw);
        Mono<Void> negotiation = asa.discover(objective, Duration.ofMillis(600))
                .next()
                .flatMap(peer -> bargain.initiate(asa, objective, peer, timeout));
        world.begin(
                host.node(),
                "negotiate",
                patient
                        ? negotiation.takeUntilOther(Mono.delay(draw.millis(0, 10_000), grasp.scheduler()))
                        : negotiation);
    }

    private void synchronize(NodeAsas host, Asa asa) {
        Objective objective = Objective.synchronizable(draw.any(AsaProfile.SERVED));
        Duration timeout = draw.millis(200, 10_000);
        if (draw.chance(FROM_THE_AIR)) {
            world.begin(host.node(), "synchronize", asa.synchronize(objective, RequestOptions.within(timeout)));
            return;
        }
        world.begin(
                host.node(),
                "synchronize",
                asa.discover(objective, Duration.ofMillis(600))
                        .next()
                        .flatMap(peer -> asa.synchronize(
                                        objective, RequestOptions.to(peer).withTimeout(timeout))
                                .doOnNext(answer -> compare(host, answer, peer))));
    }

    private void compare(NodeAsas asker, Objective answer, AsaLocator peer) {
        if (!world.run.isIntact()) {
            return;
        }
        int value = answer.value().as(Integer.class);
        boolean served = hosts.stream().anyMatch(host -> host.isAt(peer.locator()) && host.hasServed(value));
        if (!served) {
            world.run.violated(
                    AsaRules.SYNCHRONIZATION_TRUE,
                    asker + " got " + value + " from " + peer.locator() + ", which never served that value");
        }
    }

    private void leave(NodeAsas host) {
        host.dismiss();
        world.run.in(draw.millis(10, 5000), () -> world.begin(host.node(), "hire", Mono.defer(host::hire)));
    }
}
