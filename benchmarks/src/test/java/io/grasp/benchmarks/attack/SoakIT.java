package io.grasp.benchmarks.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Half an hour of legitimate traffic next to an adversary, by {@code attacks/soak}, which also checks the results. The system property
 * {@code grasp.soak.seconds} sets another time.
 */
class SoakIT {
    private static final Path PROC = Path.of("/proc/self/status");

    @Test
    @Tag("long")
    void heapAndDescriptorsStayFlatAndLegitimateTrafficSucceedsNextToAnAdversary()
            throws IOException, InterruptedException {
        assumeTrue(Files.exists(PROC), "the soak is skipped: this is not Linux");
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "the soak is skipped: network namespaces take CAP_NET_ADMIN and CAP_SYS_ADMIN (root)");
        int seconds = Integer.getInteger("grasp.soak.seconds", 1800);

        Process soak = new ProcessBuilder("attacks/soak", Integer.toString(seconds))
                .inheritIO()
                .start();

        try {
            assertThat(soak.waitFor()).as("the exit code of attacks/soak").isZero();
        } finally {
            soak.destroy();
        }
    }
}
