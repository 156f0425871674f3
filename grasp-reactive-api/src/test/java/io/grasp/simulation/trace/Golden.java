package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares with a reviewed result. With the system property {@code golden.write} the result is written again. */
final class Golden {
    private static final Path SOURCES = Path.of("src/test/resources/io/grasp/simulation/trace");

    private Golden() {}

    static void check(String name, String actual) {
        try {
            if (Boolean.getBoolean("golden.write")) {
                Files.createDirectories(SOURCES);
                Files.writeString(SOURCES.resolve(name), actual);
            }
            assertThat(actual).isEqualTo(read(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String name) throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            return Files.readString(SOURCES.resolve(name));
        }
        try (InputStream in = Golden.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
