package io.grasp.host;

import java.util.List;

/**
 * Shows the classes of the JDK and, of those of the program, only what ASAs are written with: the API, Reactor,
 * Jackson, SLF4J and Micrometer. A jar can bring any other library in a version of its own.
 */
final class ApiClassLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final List<String> SHOWN = List.of(
            "io.grasp.api.",
            "io.grasp.cbor.",
            "io.grasp.config.",
            "io.grasp.host.",
            "io.grasp.inspection.",
            "io.grasp.metrics.",
            "io.grasp.model.",
            "io.grasp.observe.",
            "io.grasp.security.",
            "com.fasterxml.jackson.annotation.",
            "io.micrometer.",
            "org.jspecify.annotations.",
            "org.reactivestreams.",
            "org.slf4j.",
            "reactor.core.",
            "reactor.util.",
            "tools.jackson.");

    private final ClassLoader program;

    /** @param program loads the classes of the program */
    ApiClassLoader(ClassLoader program) {
        super("grasp-api", ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (SHOWN.stream().anyMatch(name::startsWith)) {
            return program.loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }
}
