package io.grasp.metrics;

import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.IdentityHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Observation} of each session, from its begin to its end: with the handlers of the registry a span of
 * a trace, a timer, or a line in a log. Handlers are called on the loop and must not block.
 *
 * <p>Parent of a session that an ASA begins is the observation in the Reactor Context of the subscriber, if
 * {@code io.micrometer:context-propagation} is on the class path, else the current one of the loop, which is none. A
 * session that a peer begins has no parent: GRASP carries no trace.
 *
 * <p>One instance serves any number of nodes. With a no-op registry nothing is done at all.
 */
public final class SessionObservations implements GraspObserver {
    private final ObservationRegistry registry;
    private final @Nullable SessionObservationConvention convention;

    /**
     * Observations as {@link SessionObservationConvention#DEFAULT} has them, or as the registry's own convention does.
     *
     * @param registry whose handlers are told
     */
    public SessionObservations(ObservationRegistry registry) {
        this(registry, null);
    }

    /**
     * Observations with names and key values of one's own.
     *
     * @param registry whose handlers are told
     * @param convention the names and key values, or {@code null} for the usual ones
     */
    public SessionObservations(ObservationRegistry registry, @Nullable SessionObservationConvention convention) {
        this.registry = registry;
        this.convention = convention;
    }

    @Override
    public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return registry.isNoop() ? NONE : new OfNode();
    }

    private final class OfNode implements GraspObserver {
        /** By identity: two peers' sessions may have the same ID. */
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
