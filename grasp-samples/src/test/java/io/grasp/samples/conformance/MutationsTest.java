package io.grasp.samples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    /** In as few steps as can be: each has at most one of each class. */
    @Test
    void allCompile(@TempDir Path directory) throws IOException {
        List<Map<String, Mutation>> steps = new ArrayList<>();
        for (Mutation mutation : mutations()) {
            Map<String, Mutation> step = steps.stream()
                    .filter(each -> !each.containsKey(mutation.className()))
                    .findFirst()
                    .orElseGet(() -> {
                        steps.add(new LinkedHashMap<>());
                        return steps.get(steps.size() - 1);
                    });
            step.put(mutation.className(), mutation);
        }
        try (MutationCompiler compiler = new MutationCompiler()) {
            for (Map<String, Mutation> step : steps) {
                compiler.compile(step.values(), Files.createTempDirectory(directory, "step"));
            }
        }
    }

    @Test
    void thereIsOneForEachProvenMustOfTheCore() {
        assertThat(mutations()).extracting(Mutation::id).isEqualTo(Musts.all());
    }
}
