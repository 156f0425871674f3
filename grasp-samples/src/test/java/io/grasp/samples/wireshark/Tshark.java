package io.grasp.samples.wireshark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.samples.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs tshark, the Wireshark of the command line, with this project's dissector and default preferences. */
public final class Tshark {
    private static final int SECONDS = 60;

    private final Path home;

    /** @param home an empty directory: tshark finds no preferences and no plugins of the user there */
    public Tshark(Path home) {
        this.home = home;
    }

    /** Skips the tests with the reason if tshark is not installed; in CI they fail. */
    public static void assumeInstalled() {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(isInstalled()).as("tshark is installed in CI").isTrue();
        }
        assumeTrue(isInstalled(), "captures are not dissected: there is no tshark");
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "tshark")));
    }

    /**
     * Dissects a capture in two passes, as Wireshark does.
     *
     * @param capture the file
     * @param options of tshark
     * @return the lines of its standard output
     */
    public List<String> read(Path capture, String... options) {
        List<String> all = new ArrayList<>(List.of("-2", "-r", capture.toString()));
        all.addAll(List.of(options));
        return run(all);
    }

    /** Runs tshark, and returns the lines of its standard output; it must not print errors. */
    List<String> run(List<String> options) {
        List<String> command = new ArrayList<>(List.of("tshark", "-n"));
        command.addAll(List.of("-X", "lua_script:" + Project.root().resolve("tools/wireshark/grasp.lua")));
        command.addAll(options);
        try {
            Path errors = Files.createTempFile(home, "tshark", ".err");
            Path output = Files.createTempFile(home, "tshark", ".out");
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("HOME", home.toString());
            builder.environment().put("WIRESHARK_CONFIG_DIR", home.toString());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put("TZ", "UTC");
            Process process = builder.redirectError(errors.toFile())
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("tshark did not end within %d s: %s", SECONDS, command);
            }
            assertThat(Files.readAllLines(errors))
                    .filteredOn(line -> !line.startsWith("Running as user"))
                    .as("errors of %s", command)
                    .isEmpty();
            assertThat(process.exitValue()).as("%s", command).isZero();
            return Files.readAllLines(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Dissects a capture, and returns the fields of each frame that a filter selects in one line, separated by {@code |}. */
    public List<String> fields(Path capture, String filter, List<String> fields, String... options) {
        List<String> all = new ArrayList<>(List.of("-Y", filter, "-T", "fields", "-E", "separator=|"));
        fields.forEach(field -> all.addAll(List.of("-e", field)));
        all.addAll(List.of(options));
        return read(capture, all.toArray(String[]::new));
    }

    /** Dissects a capture, and returns the lines about GRASP, with a line of the form {@code Frame 1} before each frame. */
    public List<String> details(Path capture, String... options) {
        List<String> all = new ArrayList<>(List.of("-O", "grasp,grasp_link,grasp_mux"));
        all.addAll(List.of(options));
        List<String> lines = new ArrayList<>();
        boolean shown = false;
        for (String line : read(capture, all.toArray(String[]::new))) {
            if (line.startsWith("Frame ")) {
                lines.add(line.replaceFirst(":.*", ""));
            }
            if (!line.startsWith(" ")) {
                shown = line.startsWith("Generic Autonomic Signaling Protocol") || line.startsWith("GRASP ");
            }
            if (shown && !line.isEmpty()) {
                lines.add(line);
            }
        }
        return lines;
    }
}
