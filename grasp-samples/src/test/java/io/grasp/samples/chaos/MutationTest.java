package io.grasp.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.mutation.SourceTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that chaos finds defects: each defect is inserted into the engine, and must be noticed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutationTest {
    private static final int SEEDS = 30;
    private static final int LONG_ONES = 6;
    private static final int BESIDE_ADVERSARIES = 8;

    private final SourceTree sources = SourceTree.ofProject();

    @TempDir
    private Path directory;

    static List<Defect> defects() {
        return Defect.all().stream().filter(defect -> defect.adversaries() == 0).toList();
    }

    static List<Defect> defectsBesideAdversaries() {
        return Defect.all().stream().filter(defect -> defect.adversaries() > 0).toList();
    }

    @ParameterizedTest
    @MethodSource("defects")
    void aDefectIsNoticed(Defect defect) throws IOException, ReflectiveOperationException {
        verifyThatItIsNoticed(defect);
    }

    @ParameterizedTest
    @MethodSource("defectsBesideAdversaries")
    @Tag("long")
    void aDefectIsNoticedBesideAdversaries(Defect defect) throws IOException, ReflectiveOperationException {
        verifyThatItIsNoticed(defect);
    }

    @Test
    void eachDefectFitsTheSameCodeInAnotherFormatAndInOtherPackages() {
        SourceTree refactored = sources.refactored();

        assertThat(Defect.all())
                .allMatch(defect -> refactored
                        .patch(defect.place(), defect.edits())
                        .code()
                        .equals(sources.patch(defect.place(), defect.edits()).code()));
    }

    /** Without a defect, the same way of loading and the same seeds pass. */
    @Test
    void withoutADefectNothingIsNoticed() throws IOException, ReflectiveOperationException {
        verifyThatNothingIsNoticed(defects());
    }

    @Test
    @Tag("long")
    void withoutADefectNothingIsNoticedBesideAdversaries() throws IOException, ReflectiveOperationException {
        verifyThatNothingIsNoticed(defectsBesideAdversaries());
    }

    private void verifyThatItIsNoticed(Defect defect) throws IOException, ReflectiveOperationException {
        Set<String> noticed = new TreeSet<>();
        try (Mutant mutant = Mutant.of(defect, sources, directory)) {
            for (int seed = 1;
                    seed <= seeds(defect.seconds(), defect.adversaries()) && !noticed.containsAll(defect.noticedBy());
                    seed++) {
                noticed.addAll(mutant.play(seed, defect.faults(), defect.seconds(), defect.adversaries()));
            }
        }

        assertThat(noticed).as("%s", defect).containsAll(defect.noticedBy());
    }

    private static void verifyThatNothingIsNoticed(List<Defect> defects)
            throws IOException, ReflectiveOperationException {
        Set<Kind> kinds = new LinkedHashSet<>();
        defects.forEach(defect -> kinds.add(new Kind(defect.faults(), defect.seconds(), defect.adversaries())));
        try (Mutant none = Mutant.none()) {
            for (Kind kind : kinds) {
                for (int seed = 1; seed <= seeds(kind.seconds(), kind.adversaries()); seed++) {
                    assertThat(none.play(seed, kind.faults(), kind.seconds(), kind.adversaries()))
                            .as("seed %d, %s", seed, kind)
                            .isEmpty();
                }
            }
        }
    }

    private static int seeds(int seconds, int adversaries) {
        return seconds > 60 ? LONG_ONES : adversaries > 0 ? BESIDE_ADVERSARIES : SEEDS;
    }

    private record Kind(String faults, int seconds, int adversaries) {}
}
