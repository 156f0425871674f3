package io.grasp.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceTree;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The engine with a defect, loaded next to the real one. */
final class Mutant extends URLClassLoader {
    private static final String OURS = "io.grasp.";

    private Mutant(URL[] places) {
        super(places, Mutant.class.getClassLoader());
    }

    /** The unchanged engine, loaded in the same way. */
    static Mutant none() {
        return new Mutant(classPath(List.of()));
    }

    /** Compiles the defect into a directory, and loads this project's classes with that directory first. */
    static Mutant of(Defect defect, SourceTree sources, Path directory) throws IOException {
        PatchedSource.compile(List.of(sources.patch(defect.place(), defect.edits())), directory);
        return new Mutant(classPath(List.of(directory)));
    }

    private static URL[] classPath(List<Path> front) {
        List<Path> places = new ArrayList<>(front);
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(Path.of(place));
        }
        return places.stream().map(Mutant::url).toArray(URL[]::new);
    }

    private static URL url(Path place) {
        try {
            return place.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
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

    /** This project's classes come from here, although the parent has them too. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }
}
