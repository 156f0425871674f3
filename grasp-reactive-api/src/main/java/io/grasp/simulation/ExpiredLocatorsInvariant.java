package io.grasp.simulation;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Checks that no discovery returns a locator of a node that has been dead for longer than the locator's time to live.
 */
record ExpiredLocatorsInvariant() implements Invariant {
    /** The longest time that a ttl of 0 means (RFC 8990 section 2.8.5). */
    private static final Duration UNLIMITED = Duration.ofMinutes(10);

    /** The longest time that a response may be in transit: the longest discovery, with a slow clock. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "no expired locators";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Obituaries(network, violated);
    }

    private static final class Obituaries implements Check {
        private final SimNetwork network;
        private final Consumer<String> violated;
        private final Map<InetAddress, SimNode> owners = new HashMap<>();
        private final Map<String, Duration> died = new HashMap<>();
        private final Map<String, Duration> longestTtl = new HashMap<>();

        Obituaries(SimNetwork network, Consumer<String> violated) {
            this.network = network;
            this.violated = violated;
        }

        @Override
        public void happened(SimEvent event) {
            switch (event.kind()) {
                case CRASHED, CLOSED -> died.put(event.from(), event.at());
                case STARTED -> died.remove(event.from());
                default -> {
                    // other events do not end a node
                }
            }
        }

        @Override
        public GraspObserver started(SimNode node) {
            node.addresses().forEach(address -> owners.put(address, node));
            return new GraspObserver() {
                @Override
                public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                    if (message instanceof Response response) {
                        Duration ttl = response.ttlMillis() == 0 ? UNLIMITED : Duration.ofMillis(response.ttlMillis());
                        longestTtl.merge(node.name(), ttl, (one, other) -> one.compareTo(other) > 0 ? one : other);
                    }
                }

                @Override
                public void locatorFound(String objective, AsaLocator locator) {
                    if (locator.locator() instanceof Locator.Ipv6 ipv6) {
                        found(node, objective, ipv6.address());
                    }
                }
            };
        }

        private void found(SimNode finder, String objective, InetAddress address) {
            SimNode owner = owners.get(address);
            Duration death = owner == null ? null : died.get(owner.name());
            if (owner == null || death == null) {
                return;
            }
            Duration ttl = longestTtl.getOrDefault(owner.name(), UNLIMITED);
            Duration dead = network.now().minus(death);
            if (dead.compareTo(ttl.plus(GRACE)) > 0) {
                violated.accept(finder.name() + " found " + objective + " at " + owner.name()
                        + ", which has been dead for " + Violation.seconds(dead) + "; its locators live "
                        + Violation.seconds(ttl));
            }
        }
    }
}
