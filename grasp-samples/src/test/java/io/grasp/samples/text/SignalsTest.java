package io.grasp.samples.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which processes may suspend themselves. */
class SignalsTest {
    @TempDir
    private Path proc;

    private void process(long pid, long parent, long group, long session) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                directory.resolve("stat"),
                pid + " (a (b) 1 2 3) S " + parent + " " + group + " " + session + " 34816 " + pid + " 0\n");
    }

    @Test
    void aShellOfTheSameSessionContinuesItsJobs() throws IOException {
        process(100, 1, 100, 100);
        process(200, 100, 200, 100);
        process(201, 200, 200, 100);

        assertThat(Signals.canBeContinued(proc, 200)).isTrue();
        assertThat(Signals.canBeContinued(proc, 201))
                .as("a process of a script")
                .isTrue();
    }

    @Test
    void anOrphanedGroupStaysSuspended() throws IOException {
        process(1, 0, 1, 1);
        process(50, 1, 50, 50);
        process(100, 50, 100, 100);
        process(101, 100, 100, 100);
        process(200, 1, 200, 50);

        assertThat(Signals.canBeContinued(proc, 1)).as("the first process").isFalse();
        assertThat(Signals.canBeContinued(proc, 100))
                .as("the leader of a session")
                .isFalse();
        assertThat(Signals.canBeContinued(proc, 101))
                .as("a process of its group")
                .isFalse();
        assertThat(Signals.canBeContinued(proc, 200)).as("its parent has ended").isFalse();
        assertThat(Signals.canBeContinued(proc, 300))
                .as("nothing is known of it")
                .isFalse();
    }
}
