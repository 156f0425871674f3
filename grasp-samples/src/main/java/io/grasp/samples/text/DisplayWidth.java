package io.grasp.samples.text;

import org.jline.utils.WCWidth;

/**
 * How many columns of a terminal a text takes: two for a wide character, such as a Chinese one, and none for one that
 * is combined with that before it.
 */
public final class DisplayWidth {
    private DisplayWidth() {}

    /** {@return the number of columns} */
    public static int of(String text) {
        return text.codePoints().map(DisplayWidth::of).sum();
    }

    /** {@return the end, in the text, of its longest beginning that takes at most this number of columns} */
    public static int end(String text, int columns) {
        int width = 0;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            width += of(point);
            if (width > columns) {
                return end;
            }
            end += Character.charCount(point);
        }
        return end;
    }

    private static int of(int point) {
        return Math.max(0, WCWidth.wcwidth(point));
    }
}
