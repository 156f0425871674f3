package io.grasp.simulation.trace;

import java.time.Duration;
import java.util.HexFormat;

/** Text that comes out the same on every machine, whatever its language, and that nothing in a name can break. */
final class PrintableText {
    private static final int FIRST_WIDE = 0x1100;
    private static final int FIRST_PRINTABLE = ' ';
    private static final int LAST_ASCII = '~';
    private static final int NANO_DIGITS = 9;

    private PrintableText() {}

    /**
     * Text from outside on one line: control characters, lone surrogates, and characters that change the direction of
     * what follows or that XML forbids, stand as {@code \}{@code u} and four hex digits.
     */
    static String printable(String text) {
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

    /** Listed here, because what {@link Character} knows of a character changes with the JDK. */
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

    /** Seconds with a point and so many digits after it, at most nine; the rest is cut off. */
    static String seconds(Duration time, int digits) {
        String sign = time.isNegative() ? "-" : "";
        Duration size = time.abs();
        String nanos = padLeft(Integer.toString(size.getNano()), NANO_DIGITS, '0');
        return sign + size.getSeconds() + "." + nanos.substring(0, digits);
    }

    static String padLeft(String text, int width, char with) {
        return String.valueOf(with).repeat(Math.max(0, width - width(text))) + text;
    }

    static String padRight(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }

    /** How many columns of a fixed-width font the text takes, roughly: two for what may be an ideograph. */
    static int width(String text) {
        return text.codePoints().map(PrintableText::width).sum();
    }

    private static int width(int point) {
        return point < FIRST_WIDE || point >= 0x2000 && point < 0x2E80 ? 1 : 2;
    }

    /** The text, or as much of its beginning as fits with an ellipsis. */
    static String ellipsis(String text, int columns) {
        return width(text) <= columns ? text : head(text, columns - 1) + "…";
    }

    /** The text, or as much of its beginning and end as fits: names tend to differ in their ends. */
    static String middleEllipsis(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        int tail = (columns - 1) / 2;
        int begin = text.length();
        while (begin > 0 && width(text.substring(text.offsetByCodePoints(begin, -1))) <= tail) {
            begin = text.offsetByCodePoints(begin, -1);
        }
        return head(text, columns - 1 - tail) + "…" + text.substring(begin);
    }

    private static String head(String text, int columns) {
        int end = 0;
        int used = 0;
        while (end < text.length() && used + width(text.codePointAt(end)) <= columns) {
            used += width(text.codePointAt(end));
            end = text.offsetByCodePoints(end, 1);
        }
        return text.substring(0, end);
    }
}
