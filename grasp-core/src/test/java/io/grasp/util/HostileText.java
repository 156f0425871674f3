package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Texts that a peer may choose, and the check that none of them reaches a person as it is. */
public final class HostileText {
    /** Every kind of character that must not be printed, each between letters. */
    public static final List<String> ALL = List.of(
            "a\0b", // NUL
            "a\u001b[2J\u001b]0;title\u0007b", // clears the terminal, sets its title
            "a\u009b31mb", // the same in one C1 character
            "a\r\nFATAL: forged lineb",
            "a\u007fb",
            "a\u202eb\u202c", // right to left
            "a\u2066b\u2069",
            "a\u061c\u200e\u200fb",
            "a\u200b\u200c\u200d\u2060\ufeffb", // zero width
            "a\u00adb", // soft hyphen
            "a\u2028b\u2029c", // line and paragraph separators
            "a\udb40\udc41\udb40\udc7fb", // tags
            "a\ufe0f\udb40\udd00b", // variation selectors
            "a\u034f\u115f\u3164\uffa0b", // fillers
            "a\u0378b", // unassigned
            "a\ufffeb",
            "a\ud800b", // lone surrogates
            "a\udc00b");

    /** The texts that CBOR can carry: without lone surrogates. */
    public static final List<String> SENDABLE = ALL.stream()
            .filter(text -> text.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE))
            .toList();

    private HostileText() {}

    /** Fails if a text contains a character of those kinds; lines may end. */
    public static void assertPrintable(String what, String printed) {
        String shown = printed.replace(System.lineSeparator(), "").replace("\n", "");
        assertThat(PrintableText.isPrintable(shown))
                .as("%s is printable: %s", what, PrintableText.of(printed))
                .isTrue();
    }

    /** Fails if a text is not one printable line. */
    public static void assertPrintableLine(String what, String printed) {
        assertPrintable(what, printed);
        assertThat(printed).as(what).doesNotContain("\n");
    }
}
