package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.simulation.chaos.ChaosNode;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A flood of an ASA, which must stay readable on its own node. Another node may flood the same objective later, which
 * hides the value (RFC 8990 section 2.8.11), but nothing may remove it.
 */
final class OwnFlood {
    private static final Duration READ_EVERY = Duration.ofMillis(500);
    private static final int READS_BETWEEN_FLOODS = 4;

    private final RunState world;
    private final ChaosNode node;
    private final Objective objective;

    OwnFlood(RunState world, ChaosNode node) {
        this.world = world;
        this.node = node;
        this.objective = Objective.synchronizable("own of " + node).withValue(world.newValue());
    }

    /** {@return registers the objective, floods it again and again, and reads it in between} */
    Mono<Void> begin(Asa asa) {
        int life = node.life();
        return asa.register(objective).then(flood(asa)).then(Mono.fromRunnable(() -> readLater(asa, life, 1)));
    }

    private Mono<Void> flood(Asa asa) {
        return asa.flood(objective, FloodOptions.indefinite());
    }

    private void readLater(Asa asa, int life, int reads) {
        world.run.in(READ_EVERY, () -> {
            if (node.life() == life) {
                Mono<Void> read = read(asa, life);
                world.begin(
                        node, "read its own flood", reads % READS_BETWEEN_FLOODS == 0 ? read.then(flood(asa)) : read);
                readLater(asa, life, reads + 1);
            }
        });
    }

    private Mono<Void> read(Asa asa, int life) {
        return asa.getFlood(objective.name())
                .map(FloodedObjective::objective)
                .map(Objective::value)
                .collectList()
                .doOnNext(values -> {
                    if (values.isEmpty() && node.life() == life) {
                        world.run.violated(
                                AsaRules.OWN_FLOODS, node + " cannot read " + value() + ", which its ASA has flooded");
                    }
                })
                .then();
    }

    private ObjectiveValue value() {
        return objective.value();
    }
}
