package io.grasp.samples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command: those of the command line, and those that come from lines of a file.
 *
 * @param given those of the command line
 * @param file the file; {@code null} if there is none
 * @param lines the lines of the file that the command uses
 */
record ConfiguredArguments(List<String> given, @Nullable Path file, List<Line> lines) {
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*");

    /**
     * A line of the file.
     *
     * @param number its number
     * @param general whether it is for each command that has the option, and not only for this one
     * @param option the option's name, with dashes
     * @param value the option's value; {@code null} if it has none
     */
    record Line(
            int number,
            boolean general,
            String option,
            @Nullable String value) {
        private String argument() {
            return value == null ? option : option + "=" + value;
        }
    }

    /** {@return arguments without a file} */
    static ConfiguredArguments of(String... given) {
        return new ConfiguredArguments(List.of(given), null, List.of());
    }

    /** {@return all arguments, those of the file before the end of options} */
    String[] toArray() {
        List<String> all = new ArrayList<>(given);
        int end = all.indexOf("--");
        all.addAll(
                end < 0 ? all.size() : end, lines.stream().map(Line::argument).toList());
        return all.toArray(String[]::new);
    }

    /**
     * {@return the same without an option that has no effect, if it is only here because the file has it for all
     * commands; otherwise {@code null}}
     */
    @Nullable
    ConfiguredArguments without(String option) {
        boolean isGeneral = lines.stream().anyMatch(line -> line.option.equals(option) && line.general);
        return isGeneral
                ? new ConfiguredArguments(
                        given,
                        file,
                        lines.stream()
                                .filter(line -> !line.option.equals(option))
                                .toList())
                : null;
    }

    /** {@return an error, after file and line if it is about an option that comes from there} */
    String located(String error) {
        return OPTION.matcher(error)
                .results()
                .map(MatchResult::group)
                .flatMap(option -> lines.stream().filter(line -> line.option.equals(option)))
                .min((one, other) -> Boolean.compare(isAbout(error, other), isAbout(error, one)))
                .map(line -> file + ":" + line.number + ": " + error)
                .orElse(error);
    }

    /** {@return whether an error has the value of a line, which distinguishes it from others with the same option} */
    private static boolean isAbout(String error, Line line) {
        return line.value != null && error.contains(line.value);
    }
}
