package io.grasp.simulation;

import io.grasp.observe.EngineLoad;
import java.util.function.Consumer;

/**
 * Finds deadlines without an owner, resources that closed nodes still hold, and connections and messages left on the
 * network.
 */
record NoResidueInvariant() implements Invariant {
    @Override
    public String name() {
        return "no residue";
    }

    @Override
    public Check begin(Simulation simulation, Consumer<String> violated) {
        return new Check() {
            @Override
            public void ended() {
                simulation.loadsBeforeClose().forEach((node, load) -> {
                    // Each deadline belongs to one of the others: a deadline alone has been forgotten.
                    if (load.deadlines() > 0 && load.equals(new EngineLoad(0, load.deadlines(), 0, 0))) {
                        violated.accept(node + " was idle but still had " + load.deadlines() + " deadlines");
                    }
                });
                simulation.loadsAfterClose().forEach((node, load) -> {
                    if (!load.equals(EngineLoad.NONE)) {
                        violated.accept(node + " still has " + load);
                    }
                });
                int connections = simulation.network().openConnections();
                if (connections > 0) {
                    violated.accept(connections + " ends of connections are open");
                }
                int deliveries = simulation.network().pendingDeliveries();
                if (deliveries > 0) {
                    violated.accept(deliveries + " messages or signals are still in transit");
                }
            }
        };
    }
}
