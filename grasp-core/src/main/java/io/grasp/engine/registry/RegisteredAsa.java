package io.grasp.engine.registry;

import io.grasp.config.AsaLimits;
import io.grasp.engine.node.Numbered;
import io.grasp.engine.node.Owner;
import io.grasp.engine.node.SafeCallbacks;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.Terminable;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.util.IntrusiveList;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An ASA of this node, with the activities that end with it. */
public final class RegisteredAsa implements Owner, Numbered {
    private final String name;
    final AsaLimits limits;
    private final Registry registry;
    private final IntrusiveList<Terminable> owned = new IntrusiveList<>();

    private final long number;
    private final long registeredAt;

    RegisteredAsa(String name, AsaLimits limits, Registry registry, long number, long registeredAt) {
        this.name = name;
        this.limits = limits;
        this.registry = registry;
        this.number = number;
        this.registeredAt = registeredAt;
    }

    public String name() {
        return name;
    }

    @Override
    public IntrusiveList.Node<Terminable> own(Terminable activity) {
        return owned.add(activity);
    }

    @Override
    public long number() {
        return number;
    }

    /** {@return the ASA as an operator sees it} */
    AsaEntry entry(long now, List<String> objectives) {
        int sessions = sessions();
        return new AsaEntry(
                name, Duration.ofNanos(now - registeredAt), objectives, sessions, owned.size() - sessions, limits);
    }

    /** {@return the number of its sessions with peers} */
    public int sessions() {
        int sessions = 0;
        for (IntrusiveList.Node<Terminable> each = owned.first(); each != null; each = each.next()) {
            sessions += isInspected(each.value()) ? 1 : 0;
        }
        return sessions;
    }

    /** {@return whether it may have one more session} */
    public boolean hasRoomForSession() {
        return owned.size() < limits.sessions() || sessions() < limits.sessions();
    }

    /** Refuses a further session of its own if it has its maximum. */
    public void requireRoomForSession() {
        if (!hasRoomForSession()) {
            throw GraspException.local(
                    GraspErrorCode.UNSPECIFIED,
                    "all " + limits.sessions() + " sessions of the ASA " + name + " are in use");
        }
    }

    /** Reports its sessions, each with what an operator sees of it. */
    void inspectSessions(BiConsumer<Numbered, Supplier<SessionEntry>> sessions) {
        for (IntrusiveList.Node<Terminable> each = owned.first(); each != null; each = each.next()) {
            if (isInspected(each.value())) {
                Session session = (Session) each.value();
                sessions.accept(session, () -> session.entry(name));
            }
        }
    }

    private static boolean isInspected(Terminable activity) {
        return activity instanceof Session session && session.isInspected();
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
