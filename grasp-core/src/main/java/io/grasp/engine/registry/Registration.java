package io.grasp.engine.registry;

import io.grasp.config.RegistrationOptions;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Numbered;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One ASA's registration of one objective, and the listeners for it. */
public final class Registration implements Numbered {
    public final RegisteredAsa asa;
    public final Objective objective;
    public final RegistrationOptions options;
    private final Deque<NegotiationListener> negotiators = new ArrayDeque<>();
    private @Nullable SynchronizationListener synchronizer;

    private final long number;
    private final long registeredAt;

    Registration(RegisteredAsa asa, Objective objective, RegistrationOptions options, long number, long registeredAt) {
        this.number = number;
        this.registeredAt = registeredAt;
        this.asa = asa;
        this.objective = objective;
        this.options = options;
    }

    /**
     * RFC 8991 section 2.3.3: discoveries are answered once the ASA listens, or at once if the registration allows it.
     */
    public boolean isDiscoverable() {
        return options.discoverable() || isNegotiating() || isServing();
    }

    @Override
    public long number() {
        return number;
    }

    /** {@return the registration as an operator sees it} */
    ObjectiveEntry entry(long now, int valueBytes) {
        return new ObjectiveEntry(
                objective.name(),
                asa.name(),
                Duration.ofNanos(now - registeredAt),
                objective.flags(),
                objective.loopCount(),
                options,
                isDiscoverable(),
                options.locators(),
                negotiators.stream().map(NegotiationListener::inspect).toList(),
                Optional.ofNullable(synchronizer).map(listening -> listening.inspect(valueBytes)));
    }

    /** {@return whether an ASA listens for requests, possibly with a full queue} */
    public boolean isNegotiating() {
        return !negotiators.isEmpty();
    }

    /** {@return whether a request would be accepted or queued, and not refused} */
    public boolean canTake(TrafficSource source) {
        for (NegotiationListener listening : negotiators) {
            if (listening.canTake(source)) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether requests become raw channels at once, so that they must come on a connection} */
    public boolean isRaw() {
        return negotiators.stream().anyMatch(NegotiationListener::isRaw);
    }

    public void add(NegotiationListener listening) {
        negotiators.addLast(listening);
    }

    public void remove(NegotiationListener listening) {
        negotiators.remove(listening);
    }

    /**
     * Offers a request to the listeners in turn.
     *
     * @param takes whether a listener accepts it
     * @return whether one has accepted it
     */
    public boolean offer(Predicate<NegotiationListener> takes) {
        for (int i = negotiators.size(); i > 0; i--) {
            NegotiationListener listening = negotiators.removeFirst();
            negotiators.addLast(listening);
            if (takes.test(listening)) {
                return true;
            }
        }
        return false;
    }

    public void synchronizer(@Nullable SynchronizationListener listening) {
        synchronizer = listening;
    }

    public @Nullable SynchronizationListener synchronizer() {
        return synchronizer;
    }

    /** {@return whether requests for its value are answered} */
    public boolean isServing() {
        return synchronizer != null && synchronizer.isServing();
    }

    public @Nullable ObjectiveValue synchronizedValue() {
        return synchronizer == null ? null : synchronizer.value();
    }

    /**
     * Ends all listeners, but those for negotiations only when the requests that wait have been delivered.
     *
     * @param reason the end of the others
     */
    public void drain(GraspException reason) {
        List.copyOf(negotiators).forEach(NegotiationListener::drain);
        if (synchronizer != null) {
            synchronizer.end(reason);
        }
    }

    /** Ends all listeners. */
    public void end(GraspException reason) {
        List.copyOf(negotiators).forEach(listening -> listening.end(reason));
        if (synchronizer != null) {
            synchronizer.end(reason);
        }
    }
}
