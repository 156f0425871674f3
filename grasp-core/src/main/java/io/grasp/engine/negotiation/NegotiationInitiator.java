package io.grasp.engine.negotiation;

import io.grasp.engine.channel.ChannelConnector;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.engine.registry.Registry;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.RequestNegotiation;
import java.time.Duration;

/** Requests negotiations of peers for the ASAs of this node (RFC 8990 section 2.8.6). */
public final class NegotiationInitiator {
    private final EngineContext context;
    private final Registry registry;
    private final ChannelConnector connector;

    /** Makes the initiator of a node. */
    public NegotiationInitiator(EngineContext context, Registry registry, ChannelConnector connector) {
        this.context = context;
        this.registry = registry;
        this.connector = connector;
    }

    /** Begins a session with a peer; the objective holds the requested value and the loop count. */
    public NegotiationSession request(
            RegisteredAsa asa, Objective objective, AsaLocator peer, Duration timeout, NegotiationEvents events) {
        Objective request = Placeholder.ifNone(objective);
        int maxBytes = registry.maxBytes(objective.name());
        SessionId id = context.sessions.begin();
        try {
            RequestNegotiation message = new RequestNegotiation(id, request);
            byte[] encoded = context.encodeUnicast(message, maxBytes);
            MessageChannel channel = connector.open(peer, asa.name(), objective.name());
            channel.maxBytes(maxBytes);
            return NegotiationSession.initiate(context, asa, message, encoded, channel, timeout, events);
        } catch (GraspException refused) {
            context.sessions.end(id);
            throw refused.about(objective.name());
        }
    }
}
