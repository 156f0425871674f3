package io.grasp.samples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether the code can still be broken in the ways that the data file tells, and each MUST of the core in one. */
class MutationsTest {
    static List<Mutation> mutations() {
        return Mutation.read();
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void fits(Mutation mutation) {
        assertThat(mutation.edits()).isNotEmpty();
        assertThat(mutation).satisfies(Mutation::source);
    }

    @Test
    void thereIsOneForEachProvenMustOfTheCore() {
        assertThat(mutations()).extracting(Mutation::id).isEqualTo(Musts.all());
    }
}
