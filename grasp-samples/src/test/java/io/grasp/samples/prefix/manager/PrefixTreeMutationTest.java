package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.mutation.ChangedClasses;
import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceEdit;
import io.grasp.samples.mutation.SourceTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trees of managers find defects: each one is inserted into the manager or its pool, and must be noticed. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrefixTreeMutationTest {
    private final SourceTree sources = SourceTree.ofProject();

    @TempDir
    private Path directory;

    /** A defect, and what the invariants say of it. */
    private record Defect(String name, String place, String code, String replacement, String noticed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Defect> defects() {
        String twice = "is allocated twice";
        String lost = "is lost";
        return List.of(
                new Defect("what is offered stays free", "PoolState.take", "table.remove(free);", "", "overlaps"),
                new Defect(
                        "what an offer in progress reserves is forgotten by a restart",
                        "PoolState.recover",
                        "doubt(entry.id(), STOPPED, now);",
                        "table.remove(entry);",
                        lost),
                new Defect(
                        "a doubtful offer is free again",
                        "PrefixProvider.inDoubt",
                        "offer.doubt(reason)",
                        "offer.undo()",
                        twice),
                new Defect(
                        "an end that cannot be written is given up",
                        "StoreRetry.written",
                        ".retryWhen(pauses.get().retry(scheduler, failure -> failure instanceof StoreException))",
                        ".onErrorComplete(StoreException.class)",
                        "without an end"),
                new Defect(
                        "what a requester refuses is not free again",
                        "PoolState.undo",
                        "free(offered.prefix(), now);",
                        "",
                        lost));
    }

    @ParameterizedTest
    @MethodSource("defects")
    void aDefectIsNoticed(Defect defect) throws Exception {
        PatchedSource.compile(
                List.of(sources.patch(defect.place, List.of(new SourceEdit(defect.code, defect.replacement)))),
                directory);

        assertThat(play(List.of(directory)))
                .hasValueSatisfying(found -> assertThat(found).contains(defect.noticed));
    }

    /** Without a defect, the same way of loading passes. */
    @Test
    void withoutADefectNothingIsNoticed() throws Exception {
        assertThat(play(List.of())).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static Optional<String> play(List<Path> front) throws Exception {
        try (ChangedClasses mutant = new ChangedClasses(front)) {
            Class<?> probe = mutant.loadClass(PrefixTreeProbe.class.getName());
            assertThat(probe).isNotEqualTo(PrefixTreeProbe.class);
            return ((Supplier<Optional<String>>) probe.getConstructor().newInstance()).get();
        }
    }
}
