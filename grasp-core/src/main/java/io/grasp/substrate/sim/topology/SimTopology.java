package io.grasp.substrate.sim.topology;

import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import java.util.List;

/**
 * A topology that has been built in a network.
 *
 * @param topology which nodes are neighbors
 * @param nodes the nodes, by number
 * @param links the links, in the order of {@link Topology#edges}; the only one in a {@link Topology#lan}
 */
public record SimTopology(Topology topology, List<SimNode> nodes, List<SimLink> links) {
    /** Copies the components. */
    public SimTopology {
        nodes = List.copyOf(nodes);
        links = List.copyOf(links);
    }
}
