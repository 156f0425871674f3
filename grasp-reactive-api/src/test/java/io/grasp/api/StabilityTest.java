package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Objective;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/stability.md says of each exported package whether it is stable, and the build compares those with the last release. */
class StabilityTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(io\\.grasp[\\w.]+)` \\| (\\w+)");

    @Test
    void thePageListsEachExportedPackage() throws IOException {
        assertThat(levels().keySet()).isEqualTo(packages(true));
        assertThat(Set.copyOf(levels().values())).containsExactlyInAnyOrder("stable", "evolving");
    }

    @Test
    void allButStablePackagesAreLeftOutOfTheComparison() throws IOException {
        Set<String> expected = packages(false);
        levels().forEach((name, level) -> {
            if (level.equals("evolving")) {
                expected.add(name);
            }
        });

        assertThat(listed("(?s)japicmp-maven-plugin</artifactId>.*?<excludes>(.*?)</excludes>"))
                .isEqualTo(withoutEngine(expected));
    }

    @Test
    void theJavadocHasAllExportedPackagesAndNoOthers() throws IOException {
        assertThat(listed("(?s)<excludePackageNames>(.*?)</excludePackageNames>"))
                .isEqualTo(withoutEngine(packages(false)));
    }

    private static Map<String, String> levels() throws IOException {
        Map<String, String> levels = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("../docs/stability.md")))
                .results()
                .forEach(row -> levels.put(row.group(1), row.group(2)));
        return levels;
    }

    /** {@return the packages of both modules that are exported to all, or the others} */
    private static Set<String> packages(boolean exported) {
        Set<String> packages = new TreeSet<>();
        for (Class<?> ofModule : new Class<?>[] {Objective.class, Grasp.class}) {
            ModuleDescriptor module = Modules.of(ofModule).descriptor();
            Set<String> toAll = module.exports().stream()
                    .filter(export -> !export.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());
            module.packages().stream()
                    .filter(name -> name.startsWith("io.grasp") && toAll.contains(name) == exported)
                    .forEach(packages::add);
        }
        return packages;
    }

    private static Set<String> listed(String regex) throws IOException {
        var list = Pattern.compile(regex).matcher(Files.readString(Path.of("../pom.xml")));
        assertThat(list.find()).isTrue();
        Set<String> names = Pattern.compile("io\\.grasp[\\w.]*")
                .matcher(list.group(1))
                .results()
                .map(name -> name.group().replaceFirst("\\.$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        return withoutEngine(names);
    }

    /** One pattern excludes the engine with all its parts. */
    private static Set<String> withoutEngine(Set<String> packages) {
        return packages.stream()
                .flatMap(name -> name.startsWith("io.grasp.engine.") ? Stream.of("io.grasp.engine") : Stream.of(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
