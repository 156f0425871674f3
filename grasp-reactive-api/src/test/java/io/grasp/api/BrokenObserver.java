package io.grasp.api;

import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;

/** Throws on every event. */
final class BrokenObserver implements GraspObserver {
    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        throw new IllegalStateException("sent");
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        throw new IllegalStateException("received");
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        throw new IllegalStateException("dropped");
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        throw new IllegalStateException("started");
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, Throwable failure) {
        throw new IllegalStateException("ended");
    }
}
