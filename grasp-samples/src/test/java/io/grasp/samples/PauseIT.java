package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Processes that are stopped for a while (SIGSTOP) and go on. */
class PauseIT {
    private static final int TIMEOUT_MILLIS = 2000;

    private final Processes processes = new Processes();

    @BeforeAll
    static void assumePossible() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void anAnswerThatCameInAPauseIsFoundAlthoughItsTimeIsOver() {
        try (Pair network = Pair.withUlas()) {
            RunningProcess briggs = processes.node(network.left, "briggs");
            briggs.line("Ready");
            briggs.signal("STOP");
            RunningProcess discover = processes
                    .node(network.right, "discover", "EX3", "--timeout", Integer.toString(TIMEOUT_MILLIS), "--json")
                    .awaitListening();
            Processes.await(() -> "a discovery by " + discover, () -> discover.datagramsSent() > 0);
            discover.signal("STOP");
            long stopped = System.nanoTime();
            briggs.signal("CONT");
            Processes.await(() -> "an answer to " + discover, discover::hasUnreadStream);
            Processes.await(
                    () -> "the end of the timeout",
                    () -> System.nanoTime() - stopped > (TIMEOUT_MILLIS + 100) * 1_000_000L);
            discover.signal("CONT");
            assertThat(discover.theOnlyLine().get("locator").asString()).isEqualTo(network.left.ula());
        }
    }
}
