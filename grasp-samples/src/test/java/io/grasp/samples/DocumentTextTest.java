package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The paragraphs of the project's pages end with the end of a sentence, or lead to the list or the code that follows. */
class DocumentTextTest {
    private static final Pattern END_OF_SENTENCE = Pattern.compile("[.:;!?][\"*`)_]*$");
    private static final Pattern NO_TEXT = Pattern.compile("^ *([#|<]|!?\\[|---| {4}).*");
    private static final Pattern LIST_OR_CODE = Pattern.compile("^( *(-|\\d+\\.) | {4}|```).*");

    @Test
    void eachParagraphEndsWithASentence() throws IOException {
        List<String> unfinished = new ArrayList<>();
        for (Path page : DocumentLinksTest.pages()) {
            for (String end : unfinished(Files.readAllLines(page))) {
                unfinished.add(page.getFileName() + ": " + end);
            }
        }
        assertThat(unfinished).isEmpty();
    }

    @Test
    void unfinishedParagraphsAreFound() {
        assertThat(unfinished(List.of(
                        "# Heading",
                        "A sentence.",
                        "",
                        "| a | table |",
                        "",
                        "It has",
                        "- one;",
                        "- two, which",
                        "",
                        "It also has",
                        "",
                        "- three.",
                        "",
                        "As shown (here):",
                        "```",
                        "code",
                        "",
                        "```",
                        "The last one, which")))
                .containsExactly("- two, which", "The last one, which");
    }

    /** {@return the last lines of the paragraphs that do not end} */
    private static List<String> unfinished(List<String> page) {
        List<String> found = new ArrayList<>();
        boolean inCode = false;
        String last = "";
        for (int i = 0; i <= page.size(); i++) {
            String line = i < page.size() ? page.get(i) : "";
            boolean fence = line.strip().startsWith("```");
            if (!inCode && !last.isEmpty() && (fence || line.isEmpty()) && !leadsOn(page, i)) {
                boolean ended = END_OF_SENTENCE.matcher(last).find();
                if (!ended && !NO_TEXT.matcher(last).matches()) {
                    found.add(last);
                }
            }
            inCode ^= fence;
            last = inCode || fence ? "" : line;
        }
        return found;
    }

    private static boolean leadsOn(List<String> page, int blank) {
        return blank + 1 < page.size()
                && LIST_OR_CODE.matcher(page.get(blank + 1)).matches();
    }
}
