package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

/** Where the project's files are, seen from this module's directory, wherever the tests are run from. */
public final class Project {
    /** The modules with code that users get. */
    public static final List<String> MODULES = List.of("grasp-core", "grasp-reactive-api", "grasp-samples");

    private Project() {}

    /** {@return the directory of the whole project} */
    public static Path root() {
        return Path.of(System.getProperty("basedir", ""))
                .toAbsolutePath()
                .normalize()
                .getParent();
    }

    /** {@return a directory of each module, which must be there} */
    public static List<Path> inEachModule(String directory) {
        List<Path> all = MODULES.stream()
                .map(module -> root().resolve(module).resolve(directory))
                .toList();
        assertThat(all).allSatisfy(each -> assertThat(each).isDirectory());
        return all;
    }
}
