package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Separates the traffic of GRASP nodes from that of other hosts on the same network, which may be adversaries: the
 * invariants see every GRASP node, and nothing of an adversary.
 */
final class HonestTraffic {
    private final SimNetwork network;
    private final Set<SimNode> started = new HashSet<>();
    /** The multicasts that GRASP nodes have begun, as opposed to those that they relay for others. */
    private final Set<MulticastKey> begun = new HashSet<>();
    /** The neighbors of nodes, by their paths, that have passed on a multicast of another host. */
    private final Set<String> passingOn = new HashSet<>();

    HonestTraffic(SimNetwork network) {
        this.network = network;
    }

    void started(SimNode node) {
        started.add(node);
    }

    /** A GRASP node sends a multicast that it has not received. */
    void begun(MulticastKey key) {
        begun.add(key);
    }

    /** {@return whether a GRASP node has begun the multicast} */
    boolean isBegun(MulticastKey key) {
        return begun.contains(key);
    }

    /** A node receives a message. */
    void received(SimNode node, MessageInfo message, MessagePath path) {
        MulticastKey key = MulticastKey.of(message);
        if (key != null && !isBegun(key)) {
            passingOn.add(neighbor(node, path));
        }
    }

    /** {@return whether a neighbor has sent a node only multicasts of GRASP nodes so far} */
    boolean isAllHonest(SimNode node, MessagePath path) {
        return !passingOn.contains(neighbor(node, path));
    }

    private static String neighbor(SimNode node, MessagePath path) {
        return node + " " + path;
    }

    /** {@return whether only GRASP nodes are on a link} */
    boolean isClean(MessagePath path) {
        return network.links().stream()
                .filter(link -> link.name().equals(path.link()))
                .map(SimLink::nodes)
                .anyMatch(started::containsAll);
    }

    /** {@return the GRASP node at the other end of a path, if it is one} */
    Optional<SimNode> peer(MessagePath path) {
        InetSocketAddress peer = path.peer();
        return peer == null
                ? Optional.empty()
                : started.stream()
                        .filter(each -> each.addresses().contains(peer.getAddress()))
                        .findFirst();
    }
}
