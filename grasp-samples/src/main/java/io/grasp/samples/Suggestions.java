package io.grasp.samples;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The names that a user may have meant. Those that picocli suggests are always the three most similar ones, however
 * little they resemble the word.
 */
final class Suggestions {
    private static final int MOST_EDITS = 2;

    private Suggestions() {}

    /** {@return the commands, or options, whose names are the most similar ones to a word, if they differ little} */
    static List<String> of(CommandLine command, String word) {
        CommandSpec spec = command.getCommandSpec();
        List<String> known = word.startsWith("-")
                ? spec.optionsMap().keySet().stream()
                        .filter(name -> name.startsWith("--"))
                        .toList()
                : List.copyOf(spec.subcommands().keySet());
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
