package io.grasp.engine;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One ASA's registration of one objective, and who listens for it. */
final class Registration {
    final RegisteredAsa asa;
    final Objective objective;
    final RegistrationOptions options;
    private final Deque<NegotiationListening> negotiators = new ArrayDeque<>();
    private @Nullable SynchronizationListening synchronizer;

    Registration(RegisteredAsa asa, Objective objective, RegistrationOptions options) {
        this.asa = asa;
        this.objective = objective;
        this.options = options;
    }

    /** RFC 8991 section 2.3.3: discovery is answered once the ASA listens, or at once if it said so. */
    boolean isDiscoverable() {
        return options.discoverable() || isNegotiating() || synchronizedValue() != null;
    }

    boolean isNegotiating() {
        return !negotiators.isEmpty();
    }

    /** {@return whether a request would be taken, or would wait, and not be refused} */
    boolean canTake() {
        for (NegotiationListening listening : negotiators) {
            if (listening.canTake()) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether requests may become raw channels as they are: those come on a connection only} */
    boolean isRaw() {
        return negotiators.stream().anyMatch(NegotiationListening::isRaw);
    }

    void add(NegotiationListening listening) {
        negotiators.addLast(listening);
    }

    void remove(NegotiationListening listening) {
        negotiators.remove(listening);
    }

    /** Gives a request to one of the listeners, each in its turn. */
    boolean offer(NegotiationSession session) {
        for (int i = negotiators.size(); i > 0; i--) {
            NegotiationListening listening = negotiators.removeFirst();
            negotiators.addLast(listening);
            if (listening.offer(session)) {
                return true;
            }
        }
        return false;
    }

    void synchronizer(@Nullable SynchronizationListening listening) {
        synchronizer = listening;
    }

    @Nullable
    SynchronizationListening synchronizer() {
        return synchronizer;
    }

    @Nullable
    ObjectiveValue synchronizedValue() {
        return synchronizer == null ? null : synchronizer.value();
    }

    /** Ends whatever listens. */
    void end(GraspException reason) {
        List.copyOf(negotiators).forEach(listening -> listening.end(reason));
        if (synchronizer != null) {
            synchronizer.end(reason);
        }
    }
}
