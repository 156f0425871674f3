package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are stopped for a while (SIGSTOP) and continued, and machines that sleep. */
class PauseIT {
    private static final int HOUR_SECONDS = 3600;
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

    /** Java's clock does not count the time asleep; the system's does. */
    @Test
    @Proves("8990-2.2-6")
    void aTimeoutThatExpiresWhileTheMachineSleepsEndsTheDiscoveryOnWaking(@TempDir Path directory) throws IOException {
        Path uptime = Files.writeString(directory.resolve("uptime"), "1000.00 500.00\n");
        try (Pair network = Pair.withUlas()) {
            RunningProcess discover = processes
                    .nodeOfUptime(uptime, network.left, "discover", "EX3", "--timeout", HOUR_SECONDS + "000", "--json")
                    .awaitQuestion();
            Files.writeString(uptime, (1000 + HOUR_SECONDS / 2) + ".00 500.00\n");
            RunningProcess other = processes.node(network.right, "discover", "EX4", "--timeout", "700", "--json");
            other.exit();
            assertThat(discover.hasEnded()).as("half an hour is left").isFalse();
            Files.writeString(uptime, (1000 + 2 * HOUR_SECONDS) + ".00 500.00\n");
            assertThat(discover.exit()).as("its result: nothing was found").isEqualTo(other.exit());
        }
    }

    @Test
    void anAnswerThatArrivesWhileTheProcessIsStoppedIsFoundAfterTheTimeout() {
        try (Pair network = Pair.withUlas()) {
            RunningProcess briggs = processes.node(network.left, "briggs");
            briggs.awaitReady();
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
