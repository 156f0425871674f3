package io.grasp.metrics;

import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/** The data of an observed session, for handlers and conventions. */
public final class SessionObservationContext extends Observation.Context {
    private final SessionInfo session;
    private @Nullable SessionOutcome outcome;

    SessionObservationContext(SessionInfo session) {
        this.session = session;
    }

    /** {@return the session} */
    public SessionInfo session() {
        return session;
    }

    /** {@return how the session ended, or {@code null} while it is in progress} */
    public @Nullable SessionOutcome outcome() {
        return outcome;
    }

    void ended(SessionOutcome how) {
        outcome = how;
    }
}
