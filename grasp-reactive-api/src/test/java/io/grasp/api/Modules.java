package io.grasp.api;

import java.io.File;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;

/** The modules of this library and of its dependencies, found on the class path of the tests. */
final class Modules {
    private static final String TESTS = "tests.jar";

    private Modules() {}

    /** {@return the module that a class is compiled into} */
    static ModuleReference of(Class<?> type) {
        try {
            Path place = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            return ModuleFinder.of(place).findAll().iterator().next();
        } catch (URISyntaxException e) {
            throw new AssertionError("the place of " + type + " is a path", e);
        }
    }

    /** {@return a module path with the API and its dependencies, without optional ones} */
    static String path() {
        Map<String, ModuleReference> known = new LinkedHashMap<>();
        Path[] places = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(place -> !place.endsWith(TESTS))
                .map(Path::of)
                .toArray(Path[]::new);
        ModuleFinder.of(places)
                .findAll()
                .forEach(each -> known.put(each.descriptor().name(), each));
        Map<String, Path> needed = new LinkedHashMap<>();
        Queue<ModuleReference> left = new ArrayDeque<>();
        left.add(of(Grasp.class));
        for (ModuleReference next = left.poll(); next != null; next = left.poll()) {
            Path place = Path.of(next.location().orElseThrow());
            if (needed.putIfAbsent(next.descriptor().name(), place) == null) {
                next.descriptor().requires().stream()
                        .filter(requires -> !requires.modifiers().contains(Requires.Modifier.STATIC))
                        .map(requires -> known.get(requires.name()))
                        .filter(required -> required != null) // otherwise it belongs to the JDK
                        .forEach(left::add);
            }
        }
        return needed.values().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
