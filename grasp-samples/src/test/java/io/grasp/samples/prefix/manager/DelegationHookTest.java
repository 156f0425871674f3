package io.grasp.samples.prefix.manager;

import static io.grasp.samples.prefix.manager.DelegationHook.Action.ADD;
import static io.grasp.samples.prefix.manager.DelegationHook.Action.REMOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.prefix.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program that puts delegated prefixes into effect. */
@EnabledOnOs(OS.LINUX)
class DelegationHookTest {
    private static final Delegation IPV6 = new Delegation("eth1", Prefix.parse("2001:db8:0:7::/64"));

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
}
