package io.grasp.simulation.trace;

import java.time.Duration;
import java.util.HexFormat;

/** Makes text that is the same on every machine and in every locale, and that no name can break. */
final class PrintableText {
    private static final int FIRST_PRINTABLE = ' ';
    private static final int LAST_ASCII = '~';
    private static final long NANOS_OF_A_SECOND = 1_000_000_000;

    private PrintableText() {}

    /**
     * Untrusted text on one line: control characters, lone surrogates, and characters that change the direction of text
     * or that XML forbids, are replaced by {@code \}{@code u} and four hex digits.
     */
    static String of(String text) {
        if (text.chars().allMatch(c -> c >= FIRST_PRINTABLE && c <= LAST_ASCII)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isPrintable(point)) {
                out.appendCodePoint(point);
            } else {
                out.append("\\u").append(HexFormat.of().toHexDigits((char) point));
            }
        });
        return out.toString();
    }

    /** Listed here, because the properties in {@link Character} change with the JDK. */
    private static boolean isPrintable(int point) {
        boolean control = point < FIRST_PRINTABLE || point >= 0x7F && point <= 0x9F;
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        boolean direction = point == 0x061C
                || point == 0x200E
                || point == 0x200F
                || point >= 0x2028 && point <= 0x202E
                || point >= 0x2066 && point <= 0x2069;
        boolean noCharacter = point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
        return !(control || surrogate || direction || noCharacter);
    }

    /** Seconds with a decimal point and a number of digits after it, at most nine; the rest is truncated. */
    static String seconds(Duration time, int digits) {
        String sign = time.isNegative() ? "-" : "";
        Duration size = time.abs();
        String nanos = Long.toString(NANOS_OF_A_SECOND + size.getNano()).substring(1);
        return sign + size.getSeconds() + "." + nanos.substring(0, digits);
    }

    /** {@return the text, or as many of its first characters as fit with an ellipsis} */
    static String ellipsis(String text, int characters) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
    }
}
