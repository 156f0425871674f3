package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example projects, which are copied and therefore are complete, agree with this project and its pages. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("src", "it");

    @ParameterizedTest
    @ValueSource(strings = {"asa", "spring-boot", "compatibility"})
    void anExampleUsesThisVersion(String example) throws IOException {
        String ours = first("<artifactId>grasp-parent</artifactId>\\s*<version>([^<]+)<", Path.of("..", "pom.xml"));

        assertThat(first("<grasp.version>([^<]+)<", EXAMPLES.resolve(example).resolve("pom.xml")))
                .isEqualTo(ours);
    }

    @Test
    void theTableOfVersionsHasARowForEachClassPathThatIsTested() throws IOException {
        List<String> tested;
        try (Stream<String> lines = Files.lines(EXAMPLES.resolve("compatibility/invoker.properties"))) {
            tested = lines.filter(line -> line.startsWith("invoker.goals"))
                    .map(line -> Pattern.compile("-D\\w+=(\\S+)").matcher(line).results())
                    .map(values -> values.map(value -> value.group(1)).toList())
                    .map(values -> "| " + String.join(" | ", values) + " |")
                    .toList();
        }
        List<String> shown;
        try (Stream<String> lines = Files.lines(Path.of("..", "docs", "compatibility.md"))) {
            shown = lines.filter(line -> line.matches("\\| \\d.*"))
                    .map(line -> line.replaceFirst("[^|]*\\|$", "").strip())
                    .toList();
        }
        assertThat(tested).hasSizeGreaterThan(3).isEqualTo(shown);
    }

    private static String first(String pattern, Path file) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as(pattern + " in " + file).isTrue();
        return matcher.group(1);
    }
}
