package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The help of the command line. */
class HelpTest {
    private static final Set<String> OFFLINE =
            Set.of("demo", "secure-demo", "simulate", "extensions", "decode", "scale", "study", "ca");

    static List<String> commands() {
        return List.of(
                "demo",
                "secure-demo",
                "simulate",
                "gray",
                "briggs",
                "daemon",
                "discover",
                "synchronize",
                "serve",
                "flood",
                "get-flood",
                "negotiate",
                "chat",
                "extensions",
                "decode",
                "scale",
                "study",
                "ca",
                "quads-registrar",
                "quads-enroll");
    }

    @Test
    void theHelpNamesAllCommands() {
        Cli.Run help = Cli.run("--help");

        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(Main.commandLine().getSubcommands().keySet()).containsExactlyElementsOf(commands());
        assertThat(help.out())
                .contains("Exit codes: 0 success, 1 failure, 2 wrong usage.")
                .allMatch(line -> line.length() <= 80);
        commands().forEach(command -> assertThat(help.out()).anyMatch(line -> line.startsWith("  " + command + " ")));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelp(String command) {
        Cli.Run help = Cli.run(command, "--help");

        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out().get(0)).startsWith("Usage: grasp " + command);
        String text = String.join("\n", help.out());
        assertThat(text).contains("--json", "Exit codes: 0 success");
        if (!OFFLINE.contains(command)) {
            assertThat(text).contains("--link=NAME", "--assume-secure");
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandPrintsTheVersion(String command) {
        assertThat(Cli.run(command, "--version")).isEqualTo(Cli.run("--version"));
    }

    @Test
    void theVersionIsOneLine() {
        Cli.Run version = Cli.run("-V");

        assertThat(version.code()).isZero();
        assertThat(version.out()).singleElement().asString().startsWith("grasp ");
    }
}
