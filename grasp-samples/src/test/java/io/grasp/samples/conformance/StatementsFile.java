package io.grasp.samples.conformance;

import io.grasp.samples.conformance.Statement.Responsible;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the data file of statements, which describes its own format, and refuses everything else. */
final class StatementsFile {
    private static final Pattern SECTION = Pattern.compile("section (\\d{4}-[\\d.]+) (\\d+) (\\S.*)");
    private static final Pattern DIFFERS = Pattern.compile("  differs: (\\S.*\\.)");
    private static final Pattern STATEMENT =
            Pattern.compile("(\\d{4}-[\\d.]+-\\d+) ([A-Za-z ]+) ([A-Za-z]+): (\\S.*\\.)");
    private static final Pattern NOT_APPLICABLE = Pattern.compile("  not applicable: (\\S.*\\.)");
    private static final Pattern NOT_YET = Pattern.compile("  not yet: (\\S.*\\.)");
    private static final Set<String> IN_CAPITALS =
            Set.of("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "NOT RECOMMENDED", "MAY", "states");
    private static final Map<String, Set<String>> LEVELS = Map.of(
            "8990",
            IN_CAPITALS,
            "8991",
            Set.of("must", "must not", "should", "should not", "recommended", "states"),
            "8994",
            IN_CAPITALS);

    private final List<Section> sections = new ArrayList<>();
    private final Set<String> sectionIds = new HashSet<>();
    private final List<Statement> statements = new ArrayList<>();
    private Section open;

    private StatementsFile() {}

    /** {@return the sections in the data file} */
    static List<Section> read() {
        try (InputStream file = StatementsFile.class.getResourceAsStream("statements.txt")) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a text in the format of the data file.
     *
     * @throws IllegalArgumentException with the line, for whatever is not in the format
     */
    static List<Section> parse(String text) {
        StatementsFile file = new StatementsFile();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            try {
                file.line(lines[i]);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("line " + (i + 1) + ": " + wrong.getMessage(), wrong);
            }
        }
        file.endSection();
        return file.sections;
    }

    private void line(String line) {
        Matcher section = SECTION.matcher(line);
        Matcher differs = DIFFERS.matcher(line);
        Matcher statement = STATEMENT.matcher(line);
        Matcher notApplicable = NOT_APPLICABLE.matcher(line);
        Matcher notYet = NOT_YET.matcher(line);
        if (section.matches()) {
            endSection();
            require(sectionIds.add(section.group(1)), "a section that was there before");
            open = new Section(section.group(1), Integer.parseInt(section.group(2)), section.group(3), null, List.of());
        } else if (differs.matches()) {
            require(open != null && open.differs() == null && statements.isEmpty(), "a difference of no section");
            open = new Section(open.id(), open.keywords(), open.title(), differs.group(1), List.of());
        } else if (statement.matches()) {
            statement(statement);
        } else if (notApplicable.matches()) {
            notApplicable(notApplicable.group(1));
        } else if (notYet.matches()) {
            notYet(notYet.group(1));
        } else {
            require(line.isBlank() || line.startsWith("#"), "neither a section nor a statement");
        }
    }

    private void statement(Matcher line) {
        require(open != null, "a statement of no section");
        String id = open.id() + "-" + (statements.size() + 1);
        require(line.group(1).equals(id), "not the next statement, which is " + id);
        require(LEVELS.getOrDefault(open.rfc(), Set.of()).contains(line.group(2)), "no such level");
        statements.add(new Statement(id, line.group(2), Responsible.of(line.group(3)), line.group(4), null, null));
    }

    private void notApplicable(String reason) {
        Statement last = last();
        require(last.responsible() != Responsible.CORE, "what the core is responsible for is applicable");
        statements.add(last.notApplicable(reason));
    }

    private void notYet(String what) {
        Statement last = last();
        require(last.responsible() == Responsible.CORE, "what others are responsible for is not missing here");
        statements.add(last.missing(what));
    }

    private Statement last() {
        require(!statements.isEmpty(), "a reason of no statement");
        Statement last = statements.remove(statements.size() - 1);
        require(last.isToBeProven(), "a second reason");
        return last;
    }

    private void endSection() {
        if (open != null) {
            require(
                    open.keywords() == statements.size() || open.differs() != null,
                    open.id() + " does not say why its statements are not as many as its keywords");
            sections.add(new Section(open.id(), open.keywords(), open.title(), open.differs(), statements));
            statements.clear();
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
