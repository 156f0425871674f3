package io.grasp.engine;

import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.substrate.Link;
import io.grasp.substrate.Security;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells several observers, and keeps what one of them throws from the protocol and from the others. */
final class Observers implements GraspObserver {
    private final List<GraspObserver> observers;

    Observers(List<GraspObserver> observers) {
        this.observers = observers;
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
    public void floodProcessed(Flood flood, MessagePath path) {
        tell(o -> o.floodProcessed(flood, path));
    }

    @Override
    public void locatorFound(String objective, AsaLocator locator) {
        tell(o -> o.locatorFound(objective, locator));
    }

    @Override
    public void negotiated(SessionInfo session, NegotiationOutcome outcome) {
        tell(o -> o.negotiated(session, outcome));
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
        for (GraspObserver observer : observers) {
            Isolated.run(() -> event.accept(observer));
        }
    }
}
