package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A new Debian system in a directory, whose packages debootstrap downloads. Closing removes it. */
final class DebianRoot implements AutoCloseable {
    private static final String MIRROR = "http://deb.debian.org/debian";
    /** Runs a command in the system, with processes of its own, which end with it. */
    private static final String IN_ROOT = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";

    private final Path root;

    private DebianRoot(Path root) {
        this.root = root;
    }

    /** Skips the test with the reason if no system can be created. */
    static void assumePossible() throws IOException {
        assumeTrue(isInstalled("debootstrap"), "debootstrap is not installed");
        assumeTrue("0".equals(run("id", "-u").strip()), "only root can create a system");
    }

    /**
     * Creates a system.
     *
     * @param root its directory
     * @param options of debootstrap
     */
    static DebianRoot create(Path root, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("debootstrap", "--variant=minbase"));
        command.addAll(List.of(options));
        command.addAll(List.of("bookworm", root.toString(), MIRROR));
        DebianRoot system = new DebianRoot(root);
        try {
            run(command.toArray(String[]::new));
            return system;
        } catch (AssertionError e) {
            system.close();
            throw e;
        }
    }

    /** {@return the package that the profile {@code packages} has built; the test is skipped without one} */
    static Path builtPackage() throws IOException {
        List<Path> built = new ArrayList<>();
        try (var files = Files.newDirectoryStream(Path.of("target"), "grasp_*_all.deb")) {
            files.forEach(built::add);
        }
        assumeTrue(built.size() == 1, "there is no target/grasp_*_all.deb: it is built with -Ppackages");
        return built.get(0);
    }

    static boolean isInstalled(String tool) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
    }

    /** {@return the path of a file of the system} */
    Path file(String name) {
        return root.resolve(name);
    }

    /** {@return the path of its root} */
    Path path() {
        return root;
    }

    /** {@return what a command in the system has printed; it must succeed} */
    String in(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
        all.addAll(List.of("sh", "-c", IN_ROOT, root.toString()));
        all.addAll(List.of(command));
        return run(all.toArray(String[]::new));
    }

    /** {@return what a command of this host has printed; it must succeed} */
    static String run(String... command) throws IOException {
        Process process = builder(command).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }

    /** {@return a command of this host, in the environment of an administrator, with all output in one stream} */
    static ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.matches("JAVA_.*|JDK_.*|GRASP_.*"));
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }

    /** Removes it. This is faster than JUnit, which warns of each link in it. */
    @Override
    public void close() throws IOException {
        run("rm", "-rf", "--one-file-system", root.toString());
    }
}
