package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages name only members of the API's types that exist, except the page with names of the past. */
class DocumentedNamesTest {
    @Test
    void thePagesNameWhatExists() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("../README.md")));
        try (Stream<Path> docs = Files.list(Path.of("../docs"))) {
            docs.filter(page -> page.toString().endsWith(".md") && !page.endsWith("renamed.md"))
                    .sorted()
                    .forEach(pages::add);
        }
        List<String> wrong = new ArrayList<>();
        for (Path page : pages) {
            ApiNames.wrong(Files.readString(page)).forEach(name -> wrong.add(page.getFileName() + ": " + name));
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void aWrongNameIsFound() {
        assertThat(ApiNames.wrong(
                        "`Grasp.start(config)` `Grasp.begin()` `Negotiation.raw` `Unknown.name` `Locator.Ipv6`"))
                .containsExactly("Grasp.begin");
    }
}
