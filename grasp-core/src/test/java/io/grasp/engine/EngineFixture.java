package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.GraspMessage;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An engine between two links, with a peer on each that has no manners, and an ASA. */
abstract class EngineFixture {
    static final Objective EX2 = Objective.synchronizable("EX2");
    static final Objective EX3 = Objective.negotiable("EX3");
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    final VirtualLoop loop = new VirtualLoop();
    final SimNetwork network = SimNetwork.create(loop, 1);
    final SimNode node = network.node("engine");
    final ScriptedPeer peer = new ScriptedPeer(network.node("peer"));
    final ScriptedPeer beyond = new ScriptedPeer(network.node("beyond"));
    final SimLink lan = link("lan", peer);
    final SimLink other = link("other", beyond);
    final Map<DropReason, Integer> drops = new EnumMap<>(DropReason.class);
    /** The ways of what was dropped for {@link DropReason#LIMIT}. */
    final List<MessagePath> limited = new ArrayList<>();

    final List<GraspMessage> sent = new ArrayList<>();
    final List<NegotiationSession> requests = new ArrayList<>();
    final RecordingEvents events = new RecordingEvents();
    RandomGenerator random = new Random(1);
    GraspEngine engine;
    EngineAsa asa;

    private SimLink link(String name, ScriptedPeer end) {
        return network.link(name, LinkKind.DATAGRAM, Duration.ofMillis(1), node, end.node);
    }

    EngineConfig config() {
        return EngineConfig.DEFAULTS;
    }

    Substrate substrate() {
        return node;
    }

    @BeforeEach
    void start() {
        engine = new GraspEngine(config(), substrate(), () -> random.nextLong(), new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                drops.merge(reason, 1, Integer::sum);
                if (reason == DropReason.LIMIT) {
                    limited.add(path);
                }
            }

            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                sent.add((GraspMessage) message);
            }
        });
        loop.run(() -> engine.start(failure -> {}));
        loop.runReady();
        asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> {
            asa.register(EX2, RegistrationOptions.DEFAULTS);
            asa.register(EX3, RegistrationOptions.DEFAULTS);
        });
    }

    @AfterEach
    void nothingIsLeft() {
        loop.run(() -> engine.close(failure -> {}));
        List.of(peer, beyond).forEach(end -> loop.run(() -> end.node.close(failure -> {})));
        loop.runUntilIdle();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        assertThat(network.openConnections()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    void moment() {
        loop.advance(Duration.ofMillis(50));
    }

    void listen() {
        loop.run(() -> asa.listenNegotiate(EX3, acceptor()).request(Long.MAX_VALUE));
    }

    /** Takes what is requested, and keeps it. */
    NegotiationAcceptor acceptor() {
        return new NegotiationAcceptor() {
            @Override
            public void requested(NegotiationSession session) {
                session.take(events);
                requests.add(session);
            }

            @Override
            public void stopped() {}
        };
    }

    /** The engine requests a negotiation, and the peer has got the request. */
    ScriptedPeer.Wire request(Objective objective) {
        events.session = loop.call(() -> asa.negotiate(objective, here(peer.node), TIMEOUT, events));
        moment();
        return peer.accepted.get(peer.accepted.size() - 1);
    }

    static AsaLocator here(SimNode at) {
        Inet6Address address = (Inet6Address) at.addresses().get(0);
        return AsaLocator.of(new Locator.Ipv6(address, Locator.TCP, at.port()));
    }

    /** What the engine's negotiations tell. */
    static final class RecordingEvents implements NegotiationEvents {
        final List<Objective> offers = new ArrayList<>();
        NegotiationOutcome outcome;
        GraspException failure;
        NegotiationSession session;

        @Override
        public void offered(Objective offer) {
            offers.add(offer);
        }

        @Override
        public void ended(NegotiationOutcome how) {
            outcome = how;
        }

        @Override
        public void failed(GraspException why) {
            failure = why;
        }
    }

    /** What a synchronization tells. */
    static final class Synchronized implements SynchronizationEvents {
        Objective objective;
        GraspException failure;

        @Override
        public void synchronised(Objective what) {
            objective = what;
        }

        @Override
        public void failed(GraspException why) {
            failure = why;
        }
    }

    /** What a discovery finds. */
    static final class Finding implements DiscoveryEvents {
        final List<AsaLocator> found = new ArrayList<>();
        boolean completed;

        @Override
        public void found(AsaLocator locator) {
            found.add(locator);
        }

        @Override
        public void completed() {
            completed = true;
        }

        @Override
        public void failed(GraspException failure) {
            throw new AssertionError(failure);
        }
    }
}
