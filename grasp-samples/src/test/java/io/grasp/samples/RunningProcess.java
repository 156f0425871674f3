package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that a test has started, with the lines that it has printed. */
final class RunningProcess {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** ff02::13, as Linux writes it. */
    private static final String GROUP = "ff020000000000000000000000000013";

    private static final String READY_EVENT = "{\"event\":\"ready\",";
    private static final String READY_WORDS = "(Ready:|Serving|Listening|Flooding|Waiting) .*";

    private final String name;
    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<Thread> readers;

    RunningProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.readers = List.of(
                reader(process.inputReader(StandardCharsets.UTF_8), output),
                reader(process.errorReader(StandardCharsets.UTF_8), errors));
    }

    private Thread reader(BufferedReader from, List<String> to) {
        Thread reader = new Thread(() -> from.lines().forEach(to::add), "read " + name);
        reader.setUncaughtExceptionHandler((thread, failure) -> errors.add("reading failed: " + failure));
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    /** Waits until its node receives multicasts; it must be the first node in its namespace. */
    RunningProcess awaitListening() {
        return awaitListening(1);
    }

    /** Waits until its node receives multicasts on this number of links; it must be the first node in its namespace. */
    RunningProcess awaitListening(int links) {
        await(
                links + " multicast groups",
                () -> network("igmp6").stream()
                                .filter(line -> line.contains(GROUP))
                                .count()
                        == links);
        return this;
    }

    /** {@return whether its namespace receives GRASP's multicasts} */
    boolean hasJoinedGroup() {
        return network("igmp6").stream().anyMatch(line -> line.contains(GROUP));
    }

    /**
     * Waits until it has sent a discovery: a node may listen before its start is complete. It must be the first node in its namespace.
     */
    RunningProcess awaitQuestion() {
        await("a multicast sent", () -> datagramsSent() > 0);
        return this;
    }

    /** {@return the number of UDP datagrams that its namespace has sent so far; a multicast counts once} */
    long datagramsSent() {
        return network("snmp6").stream()
                .filter(line -> line.startsWith("Udp6OutDatagrams"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .sum();
    }

    /** {@return whether its namespace holds input of a connection that has not been read} */
    boolean hasUnreadStream() {
        return network("tcp6").stream()
                .map(line -> line.trim().split("\\s+"))
                .anyMatch(fields -> fields[4].matches("\\p{XDigit}+:\\p{XDigit}*[^0]\\p{XDigit}*")
                        && !fields[3].equals("0A")); // LISTEN
    }

    /** {@return the TCP ports at which its namespace accepts IPv6 connections} */
    List<String> listeningPorts() {
        return network("tcp6").stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(fields -> fields[3].equals("0A")) // LISTEN
                .map(fields -> Integer.toString(Integer.parseInt(fields[1].split(":")[1], 16)))
                .toList();
    }

    private List<String> network(String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "net", file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it is ready, which it says on standard error, or as JSON. */
    RunningProcess awaitReady() {
        await(
                "that it is ready",
                () -> output.stream().anyMatch(line -> line.startsWith(READY_EVENT))
                        || errors.stream().anyMatch(line -> line.matches(READY_WORDS)));
        return this;
    }

    /** Waits for a line of output that contains a text, and returns the first one. */
    String line(String text) {
        await("a line with '" + text + "'", () -> hasSaid(text));
        return saying(text).findFirst().orElseThrow();
    }

    /** {@return whether a line of output contains a text} */
    boolean hasSaid(String text) {
        return saying(text).findFirst().isPresent();
    }

    /** Waits for a line on standard error that contains a text. */
    RunningProcess awaitError(String text) {
        await("an error line with '" + text + "'", () -> errors.stream().anyMatch(line -> line.contains(text)));
        return this;
    }

    private Stream<String> saying(String text) {
        return output.stream().filter(line -> line.contains(text));
    }

    /** Waits for a number of results, and returns all so far; each must be a line of JSON. */
    List<JsonNode> json(int lines) {
        await(lines + " results", () -> results().size() >= lines);
        return results().stream().map(RunningProcess::parse).toList();
    }

    private List<String> results() {
        return output.stream().filter(line -> !line.startsWith(READY_EVENT)).toList();
    }

    /** {@return its only line, when it has succeeded} */
    JsonNode theOnlyLine() {
        assertThat(exit()).as(toString()).isZero();
        assertThat(output).as(toString()).hasSize(1);
        return parse(output.get(0));
    }

    static JsonNode parse(String line) {
        return JSON.readTree(line);
    }

    long pid() {
        return process.pid();
    }

    /** {@return a TCP port at which its namespace accepts connections} */
    int listeningPort() {
        return network("tcp6").stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(fields -> fields[3].equals("0A")) // LISTEN
                .map(fields -> Integer.parseInt(fields[1].split(":")[1], 16))
                .findFirst()
                .orElseThrow();
    }

    List<String> output() {
        return output;
    }

    List<String> errors() {
        return errors;
    }

    /** Waits until it has ended, and returns its exit code. */
    int exit() {
        await("the end", this::hasEnded);
        return process.exitValue();
    }

    boolean hasEnded() {
        return !process.isAlive() && readers.stream().noneMatch(Thread::isAlive);
    }

    /** Sends it a signal, such as STOP. */
    void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            assertThat(exit).as("kill -%s %s", name, this).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it (SIGTERM). */
    void stop() {
        process.destroy();
    }

    /** Kills it (SIGKILL) and waits until it is dead. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    private void await(String what, BooleanSupplier condition) {
        Processes.await(() -> what + " of " + this, () -> hasEnded() || condition.getAsBoolean());
        assertThat(condition.getAsBoolean())
                .as("%s, before it ended, of %s", what, this)
                .isTrue();
    }

    /** {@return its command line and its output} */
    @Override
    public String toString() {
        return "grasp " + name + ", output " + output + ", errors " + errors;
    }
}
