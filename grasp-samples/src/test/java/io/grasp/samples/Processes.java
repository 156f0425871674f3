package io.grasp.samples;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Processes of the command line in network namespaces: {@code target/grasp.jar}, or the classes before it is built. */
final class Processes {
    /** The maximum time of any step before the test fails; it is long, because the machine may be busy. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(5);
    private static final Path JAR = Path.of("target", "grasp.jar");

    /** A class data archive of the jar for the JVM of these tests: processes start in half the time. */
    private static final Path ARCHIVE = Path.of("target", "grasp-" + Runtime.version() + ".jsa");

    private final List<RunningProcess> started = new CopyOnWriteArrayList<>();
    private final List<Path> directories = new CopyOnWriteArrayList<>();

    Processes() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "kill-processes"));
    }

    /** Starts a command without changes. */
    RunningProcess start(Host host, String... arguments) {
        return start(List.of(), host, arguments);
    }

    /** Starts a command without changes. */
    RunningProcess start(Host host, String command, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(arguments);
        return start(host, all.toArray(String[]::new));
    }

    /** Starts a command without changes, with options of the JVM. */
    RunningProcess start(List<String> options, Host host, String... arguments) {
        return java(host, what(options), arguments);
    }

    private static List<String> what(List<String> options) {
        List<String> what = new ArrayList<>(options);
        if (Files.exists(JAR)) {
            archive();
            what.addAll(List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-jar", JAR.toString()));
        } else {
            what.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        }
        return what;
    }

    /** Creates the archive of classes, unless this jar has one; if that fails, processes start without it. */
    private static void archive() {
        try {
            if (Files.exists(ARCHIVE)
                    && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JAR)) > 0) {
                return;
            }
            // Moved when it is complete: another JVM of the tests may use it at once.
            Path made = Path.of(ARCHIVE + "." + ProcessHandle.current().pid());
            List<String> command = jvm();
            command.addAll(List.of("-XX:ArchiveClassesAtExit=" + made, "-jar", JAR.toString()));
            command.addAll(List.of("discover", "archive", "--link", "lo", "--timeout", "1", "--assume-secure"));
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS)
                    .join();
            if (Files.exists(made)) {
                Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a command on this host in a script of bash.
     *
     * @param script the script, in which {@code "$@"} is the command
     */
    RunningProcess script(String script, String... arguments) {
        return java(List.of("bash", "-c", script, "grasp"), what(List.of()), arguments);
    }

    /** Starts a program of the tests. */
    RunningProcess program(Host host, Class<?> main, String... arguments) {
        return program(List.of(), host, main, arguments);
    }

    /** Starts a program of the tests, with options of the JVM. */
    RunningProcess program(List<String> options, Host host, Class<?> main, String... arguments) {
        return java(List.of("ip", "netns", "exec", host.namespace()), ofTests(options, main), arguments);
    }

    /**
     * Starts a node with {@code --assume-secure} that may open few files.
     *
     * @param descriptors how many, if all classes are in one jar; each other jar takes one more
     */
    RunningProcess nodeOfFewDescriptors(int descriptors, Host host, String... arguments) {
        String script = "ulimit -n \"$0\" && exec \"$@\"";
        int jars = Files.exists(JAR) ? 0 : System.getProperty("java.class.path").split(File.pathSeparator).length;
        return java(
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        host.namespace(),
                        "sh",
                        "-c",
                        script,
                        Integer.toString(descriptors + jars)),
                what(List.of()),
                assumingSecure(arguments));
    }

    private static String[] assumingSecure(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--assume-secure";
        return all;
    }

    /** Starts a program of the tests on this host, with options of the JVM. */
    RunningProcess program(List<String> options, Class<?> main, String... arguments) {
        return java(List.of(), ofTests(options, main), arguments);
    }

    /** Starts a runnable jar on this host. */
    RunningProcess jar(Path jar, String... arguments) {
        return java(List.of(), List.of("-jar", jar.toString()), arguments);
    }

    /** Starts a runnable jar on a host. */
    RunningProcess jar(Host host, Path jar, String... arguments) {
        return java(host, List.of("-jar", jar.toString()), arguments);
    }

    private static List<String> ofTests(List<String> options, Class<?> main) {
        List<String> what = new ArrayList<>(options);
        what.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return what;
    }

    /** Starts a node with {@code --assume-secure} that reads the time since the machine's boot from a file. */
    RunningProcess nodeOfUptime(Path uptime, Host host, String... arguments) {
        // The namespace has its own mounts, which end with the process.
        String script = "mount --bind \"$0\" /proc/uptime && exec \"$@\"";
        return java(
                List.of("ip", "netns", "exec", host.namespace(), "sh", "-c", script, uptime.toString()),
                what(List.of()),
                assumingSecure(arguments));
    }

    private RunningProcess java(Host host, List<String> what, String... arguments) {
        return java(List.of("ip", "netns", "exec", host.namespace()), what, arguments);
    }

    private RunningProcess java(List<String> where, List<String> what, String... arguments) {
        List<String> command = new ArrayList<>(where);
        // The build may run with signals ignored, in the background or under nohup, and processes inherit that.
        command.addAll(List.of("env", "--default-signal=HUP,INT"));
        command.addAll(jvm());
        command.addAll(what);
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM prints that it has picked it up
            builder.environment().put("XDG_RUNTIME_DIR", runtimeDirectory().toString());
            RunningProcess process = new RunningProcess(String.join(" ", arguments), builder.start());
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return a directory for the control socket of one process} Several nodes of one user run on this host. */
    private Path runtimeDirectory() throws IOException {
        Path directory = Files.createTempDirectory("grasp-run");
        directories.add(directory);
        return directory;
    }

    /** A JVM for a short run: it starts fast, optimizes little, and prints no messages about its archive. */
    private static List<String> jvm() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off"));
    }

    /** Starts a command with {@code --assume-secure}. */
    RunningProcess node(Host host, String... arguments) {
        return start(host, assumingSecure(arguments));
    }

    /** Whether a node accepts a connection with invalid input and closes it gracefully: it resets connections that it does not serve. */
    boolean isServed(Host from, String address, int port) {
        String script = "exec 3<>/dev/tcp/" + address + "/" + port + " && printf '\\377' >&3 && cat <&3";
        try {
            return new ProcessBuilder("ip", "netns", "exec", from.namespace(), "bash", "-c", script)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS)
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the remaining processes. */
    void kill() {
        started.forEach(RunningProcess::kill);
        started.clear();
        directories.forEach(Processes::delete);
        directories.clear();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a condition, for a bounded time. */
    static void await(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("timed out waiting for " + what.get());
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
