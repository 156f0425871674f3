package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.substrate.Loop;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class FairTurnsTest {
    /** What is due at once, after the next input. */
    private final Queue<Runnable> due = new ArrayDeque<>();

    private final List<String> done = new ArrayList<>();
    private final FairTurns turns = new FairTurns(loop());

    /** A task of the loop would run before the next input, and so would all that follow from it. */
    private Loop loop() {
        return (Loop) Proxy.newProxyInstance(
                Loop.class.getClassLoader(), new Class<?>[] {Loop.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("wakeAt")) {
                        assertThat(arguments[0]).isEqualTo(7L);
                        due.add((Runnable) arguments[1]);
                        return null;
                    }
                    assertThat(method.getName()).isEqualTo("nanoTime");
                    return 7L;
                });
    }

    private void turn() {
        due.remove().run();
    }

    @Test
    void onePieceIsDoneInEachTurn() {
        turns.await(TrafficSource.ofThisNode(), () -> done.add("first"));
        turns.await(TrafficSource.ofThisNode(), () -> done.add("second"));
        assertThat(due).hasSize(1);
        assertThat(done).isEmpty();
        turn();
        assertThat(done).containsExactly("first");
        turn();
        assertThat(done).containsExactly("first", "second");
        assertThat(due).isEmpty();
    }

    @Test
    void workThatIsAddedInATurnIsDoneInALaterOne() {
        turns.await(TrafficSource.ofThisNode(), () -> {
            done.add("first");
            turns.await(TrafficSource.ofThisNode(), () -> done.add("more"));
        });
        turn();
        assertThat(done).containsExactly("first");
        turn();
        assertThat(done).containsExactly("first", "more");
        assertThat(due).isEmpty();
    }

    @Test
    void aFailedPieceDoesNotStopTheOthers() {
        turns.await(TrafficSource.ofThisNode(), () -> {
            throw new IllegalStateException("a handler failed");
        });
        turns.await(TrafficSource.ofThisNode(), () -> done.add("second"));
        try {
            turn();
        } catch (IllegalStateException expected) {
            done.add("failed");
        }
        turn();
        assertThat(done).containsExactly("failed", "second");
    }
}
