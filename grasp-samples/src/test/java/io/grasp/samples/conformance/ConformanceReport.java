package io.grasp.samples.conformance;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** The document that lists, for each statement, the tests that prove it. */
final class ConformanceReport {
    private final List<Section> sections;
    private final Collection<Claim> claims;
    private final List<Mutation> mutations;
    private final List<String> lines = new ArrayList<>();

    ConformanceReport(List<Section> sections, Collection<Claim> claims, List<Mutation> mutations) {
        this.sections = sections;
        this.claims = claims;
        this.mutations = mutations;
    }

    /** {@return the whole document, in Markdown} */
    String markdown() {
        lines.add("""
                # Conformance

                This page shows how completely GRASP for Java implements its standards:
                [RFC 8990](https://www.rfc-editor.org/rfc/rfc8990), which defines GRASP ([concepts.md](concepts.md));
                [RFC 8991](https://www.rfc-editor.org/rfc/rfc8991), its API; and the parts of
                [RFC 8994](https://www.rfc-editor.org/rfc/rfc8994) that concern GRASP. It is for people who evaluate or
                change the implementation.

                The first two tables count the requirements. After them, a table for each section of an RFC lists its
                requirements, one in each row: the level (MUST, SHOULD or MAY), the part of the code that implements it, and
                the tests that prove it, or the reason why it does not apply.

                The build generates this page from `statements.txt` (grasp-samples, `io.grasp.samples.conformance`) and from
                the `@Proves` annotations of the tests, and fails if the page is out of date. `statements.txt` also says how
                words such as MUST and SHOULD are counted.
                """);
        totals();
        sectionTable();
        brokenTable();
        sections.forEach(this::section);
        return String.join("\n", lines) + "\n";
    }

    private void totals() {
        lines.add("| | statements | proven | not applicable | not yet |");
        lines.add("|---|--:|--:|--:|--:|");
        total("RFC 8990", statement -> statement.rfc().equals("8990"));
        total("RFC 8991", statement -> statement.rfc().equals("8991"));
        total("RFC 8994", statement -> statement.rfc().equals("8994"));
        total("all", statement -> true);
        total("MUST and MUST NOT of the core", Statement::isMustOfCore);
        lines.add("");
    }

    private void total(String name, Predicate<Statement> which) {
        List<Statement> some = sections.stream()
                .flatMap(section -> section.statements().stream())
                .filter(which)
                .toList();
        lines.add("| " + name + " | " + counts(some) + " |");
    }

    private String counts(List<Statement> statements) {
        long proven = statements.stream().filter(s -> !provenBy(s).isEmpty()).count();
        long notApplicable =
                statements.stream().filter(s -> s.notApplicable() != null).count();
        long missing = statements.stream().filter(s -> s.missing() != null).count();
        return statements.size() + " | " + proven + " | " + notApplicable + " | " + missing;
    }

    private void sectionTable() {
        lines.add("## Sections");
        lines.add("");
        lines.add("| section | keywords in its text | statements | proven | not applicable | not yet | differences |");
        lines.add("|---|--:|--:|--:|--:|--:|---|");
        for (Section section : sections) {
            String differs = section.differs() == null ? "" : section.differs();
            lines.add("| RFC " + section.rfc() + ", " + section.number() + " " + section.title() + " | "
                    + section.keywords() + " | " + counts(section.statements()) + " | " + differs + " |");
        }
        lines.add("");
    }

    private void brokenTable() {
        lines.add("""
                ## Broken on purpose

                Of the %d MUST and MUST NOT of the core that are proven, the seed %d (the month of RFC 8990) draws these %d.
                With the profile `long`, `BrokenMustsTest` breaks the code in each of these ways, and of the tests that claim
                the statement one must fail. `mutations.txt` has the edits, for all of them.
                """.formatted(Musts.all().size(), Musts.SEED, Musts.DRAWN));
        lines.add("| id | where | what is wrong then |");
        lines.add("|---|---|---|");
        List<String> drawn = Musts.drawn();
        mutations.stream()
                .filter(mutation -> drawn.contains(mutation.id()))
                .forEach(mutation ->
                        lines.add("| " + mutation.id() + " | `" + mutation.place() + "` | " + mutation.wrong() + " |"));
        lines.add("");
    }

    private void section(Section section) {
        lines.add("## RFC " + section.rfc() + ", section " + section.number() + ": " + section.title());
        lines.add("");
        lines.add("| id | level | responsible | statement | proven by |");
        lines.add("|---|---|---|---|---|");
        for (Statement statement : section.statements()) {
            lines.add("| " + statement.id() + " | " + statement.level() + " | " + statement.responsible() + " | "
                    + statement.text() + " | " + proof(statement) + " |");
        }
        lines.add("");
    }

    private String proof(Statement statement) {
        if (statement.notApplicable() != null) {
            return "not applicable: " + statement.notApplicable();
        }
        if (statement.missing() != null) {
            return "**not yet**: " + statement.missing();
        }
        return provenBy(statement).stream()
                .map(claim -> "`" + claim.test() + "`")
                .collect(joining(" "));
    }

    private List<Claim> provenBy(Statement statement) {
        return claims.stream()
                .filter(claim -> claim.id().equals(statement.id()))
                .toList();
    }
}
