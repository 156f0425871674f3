package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands in the operator's guide. Those of the authority are run; the others need three hosts, see {@link OverlayIT}. */
class FirstProtectedDomainTest {
    private static final Path PAGE = Path.of("../docs/first-protected-domain.md");
    private static final Pattern COMMAND = Pattern.compile("(hall|lab|desk)\\$ grasp (.*)");

    /** A word of a command line, perhaps in quotes. */
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    private Path temporary;

    /** @param output the lines after it, up to the next command or the end of the block */
    private record Shown(String host, List<String> words, List<String> output) {
        boolean isOfAuthority() {
            return words.get(0).equals("ca") && !words.get(1).equals("serve");
        }
    }

    private static List<Shown> commands() throws IOException {
        List<Shown> commands = new ArrayList<>();
        boolean inOutput = false;
        for (String line : Files.readAllLines(PAGE)) {
            Matcher matcher = COMMAND.matcher(line);
            if (matcher.matches()) {
                List<String> words = WORD.matcher(matcher.group(2))
                        .results()
                        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                        .toList();
                commands.add(new Shown(matcher.group(1), words, new ArrayList<>()));
                inOutput = true;
            } else if (line.startsWith("```") || line.matches("\\w+\\$ .*")) {
                inOutput = false;
            } else if (inOutput) {
                commands.get(commands.size() - 1).output().add(line);
            }
        }
        return commands;
    }

    @Test
    void allCommandsAreUnderstood() throws IOException {
        assertThat(commands())
                .hasSizeGreaterThan(12)
                .allSatisfy(command -> assertThatCode(() ->
                                Main.commandLine().parseArgs(command.words().toArray(String[]::new)))
                        .doesNotThrowAnyException());
    }

    @Test
    void theAuthorityPrintsWhatThePageShows() throws IOException {
        List<Shown> authority = commands().stream().filter(Shown::isOfAuthority).toList();
        assertThat(authority).hasSizeGreaterThan(7);
        for (Shown each : authority) {
            List<String> words = new ArrayList<>(each.words());
            Path host = temporary.resolve(each.host());
            words.set(2, host.resolve(words.get(2)).toString());

            Cli.Run run = Cli.run(words.toArray(String[]::new));

            assertThat(run.err()).isEmpty();
            assertThat(run.out().stream()
                            .map(line -> general(line.replace(host + "/", "")))
                            .toList())
                    .isEqualTo(each.output().stream()
                            .map(FirstProtectedDomainTest::general)
                            .toList());
        }
    }

    /** Without what differs in each run. */
    private static String general(String line) {
        return line.replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z", "TIME")
                .replaceAll("fda379a6f6ee000002[0-9a-f]{10}", "ADDRESS")
                .replaceAll("serial [0-9a-f]+", "SERIAL");
    }
}
