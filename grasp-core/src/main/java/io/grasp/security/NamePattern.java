package io.grasp.security;

import java.util.Arrays;
import java.util.List;

/**
 * A pattern of names, in which each {@code *} stands for any characters or none. Peers choose the names that are
 * compared, so the time is at most the product of both lengths.
 */
final class NamePattern {
    private final String text;
    /** What is between the stars; one part is the whole name. */
    private final List<String> parts;

    NamePattern(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a pattern must not be empty");
        }
        this.text = text;
        this.parts = List.copyOf(Arrays.asList(text.split("\\*", -1)));
    }

    boolean fits(String name) {
        if (parts.size() == 1) {
            return name.equals(text);
        }
        String first = parts.get(0);
        String last = parts.get(parts.size() - 1);
        if (name.length() < first.length() + last.length() || !name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        int from = first.length();
        int end = name.length() - last.length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = name.indexOf(part, from);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            from = found + part.length();
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
