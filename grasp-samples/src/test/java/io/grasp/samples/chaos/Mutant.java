package io.grasp.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.mutation.ChangedClasses;
import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The engine with a defect, loaded next to the real one. */
final class Mutant extends ChangedClasses {
    private Mutant(List<Path> front) {
        super(front);
    }

    /** The unchanged engine, loaded in the same way. */
    static Mutant none() {
        return new Mutant(List.of());
    }

    /** Compiles the defect into a directory, and loads this project's classes with that directory first. */
    static Mutant of(Defect defect, SourceTree sources, Path directory) throws IOException {
        PatchedSource.compile(List.of(sources.patch(defect.place(), defect.edits())), directory);
        return new Mutant(List.of(directory));
    }

    /**
     * Plays a seed with this engine.
     *
     * @return the rules that did not hold
     */
    @SuppressWarnings("unchecked")
    List<String> play(long seed, String faults, int seconds, int adversaries) throws ReflectiveOperationException {
        Class<?> loaded = loadClass(Probe.class.getName());
        assertThat(loaded).isNotEqualTo(Probe.class);
        var probe =
                (Function<List<String>, List<String>>) loaded.getConstructor().newInstance();
        return probe.apply(
                List.of(Long.toString(seed), faults, Integer.toString(seconds), Integer.toString(adversaries)));
    }
}
