package io.grasp.util;

import java.util.HexFormat;

/**
 * Escapes text that a peer may have chosen, for each place where it meets a person: messages of exceptions, logs, the
 * terminal, charts. The result is one line, shows every character, and has no effect on the terminal.
 */
public final class PrintableText {
    private static final char FIRST_PRINTABLE = ' ';
    private static final char LAST_ASCII = '~';

    private PrintableText() {}

    /**
     * Replaces characters that are not visible or that affect the text around them by {@code \}{@code u} and four hex
     * digits for each UTF-16 unit, as JSON does: control characters, line and paragraph separators, format characters
     * (directions, zero width, tags), variation selectors and fillers, unassigned characters and lone surrogates. Text
     * that has been escaped is not changed.
     *
     * @param text any text
     * @return the text on one line
     */
    public static String of(String text) {
        int end = printableUntil(text);
        if (end == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, end);
        for (int i = end; i < text.length(); ) {
            int point = text.codePointAt(i);
            append(out, point);
            i += Character.charCount(point);
        }
        return out.toString();
    }

    /**
     * Appends a character, escaped if necessary.
     *
     * @param out where to
     * @param point the code point; a lone surrogate is allowed
     */
    public static void append(StringBuilder out, int point) {
        if (isPrintable(point)) {
            out.appendCodePoint(point);
            return;
        }
        for (char unit : Character.toChars(point)) {
            out.append("\\u").append(HexFormat.of().toHexDigits(unit));
        }
    }

    /** {@return whether escaping would not change a text} */
    public static boolean isPrintable(String text) {
        return printableUntil(text) == text.length();
    }

    private static int printableUntil(String text) {
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            if (!isPrintable(point)) {
                return i;
            }
            i += Character.charCount(point);
        }
        return i;
    }

    private static boolean isPrintable(int point) {
        if (point >= FIRST_PRINTABLE && point <= LAST_ASCII) {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> !isInvisible(point);
        };
    }

    /** Characters of other categories that Unicode lists as Default_Ignorable_Code_Point: they have no glyph. */
    private static boolean isInvisible(int point) {
        return point == 0x034F // combining grapheme joiner
                || point == 0x115F // Hangul fillers
                || point == 0x1160
                || point == 0x3164
                || point == 0xFFA0
                || point == 0x17B4 // inherent vowels of Khmer
                || point == 0x17B5
                || point >= 0x180B && point <= 0x180F // Mongolian variation selectors
                || point >= 0xFE00 && point <= 0xFE0F // variation selectors
                || point >= 0xE0000 && point <= 0xE0FFF; // tags and further variation selectors
    }
}
