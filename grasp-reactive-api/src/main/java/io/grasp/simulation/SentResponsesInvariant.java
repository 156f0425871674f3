package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.SimObserver;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares the responses that a node reports as sent to the source of a datagram with the connections to it that were
 * opened: without one, the response cannot have left the node.
 */
record SentResponsesInvariant() implements Invariant {
    @Override
    public String name() {
        return "a response that is reported as sent has left the node";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        Map<To, Integer> connected = new HashMap<>();
        network.observe(new SimObserver() {
            @Override
            public void happened(SimEvent event) {
                // connections alone matter
            }

            @Override
            public void connected(String from, InetSocketAddress remote) {
                connected.merge(new To(from, AddressText.of(remote)), 1, Integer::sum);
            }
        });
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                return new GraspObserver() {
                    @Override
                    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                        InetSocketAddress peer = path.peer();
                        if (message.typeName().equals("M_RESPONSE") && peer != null && isByConnection(network, path)) {
                            To to = new To(node.name(), AddressText.of(peer));
                            if (connected.merge(to, -1, Integer::sum) < 0) {
                                violated.accept(node + " reports M_RESPONSE of session " + message.session()
                                        + " as sent to " + to.address() + ", but had no connection there");
                            }
                        }
                    }
                };
            }
        };
    }

    private static boolean isByConnection(SimNetwork network, MessagePath path) {
        return path.kind() == MessagePath.Kind.LINK
                && network.links().stream()
                        .noneMatch(link ->
                                link.name().equals(path.link()) && link.kind().repliesInBand());
    }

    private record To(String node, String address) {}
}
