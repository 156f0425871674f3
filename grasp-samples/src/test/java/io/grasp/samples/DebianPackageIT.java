package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private static final String PACKAGES = "default-jre-headless,man-db,zsh";

    @TempDir
    private Path directory;

    private DebianRoot root;

    @AfterEach
    void remove() throws IOException {
        if (root != null) {
            root.close();
        }
    }

    @Test
    void itIsInstalledUpgradedRemovedAndPurged() throws IOException {
        Path built = DebianRoot.builtPackage();
        DebianRoot.assumePossible();
        root = DebianRoot.create(directory.resolve("root"), "--include=" + PACKAGES);
        Files.copy(built, root.file("grasp.deb"));

        assertThat(root.in("dpkg", "-i", "/grasp.deb")).doesNotContainIgnoringCase("warning", "start more slowly");
        Path archive = root.file("usr/lib/grasp/grasp.jsa");
        assertThat(archive).isRegularFile();
        assertThat(root.in("env", "GRASP_JAVA_OPTS=-Xshare:on", "grasp", "--version"))
                .startsWith("grasp ");
        assertThat(root.in("man", "-w", "grasp-daemon").strip()).isEqualTo("/usr/share/man/man1/grasp-daemon.1.gz");
        assertThat(root.file("usr/share/bash-completion/completions/grasp")).isRegularFile();
        assertThat(root.in("zsh", "-fc", "autoload -U compinit; compinit -u -D; print -r -- $_comps[grasp]")
                        .strip())
                .isEqualTo("_grasp");

        // As the installation of another JVM does.
        Files.delete(archive);
        root.in("dpkg-trigger", "--by-package=default-jre-headless", "/usr/lib/jvm");
        root.in("dpkg", "--triggers-only", "--pending");
        assertThat(archive).isRegularFile();

        Path settings = root.file("etc/grasp/grasp.conf");
        Files.writeString(settings, "# of the administrator\n", StandardOpenOption.APPEND);
        String edited = Files.readString(settings);
        later(built);
        root.in("dpkg", "--force-confold", "-i", "/later.deb");
        assertThat(root.in("dpkg-query", "-W", "-f", "${Version} ${Status}", "grasp"))
                .isEqualTo("99 install ok installed");
        assertThat(settings).hasContent(edited);
        assertThat(root.file("etc/grasp/grasp.conf.dpkg-dist")).content().contains("# of the later version");
        assertThat(archive).isRegularFile();
        assertThat(root.in("grasp", "--version")).startsWith("grasp ");

        assertThat(root.in("dpkg", "-r", "grasp")).doesNotContainIgnoringCase("warning");
        assertThat(root.file("usr/lib/grasp")).doesNotExist();
        assertThat(settings).hasContent(edited);

        assertThat(root.in("dpkg", "-P", "grasp")).doesNotContainIgnoringCase("warning");
        assertThat(remains()).isEmpty();
    }

    /** {@return files and links that have the name of the package, but the packages that the test has put there} */
    private List<String> remains() throws IOException {
        try (Stream<Path> files = Files.walk(root.path())) {
            return files.map(file -> "/" + root.path().relativize(file))
                    .filter(file -> file.contains("grasp"))
                    .filter(file -> !file.equals("/grasp.deb"))
                    .toList();
        }
    }

    /** Makes a package of a later version, with another configuration file. */
    private void later(Path built) throws IOException {
        Path content = directory.resolve("later");
        DebianRoot.run("dpkg-deb", "-R", built.toString(), content.toString());
        Path control = content.resolve("DEBIAN/control");
        Files.writeString(control, Files.readString(control).replaceAll("(?m)^Version: .*$", "Version: 99"));
        Files.writeString(
                content.resolve("etc/grasp/grasp.conf"), "# of the later version\n", StandardOpenOption.APPEND);
        DebianRoot.run(
                "dpkg-deb",
                "--root-owner-group",
                "-Zgzip",
                "-z1",
                "-b",
                content.toString(),
                root.file("later.deb").toString());
    }
}
