package io.grasp.metrics;

import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/** What handlers and conventions can know of a session that is observed. */
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

    /** {@return how it ended, or {@code null} while it lasts} */
    public @Nullable SessionOutcome outcome() {
        return outcome;
    }

    void ended(SessionOutcome how) {
        outcome = how;
    }
}
