package io.grasp.host;

import io.grasp.util.PrintableText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the file that names the ASAs of a host: {@code NAME}, {@code NAME@VERSION}, or {@code -NAME} for an ASA
 * that is not to run; then settings as {@code PARAMETER=VALUE}, where a value with blanks is in double quotes.
 * {@code #} begins a comment at the beginning of a line.
 *
 * @param number the number of the line
 * @param name the name of the ASA
 * @param version the version; without it, the newest one
 * @param stopped whether the ASA is not to run
 * @param settings the values of its parameters
 */
record HostLine(int number, String name, Optional<String> version, boolean stopped, Map<String, String> settings) {
    private static final int MOST_LINES = 1000;
    private static final Pattern WORD = Pattern.compile("\\s*((?:[^\\s\"]|\"[^\"]*\")+)");

    /**
     * Reads the file.
     *
     * @param file its name, for errors
     * @param lines its lines
     * @return the lines that name an ASA
     * @throws HostException {@link HostException.Kind#BAD_LINE} or {@link HostException.Kind#DUPLICATE}, with the
     *     number of the line
     */
    static List<HostLine> read(String file, List<String> lines) {
        if (lines.size() > MOST_LINES) {
            throw new HostException(
                    HostException.Kind.BAD_LINE, file + " has " + lines.size() + " lines, more than " + MOST_LINES);
        }
        Map<String, HostLine> named = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String text = lines.get(i).strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String place = file + " line " + (i + 1) + ": ";
            HostLine line = read(place, i + 1, text);
            HostLine other = named.putIfAbsent(line.name(), line);
            if (other != null) {
                throw new HostException(
                        HostException.Kind.DUPLICATE, place + line.name() + " is in line " + other.number() + ", too");
            }
        }
        return List.copyOf(named.values());
    }

    private static HostLine read(String place, int number, String text) {
        List<String> words = words(place, text);
        boolean stopped = words.get(0).startsWith("-");
        String asa = words.get(0).substring(stopped ? 1 : 0);
        int at = asa.indexOf('@');
        String name = at < 0 ? asa : asa.substring(0, at);
        Optional<String> version = at < 0 ? Optional.empty() : Optional.of(asa.substring(at + 1));
        if (!AsaManifest.isName(name) || version.filter(String::isEmpty).isPresent()) {
            throw bad(place, "'" + words.get(0) + "' is neither NAME nor NAME@VERSION nor -NAME");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String word : words.subList(1, words.size())) {
            int equal = word.indexOf('=');
            if (equal < 1) {
                throw bad(place, "'" + word + "' is not PARAMETER=VALUE");
            }
            if (settings.put(word.substring(0, equal), word.substring(equal + 1)) != null) {
                throw bad(place, word.substring(0, equal) + " is set twice");
            }
        }
        return new HostLine(number, name, version, stopped, settings);
    }

    private static List<String> words(String place, String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        int end = 0;
        while (word.lookingAt()) {
            words.add(word.group(1).replace("\"", ""));
            end = word.end();
            word.region(end, text.length());
        }
        if (end < text.length()) {
            throw bad(place, "a double quote is not closed");
        }
        return words;
    }

    private static HostException bad(String place, String why) {
        return new HostException(HostException.Kind.BAD_LINE, PrintableText.of(place + why));
    }
}
