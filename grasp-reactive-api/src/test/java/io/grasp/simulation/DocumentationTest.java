package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in docs/testing-your-asa.md is that of tests. */
class DocumentationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"BargainTest", "BargainChaosTest", "BargainBesideAnAdversaryTest", "BargainBetweenMembersTest"})
    void theCodeOfThePageIsThatOfATest(String name) throws IOException {
        String page = Files.readString(Path.of("../docs/testing-your-asa.md"));
        String test = Files.readString(Path.of("src/test/java/com/example/" + name + ".java"));

        assertThat(page).contains("```java\n" + test + "```");
    }
}
