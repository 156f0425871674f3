package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.observe.DropReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's guide, and the alert rules that it has runbooks for. */
class OperatingPageTest {
    private static final Path RULES = Project.root().resolve("docs/prometheus-alerts.yml");
    private static final Path PAGE = Project.root().resolve("docs/operating.md");

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @Test
    void eachAlertHasARunbookAndEachRunbookAnAlert() throws IOException {
        String rules = Files.readString(RULES);
        List<String> alerts = found("- alert: (\\w+)$", rules);

        assertThat(alerts).isNotEmpty();
        assertThat(found("^### (Grasp\\w+)$", Files.readString(PAGE))).containsExactlyElementsOf(alerts);
        assertThat(found("runbook_url: operating.md#(\\w+)$", rules))
                .containsExactlyElementsOf(alerts.stream()
                        .map(alert -> alert.toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void theAlertForDropsLeavesOutTheNormalOnesAndThatForLimitsNamesReasons() throws IOException {
        String rules = Files.readString(RULES);
        Pattern omitted = Pattern.compile(found("reason!~\"([^\"]+)\"", rules).get(0));
        List<String> limits =
                Arrays.asList(found("reason=~\"([^\"]+)\"", rules).get(0).split("\\|"));

        assertThat(Stream.of(DropReason.values())
                        .filter(reason -> omitted.matcher(tag(reason)).matches())
                        .filter(reason -> !tag(reason).startsWith("dull_")))
                .containsExactlyInAnyOrderElementsOf(Stream.of(DropReason.values())
                        .filter(DropReason::isNormal)
                        .toList());
        assertThat(Stream.of(DropReason.values()).map(OperatingPageTest::tag)).containsAll(limits);
    }

    private static String tag(DropReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void promtoolFindsThatEachTroubleCausesItsAlertAndAHealthyNodeCausesNone(@TempDir Path directory)
            throws IOException, InterruptedException {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "promtool")));
        assumeTrue(installed || "true".equals(System.getenv("CI")), "alert rules are not tested: there is no promtool");
        Path tests = directory.resolve("alerts-test.yml");
        try (InputStream resource = OperatingPageTest.class.getResourceAsStream("alerts-test.yml")) {
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(found("alertname=\"(\\w+)\"", text))
                    .as("each alert has a case")
                    .containsExactlyElementsOf(found("- alert: (\\w+)$", Files.readString(RULES)));
            Files.writeString(tests, text.replace("RULES", RULES.toString()));
        }

        Process promtool = new ProcessBuilder("promtool", "test", "rules", tests.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(promtool.exitValue()).as(output).isZero();
    }
}
