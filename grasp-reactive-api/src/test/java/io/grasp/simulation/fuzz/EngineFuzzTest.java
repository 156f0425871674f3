package io.grasp.simulation.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.EngineAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.UnknownMessage;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An engine that relays, with the datagrams, connections, bytes, calls and pauses of any script. Its invariants hold,
 * and a neighbor that the script does not control is served.
 */
class EngineFuzzTest {
    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void survivesAnyScript(byte[] script) {
        new EngineScript(script, new Relay()).run();
    }

    static Stream<byte[]> seeds() {
        return ScriptSeeds.all(ScriptedMessages.ALL, 5);
    }

    /** Otherwise a fuzzer would hardly ever come to the states in which most rules apply. */
    @Test
    void theSeedsReachTheOutcomesOfAllSessions() {
        Set<String> outcomes = new TreeSet<>();
        ScriptSeeds.courses(ScriptedMessages.ALL)
                .forEach(script -> new EngineScript(script, new Relay() {
                            @Override
                            public GraspObserver observer(Consumer<String> violated) {
                                return new Outcomes(outcomes);
                            }
                        })
                        .run());
        assertThat(outcomes)
                .contains(
                        "DISCOVERY INITIATOR COMPLETED",
                        "NEGOTIATION INITIATOR ACCEPTED",
                        "NEGOTIATION INITIATOR DECLINED",
                        "NEGOTIATION RESPONDER ACCEPTED",
                        "NEGOTIATION RESPONDER COMPLETED",
                        "SYNCHRONIZATION INITIATOR COMPLETED",
                        "SYNCHRONIZATION RESPONDER COMPLETED",
                        "M_DISCOVERY relayed",
                        "M_FLOOD relayed",
                        "M_RESPONSE sent",
                        "a locator found",
                        "UnknownMessage sent");
    }

    private record Outcomes(Set<String> outcomes) implements GraspObserver {
        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
            outcomes.add(session.kind() + " " + session.role() + " " + outcome);
        }

        @Override
        public void relayed(MessageInfo message, MessagePath path) {
            outcomes.add(message.typeName() + " relayed");
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            outcomes.add((message instanceof UnknownMessage ? "UnknownMessage" : message.typeName()) + " sent");
        }

        @Override
        public void locatorFound(String objective, AsaLocator locator) {
            outcomes.add("a locator found");
        }
    }

    private static class Relay implements EngineScript.Target {
        private static final Objective ALIVE = Objective.synchronizable("EX6");

        @Override
        public int[] types() {
            return ScriptedMessages.ALL;
        }

        @Override
        public EngineConfig config(EngineConfig config) {
            return config;
        }

        @Override
        public GraspObserver observer(Consumer<String> violated) {
            return GraspObserver.NONE;
        }

        @Override
        public void serve(EngineAsa alive) {
            alive.register(ALIVE, RegistrationOptions.DEFAULTS);
            alive.listenSynchronize(ALIVE, () -> {}).update(ALIVE.withValue(42).value());
        }

        @Override
        public void requireServed(EngineScript run) {
            run.requireDiscovered(ALIVE, false);
            run.requireSynchronized(ALIVE);
        }

        @Override
        public boolean hasOtherLink() {
            return true;
        }

        @Override
        public void requireServedOnOtherLink(EngineScript run) {
            run.requireDiscovered(ALIVE, false);
            if (run.leavesPlacesToLinks()) {
                run.requireSynchronized(ALIVE);
            }
        }
    }
}
