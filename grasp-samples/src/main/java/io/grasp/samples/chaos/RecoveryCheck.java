package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.ListenOptions;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.EngineLoad;
import io.grasp.simulation.chaos.ChaosRandom;
import io.grasp.simulation.chaos.ChaosRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Checks that a network works as if there had been no faults. */
final class RecoveryCheck {
    private static final String FLOODED = "AFTERWARDS";
    private static final String MEETING = "MEETING";
    private static final int SEEKERS = 3;
    private static final Duration HOP = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final RunState world;
    private final List<NodeAsas> hosts;
    private final ChaosRandom draw;
    private final Map<NodeAsas, Asa> asas = new LinkedHashMap<>();

    RecoveryCheck(RunState world, List<NodeAsas> hosts, ChaosRandom draw) {
        this.world = world;
        this.hosts = List.copyOf(hosts);
        this.draw = draw;
    }

    /** Runs the check, and leaves nothing behind. */
    void check() {
        for (NodeAsas host : hosts) {
            Grasp grasp = host.grasp();
            if (grasp == null) {
                world.run.violated(ChaosRun.OPERATIONS_END, host + " did not restart");
                return;
            }
            asas.put(host, world.run.runner().await(grasp.registerAsa("afterwards")));
        }
        flood();
        meet();
        asas.forEach((host, asa) -> world.run.runner().awaitAll(asa.deregister()));
        world.run.endOperations();
        world.run.runner().advance(PATIENCE);
        checkIdle();
    }

    /** Checks that all activities of nodes have ended. */
    void checkIdle() {
        for (NodeAsas host : hosts) {
            Grasp grasp = host.grasp();
            if (grasp != null) {
                EngineLoad load = world.run.runner().await(grasp.load());
                if (!EngineLoad.NONE.equals(load)) {
                    world.run.violated(AsaRules.IDLE, host + " has " + load);
                }
            }
        }
    }

    private void flood() {
        Map<NodeAsas, List<ObjectiveValue>> received = new LinkedHashMap<>();
        asas.forEach((host, asa) -> {
            List<ObjectiveValue> values = new ArrayList<>();
            received.put(host, values);
            world.goOn(
                    host.node(),
                    "floods",
                    asa.floods(FLOODED)
                            .doOnNext(flooded -> values.add(flooded.objective().value())));
        });
        NodeAsas origin = draw.any(hosts);
        int loopCount = Math.max(1, world.topology.diameter());
        ObjectiveValue value = ObjectiveValue.of(world.newValue());
        Objective objective = Objective.synchronizable(FLOODED).withLoopCount(loopCount);
        Asa asa = asa(origin);
        try {
            world.run
                    .runner()
                    .awaitAll(asa.register(objective)
                            .then(asa.flood(objective.withValue(value), FloodOptions.indefinite())));
        } catch (GraspException failure) {
            world.run.violated(AsaRules.LIVE_FLOOD, origin + " could not flood: " + failure);
        }
        world.run.runner().advance(PATIENCE);
        received.forEach((host, values) -> {
            if (!values.equals(List.of(value))) {
                world.run.violated(
                        AsaRules.LIVE_FLOOD,
                        host + " received " + values + ", not " + value + " of " + origin + " with loop count "
                                + loopCount);
            }
        });
    }

    private void meet() {
        NodeAsas server = draw.any(hosts);
        int life = server.life();
        List<ObjectiveValue> agreedThere = new ArrayList<>();
        int[] distances = world.topology.distances(server.number());
        List<NodeAsas> others = hosts.stream().filter(host -> host != server).toList();
        for (NodeAsas seeker : draw.sample(others, SEEKERS)) {
            // A separate objective for each seeker: relays would answer from what they cached for the previous one.
            Objective objective = Objective.negotiable(MEETING + " of " + seeker);
            world.run
                    .runner()
                    .awaitAll(asa(server).register(objective).then(asa(seeker).register(objective)));
            world.goOn(
                    server.node(),
                    "listen for negotiations",
                    asa(server)
                            .listenNegotiate(
                                    objective,
                                    taken -> taken.converse(offers -> offers.map(offer -> Move.accept()))
                                            .doOnNext(outcome -> agreedThere.add(agreed(outcome))),
                                    ListenOptions.DEFAULTS.withOnFailure(failure ->
                                            world.failed(server.node(), life, "answer a request", failure))));
            world.run.runner().advance(Duration.ZERO);
            int distance = distances[seeker.number()];
            if (distance > 1) {
                expect(seeker, objective.withLoopCount(distance - 1), null);
            }
            AsaLocator found = expect(seeker, objective.withLoopCount(distance + draw.between(0, 2)), server);
            if (found != null) {
                negotiate(seeker, server, objective, found, agreedThere);
            }
        }
    }

    /** {@return the locator of the host that should be found, if it was} */
    private @Nullable AsaLocator expect(NodeAsas seeker, Objective objective, @Nullable NodeAsas there) {
        List<AsaLocator> found = world.run
                .runner()
                .awaitAll(asa(seeker)
                        .discover(
                                objective,
                                DiscoverOptions.within(PATIENCE.plus(HOP.multipliedBy(objective.loopCount())))
                                        .withoutCached()));
        boolean right = there == null
                ? found.isEmpty()
                : found.size() == 1 && there.isAt(found.get(0).locator());
        if (!right) {
            world.run.violated(
                    AsaRules.LIVE_DISCOVERY,
                    seeker + " found " + found + " with loop count " + objective.loopCount() + ", not "
                            + (there == null ? "none" : there));
        }
        return right && there != null ? found.get(0) : null;
    }

    private void negotiate(
            NodeAsas seeker, NodeAsas server, Objective objective, AsaLocator found, List<ObjectiveValue> agreedThere) {
        ObjectiveValue value = ObjectiveValue.of(world.newValue());
        ObjectiveValue agreedHere;
        try {
            NegotiationOutcome outcome = world.run
                    .runner()
                    .await(asa(seeker)
                            .negotiate(
                                    objective.withValue(value),
                                    RequestOptions.to(found).withTimeout(PATIENCE),
                                    offers -> Mono.never()));
            agreedHere = agreed(Objects.requireNonNull(outcome));
        } catch (GraspException failure) {
            world.run.violated(
                    AsaRules.LIVE_NEGOTIATION, seeker + " and " + server + " failed to negotiate: " + failure);
            return;
        }
        world.run.runner().advance(PATIENCE);
        if (!agreedHere.equals(value) || !agreedThere.equals(List.of(value))) {
            world.run.violated(
                    AsaRules.LIVE_NEGOTIATION,
                    seeker + " asked for " + value + " and got " + agreedHere + ", but " + server + " agreed on "
                            + agreedThere);
        }
        agreedThere.clear();
    }

    private Asa asa(NodeAsas host) {
        Asa asa = asas.get(host);
        if (asa == null) {
            throw new IllegalStateException("no ASA at " + host);
        }
        return asa;
    }

    private static ObjectiveValue agreed(NegotiationOutcome outcome) {
        return outcome instanceof Accepted accepted ? accepted.objective().value() : ObjectiveValue.NONE;
    }
}
