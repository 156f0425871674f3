package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrintableTextTest {
    @Test
    void visibleTextIsUnchanged() {
        for (String text : new String[] {"", "EX1", "Größe °C — 東京 \"x\\y\"", "😀", "e\u0301", "נמל"}) {
            assertThat(PrintableText.of(text)).isSameAs(text);
        }
    }

    @Test
    void othersAreEscapedAsInJson() {
        assertThat(PrintableText.of("\u001b[1mé\n")).isEqualTo("\\u001b[1mé\\u000a");
        assertThat(PrintableText.of("x\udb40\udc41y")).isEqualTo("x\\udb40\\udc41y");
        assertThat(PrintableText.of("\ud83d")).isEqualTo("\\ud83d");
        assertThat(PrintableText.of("a\u202eb")).isEqualTo("a\\u202eb");
    }

    @Test
    void hostileTextIsEscapedCompletelyAndOnlyOnce() {
        for (String text : HostileText.ALL) {
            String escaped = PrintableText.of(text);
            assertThat(escaped).startsWith("a\\u").isEqualTo(PrintableText.of(escaped));
            HostileText.assertPrintableLine("the escaper", escaped);
            assertThat(PrintableText.isPrintable(text)).isFalse();
        }
    }

    /** The list of categories in docs/security.md. */
    @Test
    void noCharacterOfAForbiddenCategoryRemains() {
        String all = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .mapToObj(Character::toString)
                .collect(Collectors.joining("|"));
        assertThat(PrintableText.of(all).codePoints()).allMatch(point -> switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        });
    }
}
