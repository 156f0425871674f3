package io.grasp.engine;

import io.grasp.substrate.Link;
import io.grasp.substrate.Security;
import io.grasp.wire.GraspMessage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps what an observer throws away from the protocol. */
final class GuardedObserver implements GraspObserver {
    private final GraspObserver observer;

    GuardedObserver(GraspObserver observer) {
        this.observer = observer;
    }

    @Override
    public void messageSent(GraspMessage message, byte[] encoded, MessagePath path) {
        tell(o -> o.messageSent(message, encoded, path));
    }

    @Override
    public void messageReceived(GraspMessage message, byte[] encoded, MessagePath path) {
        tell(o -> o.messageReceived(message, encoded, path));
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        tell(o -> o.messageDropped(reason, path));
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        tell(o -> o.sessionStarted(session));
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        tell(o -> o.sessionEnded(session, outcome, failure));
    }

    @Override
    public void linkUp(Link link) {
        tell(o -> o.linkUp(link));
    }

    @Override
    public void linkDown(Link link) {
        tell(o -> o.linkDown(link));
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        tell(o -> o.linkFailed(link, cause));
    }

    @Override
    public void securityChanged(Security security) {
        tell(o -> o.securityChanged(security));
    }

    private void tell(Consumer<GraspObserver> event) {
        Isolated.run(() -> event.accept(observer));
    }
}
