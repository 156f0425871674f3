package io.grasp.engine.registry;

import io.grasp.engine.node.Activity;
import io.grasp.engine.node.Owner;
import io.grasp.engine.node.SafeCallbacks;
import io.grasp.engine.node.Session;
import io.grasp.model.GraspException;
import io.grasp.util.IntrusiveList;

/** An ASA of this node, with what it has under way and must end with it. */
public final class RegisteredAsa implements Owner {
    private final String name;
    private final Registry registry;
    private final IntrusiveList<Activity> owned = new IntrusiveList<>();

    RegisteredAsa(String name, Registry registry) {
        this.name = name;
        this.registry = registry;
    }

    public String name() {
        return name;
    }

    @Override
    public IntrusiveList.Link<Activity> own(Activity activity) {
        return owned.add(activity);
    }

    /** {@return whether offers of an objective have loop counts that the author sets} */
    public boolean raisesLoopCount(String objective) {
        Registration registration = registry.get(this, objective);
        return registration != null && registration.options.raisedLoopCount();
    }

    /** Ends everything that it has under way. */
    public void end(GraspException reason) {
        owned.all().forEach(item -> SafeCallbacks.run(() -> item.end(reason)));
    }

    /** Ends what it has under way with peers; what it listens for stays. */
    public void endSessions(GraspException reason) {
        owned.all().stream()
                .filter(Session.class::isInstance)
                .forEach(session -> SafeCallbacks.run(() -> session.end(reason)));
    }
}
