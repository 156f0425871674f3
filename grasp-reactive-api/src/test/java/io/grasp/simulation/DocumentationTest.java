package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The code in docs/testing-your-asa.md is that of a test. */
class DocumentationTest {
    @Test
    void theCodeIsATest() throws IOException {
        String page = Files.readString(Path.of("../docs/testing-your-asa.md"));
        String test = Files.readString(Path.of("src/test/java/com/example/BargainTest.java"));

        assertThat(page).contains("```java\n" + test + "```");
    }
}
