package io.grasp.engine.channel;

import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import org.jspecify.annotations.Nullable;

/**
 * A placeholder for the session of a channel until the session exists; no event is reported in the same turn of the
 * loop.
 */
enum UnboundHandler implements MessageHandler {
    INSTANCE;

    @Override
    public void received(GraspMessage message, byte[] encoded) {
        throw new AssertionError("an event was reported before the session was set up");
    }

    @Override
    public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
        throw new AssertionError("an event was reported before the session was set up");
    }

    @Override
    public void inputEnded() {
        throw new AssertionError("an event was reported before the session was set up");
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        throw new AssertionError("an event was reported before the session was set up");
    }
}
