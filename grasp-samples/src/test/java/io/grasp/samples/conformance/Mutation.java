package io.grasp.samples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A way to break a statement of the RFCs on purpose.
 *
 * @param id the statement
 * @param className the class that is changed, without its package
 * @param wrong what is wrong then
 * @param edits what makes it wrong
 */
record Mutation(String id, String className, String wrong, List<Edit> edits) {
    private static final Pattern HEAD = Pattern.compile("(\\d{4}-[\\d.]+-\\d+) (\\w+): (\\S.*\\.)");

    /** A snippet of the source, there once, and what takes its place. */
    record Edit(String snippet, String replacement) {}

    /** {@return the mutations in the data file, which tells its own format} */
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
            last.edits.add(new Edit(String.join("\n", removed), String.join("\n", added)));
        }
        removed.clear();
        added.clear();
    }

    /** {@return the file of the class in the sources of all modules} */
    Path file() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String module : Claims.MODULES) {
            try (Stream<Path> files =
                    Files.walk(Claims.project().resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.endsWith(className + ".java")).forEach(found::add);
            }
        }
        assertThat(found).as("%s, for %s", className, id).hasSize(1);
        return found.get(0);
    }

    /** {@return the source with the edits in it} */
    String source() throws IOException {
        String text = Files.readString(file());
        for (Edit edit : edits) {
            int at = text.indexOf(edit.snippet());
            assertThat(at >= 0 && text.indexOf(edit.snippet(), at + 1) < 0)
                    .as("%s has once, for %s:\n%s", className, id, edit.snippet())
                    .isTrue();
            text = text.replace(edit.snippet(), edit.replacement());
        }
        return text;
    }

    @Override
    public String toString() {
        return id + ": " + wrong;
    }
}
