package io.grasp.metrics;

import io.grasp.engine.SessionInfo;
import io.grasp.engine.SessionOutcome;
import io.grasp.model.GraspException;
import io.grasp.substrate.Loop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long the sessions of one node take, by its loop's time, and how they end. */
final class SessionTimers {
    private final Meters meters;
    private final Loop loop;
    /** By identity: two peers' sessions may have the same ID. */
    private final IdentityHashMap<SessionInfo, Long> startedAt = new IdentityHashMap<>();

    private final Map<Ended, Timer> timers = new HashMap<>();
    private final Map<Failed, Counter> failures = new HashMap<>();

    SessionTimers(Meters meters, Loop loop) {
        this.meters = meters;
        this.loop = loop;
    }

    void started(SessionInfo session) {
        startedAt.put(session, loop.nanoTime());
        meters.active(session).increment();
    }

    void ended(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        Long started = startedAt.remove(session);
        if (started == null) {
            return;
        }
        meters.active(session).decrement();
        String objective = meters.objectives.contains(session.objective()) ? session.objective() : Meters.OTHER;
        timers.computeIfAbsent(
                        new Ended(session.kind(), session.role(), outcome, objective),
                        key -> meters.sessions(session, outcome, objective))
                .record(loop.nanoTime() - started, TimeUnit.NANOSECONDS);
        if (outcome == SessionOutcome.FAILED) {
            String code = failure instanceof GraspException known ? Meters.tag(known.code()) : Meters.OTHER;
            failures.computeIfAbsent(
                            new Failed(session.kind(), session.role(), code), key -> meters.failures(session, code))
                    .increment();
        }
    }

    /** Takes out of the gauges what has not ended. */
    void closed() {
        startedAt.keySet().forEach(session -> meters.active(session).decrement());
        startedAt.clear();
    }

    private record Ended(SessionInfo.Kind kind, SessionInfo.Role role, SessionOutcome outcome, String objective) {}

    private record Failed(SessionInfo.Kind kind, SessionInfo.Role role, String code) {}
}
