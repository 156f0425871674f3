package io.grasp.engine;

import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Security;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells several observers, and keeps what one of them throws from the protocol and from the others. */
final class Observers implements GraspObserver {
    private final List<GraspObserver> observers;

    private Observers(List<GraspObserver> observers) {
        this.observers = observers;
    }

    /** {@return one for all; none at all if there is nobody to tell, so that nothing is spent on telling} */
    static GraspObserver all(List<GraspObserver> observers) {
        List<GraspObserver> interested =
                observers.stream().filter(observer -> observer != NONE).toList();
        return interested.isEmpty() ? NONE : new Observers(interested);
    }

    /** {@return what may be told everything without harm} */
    static GraspObserver isolated(GraspObserver observer) {
        return observer instanceof Observers ? observer : all(List.of(observer));
    }

    @Override
    public GraspObserver ofNode(Loop loop) {
        return all(observers.stream().map(observer -> observer.ofNode(loop)).toList());
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
    public void relayed(GraspMessage message, MessagePath path) {
        tell(o -> o.relayed(message, path));
    }

    @Override
    public void relayRefused(GraspMessage message, DropReason reason, MessagePath path) {
        tell(o -> o.relayRefused(message, reason, path));
    }

    @Override
    public void cacheRead(CacheKind cache, boolean hit) {
        tell(o -> o.cacheRead(cache, hit));
    }

    @Override
    public void cacheSize(CacheKind cache, int entries) {
        tell(o -> o.cacheSize(cache, entries));
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

    @Override
    public void closed() {
        tell(GraspObserver::closed);
    }

    private void tell(Consumer<GraspObserver> event) {
        for (GraspObserver observer : observers) {
            Isolated.run(() -> event.accept(observer));
        }
    }
}
