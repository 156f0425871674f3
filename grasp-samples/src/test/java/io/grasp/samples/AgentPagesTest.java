package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.onboarding.CircuitLimits;
import io.grasp.samples.transfer.TransferLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/onboarding.md and docs/bulk-transfer.md show commands and limits that exist. */
class AgentPagesTest {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private static List<String> lines(String page) throws IOException {
        return Files.readAllLines(Project.root().resolve("docs").resolve(page));
    }

    @ParameterizedTest
    @CsvSource({"onboarding.md, 4", "bulk-transfer.md, 4"})
    void theCommandsOfThePageAreUnderstood(String page, int least) throws IOException {
        int commands = 0;
        for (String line : lines(page)) {
            if (line.startsWith("    $ grasp ")) {
                List<String> words = new ArrayList<>();
                Matcher word = WORD.matcher(line.substring("    $ grasp ".length()));
                while (word.find()) {
                    words.add(word.group(1) == null ? word.group(2) : word.group(1));
                }
                Main.commandLine().parseArgs(words.toArray(String[]::new));
                commands++;
            }
        }
        assertThat(commands).isGreaterThanOrEqualTo(least);
    }

    @Test
    void theDefaultLimitsOfThePagesAreThoseOfThePrograms() throws IOException {
        TransferLimits transfers = TransferLimits.DEFAULTS;
        assertThat(transfers)
                .isEqualTo(new TransferLimits(
                        4L << 30, TransferLimits.UNLIMITED, 8, Duration.ofHours(1), Duration.ofMinutes(1)));
        assertThat(String.join("\n", lines("bulk-transfer.md")))
                .contains("| `--max-size` | 4 GiB |")
                .contains("| `--at-once` | 8 |")
                .contains("| `--time-limit` | an hour |")
                .contains("| `--stall` | a minute |");
        assertThat(CircuitLimits.DEFAULTS)
                .isEqualTo(new CircuitLimits(
                        64, 4, Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(10), 16L << 20));
        assertThat(String.join("\n", lines("onboarding.md")))
                .contains("| `--max-circuits` | 64 on each interface |")
                .contains("| `--max-per-device` | 4 from one address |")
                .contains("| `--idle` | a minute without data |")
                .contains("| `--time-limit` | 10 minutes |")
                .contains("| `--max-bytes` | 16 MiB, both directions together |")
                .contains("| 5 s | the next registrar is tried |");
    }
}
