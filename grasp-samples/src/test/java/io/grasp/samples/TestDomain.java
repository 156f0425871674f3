package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A domain with a test authority, whose nodes get their certificates from {@code grasp ca}. */
final class TestDomain {
    private final Path directory;

    /**
     * Creates the authority.
     *
     * @param directory does not exist yet
     * @param domain its name
     * @param more further options of {@code grasp ca init}
     */
    TestDomain(Path directory, String domain, String... more) {
        this.directory = directory;
        List<String> arguments = new ArrayList<>(List.of("init", directory.toString(), "--domain", domain));
        arguments.addAll(List.of(more));
        ca(arguments);
    }

    /** Issues a certificate, and returns the options with which the node uses it. */
    List<String> issue(String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of("issue", directory.toString(), name));
        arguments.addAll(List.of(more));
        ca(arguments);
        return List.of("--identity", identity(name).toString());
    }

    Path identity(String name) {
        return directory.resolve("nodes").resolve(name);
    }

    Path directory() {
        return directory;
    }

    void revoke(String name) {
        ca(List.of("revoke", directory.toString(), name));
    }

    void renew(String name) {
        ca(List.of("renew", directory.toString(), name));
    }

    private static void ca(List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("ca"));
        all.addAll(arguments);
        Cli.Run run = Cli.run(all.toArray(String[]::new));
        assertThat(run.code()).as(run.toString()).isZero();
    }
}
