package io.grasp.samples.conformance;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Checks that a test proves each statement of the RFCs that a test can prove, and that docs/conformance.md lists it. */
class ConformanceTest {
    private final List<Section> sections = StatementsFile.read();
    private final Claims claims = Claims.read();

    @Test
    void testsClaimOnlyKnownStatements() {
        Set<String> known = statements().stream().map(Statement::id).collect(toSet());

        assertThat(claims.wrong).isEmpty();
        assertThat(claims.all)
                .allSatisfy(claim ->
                        assertThat(known).as("claimed by %s", claim.test()).contains(claim.id()));
    }

    @Test
    void eachStatementIsProvenOrHasAReasonWhyNot() {
        Set<String> claimed = claims.all.stream().map(Claim::id).collect(toSet());

        assertThat(statements())
                .filteredOn(Statement::isToBeProven)
                .extracting(Statement::id)
                .as("proven by a test")
                .isSubsetOf(claimed);
        assertThat(statements())
                .filteredOn(statement -> !statement.isToBeProven())
                .extracting(Statement::id)
                .as("not applicable or not yet there, and not claimed by a test")
                .doesNotContainAnyElementsOf(claimed);
    }

    @Test
    void theDocumentIsUpToDate() throws IOException {
        Path document = Project.root().resolve("docs/conformance.md");
        String written = Files.exists(document) ? Files.readString(document) : "";
        String current = new ConformanceReport(sections, claims.all, Mutation.read()).markdown();
        if (!written.equals(current)) {
            Files.writeString(document, current);
        }

        assertThat(written.equals(current))
                .as("docs/conformance.md was out of date; it has been generated again; review and commit it")
                .isTrue();
    }

    private List<Statement> statements() {
        return sections.stream()
                .flatMap(section -> section.statements().stream())
                .toList();
    }
}
