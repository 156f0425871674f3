package io.grasp.inspection;

import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.Optional;

/** A session began or ended. */
public sealed interface SessionEvent {
    /** {@return the time on the node's clock ({@code Grasp.now()})} */
    Duration time();

    /** {@return the session} */
    SessionInfo session();

    /**
     * A session began.
     *
     * @param time see {@link #time}
     * @param session see {@link #session}
     */
    record Started(Duration time, SessionInfo session) implements SessionEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * A session ended.
     *
     * @param time see {@link #time}
     * @param session see {@link #session}
     * @param outcome how it ended
     * @param failure what went wrong, in words; empty unless the outcome is {@link SessionOutcome#FAILED}
     */
    record Ended(Duration time, SessionInfo session, SessionOutcome outcome, Optional<String> failure)
            implements SessionEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
