package io.grasp.metrics;

import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Creates an {@link Observation} for each session, from its beginning to its end. The registry's handlers turn it into
 * a span of a trace, a timer, or a log line. Handlers are called on the loop and must not block.
 *
 * <p>For a session that an ASA begins, the parent is the observation in the subscriber's Reactor Context, if
 * {@code io.micrometer:context-propagation} is on the class path; otherwise there is none. A session that a peer begins
 * has no parent, because GRASP carries no trace context.
 *
 * <p>One instance serves any number of nodes. With a no-op registry it does nothing.
 */
public final class SessionObservations implements GraspObserver {
    private final ObservationRegistry registry;
    private final @Nullable SessionObservationConvention convention;

    /**
     * Creates observations with {@link SessionObservationConvention#DEFAULT}, or with the registry's own convention.
     *
     * @param registry the registry whose handlers are called
     */
    public SessionObservations(ObservationRegistry registry) {
        this.registry = registry;
        this.convention = null;
    }

    /**
     * Creates observations with custom names and key values.
     *
     * @param registry the registry whose handlers are called
     * @param convention the names and key values
     */
    public SessionObservations(ObservationRegistry registry, SessionObservationConvention convention) {
        this.registry = registry;
        this.convention = Objects.requireNonNull(convention, "convention");
    }

    @Override
    public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return registry.isNoop() ? NONE : new OfNode();
    }

    private final class OfNode implements GraspObserver {
        /** By identity: sessions of two peers may have the same ID. */
        private final IdentityHashMap<SessionInfo, Observation> underWay = new IdentityHashMap<>();

        @Override
        public void sessionStarted(SessionInfo session) {
            SessionObservationContext context = new SessionObservationContext(session);
            underWay.put(
                    session,
                    Observation.start(convention, SessionObservationConvention.DEFAULT, () -> context, registry));
        }

        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
            Observation observation = underWay.remove(session);
            if (observation == null) {
                return;
            }
            if (observation.getContext() instanceof SessionObservationContext context) {
                context.ended(outcome);
            }
            if (failure != null) {
                observation.error(failure);
            }
            observation.stop();
        }
    }
}
