package io.grasp.simulation;

import io.grasp.observe.EngineLoad;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
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
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Check() {
            @Override
            public void closing(SimNode node, EngineLoad load) {
                // Each deadline belongs to one of the others: a deadline alone has been forgotten.
                if (load.deadlines() > 0 && load.equals(new EngineLoad(0, load.deadlines(), 0, 0))) {
                    violated.accept(node.name() + " was idle but still had " + load.deadlines() + " deadlines");
                }
            }

            @Override
            public void closed(SimNode node, EngineLoad load) {
                if (!load.equals(EngineLoad.NONE)) {
                    violated.accept(node.name() + " still has " + load);
                }
            }

            @Override
            public void ended() {
                int connections = network.openConnections();
                if (connections > 0) {
                    violated.accept(connections + " ends of connections are open");
                }
                int deliveries = network.pendingDeliveries();
                if (deliveries > 0) {
                    violated.accept(deliveries + " messages or signals are still in transit");
                }
            }
        };
    }
}
