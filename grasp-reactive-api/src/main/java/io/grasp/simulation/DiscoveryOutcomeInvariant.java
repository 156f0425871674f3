package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Checks that each discovery that a node receives is answered, relayed, or dropped with a reason. */
record DiscoveryOutcomeInvariant() implements Invariant {
    /** Longer than a node tries to send an answer. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private static final String DISCOVERY = "M_DISCOVERY";

    /** Reasons for drops of messages that have waited, and of answers: others may have been received since. */
    private static final Set<DropReason> LATE = EnumSet.of(
            DropReason.DUPLICATE,
            DropReason.RELAY_RATE,
            DropReason.UNDELIVERED,
            DropReason.PENDING_REPLIES,
            DropReason.ROUTABLE_REPLIES);

    @Override
    public String name() {
        return "every discovery is answered, relayed or counted";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        Map<String, Waiting> nodes = new HashMap<>();
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                Waiting waiting = new Waiting(network);
                nodes.put(node.name(), waiting);
                return waiting;
            }

            @Override
            public void closing(SimNode node, EngineLoad load) {
                Waiting waiting = nodes.get(node.name());
                if (waiting != null) {
                    waiting.due(network.now().minus(GRACE))
                            .forEach(one -> violated.accept(node + " has neither answered nor relayed nor dropped "
                                    + one.key() + ", received at " + Violation.seconds(one.at())));
                }
            }
        };
    }

    /** The discoveries that a node has received, and that have had no outcome yet. */
    private static final class Waiting implements GraspObserver {
        private final SimNetwork network;
        private final List<Received> open = new ArrayList<>();
        /** Those that a drop seems to have ended: a drop does not name its message. */
        private final List<Received> dropped = new ArrayList<>();

        /** What this node received last, if it is no discovery: a drop on its path may concern it. */
        private @Nullable MessagePath otherPath;

        private Duration otherAt = Duration.ZERO;

        Waiting(SimNetwork network) {
            this.network = network;
        }

        List<Received> due(Duration before) {
            return open.stream().filter(one -> one.at().compareTo(before) <= 0).toList();
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            boolean isDiscovery = key != null && message.typeName().equals(DISCOVERY);
            otherPath = isDiscovery ? null : path;
            otherAt = network.now();
            if (key != null && isDiscovery) {
                open.add(new Received(key, path, network.now()));
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            if (!message.typeName().equals(DISCOVERY)) {
                ended(one -> one.key().session().equals(message.session()) && one.isOn(path));
            }
        }

        @Override
        public void relayed(MessageInfo message, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            ended(one -> one.key().equals(key) && one.isOn(path));
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            boolean anyWaits = open.stream().anyMatch(one -> one.isOn(path));
            if (otherPath != null
                    && isSame(otherPath, path)
                    && otherAt.equals(network.now())
                    && !(LATE.contains(reason) && anyWaits)) {
                otherPath = null;
            } else if (reason != DropReason.MALFORMED) {
                Received latest = take(open, one -> one.isOn(path));
                if (latest != null) {
                    dropped.add(latest);
                }
            }
        }

        /** If a drop seems to have ended it before, the drop was that of an earlier one on the same path. */
        private void ended(Predicate<Received> which) {
            if (take(open, which) == null) {
                Received wrongly = take(dropped, which);
                Received earlier = wrongly == null ? null : take(open, one -> one.isOn(wrongly.path()));
                if (earlier != null) {
                    dropped.add(earlier);
                }
            }
        }

        /** Removes the latest that matches, if there is one. */
        private static @Nullable Received take(List<Received> from, Predicate<Received> which) {
            for (int i = from.size() - 1; i >= 0; i--) {
                if (which.test(from.get(i))) {
                    return from.remove(i);
                }
            }
            return null;
        }
    }

    /** The link of a connection is known only if something is dropped. */
    private static boolean isSame(MessagePath one, MessagePath other) {
        boolean sameLink =
                one.kind() == MessagePath.Kind.CONNECTION || one.link().equals(other.link());
        return one.kind() == other.kind() && sameLink && Objects.equals(one.peer(), other.peer());
    }

    private record Received(MulticastKey key, MessagePath path, Duration at) {
        boolean isOn(MessagePath other) {
            return isSame(path, other);
        }
    }
}
