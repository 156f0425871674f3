package io.grasp.engine.registry;

import io.grasp.engine.node.Owner;
import io.grasp.engine.node.SafeCallbacks;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.Terminable;
import io.grasp.model.GraspException;
import io.grasp.util.IntrusiveList;
import org.jspecify.annotations.Nullable;

/** An ASA of this node, with the activities that end with it. */
public final class RegisteredAsa implements Owner {
    private final String name;
    private final Registry registry;
    private final IntrusiveList<Terminable> owned = new IntrusiveList<>();

    RegisteredAsa(String name, Registry registry) {
        this.name = name;
        this.registry = registry;
    }

    public String name() {
        return name;
    }

    @Override
    public IntrusiveList.Node<Terminable> own(Terminable activity) {
        return owned.add(activity);
    }

    /** {@return whether the ASA sets the loop counts of offers of an objective} */
    public boolean raisesLoopCount(String objective) {
        Registration registration = registry.get(this, objective);
        return registration != null && registration.options.raisedLoopCount();
    }

    /** Ends all its activities, also if the end of some of them fails. It allocates nothing itself. */
    public void end(GraspException reason) {
        @Nullable Throwable fatal = null;
        for (IntrusiveList.Node<Terminable> next = owned.first(); next != null; next = owned.first()) {
            Terminable item = next.value();
            next.leave();
            try {
                item.end(reason);
            } catch (VirtualMachineError error) {
                fatal = error;
            } catch (Throwable failure) {
                SafeCallbacks.report(failure);
            }
        }
        if (fatal instanceof VirtualMachineError error) {
            throw error;
        }
    }

    /** Ends its sessions with peers; its listeners stay. */
    public void endSessions(GraspException reason) {
        owned.all().stream()
                .filter(Session.class::isInstance)
                .forEach(session -> SafeCallbacks.run(() -> session.end(reason)));
    }
}
