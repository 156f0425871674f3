package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package in a new Debian system, whose packages debootstrap downloads. As root, after a build with the
 * profile {@code packages}.
 */
@Tag("long")
@Timeout(900)
class DebianPackageIT {
    private static final String MIRROR = "http://deb.debian.org/debian";
    private static final String PACKAGES = "default-jre-headless,man-db,zsh";
    /** Runs a command in the system, with processes of its own, which end with it. */
    private static final String IN_ROOT = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";

    @TempDir
    private Path directory;

    private Path root;

    /** Faster than JUnit, which warns of each link in it. */
    @AfterEach
    void remove() throws IOException {
        if (root != null) {
            run("rm", "-rf", "--one-file-system", root.toString());
        }
    }

    @Test
    void itIsInstalledUpgradedRemovedAndPurged() throws IOException {
        Path built = built();
        assumeTrue(isInstalled("debootstrap"), "debootstrap is not installed");
        assumeTrue("0".equals(run("id", "-u").strip()), "only root can make a system");
        root = directory.resolve("root");
        run("debootstrap", "--variant=minbase", "--include=" + PACKAGES, "bookworm", root.toString(), MIRROR);
        Files.copy(built, root.resolve("grasp.deb"));

        assertThat(in("dpkg", "-i", "/grasp.deb")).doesNotContainIgnoringCase("warning", "start more slowly");
        Path archive = root.resolve("usr/lib/grasp/grasp.jsa");
        assertThat(archive).isRegularFile();
        assertThat(in("env", "GRASP_JAVA_OPTS=-Xshare:on", "grasp", "--version"))
                .startsWith("grasp ");
        assertThat(in("man", "-w", "grasp-daemon").strip()).isEqualTo("/usr/share/man/man1/grasp-daemon.1.gz");
        assertThat(root.resolve("usr/share/bash-completion/completions/grasp")).isRegularFile();
        assertThat(in("zsh", "-fc", "autoload -U compinit; compinit -u -D; print -r -- $_comps[grasp]")
                        .strip())
                .isEqualTo("_grasp");

        // As the installation of another JVM does.
        Files.delete(archive);
        in("dpkg-trigger", "--by-package=default-jre-headless", "/usr/lib/jvm");
        in("dpkg", "--triggers-only", "--pending");
        assertThat(archive).isRegularFile();

        Path settings = root.resolve("etc/grasp/grasp.conf");
        Files.writeString(settings, "# of the administrator\n", StandardOpenOption.APPEND);
        String edited = Files.readString(settings);
        later(built);
        in("dpkg", "--force-confold", "-i", "/later.deb");
        assertThat(in("dpkg-query", "-W", "-f", "${Version} ${Status}", "grasp"))
                .isEqualTo("99 install ok installed");
        assertThat(settings).hasContent(edited);
        assertThat(root.resolve("etc/grasp/grasp.conf.dpkg-dist")).content().contains("# of the later version");
        assertThat(archive).isRegularFile();
        assertThat(in("grasp", "--version")).startsWith("grasp ");

        assertThat(in("dpkg", "-r", "grasp")).doesNotContainIgnoringCase("warning");
        assertThat(root.resolve("usr/lib/grasp")).doesNotExist();
        assertThat(settings).hasContent(edited);

        assertThat(in("dpkg", "-P", "grasp")).doesNotContainIgnoringCase("warning");
        assertThat(remains()).isEmpty();
    }

    /** {@return files and links that have the name of the package, but the packages that the test has put there} */
    private List<String> remains() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> "/" + root.relativize(file))
                    .filter(file -> file.contains("grasp"))
                    .filter(file -> !file.equals("/grasp.deb"))
                    .toList();
        }
    }

    /** Makes a package of a later version, with another configuration file. */
    private void later(Path built) throws IOException {
        Path content = directory.resolve("later");
        run("dpkg-deb", "-R", built.toString(), content.toString());
        Path control = content.resolve("DEBIAN/control");
        Files.writeString(control, Files.readString(control).replaceAll("(?m)^Version: .*$", "Version: 99"));
        Files.writeString(
                content.resolve("etc/grasp/grasp.conf"), "# of the later version\n", StandardOpenOption.APPEND);
        run("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", content.toString(), root + "/later.deb");
    }

    private static Path built() throws IOException {
        List<Path> built = new ArrayList<>();
        try (var files = Files.newDirectoryStream(Path.of("target"), "grasp_*_all.deb")) {
            files.forEach(built::add);
        }
        assumeTrue(built.size() == 1, "there is no target/grasp_*_all.deb: it is built with -Ppackages");
        return built.get(0);
    }

    private static boolean isInstalled(String tool) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
    }

    private String in(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
        all.addAll(List.of("sh", "-c", IN_ROOT, root.toString()));
        all.addAll(List.of(command));
        return run(all.toArray(String[]::new));
    }

    /** {@return what a command has printed; it must succeed} */
    private static String run(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.matches("JAVA_.*|JDK_.*|GRASP_.*"));
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }
}
