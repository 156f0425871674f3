package io.grasp.samples.conformance;

import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceEdit;
import io.grasp.samples.mutation.SourceTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to break a statement of the RFCs on purpose.
 *
 * @param id the statement
 * @param place the class, or the member of it, that is changed
 * @param wrong a description of the defect
 * @param edits the changes that cause it
 */
record Mutation(String id, String place, String wrong, List<SourceEdit> edits) {
    private static final Pattern HEAD = Pattern.compile("(\\d{4}-[\\d.]+-\\d+) (\\w+(?:\\.\\w+)?): (\\S.*\\.)");

    /** {@return the mutations in the data file, which describes its own format} */
    static List<Mutation> read() {
        try (InputStream file = Mutation.class.getResourceAsStream("mutations.txt")) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Mutation> parse(String text) {
        List<Mutation> mutations = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        List<String> added = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            Matcher head = HEAD.matcher(line);
            if ((!line.startsWith("+ ") && !line.startsWith("- ")) || (line.startsWith("- ") && !added.isEmpty())) {
                endEdit(mutations, removed, added);
            }
            if (head.matches()) {
                mutations.add(new Mutation(head.group(1), head.group(2), head.group(3), new ArrayList<>()));
            } else if (line.startsWith("- ")) {
                removed.add(line.substring(2));
            } else if (line.startsWith("+ ")) {
                added.add(line.substring(2));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IllegalArgumentException("neither a mutation nor an edit: " + line);
            }
        }
        endEdit(mutations, removed, added);
        return mutations;
    }

    private static void endEdit(List<Mutation> mutations, List<String> removed, List<String> added) {
        if (!removed.isEmpty()) {
            Mutation last = mutations.get(mutations.size() - 1);
            last.edits.add(new SourceEdit(String.join("\n", removed), String.join("\n", added)));
        }
        removed.clear();
        added.clear();
    }

    /**
     * Edits the source.
     *
     * @throws AssertionError if an edit does not fit
     */
    PatchedSource in(SourceTree sources) {
        return sources.patch(place, edits);
    }

    @Override
    public String toString() {
        return id + ": " + wrong;
    }
}
