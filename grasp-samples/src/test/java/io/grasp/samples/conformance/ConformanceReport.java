package io.grasp.samples.conformance;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** The document that tells, for each statement, which tests prove it. */
final class ConformanceReport {
    private final List<Section> sections;
    private final Collection<Claim> claims;
    private final List<String> lines = new ArrayList<>();

    ConformanceReport(List<Section> sections, Collection<Claim> claims) {
        this.sections = sections;
        this.claims = claims;
    }

    /** {@return the whole document, in Markdown} */
    String markdown() {
        lines.add("# Conformance");
        lines.add("");
        lines.add(
                "Which test proves which normative statement of RFC 8990 and RFC 8991. The build makes this page from");
        lines.add(
                "`statements.txt` (grasp-samples, `io.grasp.samples.conformance`, which also says how keywords are counted) and");
        lines.add("the tests' `@Proves` annotations, and fails when it is out of date.");
        lines.add("");
        totals();
        sectionTable();
        sections.forEach(this::section);
        return String.join("\n", lines) + "\n";
    }

    private void totals() {
        lines.add("| | statements | proven | not applicable |");
        lines.add("|---|--:|--:|--:|");
        total("RFC 8990", statement -> statement.rfc().equals("8990"));
        total("RFC 8991", statement -> statement.rfc().equals("8991"));
        total("both", statement -> true);
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
        return statements.size() + " | " + proven + " | " + notApplicable;
    }

    private void sectionTable() {
        lines.add("## Sections");
        lines.add("");
        lines.add(
                "| section | keywords in its text | statements | proven | not applicable | where keywords and statements differ |");
        lines.add("|---|--:|--:|--:|--:|---|");
        for (Section section : sections) {
            String differs = section.differs() == null ? "" : section.differs();
            lines.add("| RFC " + section.rfc() + ", " + section.number() + " " + section.title() + " | "
                    + section.keywords() + " | " + counts(section.statements()) + " | " + differs + " |");
        }
        lines.add("");
    }

    private void section(Section section) {
        lines.add("## RFC " + section.rfc() + ", section " + section.number() + ": " + section.title());
        lines.add("");
        lines.add("| id | level | responsible | statement | proven by |");
        lines.add("|---|---|---|---|---|");
        for (Statement statement : section.statements()) {
            String proof = statement.notApplicable() == null
                    ? provenBy(statement).stream()
                            .map(claim -> "`" + claim.test() + "`")
                            .collect(joining(" "))
                    : "not applicable: " + statement.notApplicable();
            lines.add("| " + statement.id() + " | " + statement.level() + " | " + statement.responsible() + " | "
                    + statement.text() + " | " + proof + " |");
        }
        lines.add("");
    }

    private List<Claim> provenBy(Statement statement) {
        return claims.stream()
                .filter(claim -> claim.id().equals(statement.id()))
                .toList();
    }
}
