package io.grasp.engine;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.GraspMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;

/** An engine between two links, with a peer on each, and an ASA that has registered two objectives. */
abstract class TwoLinkFixture extends EngineFixture {
    final SimNode node = network.node("engine");
    final ScriptedPeer peer = newPeer("peer");
    final ScriptedPeer beyond = newPeer("beyond");
    final SimLink lan = link("lan", node, peer.node);
    final SimLink other = link("other", node, beyond.node);
    final RecordingObserver observed = new RecordingObserver();
    final Map<DropReason, Integer> drops = observed.drops;
    final List<MessagePath> tooLong = observed.tooLong;
    final List<GraspMessage> sent = observed.sent;
    final List<NegotiationSession> requests = new ArrayList<>();
    final RecordingEvents events = new RecordingEvents();
    RandomGenerator random = new Random(1);
    GraspEngine engine;
    EngineAsa asa;

    EngineConfig config() {
        return EngineConfig.DEFAULTS;
    }

    Substrate substrate() {
        return node;
    }

    @BeforeEach
    void start() {
        engine = start(config(), substrate(), () -> random.nextLong(), observed);
        asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> {
            asa.register(EX2, RegistrationOptions.DEFAULTS);
            asa.register(EX3, RegistrationOptions.DEFAULTS);
        });
    }

    void listen() {
        loop.run(() -> asa.listenNegotiate(EX3, acceptor()).request(Long.MAX_VALUE));
    }

    /** Accepts requested negotiations, and records them. */
    NegotiationAcceptor acceptor() {
        return acceptor(session -> {
            session.take(events);
            requests.add(session);
        });
    }

    /** The engine requests a negotiation, and the peer has received the request. */
    ScriptedPeer.Wire request(Objective objective) {
        events.session = loop.call(() -> asa.negotiate(objective, here(peer.node), TIMEOUT, events));
        moment();
        return peer.accepted.get(peer.accepted.size() - 1);
    }
}
