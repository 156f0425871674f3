package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.IntrusiveList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session ends once, in a fixed order of steps, whatever ends it. */
class SessionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final GraspException REASON = GraspException.local(GraspErrorCode.NO_SESSION, "the ASA has gone");
    private static final SessionInfo INFO =
            new SessionInfo(new SessionId(7), SessionInfo.Kind.DISCOVERY, SessionInfo.Role.INITIATOR, "EX3");

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final List<String> events = new ArrayList<>();
    private final EngineContext engine =
            new EngineContext(EngineConfig.DEFAULTS, network.node("n"), new Random(1), new SessionRecorder());
    private final IntrusiveList<Terminable> owned = new IntrusiveList<>();

    private enum Ending {
        FINISHED(Probe::complete, "released COMPLETED", "observer COMPLETED", "completed"),
        FAILED(Probe::failNow, "released FAILED", "observer FAILED noReply", "closed noReply", "failed noReply"),
        CANCELLED(Probe::cancel, "released CANCELLED", "observer CANCELLED", "closed"),
        ENDED_BY_THE_OWNER(
                probe -> probe.end(REASON), "released CANCELLED", "observer CANCELLED", "closed", "failed noSession");

        private final Consumer<Probe> action;
        private final List<String> expected;

        Ending(Consumer<Probe> action, String... expected) {
            this.action = action;
            this.expected = List.of(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSessionEndsOnceAndLeavesNothing(Ending ending) {
        Probe probe = loop.call(Probe::new);
        assertThat(owned.size()).isEqualTo(1);
        assertThat(engine.deadlines.armed()).isEqualTo(1);

        loop.run(() -> ending.action.accept(probe));

        assertThat(events).first().isEqualTo("started");
        assertThat(events.subList(1, events.size())).isEqualTo(ending.expected);
        assertThat(probe.isEnded()).isTrue();
        assertThat(owned.size()).isZero();
        assertThat(engine.deadlines.armed()).isZero();

        int sofar = events.size();
        for (Ending again : Ending.values()) {
            loop.run(() -> again.action.accept(probe));
        }
        loop.advance(TIMEOUT);
        assertThat(events).hasSize(sofar);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void theTimerEndsASessionAtItsTime() {
        loop.call(Probe::new);
        loop.advance(TIMEOUT.minusNanos(1));
        assertThat(events).containsExactly("started");

        loop.advance(Duration.ofNanos(1));

        assertThat(events)
                .containsExactly(
                        "started", "released FAILED", "observer FAILED noReply", "closed noReply", "failed noReply");
    }

    /** A session that another one continues. */
    @Test
    void leavingASessionNotifiesNoListener() {
        Probe probe = loop.call(Probe::new);

        loop.run(() -> assertThat(probe.leave()).isTrue());
        loop.run(() -> assertThat(probe.leave()).isFalse());
        loop.advance(TIMEOUT);

        assertThat(events).containsExactly("started");
        assertThat(owned.size()).isZero();
    }

    @Test
    void anErrorNamesSessionAndObjective() {
        Probe probe = loop.call(Probe::new);

        loop.run(() -> probe.end(REASON));

        assertThat(probe.error.session()).contains(INFO.id());
        assertThat(probe.error.objective()).contains(INFO.objective());
        assertThat(probe.error).hasMessageContaining("the ASA has gone");
    }

    private final class Probe extends Session {
        private @Nullable GraspException error;

        Probe() {
            super(engine, owned::add, INFO);
            deadline.arm(TIMEOUT);
            started();
        }

        void complete() {
            if (finish(SessionOutcome.COMPLETED, null)) {
                events.add("completed");
            }
        }

        void failNow() {
            timedOut();
        }

        @Override
        protected void timedOut() {
            fail(GraspException.local(GraspErrorCode.NO_REPLY, "no message"));
        }

        @Override
        protected void release(SessionOutcome outcome) {
            events.add("released " + outcome);
        }

        @Override
        protected void closeConnection(@Nullable GraspException failure) {
            events.add("closed" + (failure == null ? "" : " " + failure.code().rfcName()));
        }

        @Override
        protected void failed(GraspException failure) {
            error = failure;
            events.add("failed " + failure.code().rfcName());
        }
    }

    private final class SessionRecorder implements GraspObserver {
        @Override
        public GraspObserver ofNode(LongSupplier nanoTime, Executor executor) {
            return this;
        }

        @Override
        public void sessionStarted(SessionInfo session) {
            events.add("started");
        }

        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
            String why =
                    failure instanceof GraspException known ? " " + known.code().rfcName() : "";
            events.add("observer " + outcome + why);
        }
    }
}
