package io.grasp.engine.synchronization;

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
import io.grasp.wire.RequestSynchronization;
import java.time.Duration;

/** Requests the values of objectives from peers for the ASAs of this node (RFC 8990 section 2.5.6.1). */
public final class SynchronizationInitiator {
    private final EngineContext context;
    private final Registry registry;
    private final ChannelConnector connector;

    /** Makes the initiator of a node. */
    public SynchronizationInitiator(EngineContext context, Registry registry, ChannelConnector connector) {
        this.context = context;
        this.registry = registry;
        this.connector = connector;
    }

    /**
     * Begins a session with a peer.
     *
     * @param opening how long the connection may take to open, if less than the timeout
     */
    public SynchronizationRequest request(
            RegisteredAsa asa,
            Objective objective,
            AsaLocator peer,
            Duration timeout,
            Duration opening,
            SynchronizationEvents events) {
        int maxBytes = registry.maxBytes(objective.name());
        SessionId id = context.sessions.begin();
        try {
            RequestSynchronization message = new RequestSynchronization(id, Placeholder.ifNone(objective));
            byte[] encoded = context.encodeUnicast(message, maxBytes);
            MessageChannel channel = connector.open(peer, asa.name(), objective.name());
            channel.maxBytes(maxBytes);
            return SynchronizationRequest.initiate(
                    context, asa, id, message, encoded, channel, timeout, opening, events);
        } catch (GraspException refused) {
            context.sessions.end(id);
            throw refused.about(objective.name());
        }
    }
}
