package io.grasp.samples;

import java.util.List;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The names that a user may have meant. Those that picocli suggests are always the three most similar ones, however
 * little they resemble the word.
 */
final class Suggestions {
    private static final int MOST_EDITS = 2;

    private Suggestions() {}

    /** {@return what is most similar to the wrong command, option or value, if it differs little} */
    static List<String> of(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return ofName(
                    failure.getCommandLine().getCommandSpec(),
                    unmatched.getUnmatched().get(0));
        }
        ArgSpec parameter = failure.getArgSpec();
        String value = failure.getValue();
        Iterable<String> known = parameter == null ? null : parameter.completionCandidates();
        return known == null || value == null
                ? List.of()
                : of(StreamSupport.stream(known.spliterator(), false).toList(), value);
    }

    private static List<String> ofName(CommandSpec spec, String word) {
        if (!word.startsWith("-")) {
            return of(List.copyOf(spec.subcommands().keySet()), word);
        }
        List<String> options = spec.optionsMap().keySet().stream()
                .filter(name -> name.startsWith("--"))
                .toList();
        return of(options, word.split("=", 2)[0]);
    }

    private static List<String> of(List<String> known, String word) {
        int fewest = known.stream().mapToInt(name -> edits(name, word)).min().orElse(Integer.MAX_VALUE);
        return fewest > MOST_EDITS
                ? List.of()
                : known.stream().filter(name -> edits(name, word) == fewest).toList();
    }

    /** {@return how many letters have been omitted, added, replaced, or swapped with the next one} */
    static int edits(String one, String other) {
        int[][] edits = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                edits[i][j] = Math.min(Math.min(edits[i - 1][j], edits[i][j - 1]) + 1, edits[i - 1][j - 1] + replaced);
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[one.length()][other.length()];
    }
}
