package io.grasp.samples.prefix.manager;

import static io.grasp.samples.prefix.manager.DelegationHook.Action.ADD;
import static io.grasp.samples.prefix.manager.DelegationHook.Action.REMOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.prefix.Prefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** The program that puts delegated prefixes into effect. */
@EnabledOnOs(OS.LINUX)
class DelegationHookTest {
    private static final Delegation IPV6 = new Delegation("eth1", Prefix.parse("2001:db8:0:7::/64"));

    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private DelegationHook hook(String script) throws IOException {
        Path file = directory.resolve("hook");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new DelegationHook(file, Duration.ofMillis(500));
    }

    @Test
    void theProgramFindsTheDelegationInItsEnvironment() throws IOException {
        Path out = directory.resolve("out");
        DelegationHook hook = hook("env | grep -E '^GRASP_(ACTION|ADDRESS|INTERFACE|PREFIX)' | sort > " + out);

        hook.run(ADD, IPV6).block();

        assertThat(Files.readAllLines(out))
                .containsExactly(
                        "GRASP_ACTION=add",
                        "GRASP_ADDRESS=2001:db8:0:7::1",
                        "GRASP_INTERFACE=eth1",
                        "GRASP_PREFIX=2001:db8:0:7::/64",
                        "GRASP_PREFIX_LENGTH=64");
        assertThat(hook.describe(REMOVE, IPV6))
                .startsWith("GRASP_ACTION=remove GRASP_ADDRESS=2001:db8:0:7::1 GRASP_INTERFACE=eth1 ")
                .endsWith(" " + directory.resolve("hook"));
        assertThat(new Delegation("eth1", Prefix.parse("10.1.0.0/26")).firstAddress())
                .isEqualTo("10.1.0.1");
        assertThat(new Delegation("eth1", Prefix.parse("10.1.0.4/32")).firstAddress())
                .isEqualTo("10.1.0.4");
    }

    @Test
    void aProgramThatFailsOrHangsOrIsMissingIsAnError() throws IOException {
        assertThatThrownBy(() -> hook("exit 3").run(REMOVE, IPV6).block())
                .hasMessageEndingWith("has ended with code 3");
        assertThatThrownBy(() -> hook("exec sleep 60").run(REMOVE, IPV6).block())
                .hasMessageEndingWith("has not ended within 500 ms");
        assertThatThrownBy(() -> new DelegationHook(directory.resolve("none"), Duration.ofSeconds(1))
                        .run(ADD, IPV6)
                        .block())
                .hasMessageContaining("none cannot be run: ");
    }

    /** The order matters: a shell whose child is killed first goes on with its next command. */
    @Test
    void aProgramThatIsGivenUpEndsWithAllThatItHasStarted() throws IOException {
        Path acted = directory.resolve("acted");
        DelegationHook hook = hook("(sh -c 'echo $$; exec sleep 600'; touch " + acted + ") > "
                + directory.resolve("pid") + "; touch " + acted);

        assertThatThrownBy(() -> hook.run(ADD, IPV6).block()).hasMessageEndingWith("has not ended within 500 ms");

        started().ifPresent(DelegationHookTest::awaitEnd);
        assertThat(acted).doesNotExist();
    }

    @Test
    void aProgramEndsWithAllThatItHasStartedWhenItIsCancelled() throws IOException {
        hook("sh -c 'echo $$; exec sleep 600' > " + directory.resolve("pid") + "; true");
        Disposable running = new DelegationHook(directory.resolve("hook"), Duration.ofMinutes(10))
                .run(ADD, IPV6)
                .subscribe();
        long end = System.nanoTime() + BOUND.toNanos();
        while (started().isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        ProcessHandle started = started().orElseThrow();
        running.dispose();

        awaitEnd(started);
    }

    @Test
    void aProgramThatHasEndedLeavesWhatItHasStarted() throws IOException {
        hook("sh -c 'echo $$; exec sleep 600' > " + directory.resolve("pid") + " &" + " while ! [ -s "
                        + directory.resolve("pid") + " ]; do sleep 0.01; done")
                .run(ADD, IPV6)
                .block();

        ProcessHandle left = started().orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
        awaitEnd(left);
    }

    /** {@return the process that has written its number, if it has and still exists} */
    private Optional<ProcessHandle> started() {
        try {
            Path file = directory.resolve("pid");
            String pid = Files.exists(file) ? Files.readString(file).strip() : "";
            return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        assertThat(process.onExit()).succeedsWithin(BOUND);
    }

    @Test
    void aNameWithoutADirectoryIsAFileAndNotAProgramOfThePath() {
        DelegationHook hook = new DelegationHook(Path.of("true"), Duration.ofSeconds(20));
        assertThat(hook.describe(ADD, IPV6)).endsWith(" " + Path.of("true").toAbsolutePath());
        assertThatThrownBy(() -> hook.run(ADD, IPV6).block()).hasMessageContaining("true cannot be run: ");
    }
}
