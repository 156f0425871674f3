package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code in pages is part of a file that the build compiles and runs: the one to which the text above it links last. */
class DocumentSnippetsTest {
    private static final Pattern FILE = Pattern.compile("\\]\\((\\.\\./[^()]+\\.(?:java|xml|ya?ml|properties))\\)");
    private static final Pattern CODE = Pattern.compile("```(java|xml|yaml|properties)");

    @ParameterizedTest
    @CsvSource({
        "quickstart.md, 8",
        "recipes.md, 15",
        "writing-an-asa.md, 4",
        "compatibility.md, 1",
        "bulk-transfer.md, 2",
        "onboarding.md, 1",
        "prefix-management.md, 1"
    })
    void theCodeOfThePageIsPartOfTheFileThatItLinksTo(String name, int least) throws IOException {
        Path page = Project.root().resolve("docs").resolve(name);
        List<String> wrong = new ArrayList<>();
        int blocks = 0;
        String file = "";
        List<String> lines = Files.readAllLines(page);
        for (int i = 0; i < lines.size(); i++) {
            Matcher link = FILE.matcher(lines.get(i));
            while (link.find()) {
                file = link.group(1);
            }
            if (CODE.matcher(lines.get(i)).matches()) {
                List<String> rest = lines.subList(i + 1, lines.size());
                List<String> block = rest.subList(0, rest.indexOf("```"));
                blocks++;
                if (!isPartOf(Files.readAllLines(page.resolveSibling(file)), block)) {
                    wrong.add("line " + (i + 1) + ": not in " + file);
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(blocks).isGreaterThanOrEqualTo(least);
    }

    @Test
    void partsAreFoundAtAnyIndentation() {
        List<String> file = List.of("class A {", "    void a() {", "", "        b();", "    }", "}");

        assertThat(isPartOf(file, List.of("void a() {", "", "    b();", "}"))).isTrue();
        assertThat(isPartOf(file, List.of("void a() {", "", "  b();", "}"))).isFalse();
        assertThat(isPartOf(file, List.of("void a() {", "    b();", "}"))).isFalse();
    }

    private static boolean isPartOf(List<String> file, List<String> block) {
        for (int from = 0; from + block.size() <= file.size(); from++) {
            List<String> part = file.subList(from, from + block.size());
            if (String.join("\n", part).stripIndent().equals(String.join("\n", block))) {
                return true;
            }
        }
        return false;
    }
}
