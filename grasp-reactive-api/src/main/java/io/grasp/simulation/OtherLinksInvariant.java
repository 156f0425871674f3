package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts, for each node and each of its links without an adversary, the multicasts and requests of GRASP nodes, and how
 * many of them it refused because something was used up.
 */
record OtherLinksInvariant() implements Invariant {
    private static final double MOST_REFUSED = 0.1;
    /** Fewer messages show nothing. */
    private static final int FEWEST = 20;

    /** The reasons that depend on what others use. */
    private static final Set<DropReason> USED_UP = EnumSet.of(
            DropReason.SESSIONS,
            DropReason.CONNECTIONS,
            DropReason.PEER_CONNECTIONS,
            DropReason.SILENT_CONNECTIONS,
            DropReason.LISTENER_QUEUE,
            DropReason.PENDING_REPLIES);

    /** The reasons for which a connection is refused before a message comes. */
    private static final Set<DropReason> BEFORE_A_MESSAGE =
            EnumSet.of(DropReason.CONNECTIONS, DropReason.PEER_CONNECTIONS, DropReason.SILENT_CONNECTIONS);

    @Override
    public String name() {
        return "the overload of one link leaves other links their traffic";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Counting(network, violated);
    }

    private static final class Counting implements Check {
        private final SimNetwork network;
        private final Consumer<String> violated;
        private final Set<SimNode> started = new HashSet<>();
        /** The multicasts that GRASP nodes have begun, as opposed to those that they relay for others. */
        private final Set<MulticastKey> genuine = new HashSet<>();

        private final Map<String, Tally> tallies = new LinkedHashMap<>();

        Counting(SimNetwork network, Consumer<String> violated) {
            this.network = network;
            this.violated = violated;
        }

        @Override
        public GraspObserver started(SimNode node) {
            started.add(node);
            return new Watching(node, this);
        }

        /**
         * {@return the counts of a link of a node, or {@code null} if another host than a GRASP node is on the link}
         */
        @Nullable
        Tally ofLink(SimNode node, MessagePath path) {
            boolean clean = network.links().stream()
                    .filter(link -> link.name().equals(path.link()))
                    .map(SimLink::nodes)
                    .anyMatch(started::containsAll);
            return clean ? tally(node + " on link " + path.link()) : null;
        }

        /** {@return the counts of a peer of a node, or {@code null} if it is no GRASP node} */
        @Nullable
        Tally ofPeer(SimNode node, MessagePath path) {
            InetSocketAddress peer = path.peer();
            return peer == null
                    ? null
                    : started.stream()
                            .filter(each -> each.addresses().contains(peer.getAddress()))
                            .findFirst()
                            .map(each -> tally(node + " from " + each))
                            .orElse(null);
        }

        private Tally tally(String of) {
            return tallies.computeIfAbsent(of, absent -> new Tally());
        }

        @Override
        public void ended() {
            tallies.forEach((of, tally) -> {
                if (tally.offered >= FEWEST && tally.refused > MOST_REFUSED * tally.offered) {
                    violated.accept(of + ": refused " + tally.refused + " of " + tally.offered
                            + " messages of GRASP nodes, because something was used up");
                }
            });
        }
    }

    private static final class Tally {
        private int offered;
        private int refused;
    }

    private static final class Watching implements GraspObserver {
        private final SimNode node;
        private final Counting counting;
        private final Map<MulticastKey, MessagePath> received = new HashMap<>();
        private @Nullable MulticastKey latest;

        Watching(SimNode node, Counting counting) {
            this.node = node;
            this.counting = counting;
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            latest = null;
            if (key == null) {
                if (message.typeName().startsWith("M_REQ")) {
                    count(counting.ofPeer(node, path), true, false);
                }
            } else if (received.putIfAbsent(key, path) == null && counting.genuine.contains(key)) {
                latest = key;
                count(counting.ofLink(node, path), true, false);
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null && !received.containsKey(key)) {
                counting.genuine.add(key);
            }
        }

        @Override
        public void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null && path.equals(received.get(key)) && counting.genuine.contains(key)) {
                count(counting.ofLink(node, path), false, true);
            }
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            if (!USED_UP.contains(reason)) {
                return;
            }
            if (path.kind() == MessagePath.Kind.CONNECTION) {
                count(counting.ofPeer(node, path), BEFORE_A_MESSAGE.contains(reason), true);
            } else if (latest != null && path.equals(received.get(latest))) {
                count(counting.ofLink(node, path), false, true);
            }
        }

        private static void count(@Nullable Tally tally, boolean offered, boolean refused) {
            if (tally != null) {
                tally.offered += offered ? 1 : 0;
                tally.refused += refused ? 1 : 0;
            }
        }
    }
}
