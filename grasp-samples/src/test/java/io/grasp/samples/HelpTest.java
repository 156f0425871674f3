package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The help of the command line. */
class HelpTest {
    private static final Set<String> OFFLINE =
            Set.of("demo", "secure-demo", "simulate", "extensions", "decode", "scale", "study", "ca");

    /** They have no node, and look into that of a daemon. */
    private static final Set<String> OF_A_RUNNING_NODE =
            Set.of("prefixes", "status", "show", "watch", "trace", "top", "control");

    static List<String> commands() {
        return List.of(
                "demo",
                "secure-demo",
                "simulate",
                "gray",
                "briggs",
                "daemon",
                "host",
                "discover",
                "synchronize",
                "serve",
                "flood",
                "get-flood",
                "negotiate",
                "chat",
                "prefix-manager",
                "prefixes",
                "get",
                "put",
                "announce-registrar",
                "join-proxy",
                "pledge",
                "status",
                "show",
                "watch",
                "trace",
                "top",
                "control",
                "extensions",
                "decode",
                "scale",
                "study",
                "ca",
                "quads-registrar",
                "quads-enroll",
                "doctor",
                "selftest");
    }

    @Test
    void theHelpNamesAllCommands() {
        Cli.Run help = Cli.run("--help");

        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        List<String> all = new ArrayList<>(commands());
        all.add("help");
        assertThat(Main.commandLine().getSubcommands().keySet()).containsExactlyElementsOf(all);
        assertThat(help.out()).allMatch(line -> line.length() <= 80);
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
        assertThat(text).contains("Exit codes: 0 success");
        if (!command.equals("control") && !command.equals("prefixes")) { // its commands have it
            assertThat(text).contains("--json");
        }
        if (!OFFLINE.contains(command) && !OF_A_RUNNING_NODE.contains(command)) {
            assertThat(text).contains("--link=NAME", "--assume-secure");
        }
    }

    @Test
    void aCommandThatIsBuiltAloneIsTheSame() {
        Main.commandLine().getSubcommands().forEach((name, same) -> {
            if (!name.equals("help")) {
                CommandLine alone = Main.commandLineFor(name, "--wrong");

                assertThat(alone.getSubcommands().keySet()).containsExactly(name);
                CommandLine one = alone.getSubcommands().get(name);
                assertThat(one.getUsageMessage()).isEqualTo(same.getUsageMessage());
                assertThat(one.getCommandSpec().optionsMap().keySet())
                        .isEqualTo(same.getCommandSpec().optionsMap().keySet());
            }
        });
    }

    @Test
    void allCommandsAreBuiltWhereMoreThanOneMayBeNeeded() {
        int all = commands().size() + 1;

        assertThat(Main.commandLineFor().getSubcommands()).hasSize(all);
        assertThat(Main.commandLineFor("help", "daemon").getSubcommands()).hasSize(all);
        assertThat(Main.commandLineFor("deamon").getSubcommands()).hasSize(all);
        assertThat(Main.commandLineFor("--config=x", "daemon").getSubcommands()).hasSize(all);
    }

    @Test
    void theCommandForHelpPrintsWhatTheOptionDoes() {
        assertThat(Cli.run("help")).isEqualTo(Cli.run("--help"));
        assertThat(Cli.run("help", "flood")).isEqualTo(Cli.run("flood", "--help"));
        assertThat(Cli.run("help", "ca", "init")).isEqualTo(Cli.run("ca", "init", "--help"));
        assertThat(Cli.run("help", "--help").code()).isZero();
    }

    @Test
    void theHelpAndThePageListTheExitCodes() throws IOException {
        String page = Files.readString(Project.root().resolve("docs/commands.md"));

        assertThat(Cli.run("help").out()).contains("Exit codes:");
        ExitCodes.table().forEach((code, meaning) -> {
            assertThat(Cli.run("help").out())
                    .anyMatch(line -> line.matches("  " + code + " +" + Pattern.quote(meaning)));
            assertThat(page).contains("| " + code + " | " + meaning + " |");
        });
    }

    @Test
    void theOptionsOfACommandStandBeforeThoseOfEachNode() {
        List<String> help = Cli.run("flood", "--help").out();

        assertThat(help.get(0)).isEqualTo("Usage: grasp flood [OPTIONS] NAME JSON");
        assertThat(help.subList(0, help.indexOf("The node, its network and its output:")))
                .anyMatch(line -> line.contains("--every=MS"))
                .anyMatch(line -> line.contains("-h, --help"))
                .noneMatch(line -> line.contains("--link=NAME"));
        assertThat(Cli.run("quads-enroll", "--help").out())
                .startsWith("Usage: grasp quads-enroll --password-file=FILE [OPTIONS]");
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
