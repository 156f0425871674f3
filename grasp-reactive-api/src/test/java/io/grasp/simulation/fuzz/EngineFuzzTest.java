package io.grasp.simulation.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.EngineAsa;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An engine that relays, with the datagrams, connections, bytes, calls and pauses of any script. Its invariants hold,
 * and a neighbor that the script does not control is served.
 */
class EngineFuzzTest {
    private static final int LONGEST = 800;

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void survivesAnyScript(byte[] script) {
        new EngineScript(script, new Relay()).run();
    }

    static Stream<byte[]> seeds() {
        return scripts(5);
    }

    /** The longest is the longest that a fuzzer tries. */
    static Stream<byte[]> scripts(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Stream.iterate(LONGEST, length -> length * 9 / 10)
                .map(length -> {
                    byte[] script = new byte[length];
                    random.nextBytes(script);
                    return script;
                })
                .limit(40);
    }

    private static final class Relay implements EngineScript.Target {
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
    }
}
