package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell scripts of the packages, as Debian's shell reads them. */
class PackageScriptsTest {
    private static final Path SHELL = Path.of("/bin/dash");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deb/control/postinst",
                "deb/control/prerm",
                "deb/control/postrm",
                "tree/bin/grasp",
                "tree/lib/grasp/find-java",
                "tree/lib/grasp/make-archive"
            })
    void eachScriptHasTheSyntaxOfTheShell(String name) throws IOException {
        assumeTrue(Files.isExecutable(SHELL) || "true".equals(System.getenv("CI")), "there is no " + SHELL);
        Path script = Path.of("src/packaging", name);

        Process shell = new ProcessBuilder(SHELL.toString(), "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(shell.onExit().join().exitValue()).isZero();
    }
}
