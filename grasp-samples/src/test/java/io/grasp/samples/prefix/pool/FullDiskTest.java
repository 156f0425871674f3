package io.grasp.samples.prefix.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of its own for a process, in a namespace of mounts. */
class FullDiskTest {
    @TempDir
    private Path directory;

    @Test
    void aFullDiskRefusesChangesUntilThereIsSpace() throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux") && "root".equals(System.getProperty("user.name")),
                "a file system of little space takes Linux and root");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        String mount = "mount -t tmpfs -o size=160k tmpfs " + disk + " && exec \"$0\" \"$@\"";
        Process process = ChildJvm.of(
                        List.of("unshare", "--mount", "sh", "-c", mount), directory, FullDiskProcess.class, disk)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor())
                .as(Files.readString(directory.resolve("errors")))
                .isZero();
        assertThat(lines)
                .containsExactly(
                        "FULL: cannot write " + disk + "/prefixes.db: no space is left on the device",
                        "delegated as said: true",
                        "after: 1",
                        "again: 1 in doubt: 0");
    }
}
