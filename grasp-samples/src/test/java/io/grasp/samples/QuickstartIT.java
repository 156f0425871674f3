package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The template of an ASA, as the build has made it from the installed jars, in two processes as docs/quickstart.md runs it. */
class QuickstartIT {
    private static final Path PROJECT = Path.of("target", "it", "asa");
    private static final Path JAR = PROJECT.resolve("target/bandwidth.jar");
    private static final String RUN = "java -jar target/bandwidth.jar ";

    private final Processes processes = new Processes();

    /** A command of the page, and the lines that it prints there. */
    private record Shown(String command, List<String> output) {}

    @BeforeAll
    static void require() {
        assumeTrue(Files.exists(JAR), "the template was not built, as in mvn verify");
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void theProcessesOfThePageTalkOverTheLoopbackInterfaceAndPrintWhatItShows() throws IOException {
        Namespaces.assumePossible();
        List<Shown> shown = shown();
        assertThat(shown)
                .extracting(Shown::command)
                .containsExactly(
                        "java -jar target/bandwidth.jar provider 100 lo",
                        "java -jar target/bandwidth.jar customer 150 lo 2> customer.log",
                        "java -jar target/bandwidth.jar customer 300 lo 2> customer.log");
        try (Namespaces namespaces = Namespaces.build(made -> made)) {
            Host host = new Host(namespaces.add("only"), "lo", "::1", "::1");
            RunningProcess provider = run(host, shown.get(0)).awaitError("started");
            for (Shown customer : shown.subList(1, 3)) {
                RunningProcess process = run(host, customer);
                boolean agreed = customer.output().get(0).startsWith("Agreed");
                assertThat(process.exit()).as(process.toString()).isEqualTo(agreed ? 0 : 1);
                assertThat(process.output()).isEqualTo(customer.output());
            }

            provider.signal("TERM"); // Process.destroy would also close the streams that the test reads
            assertThat(provider.exit()).as("128 + SIGTERM").isEqualTo(143);
            assertThat(provider.errors().stream()
                            .filter(line -> line.contains("io.grasp"))
                            .map(QuickstartIT::general))
                    .isEqualTo(Stream.concat(shown.get(0).output().stream(), logOfProvider().stream())
                            .map(QuickstartIT::general)
                            .toList());
        }
    }

    @ParameterizedTest
    @CsvSource({"provider, abc", "customer, 99999999999", "seller, 5", "provider,"})
    void aWrongArgumentIsAnsweredWithTheUsage(String role, String mbits) {
        String[] arguments = mbits == null ? new String[] {role} : new String[] {role, mbits};
        RunningProcess process = processes.jar(JAR, arguments);

        assertThat(process.exit()).isEqualTo(2);
        assertThat(process.errors())
                .containsExactly("Arguments: provider or customer, a bandwidth in whole Mbit/s, and optionally a link");
    }

    @Test
    void theProcessesFindEachOtherOnALinkOfTwoHosts() {
        Namespaces.assumePossible();
        try (Pair network = Pair.withLinkLocalsOnly()) {
            RunningProcess provider =
                    processes.jar(network.left, JAR, "provider", "100").awaitError("started");
            RunningProcess customer = processes.jar(network.right, JAR, "customer", "80");

            assertThat(customer.exit()).as(customer.toString()).isZero();
            assertThat(customer.output()).containsExactly("Agreed on 80 Mbit/s");
            assertThat(provider.hasEnded()).isFalse();
        }
    }

    @Test
    void anOutsideProjectHasOneVersionOfNetty() throws IOException {
        try (Stream<Path> jars = Files.list(PROJECT.resolve("target/lib"))) {
            List<String> versions = jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.startsWith("netty-"))
                    .map(name -> name.replaceFirst("[a-z0-9-]*-(\\d[\\d.]*).*", "$1"))
                    .toList();

            assertThat(versions).hasSizeGreaterThan(10);
            assertThat(versions.stream().distinct()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"grasp-core, io/grasp/model/Objective.java", "grasp-reactive-api, io/grasp/api/Grasp.java"})
    void aBuildMakesTheSourcesForTheIdeOfTheAuthor(String module, String source) throws IOException {
        Path jar;
        try (Stream<Path> files = Files.list(Project.root().resolve(module).resolve("target"))) {
            jar = files.filter(file -> file.toString().endsWith("-sources.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        try (ZipFile sources = new ZipFile(jar.toFile())) {
            assertThat(sources.getEntry(source)).isNotNull();
        }
    }

    private RunningProcess run(Host host, Shown shown) {
        String[] arguments = shown.command()
                .substring(RUN.length())
                .replaceFirst(" 2>.*", "")
                .split(" ");
        return processes.jar(host, JAR, arguments);
    }

    private static List<String> page() throws IOException {
        return Files.readAllLines(Project.root().resolve("docs/quickstart.md"));
    }

    private static List<Shown> shown() throws IOException {
        List<Shown> shown = new ArrayList<>();
        boolean inOutput = false;
        for (String line : page()) {
            if (line.startsWith("$ " + RUN)) {
                shown.add(new Shown(line.substring(2), new ArrayList<>()));
                inOutput = true;
            } else if (line.startsWith("```")) {
                inOutput = false;
            } else if (inOutput) {
                shown.get(shown.size() - 1).output().add(line);
            }
        }
        return shown;
    }

    /** {@return the lines that the page shows of the provider's log after its start} */
    private static List<String> logOfProvider() throws IOException {
        return page().stream()
                .dropWhile(line -> !line.contains("responder"))
                .takeWhile(line -> !line.startsWith("```"))
                .toList();
    }

    /** Without what differs in each run. */
    private static String general(String line) {
        return line.replaceAll("(port |session |127.0.0.1:)\\d+", "$1N");
    }
}
