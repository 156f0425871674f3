package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Synch;
import org.jspecify.annotations.Nullable;

/** A synchronization that begins with a discovery (RFC 8990 section 2.5.6.3). */
record RapidSynchronization(
        EngineContext context, Objective objective, SynchronizationEvents events, Runnable ordinarily)
        implements RapidRequest {
    @Override
    public boolean takes(GraspMessage message) {
        return message instanceof Synch synch && isValue(synch.objective());
    }

    @Override
    public Cancellable answered(SessionId id, GraspMessage message, byte[] encoded, @Nullable MessageChannel channel) {
        context.sessions.end(id);
        if (channel != null) {
            channel.close();
        }
        events.synchronised(((Synch) message).objective());
        return () -> {};
    }

    @Override
    public boolean satisfiedBy(Objective received) {
        return isValue(received);
    }

    @Override
    public void satisfied(Objective received) {
        events.synchronised(received);
    }

    private boolean isValue(Objective received) {
        return received.name().equals(objective.name())
                && received.isSynchronizable()
                && received.value().isPresent();
    }

    @Override
    public void ordinary() {
        ordinarily.run();
    }

    @Override
    public void failed(GraspException failure) {
        events.failed(failure);
    }

    @Override
    public GraspException unanswered(String detail) {
        return GraspException.local(GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED, detail);
    }
}
