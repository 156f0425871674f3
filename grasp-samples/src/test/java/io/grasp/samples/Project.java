package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

/** The paths of the project's files relative to this module's directory, regardless of the working directory. */
public final class Project {
    /** The modules with code for users. */
    public static final List<String> MODULES = List.of("grasp-core", "grasp-reactive-api", "grasp-samples");

    private Project() {}

    /** {@return the directory of the whole project} */
    public static Path root() {
        return Path.of(System.getProperty("basedir", ""))
                .toAbsolutePath()
                .normalize()
                .getParent();
    }

    /** {@return a directory of each module, which must exist} */
    public static List<Path> inEachModule(String directory) {
        List<Path> all = MODULES.stream()
                .map(module -> root().resolve(module).resolve(directory))
                .toList();
        assertThat(all).allSatisfy(each -> assertThat(each).isDirectory());
        return all;
    }
}
