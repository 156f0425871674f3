package io.grasp.samples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that all mutations in the data file still apply to the code, and that there is one for each MUST of the core.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutationsTest {
    private final SourceTree sources = SourceTree.ofProject();

    static List<Mutation> mutations() {
        return Mutation.read();
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void aMutationFitsTheCode(Mutation mutation) {
        assertThat(mutation.edits()).isNotEmpty();
        assertThat(mutation).satisfies(each -> each.in(sources));
    }

    @Test
    void eachMutationFitsTheSameCodeInAnotherFormatAndInOtherPackages() {
        SourceTree refactored = sources.refactored();

        assertThat(mutations())
                .allMatch(mutation -> mutation.in(refactored)
                        .code()
                        .equals(mutation.in(sources).code()));
    }

    /** In as few steps as possible: each contains at most one edit of each file. */
    @Test
    void allMutationsCompile(@TempDir Path directory) throws IOException {
        List<Map<Path, PatchedSource>> steps = new ArrayList<>();
        for (Mutation mutation : mutations()) {
            PatchedSource patched = mutation.in(sources);
            Map<Path, PatchedSource> step = steps.stream()
                    .filter(each -> !each.containsKey(patched.file()))
                    .findFirst()
                    .orElseGet(() -> {
                        steps.add(new LinkedHashMap<>());
                        return steps.get(steps.size() - 1);
                    });
            step.put(patched.file(), patched);
        }
        for (Map<Path, PatchedSource> step : steps) {
            PatchedSource.compile(step.values(), Files.createTempDirectory(directory, "step"));
        }
    }

    @Test
    void eachProvenMustOfTheCoreHasOneMutation() {
        assertThat(mutations()).extracting(Mutation::id).isEqualTo(Musts.all());
    }
}
