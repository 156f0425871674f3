package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.text.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The files that the program's texts refer to. */
class DocumentsTest {
    /** A file of the documentation in a string literal, after what stands before it. */
    private static final Pattern FILE =
            Pattern.compile("(\\S+\\s*\\+?\\s*)\"([^\"\\n]*?)((?:docs|tools)/[\\w./-]+\\w|[\\w-]+\\.(?:md|lua)\\b)");

    @AfterEach
    void forget() {
        System.clearProperty(Documents.PROPERTY);
    }

    @Test
    void eachExistsAndIsNamedByItsPlace() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        List<String> named = new ArrayList<>();
        for (Path source : sources) {
            Matcher file = FILE.matcher(Files.readString(source));
            while (file.find()) {
                assertThat(Project.root().resolve(file.group(3)))
                        .as("%s", source)
                        .isRegularFile();
                assertThat(file.group(2)).as("%s: %s", source, file.group(3)).isEmpty();
                assertThat(file.group(1).strip())
                        .as("%s: %s", source, file.group(3))
                        .matches(".*Documents\\.(path\\(|DIRECTORY\\s*\\+)");
                named.add(file.group(3));
            }
        }
        assertThat(named).contains("docs/operating.md", "docs/security.md", "tools/wireshark/grasp.lua");
    }

    @Test
    void anInstalledProgramNamesTheDirectoryInItsHelp() {
        assertThat(String.join("\n", Cli.run("status", "--help").out())).contains("(docs/control.md)");

        System.setProperty(Documents.PROPERTY, "/opt/doc/");

        assertThat(String.join("\n", Cli.run("status", "--help").out())).contains("(/opt/doc/docs/control.md)");
        assertThat(Documents.path("docs/faq.md")).isEqualTo("/opt/doc/docs/faq.md");
    }
}
