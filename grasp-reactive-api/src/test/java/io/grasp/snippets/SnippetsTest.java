package io.grasp.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in the Javadoc of both libraries is compiled: each snippet leads to a region of a test class. */
class SnippetsTest {
    private static final Pattern SNIPPET =
            Pattern.compile("\\{@snippet\\s+class=\"([\\w.]+)\"\\s*\\*?\\s*region=\"(\\w+)\"\\s*}");

    @ParameterizedTest
    @ValueSource(strings = {"../grasp-core", "../grasp-reactive-api"})
    void eachSnippetIsARegionOfACompiledClass(String module) throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(Path.of(module, "src/main/java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(SnippetsTest::text)
                    .toList();
        }
        List<MatchResult> snippets = sources.stream()
                .flatMap(source -> SNIPPET.matcher(source).results())
                .toList();

        assertThat(snippets)
                .isNotEmpty()
                .allSatisfy(snippet -> assertThat(text(Path.of(
                                module, "src/test/java", snippet.group(1).replace('.', '/') + ".java")))
                        .contains("// @start region=\"" + snippet.group(2) + "\"\n"));
        assertThat(sources.stream()
                        .mapToInt(source -> source.split("\\{@snippet", -1).length - 1)
                        .sum())
                .as("snippets of another form")
                .isEqualTo(snippets.size());
    }

    /** A snippet that is deleted from the Javadoc should also be deleted here. */
    @Test
    void eachRegionIsUsed() throws IOException {
        Pattern start = Pattern.compile("@start region=\"(\\w+)\"");
        String api = text(Path.of("src/test/java/io/grasp/snippets/ApiSnippets.java"));
        String main;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            main = String.join(
                    "\n",
                    files.filter(Files::isRegularFile).map(SnippetsTest::text).toList());
        }

        assertThat(start.matcher(api).results().map(region -> region.group(1)))
                .isNotEmpty()
                .allSatisfy(region -> assertThat(main).contains("region=\"" + region + "\""));
    }

    @Test
    void thePageOfTheOverlayShowsHowNeighborsAreFound() {
        String api = text(Path.of("src/test/java/io/grasp/snippets/ApiSnippets.java"));
        String begin = "// @start region=\"findNeighbors\"\n";
        String shown = api.substring(api.indexOf(begin) + begin.length());
        shown = shown.substring(0, shown.indexOf("// @end")).stripTrailing().stripIndent();

        assertThat(text(Path.of("../docs/overlay.md"))).contains("```java\n" + shown + "\n```");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
