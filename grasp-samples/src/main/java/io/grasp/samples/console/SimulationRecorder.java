package io.grasp.samples.console;

import io.grasp.api.Grasp;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.inspection.ValueExcerpt;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRandom;
import io.grasp.simulation.chaos.ChaosRun;
import io.grasp.simulation.chaos.ChaosWorkload;
import io.grasp.simulation.chaos.Fault;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Records what the nodes of a simulated network observe, and what happens to messages in between. Observing does not
 * change a run: its trace has the same hash.
 */
final class SimulationRecorder {
    private static final int VALUE_BYTES = 256;
    private static final int ACCEPT = 101;
    private static final int DECLINE = 102;

    /** What nodes do not see themselves. */
    private static final Set<SimEvent.Kind> OF_NETWORK = EnumSet.of(
            SimEvent.Kind.LOST,
            SimEvent.Kind.UNREACHED,
            SimEvent.Kind.REFUSED,
            SimEvent.Kind.TIMED_OUT,
            SimEvent.Kind.LINK_UP,
            SimEvent.Kind.LINK_DOWN,
            SimEvent.Kind.PARTITIONED,
            SimEvent.Kind.HEALED,
            SimEvent.Kind.STARTED,
            SimEvent.Kind.CLOSED,
            SimEvent.Kind.CRASHED,
            SimEvent.Kind.SUSPENDED,
            SimEvent.Kind.RESUMED);

    private final RecordedEvents events;
    private final Map<InetAddress, String> names = new HashMap<>();
    private @Nullable ChaosRun run;

    SimulationRecorder(RecordedEvents events) {
        this.events = events;
    }

    /** {@return a workload that does what another one does, and is recorded} */
    ChaosWorkload recording(ChaosWorkload workload) {
        return new ChaosWorkload() {
            @Override
            public SimulationConfig configure(SimulationConfig settings, Set<Fault> faults, ChaosRandom random) {
                SimulationConfig configured = workload.configure(settings, faults, random);
                return configured.withNode(configured.node().withAdditionalObserver(new Nodes()));
            }

            @Override
            public void plan(ChaosRun planned) {
                run = planned;
                planned.runner().network().observe(SimulationRecorder.this::happened);
                workload.plan(planned);
            }

            @Override
            public Publisher<?> started(ChaosNode node, Grasp grasp) {
                return workload.started(node, grasp);
            }

            @Override
            public void recovered(ChaosRun recovered) {
                workload.recovered(recovered);
            }
        };
    }

    /** {@return the network that was recorded} */
    SimNetwork network() {
        return run().runner().network();
    }

    /** {@return whether a node is one of those that run GRASP, and not an adversary} */
    boolean isGrasp(String node) {
        return run().nodes().stream().anyMatch(each -> each.name().equals(node));
    }

    private ChaosRun run() {
        return Objects.requireNonNull(run, "the run has not begun");
    }

    private Duration now() {
        return run().now();
    }

    private void happened(SimEvent event) {
        if (OF_NETWORK.contains(event.kind())) {
            events.network(event);
        }
    }

    /** Makes the observer of each node. */
    private final class Nodes implements GraspObserver {
        @Override
        public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
            return new OneNode();
        }
    }

    /** The name of the node with an address; nodes get addresses at any time. */
    private String nameOf(InetAddress address) {
        String known = names.get(address);
        if (known != null) {
            return known;
        }
        for (SimNode node : network().nodes()) {
            node.addresses().forEach(each -> names.putIfAbsent(each, node.name()));
        }
        return names.getOrDefault(address, "");
    }

    private String peerOf(MessagePath path) {
        InetSocketAddress peer = path.peer();
        return peer == null || peer.getAddress() == null ? "" : nameOf(peer.getAddress());
    }

    /** The observer of one node. */
    private final class OneNode implements GraspObserver {
        private String name = "";

        @Override
        public void started(NodeLocators locators, Security security, boolean permitsGrasp) {
            name = nameOf(locators.initiator());
            locators.links().forEach(link -> {
                if (link.linkLocal() instanceof Locator.Ipv6 address) {
                    names.put(address.address(), name);
                }
            });
        }

        @Override
        public void linkUp(LinkInfo link) {
            if (!name.isEmpty()) {
                names.put(link.linkLocalAddress(), name);
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            move(message, encoded, path, true);
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            events.message(
                    name,
                    peerOf(path),
                    new TraceEvent.Message(
                            now(),
                            false,
                            message.type(),
                            message.typeName(),
                            Optional.ofNullable(message.session()),
                            Optional.ofNullable(message.initiator()),
                            Optional.ofNullable(message.objective()).map(Objective::name),
                            path,
                            CborItem.wrap(encoded, 0, encoded.length)));
            if (!isGrasp(peerOf(path))) {
                move(message, encoded, path, false); // the sender is not observed
            }
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            events.message(name, peerOf(path), new TraceEvent.Dropped(now(), reason, path));
        }

        @Override
        public void sessionStarted(SessionInfo session) {
            events.session(name, new SessionEvent.Started(now(), session));
        }

        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
            events.session(
                    name,
                    new SessionEvent.Ended(
                            now(),
                            session,
                            outcome,
                            Optional.ofNullable(failure).map(Throwable::getMessage)));
        }

        private void move(MessageInfo message, byte[] encoded, MessagePath path, boolean sent) {
            SessionId session = message.session();
            if (path.kind() == MessagePath.Kind.LINK || session == null) {
                return;
            }
            MoveEvent.@Nullable Move move;
            Optional<Duration> waitTime = Optional.empty();
            Optional<String> reason = Optional.empty();
            try {
                CborReader reader = new CborReader(encoded, 0, encoded.length, CborLimits.UNBOUNDED);
                reader.readArrayHeader();
                reader.skip(); // type
                reader.skip(); // session
                move = switch (message.typeName()) {
                    case "M_REQ_NEG" -> MoveEvent.Move.REQUEST;
                    case "M_NEGOTIATE" -> MoveEvent.Move.OFFER;
                    case "M_REQ_SYN" -> MoveEvent.Move.SYNCHRONIZATION_REQUEST;
                    case "M_SYNCH" -> MoveEvent.Move.SYNCHRONIZATION;
                    case "M_INVALID" -> MoveEvent.Move.INVALID;
                    case "M_WAIT" -> {
                        waitTime = Optional.of(Duration.ofMillis(reader.readUnsigned()));
                        yield MoveEvent.Move.WAIT;
                    }
                    case "M_END" -> {
                        int elements = reader.readArrayHeader();
                        long option = reader.readUnsigned();
                        if (option == DECLINE && elements > 1 && reader.isText()) {
                            reason = Optional.of(reader.readText());
                        }
                        yield option == ACCEPT ? MoveEvent.Move.ACCEPT : MoveEvent.Move.DECLINE;
                    }
                    default -> null;
                };
            } catch (CborException e) {
                throw new IllegalStateException("an observed message is well-formed", e);
            }
            if (move != null) {
                Objective objective = message.objective();
                ObjectiveValue value = objective == null ? ObjectiveValue.NONE : objective.value();
                events.move(
                        name,
                        peerOf(path),
                        new MoveEvent(
                                now(),
                                sent,
                                session,
                                move,
                                Optional.ofNullable(objective).map(Objective::name),
                                objective == null ? 0 : objective.loopCount(),
                                ValueExcerpt.of(value, VALUE_BYTES),
                                waitTime,
                                reason,
                                path));
            }
        }
    }
}
