package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ASA of docs/writing-an-asa.md in a host, as the page runs it, with the commands and the output that it shows. */
class HostIT {
    private static final Path JAR = Path.of("target", "it", "asa", "target", "bandwidth.jar");

    @TempDir
    private Path directory;

    private final Processes processes = new Processes();

    @BeforeAll
    static void require() {
        assumeTrue(Files.exists(JAR), "the template was not built, as in mvn verify");
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    /** {@return the lines that the page shows after each command} */
    private static Map<String, List<String>> shown() throws IOException {
        Map<String, List<String>> shown = new TreeMap<>();
        List<String> output = new ArrayList<>();
        for (String line : Files.readAllLines(Project.root().resolve("docs/writing-an-asa.md"))) {
            if (line.startsWith("$ ")) {
                output = shown.computeIfAbsent(line.substring(2), first -> new ArrayList<>());
            } else if (line.startsWith("```")) {
                output = new ArrayList<>();
            } else {
                output.add(line);
            }
        }
        return shown;
    }

    /** Without what differs in each run. */
    private static String general(String line) {
        return line.replaceAll(" +", " ").replaceAll("\\d+(ms|s|m)\\b", "T").replaceAll("[\\d.]+ [KM]iB", "B");
    }

    private static List<String> general(List<String> lines) {
        return lines.stream().map(HostIT::general).toList();
    }

    /** Runs a command of the page, which ends, and checks what it prints. */
    private void runShown(Host host, String command) throws IOException {
        List<String> expected = shown().get(command);
        assertThat(expected).as("the page has: " + command).isNotNull();
        RunningProcess process = run(host, command);
        assertThat(process.exit()).as(process.toString()).isZero();
        assertThat(general(process.output())).isEqualTo(general(expected));
    }

    private RunningProcess run(Host host, String command) {
        String[] words = command.replaceFirst("^grasp ", "").split(" ");
        List<String> arguments = new ArrayList<>();
        for (String word : words) {
            arguments.add(
                    word.replaceFirst("^agents", directory.resolve("agents").toString())
                            .replaceFirst("^'(.*)'$", "$1"));
        }
        return processes.start(host, arguments.toArray(String[]::new));
    }

    private void write(String lines) throws IOException {
        Files.writeString(directory.resolve("agents/asas.txt"), lines);
    }

    @Test
    void theCommandsOfThePageRunTheAsaAndPrintWhatItShows() throws IOException {
        Namespaces.assumePossible();
        Path agents = Files.createDirectory(directory.resolve("agents"));
        Files.copy(JAR, agents.resolve("bandwidth.jar"));
        try (Namespaces namespaces = Namespaces.build(made -> made)) {
            Host only = new Host(namespaces.add("only"), "lo", "::1", "::1");
            RunningProcess empty = run(only, "grasp host agents --link lo --ip ipv4 --assume-secure");
            assertThat(empty.exit()).as(empty.toString()).isEqualTo(1);
            assertThat(empty.errors()).anyMatch(line -> line.contains("there is no file "));

            write("provider limit=100\n");
            String start = "grasp host agents --link lo --ip ipv4 --assume-secure --control agents/socket";
            RunningProcess host = run(only, start);
            host.line("provider 1.0 is operational");
            List<String> page = shown().get(start);
            assertThat(host.output()).isEqualTo(page);
            runShown(only, "grasp show hosted --via agents/socket");
            runShown(
                    only,
                    "grasp negotiate example.com:bandwidth '{\"mbits\":150}' --link lo --ip ipv4 --assume-secure");
            RunningProcess customer = processes.jar(only, JAR, "customer", "150", "lo");
            assertThat(customer.exit()).as(customer.toString()).isZero();
            assertThat(customer.output()).containsExactly("Agreed on 100 Mbit/s");

            runShown(only, "grasp flood provider.Params '{\"limit\":50}' --via agents/socket");
            host.line("provider 1.0: limit is 50, set by a policy");
            runShown(
                    only, "grasp negotiate example.com:bandwidth '{\"mbits\":80}' --link lo --ip ipv4 --assume-secure");

            write("provider limit=100\nBriggs most-reserves=500\nnobody\n");
            host.line("asas.txt line 3: no jar here has an ASA named nobody");
            host.line("Briggs 1.0 is operational");
            write("provider limit=many\n");
            host.line("asas.txt line 1: limit cannot be many: not a whole number of 1 to 10000");
            write("-provider\n");
            host.line("provider 1.0 is stopped");
            host.line("Briggs 1.0 is stopped");
            host.signal("TERM");
            assertThat(host.exit()).as(host.toString()).isEqualTo(143);
        }
    }
}
