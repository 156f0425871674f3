package io.grasp.benchmarks.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All rows of {@code attacks/run} on the command line that this build has made. */
class AttacksIT {
    private static final Path PROC = Path.of("/proc/self/status");
    private static final Path COMMAND_LINE = Path.of("../grasp-samples/target/grasp.jar");

    @Test
    @Tag("long")
    void legitimateTrafficKeepsItsRateNextToEachAttack() throws IOException, InterruptedException {
        assumeTrue(Files.exists(PROC), "the attacks are skipped: this is not Linux");
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "the attacks are skipped: network namespaces take CAP_NET_ADMIN and CAP_SYS_ADMIN (root)");
        assertThat(COMMAND_LINE).as("built before this module").exists();

        Process run = new ProcessBuilder("attacks/run", COMMAND_LINE.toString())
                .inheritIO()
                .start();

        try {
            assertThat(run.waitFor()).as("the exit code of attacks/run").isZero();
        } finally {
            run.destroy();
        }
    }
}
