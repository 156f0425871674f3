package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts, for each node and each of its links without an adversary, the multicasts, requests and responses of GRASP
 * nodes, how many of them it refused because something was used up, and how many discoveries it neither answered nor
 * relayed.
 */
record OtherLinksInvariant() implements Invariant {
    private static final double MOST_REFUSED = 0.1;
    /** Fewer messages show nothing. */
    private static final int FEWEST = 20;
    /** Longer than a node tries to send an answer. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** The reasons that depend on what others use. */
    private static final Set<DropReason> USED_UP = EnumSet.of(
            DropReason.SESSIONS,
            DropReason.WAITING_SESSIONS,
            DropReason.CONNECTIONS,
            DropReason.DESCRIPTORS,
            DropReason.PEER_CONNECTIONS,
            DropReason.SILENT_CONNECTIONS,
            DropReason.ASKING_CONNECTIONS,
            DropReason.LISTENER_QUEUE,
            DropReason.RELAY_RATE,
            DropReason.RELAYED_DISCOVERIES,
            DropReason.TOO_MANY_LOCATORS,
            DropReason.PENDING_REPLIES,
            DropReason.ROUTABLE_REPLIES,
            DropReason.UNDELIVERED);

    /** The reasons for which a connection is refused before a message comes. */
    private static final Set<DropReason> BEFORE_A_MESSAGE = EnumSet.of(
            DropReason.CONNECTIONS, DropReason.DESCRIPTORS, DropReason.PEER_CONNECTIONS, DropReason.SILENT_CONNECTIONS);

    /** The reasons for which an answer does not come. It is missed, whatever the reason, so it is not counted twice. */
    private static final Set<DropReason> UNANSWERED =
            EnumSet.of(DropReason.PENDING_REPLIES, DropReason.ROUTABLE_REPLIES, DropReason.UNDELIVERED);

    /** Faults after which an answer may be missing without any adversary. */
    private static final Set<SimEvent.Kind> FAULTS = EnumSet.of(
            SimEvent.Kind.LOST,
            SimEvent.Kind.CORRUPTED,
            SimEvent.Kind.DATA_CORRUPTED,
            SimEvent.Kind.LINK_DOWN,
            SimEvent.Kind.PARTITIONED,
            SimEvent.Kind.CRASHED,
            SimEvent.Kind.SUSPENDED);

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
        private final HonestTraffic honest;
        private final Map<String, Tally> tallies = new LinkedHashMap<>();
        private final Map<String, Watching> watching = new HashMap<>();
        /** The nodes that have received a response in a session, and may pass it on. */
        private final Set<String> responded = new TreeSet<>();

        private boolean faulty;

        Counting(SimNetwork network, Consumer<String> violated) {
            this.network = network;
            this.violated = violated;
            this.honest = new HonestTraffic(network);
        }

        @Override
        public GraspObserver started(SimNode node) {
            honest.started(node);
            Watching made = new Watching(node, this);
            watching.put(node.name(), made);
            return made;
        }

        @Override
        public void happened(SimEvent event) {
            faulty |= FAULTS.contains(event.kind());
        }

        @Override
        public void closing(SimNode node, EngineLoad load) {
            Watching ending = watching.get(node.name());
            if (ending != null && !faulty) {
                ending.missed(network.now().minus(GRACE));
            }
        }

        /**
         * {@return the counts of a link of a node, or {@code null} if another host than a GRASP node is on the link, or
         *     if the neighbor passes on messages of one: it is charged for them}
         */
        @Nullable
        Tally ofLink(SimNode node, MessagePath path) {
            return honest.isClean(path) && honest.isAllHonest(node, path)
                    ? tally(node + " on link " + path.link())
                    : null;
        }

        /** {@return the counts of a peer of a node, or {@code null} if it is no GRASP node} */
        @Nullable
        Tally ofPeer(SimNode node, MessagePath path) {
            return honest.peer(path).map(each -> tally(node + " from " + each)).orElse(null);
        }

        private Tally tally(String of) {
            return tallies.computeIfAbsent(of, absent -> new Tally());
        }

        @Override
        public void ended() {
            tallies.forEach((of, tally) -> {
                if (tally.offered >= FEWEST && tally.refused > MOST_REFUSED * tally.offered) {
                    violated.accept(of + ": refused or did not answer " + tally.refused + " of " + tally.offered
                            + " messages of GRASP nodes, because something was used up");
                }
            });
        }
    }

    private static final class Tally {
        private int offered;
        private int refused;
    }

    /** A discovery that has had no outcome yet. */
    private record Asked(Tally tally, Duration at) {}

    private static final class Watching implements GraspObserver {
        private final SimNode node;
        private final Counting counting;
        private final Map<MulticastKey, MessagePath> received = new HashMap<>();
        private final Map<MulticastKey, Asked> asked = new LinkedHashMap<>();
        private @Nullable MulticastKey latest;
        /** The counts for the response that came last, until it is refused. */
        private @Nullable Tally response;

        Watching(SimNode node, Counting counting) {
            this.node = node;
            this.counting = counting;
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            counting.honest.received(node, message, path);
            MulticastKey key = MulticastKey.of(message);
            latest = null;
            response = null;
            if (key == null) {
                requestOrResponse(message, path);
            } else if (received.putIfAbsent(key, path) == null && counting.honest.isBegun(key)) {
                latest = key;
                Tally tally = counting.ofLink(node, path);
                count(tally, true, false);
                if (tally != null && message.typeName().equals("M_DISCOVERY")) {
                    asked.put(key, new Asked(tally, counting.network.now()));
                }
            }
        }

        private void requestOrResponse(MessageInfo message, MessagePath path) {
            SessionId session = message.session();
            if (message.typeName().startsWith("M_REQ")) {
                count(counting.ofPeer(node, path), true, false);
            } else if (message.typeName().equals("M_RESPONSE") && session != null) {
                boolean passedOn = counting.honest
                        .peer(path)
                        .map(peer -> counting.responded.contains(peer + " " + session))
                        .orElse(true);
                counting.responded.add(node + " " + session);
                response = passedOn ? null : counting.ofPeer(node, path);
                count(response, true, false);
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key == null) {
                asked.keySet().removeIf(each -> each.session().equals(message.session()));
            } else if (!received.containsKey(key)) {
                counting.honest.begun(key);
            }
        }

        @Override
        public void relayed(MessageInfo message, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null) {
                asked.remove(key);
            }
        }

        @Override
        public void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null && path.equals(received.get(key)) && counting.honest.isBegun(key)) {
                asked.remove(key);
                count(counting.ofLink(node, path), false, true);
                latest = null; // the drop that follows is the same refusal
            }
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            boolean ofLatest = latest != null && path.equals(received.get(latest));
            if (!USED_UP.contains(reason)) {
                if (ofLatest) {
                    asked.remove(Objects.requireNonNull(latest));
                }
            } else if (reason == DropReason.TOO_MANY_LOCATORS) {
                count(response, false, true);
                response = null; // it is counted for each locator
            } else if (path.kind() == MessagePath.Kind.CONNECTION) {
                count(counting.ofPeer(node, path), BEFORE_A_MESSAGE.contains(reason), true);
            } else if (reason == DropReason.RELAYED_DISCOVERIES) {
                // It is that of an earlier discovery: only if all of the neighbor are honest, is this one.
                if (counting.honest.isAllHonest(node, path)) {
                    count(counting.ofLink(node, path), false, true);
                }
            } else if (ofLatest && !UNANSWERED.contains(reason) && reason != DropReason.RELAY_RATE) {
                asked.remove(Objects.requireNonNull(latest));
                count(counting.ofLink(node, path), false, true);
            }
        }

        /** Counts the discoveries that have had no outcome although they came before a time. */
        void missed(Duration before) {
            asked.values().stream()
                    .filter(each -> each.at().compareTo(before) <= 0)
                    .forEach(each -> count(each.tally(), false, true));
        }

        private static void count(@Nullable Tally tally, boolean offered, boolean refused) {
            if (tally != null) {
                tally.offered += offered ? 1 : 0;
                tally.refused += refused ? 1 : 0;
            }
        }
    }
}
