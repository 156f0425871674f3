package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.wireshark.TlsKeyLog;
import io.grasp.samples.wireshark.Tshark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dissector reads what nodes of this project exchange. */
class WiresharkIT {
    private static final String MARK = "the capture ends here";

    /** The address of Briggs. */
    private static final String LEFT = "fd12:0:0:1::1";

    private final Processes processes = new Processes();

    @TempDir
    private Path temporary;

    private RunningProcess capture;

    @BeforeAll
    static void require() {
        Tshark.assumeInstalled();
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
        if (capture != null) {
            capture.kill();
        }
    }

    @Test
    void aNegotiationIsReadFromTheDiscoveryToItsEndAlsoInsideTls() {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        List<String> briggsIdentity = domain.issue("briggs");
        List<String> grayIdentity = domain.issue("gray");
        Path file = temporary.resolve("capture.pcapng");
        Path log = temporary.resolve("secrets.txt");
        List<String> agent = List.of(TlsKeyLog.option(temporary, log));
        try (Pair network = Pair.withUlas()) {
            capture(network.right, file);
            List<RunningProcess> briggs = List.of(
                    processes.node(network.left, "briggs", "--seed", "10"),
                    processes.program(
                            agent,
                            network.left,
                            Main.class,
                            with(briggsIdentity, "briggs", "--seed", "10", "--bind", "7017")));
            briggs.forEach(RunningProcess::awaitReady);
            String[] gray = {"gray", "--rounds", "1", "--pause", "1", "--seed", "15"};
            String[] neighbor = {"--neighbor", "[" + network.left.ula() + "]"};
            List<RunningProcess> grays = List.of(
                    processes.node(network.right, gray),
                    processes.start(network.right, with(grayIdentity, with(List.of(neighbor), gray))));
            grays.forEach(
                    each -> assertThat(each.exit()).as(each + " and " + briggs).isZero());
            endCapture(network.right, file);
        }
        List<String> lines = new Tshark(temporary).details(file, "-o", "tls.keylog_file:" + log);
        assertThat(negotiationsIn(lines).values())
                .hasSize(2) // plain, and inside TLS
                .containsOnly(List.of(
                        "M_REQ_NEG EX3 [\"NZD\", 222]",
                        "M_NEGOTIATE EX3 [\"NZD\", 180]",
                        "M_NEGOTIATE EX3 [\"NZD\", 199]",
                        "M_NEGOTIATE EX3 [\"NZD\", 190]",
                        "M_END O_ACCEPT"));
        assertThat(lines)
                .anyMatch(line -> line.contains("GRASP Streams: DATA 1 OPEN"))
                .anyMatch(line -> line.contains("GRASP Overlay Link: hello"))
                .anyMatch(line -> line.contains("M_RESPONSE [" + LEFT + "]:7017 TCP"))
                .noneMatch(line -> line.contains("Expert Info") || line.contains("Lua Error"));
    }

    /** The messages of each negotiation, by its Session ID. */
    private static Map<String, List<String>> negotiationsIn(List<String> lines) {
        Pattern message = Pattern.compile("\\S.*: (M_(?:REQ_NEG|NEGOTIATE|END|WAIT).*), session (\\d+)");
        return lines.stream()
                .map(message::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.groupingBy(
                        found -> found.group(2), Collectors.mapping(found -> found.group(1), Collectors.toList())));
    }

    private static String[] with(List<String> more, String... arguments) {
        return Stream.concat(Stream.of(arguments), more.stream()).toArray(String[]::new);
    }

    private void capture(Host host, Path file) {
        capture = inside(host, "dumpcap", "-q", "-i", host.link(), "-w", file.toString());
        capture.awaitError("File:");
    }

    /** Sends a datagram that is recognized in the file: packets are written with a delay. */
    private void endCapture(Host host, Path file) {
        inside(host, "bash", "-c", "printf '" + MARK + "' > /dev/udp/" + LEFT + "/9")
                .exit();
        Processes.await(() -> "the last packet in " + file, () -> contains(file, MARK));
        capture.stop();
        capture.exit();
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RunningProcess inside(Host host, String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", host.namespace()));
        all.addAll(List.of(command));
        try {
            return new RunningProcess(String.join(" ", command), new ProcessBuilder(all).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
