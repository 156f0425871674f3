package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ExtensionsCommandTest {
    @Test
    void printsTheOutputInTheDocumentation() {
        Cli.Run run = Cli.run("extensions");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).containsExactlyElementsOf(Page.EXTENSIONS.outputOf("extensions"));
    }

    @Test
    void jsonOutputHasTheSameContent() {
        List<JsonNode> lines = Cli.run("extensions", "--json").json();
        List<String> words = lines.stream()
                .map(line -> line.get("node").asString()
                        + "  "
                        + (line.has("sends")
                                ? "sends " + line.get("sends").asString()
                                : line.get("says").asString()))
                .toList();
        assertThat(words).containsExactlyElementsOf(Page.EXTENSIONS.outputOf("extensions"));
    }
}
