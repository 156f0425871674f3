package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Prefix managers as processes on different hosts. */
class PrefixManagerIT {
    private static Pair pair;
    private final Processes processes = new Processes();

    @TempDir
    private Path directory;

    @BeforeAll
    static void build() {
        Namespaces.assumePossible();
        pair = Pair.withUlas();
    }

    @AfterAll
    static void remove() {
        if (pair != null) {
            pair.close();
        }
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    private RunningProcess manager(Host host, String name, String... options) {
        List<String> all = new ArrayList<>(List.of(
                "--state",
                directory.resolve(name + ".db").toString(),
                "--control",
                directory.resolve(name + ".sock").toString(),
                "--json",
                "--assume-secure"));
        all.addAll(List.of(options));
        return processes.start(host, "prefix-manager", all);
    }

    private List<JsonNode> prefixes(Host host, String name, String state) {
        RunningProcess listing = processes.start(
                host,
                "prefixes",
                List.of(
                        "list",
                        "--in",
                        state,
                        "--json",
                        "--via",
                        directory.resolve(name + ".sock").toString()));
        assertThat(listing.exit()).as(listing.toString()).isZero();
        return listing.output().stream().map(RunningProcess::parse).toList();
    }

    private static String addresses(Host host) {
        try {
            Process process = new ProcessBuilder("ip", "-n", host.namespace(), "-6", "addr", "show", "dev", host.link())
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anAddressOfADelegatedPrefixAppearsOnAnInterfaceAndTheManagersRememberAllAfterAKill() throws IOException {
        Path hook = Files.copy(Path.of("..", "docs", "prefix-hook.sh"), directory.resolve("hook"));
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        RunningProcess origin =
                manager(pair.left, "origin", "--pool", "2001:db8::/32").awaitReady();
        String[] edge = {
            "--role", "requesting", "--device-role", "CSG", "--interface", pair.right.link(), "--hook", hook.toString()
        };

        RunningProcess dry = manager(pair.right, "edge", edge);
        dry.line("\"event\":\"hook-dry-run\"");
        assertThat(addresses(pair.right)).doesNotContain("2001:db8:");
        dry.kill();
        String[] live = Arrays.copyOf(edge, edge.length + 1);
        live[edge.length] = "--run-hook";
        RunningProcess edgeManager = manager(pair.right, "edge", live);
        Processes.await(() -> addresses(pair.right), () -> addresses(pair.right).contains("inet6 2001:db8::1/64"));

        assertThat(prefixes(pair.right, "edge", "assigned"))
                .extracting(each -> each.get("prefix").asString())
                .containsExactly("2001:db8::/64");
        origin.kill();
        manager(pair.left, "origin", "--role", "origin").awaitReady();
        assertThat(prefixes(pair.left, "origin", "delegated"))
                .extracting(each -> each.get("prefix").asString())
                .containsExactly("2001:db8::/56");

        edgeManager.kill();
        manager(pair.right, "edge", "--role", "requesting", "--hook", hook.toString(), "--run-hook")
                .line("\"event\":\"released\"");
        assertThat(addresses(pair.right)).doesNotContain("2001:db8:");
        assertThat(prefixes(pair.right, "edge", "assigned")).isEmpty();
    }
}
