package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;

/**
 * Engines on a simulated network at virtual time, and peers that send whatever a test requires. At the end of a test all are closed, and
 * no resource remains.
 */
abstract class EngineFixture {
    static final Objective EX2 = Objective.synchronizable("EX2");
    static final Objective EX3 = Objective.negotiable("EX3");
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    final VirtualLoop loop = new VirtualLoop();
    final SimNetwork network = SimNetwork.create(loop, 1);
    private final List<GraspEngine> engines = new ArrayList<>();
    private final List<ScriptedPeer> peers = new ArrayList<>();

    final ScriptedPeer newPeer(String name) {
        ScriptedPeer peer = new ScriptedPeer(network.node(name));
        peers.add(peer);
        return peer;
    }

    /** {@return a peer that a router separates from the nodes on a link, so that its address shows no link} */
    final ScriptedPeer newPeerBeyond(SimLink link) {
        SimNode router = newPeer("router").node;
        network.connect(router, link);
        ScriptedPeer peer = newPeer("distant");
        link("distant", router, peer.node);
        moment();
        return peer;
    }

    final SimLink link(String name, SimNode... nodes) {
        return network.link(name, LinkKind.DATAGRAM, Duration.ofMillis(1), nodes);
    }

    /** {@return the substrate of a node, which also shows its listener} */
    static Substrate listened(SimNode node, Consumer<SubstrateListener> started) {
        return (Substrate) Proxy.newProxyInstance(
                Substrate.class.getClassLoader(), new Class<?>[] {Substrate.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        started.accept((SubstrateListener) arguments[0]);
                    }
                    return method.invoke(node, arguments);
                });
    }

    /** Starts an engine with its own random seed. */
    final GraspEngine start(EngineConfig config, Substrate substrate, GraspObserver observer) {
        return start(config, substrate, new Random(engines.size() + 1), observer);
    }

    final GraspEngine start(EngineConfig config, Substrate substrate, RandomGenerator random, GraspObserver observer) {
        GraspEngine engine = new GraspEngine(config, substrate, random, observer);
        engines.add(engine);
        loop.run(() -> engine.start(failure -> {}));
        loop.runReady();
        return engine;
    }

    @AfterEach
    final void closeEverything() {
        engines.forEach(engine -> loop.run(() -> engine.close(failure -> {})));
        peers.forEach(peer -> loop.run(() -> peer.node.close(failure -> {})));
        loop.runUntilIdle();
        assertThat(engines).allSatisfy(engine -> assertThat(engine.load()).isEqualTo(EngineLoad.NONE));
        assertThat(network.openConnections()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    /** Long enough for messages in both directions. */
    final void moment() {
        loop.advance(Duration.ofMillis(50));
    }

    static AsaLocator here(SimNode at) {
        Inet6Address address = (Inet6Address) at.addresses().get(0);
        return AsaLocator.of(new Locator.Ipv6(address, Locator.TCP, at.port()));
    }

    static InetAddress addressOf(ScriptedPeer peer) {
        return peer.node.addresses().get(0);
    }

    /** {@return an acceptor that passes on each request} */
    static NegotiationAcceptor acceptor(Consumer<NegotiationSession> requested) {
        return new NegotiationAcceptor() {
            @Override
            public void requested(NegotiationSession session) {
                requested.accept(session);
            }

            @Override
            public void stopped() {}
        };
    }

    /** Records the events of negotiations. */
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

    /** Records the result of a synchronization. */
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

    /** Records the locators that a discovery finds. */
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
