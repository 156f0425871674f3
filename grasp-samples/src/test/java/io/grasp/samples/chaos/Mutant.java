package io.grasp.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The engine with a defect, loaded beside the real one. */
final class Mutant extends URLClassLoader {
    private static final String OURS = "io.grasp.";

    private Mutant(URL[] places) {
        super(places, Mutant.class.getClassLoader());
    }

    /** The engine as it is, loaded in the same way. */
    static Mutant none() {
        return new Mutant(classPath(List.of()));
    }

    /** Compiles the defect into a directory, and loads all of ours with it in front. */
    static Mutant of(Defect defect, Path directory) throws IOException {
        Path source = source(defect.file());
        String text = Files.readString(source);
        for (Defect.Edit edit : defect.edits()) {
            assertThat(text).as("%s", source).containsOnlyOnce(edit.snippet());
            text = text.replace(edit.snippet(), edit.replacement());
        }
        Path changed = Files.createDirectories(directory.resolve("source")).resolve(defect.file() + ".java");
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Files.writeString(changed, text);
        compile(changed, classes);
        return new Mutant(classPath(List.of(classes)));
    }

    private static void compile(Path source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as("%s", complaints).isTrue();
        }
    }

    /** {@return the only file of that class, whatever its package} */
    private static Path source(String className) throws IOException {
        try (Stream<Path> files = Files.walk(sources())) {
            List<Path> found =
                    files.filter(file -> file.endsWith(className + ".java")).toList();
            assertThat(found).as("%s", className).hasSize(1);
            return found.get(0);
        }
    }

    /** Seen from this module's directory, wherever the tests are run from. */
    private static Path sources() {
        String module = System.getProperty("basedir", "");
        Path sources = Path.of(module)
                .toAbsolutePath()
                .resolve("../grasp-core/src/main/java")
                .normalize();
        assertThat(sources).as("the engine's sources").isDirectory();
        return sources;
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
    List<String> play(long seed, String faults, int seconds) throws ReflectiveOperationException {
        Class<?> loaded = loadClass(Probe.class.getName());
        assertThat(loaded).isNotEqualTo(Probe.class);
        var probe =
                (Function<List<String>, List<String>>) loaded.getConstructor().newInstance();
        return probe.apply(List.of(Long.toString(seed), faults, Integer.toString(seconds)));
    }

    /** Ours come from here, even though the parent has them too. */
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
