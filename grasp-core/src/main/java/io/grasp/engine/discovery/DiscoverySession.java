package io.grasp.engine.discovery;

import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.Terminable;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.IntrusiveList;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One discovery that this node began: it collects until its time is over. */
final class DiscoverySession implements Cancellable, Session {
    private final EngineContext context;
    private final IntrusiveList.Link<Terminable> owned;
    private final SessionInfo info;
    private final DiscoveryEvents events;
    private final Runnable release;
    private final Deadlines.Deadline deadline;
    private final Set<DiscoveryCache.Place> told = new HashSet<>();
    private @Nullable DiscoveryTries tries;
    private Predicate<AsaLocator> ofUse = locator -> false;
    private boolean ended;

    DiscoverySession(
            EngineContext context,
            RegisteredAsa asa,
            SessionInfo info,
            Duration timeout,
            DiscoveryEvents events,
            Runnable release) {
        this.context = context;
        this.info = info;
        this.events = events;
        this.release = release;
        this.deadline = context.deadlines.in(timeout, this::complete); // When to stop collecting responses
        owned = asa.own(this);
        context.observer.sessionStarted(info);
    }

    SessionId id() {
        return info.id();
    }

    String objective() {
        return info.objective();
    }

    /** Tells a locator, unless it has been told or there have been too many. */
    void found(AsaLocator locator) {
        if (!ended && told.size() < context.limits.locators() && told.add(DiscoveryCache.Place.of(locator))) {
            context.observer.locatorFound(info.objective(), locator);
            events.found(locator);
        }
    }

    /** Makes it one that looks for a peer. */
    void searches(DiscoveryTries newTries, Predicate<AsaLocator> worthAsking) {
        tries = newTries;
        ofUse = worthAsking;
    }

    /** A response has come. One without a locator does not count. */
    void answered(List<AsaLocator> places) {
        if (tries != null && !ended && !places.isEmpty()) {
            tries.answered(places.stream().anyMatch(ofUse));
        }
    }

    void complete() {
        if (finish(SessionOutcome.COMPLETED, null)) {
            events.completed();
        }
    }

    void fail(GraspException failure) {
        GraspException full = failure.in(info.id(), info.objective());
        if (finish(SessionOutcome.FAILED, full)) {
            events.failed(full);
        }
    }

    @Override
    public void cancel() {
        finish(SessionOutcome.CANCELLED, null);
    }

    @Override
    public void end(GraspException reason) {
        if (finish(SessionOutcome.CANCELLED, null)) {
            events.failed(reason.in(info.id(), info.objective()));
        }
    }

    private boolean finish(SessionOutcome outcome, @Nullable GraspException failure) {
        if (ended) {
            return false;
        }
        ended = true;
        deadline.cancel();
        if (tries != null) {
            tries.end();
        }
        release.run();
        owned.leave();
        context.observer.sessionEnded(info, outcome, failure);
        return true;
    }
}
