package io.grasp.samples.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.conformance.Statement.Responsible;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The data file is read strictly, so that no error in it is missed. */
class StatementsFileTest {
    private static final String HEAD = "section 8990-2.2 1 Title\n";
    private static final String CORE = "8990-2.2-1 MUST core: It does.\n";

    @Test
    void readsSectionsAndStatements() {
        List<Section> sections = StatementsFile.parse("""
                # a remark

                section 8990-2.2 3 Title
                  differs: Two of them are one.
                8990-2.2-1 MUST NOT core: It does not.
                8990-2.2-2 MAY ASA: It may.
                  not applicable: The ASA does as it likes.
                """);

        assertThat(sections)
                .containsExactly(new Section(
                        "8990-2.2",
                        3,
                        "Title",
                        "Two of them are one.",
                        List.of(
                                new Statement("8990-2.2-1", "MUST NOT", Responsible.CORE, "It does not.", null, null),
                                new Statement(
                                        "8990-2.2-2",
                                        "MAY",
                                        Responsible.ASA,
                                        "It may.",
                                        "The ASA does as it likes.",
                                        null))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "8990-2.2-1 MUST nobody: It does.; unknown party: nobody",
                "8990-2.2-1 must core: It does.; no such level",
                "8990-2.2-2 MUST core: It does.; not the next statement, which is 8990-2.2-1",
                "8990-2.3-1 MUST core: It does.; not the next statement, which is 8990-2.2-1",
                "8990-2.2-1 MUST core: It does; neither a section nor a statement",
                "'  not applicable: Why not.'; a reason of no statement",
            })
    void anInvalidLineIsRefusedWithItsNumber(String line, String why) {
        assertThatThrownBy(() -> StatementsFile.parse(HEAD + line)).hasMessage("line 2: " + why);
    }

    @Test
    void aRepeatedStatementOrSectionIsRefused() {
        assertThatThrownBy(() -> StatementsFile.parse(HEAD + CORE + CORE)).hasMessageContaining("not the next");
        assertThatThrownBy(() -> StatementsFile.parse(HEAD + CORE + HEAD + CORE))
                .hasMessageContaining("a section that was there before");
    }

    @Test
    void aStatementOfTheCoreCannotBeNotApplicable() {
        assertThatThrownBy(() -> StatementsFile.parse(HEAD + CORE + "  not applicable: We would rather not."))
                .hasMessageContaining("what the core is responsible for is applicable");
    }

    @Test
    void aDifferentNumberOfStatementsNeedsAnExplanation() {
        assertThatThrownBy(() -> StatementsFile.parse("section 8990-2.2 2 Title\n" + CORE))
                .hasMessageContaining("does not say why");
    }
}
