package io.grasp.samples.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Wraps lines at the width of a terminal. */
final class WrappedText {
    /** What continuation lines leave free: columns that are apart by two spaces or more, or the indent of the line. */
    private static final Pattern MARGIN = Pattern.compile(" *(?:\\S{1,12}  +)*");

    private static final int MORE = 2;

    private WrappedText() {}

    /**
     * {@return the lines that show a text, broken at spaces, and in a word only if it is longer than a line}
     *
     * @param text one printable line
     * @param columns the width of the terminal
     */
    static List<String> lines(String text, int columns) {
        int most = DisplayWidth.end(text, columns);
        if (most == text.length()) {
            return List.of(text);
        }
        Matcher margin = MARGIN.matcher(text);
        int aligned = margin.lookingAt() ? DisplayWidth.of(text.substring(0, margin.end())) : 0;
        int indent = Math.min(aligned, columns / 2) + MORE;
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (most < rest.length()) {
            int least = lines.isEmpty() ? indent : indent + 1;
            int space = rest.lastIndexOf(' ', most);
            int end = space >= least ? space : most;
            lines.add(rest.substring(0, end));
            rest = " ".repeat(indent) + rest.substring(end).stripLeading();
            most = DisplayWidth.end(rest, columns);
        }
        lines.add(rest);
        return lines;
    }
}
