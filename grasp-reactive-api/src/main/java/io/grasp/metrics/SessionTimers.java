package io.grasp.metrics;

import io.grasp.model.GraspException;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Times the sessions of one node by its loop's clock, and counts how they end. */
final class SessionTimers {
    private final Meters meters;
    private final LongSupplier nanoTime;
    /** When each session began. By identity: sessions of several peers may have the same Session ID. */
    private final IdentityHashMap<SessionInfo, Long> underWay = new IdentityHashMap<>();

    private final Map<Ended, Timer> timers = new HashMap<>();
    private final Map<Failed, Counter> failures = new HashMap<>();

    SessionTimers(Meters meters, LongSupplier nanoTime) {
        this.meters = meters;
        this.nanoTime = nanoTime;
    }

    void started(SessionInfo session) {
        underWay.put(session, nanoTime.getAsLong());
        meters.active(session).increment();
    }

    void ended(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        Long started = underWay.remove(session);
        if (started == null) {
            return;
        }
        meters.active(session).decrement();
        String objective = meters.objectives.contains(session.objective()) ? session.objective() : Meters.OTHER;
        timers.computeIfAbsent(
                        new Ended(session.kind(), session.role(), outcome, objective),
                        key -> meters.sessions(session, outcome, objective))
                .record(nanoTime.getAsLong() - started, TimeUnit.NANOSECONDS);
        if (outcome == SessionOutcome.FAILED) {
            String code = failure instanceof GraspException known ? Meters.tag(known.code()) : Meters.OTHER;
            failures.computeIfAbsent(
                            new Failed(session.kind(), session.role(), code), key -> meters.failures(session, code))
                    .increment();
        }
    }

    /** Subtracts the sessions that have not ended from the gauges. */
    void closed() {
        underWay.keySet().forEach(session -> meters.active(session).decrement());
        underWay.clear();
    }

    private record Ended(SessionInfo.Kind kind, SessionInfo.Role role, SessionOutcome outcome, String objective) {}

    private record Failed(SessionInfo.Kind kind, SessionInfo.Role role, String code) {}
}
