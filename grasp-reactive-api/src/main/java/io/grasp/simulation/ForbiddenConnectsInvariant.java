package io.grasp.simulation;

import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.SimObserver;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks at each attempt of a GRASP node to connect. */
record ForbiddenConnectsInvariant() implements Invariant {
    @Override
    public String name() {
        return "no node connects where no peer can be";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        Map<String, SimNode> started = new LinkedHashMap<>();
        network.observe(new SimObserver() {
            @Override
            public void happened(SimEvent event) {
                // attempts to connect are no events
            }

            @Override
            public void connecting(String from, InetSocketAddress remote, Purpose purpose) {
                SimNode node = started.get(from);
                String wrong = node == null ? null : wrong(network, node, remote, purpose);
                if (wrong != null) {
                    violated.accept(from + " connects to " + AddressText.of(remote) + " (" + purpose + "), " + wrong);
                }
            }
        });
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                started.put(node.name(), node);
                return GraspObserver.NONE;
            }
        };
    }

    /** {@return what is wrong with an attempt, or {@code null}} */
    private static @Nullable String wrong(
            SimNetwork network, SimNode node, InetSocketAddress remote, SimObserver.Purpose purpose) {
        InetAddress address = remote.getAddress();
        if (!PeerAddresses.isPeer(address)) {
            return "which no other host can have";
        }
        if (remote.getPort() == 0) {
            return "which is no port";
        }
        if (remote.getPort() == node.port() && node.addresses().contains(address)) {
            return "which is itself";
        }
        if (purpose == SimObserver.Purpose.MULTICAST_REPLY && !isNear(network, node, address)) {
            return "which is on none of its links";
        }
        return null;
    }

    private static boolean isNear(SimNetwork network, SimNode node, InetAddress address) {
        return PeerAddresses.isLinkLocal(address)
                || network.links().stream()
                        .map(SimLink::nodes)
                        .filter(nodes -> nodes.contains(node))
                        .flatMap(List::stream)
                        .anyMatch(each -> each.addresses().contains(address));
    }
}
