package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formatter wraps code, but neither Javadoc nor comments. */
class LineLengthTest {
    private static final int MAX_COLUMNS = 120;

    @ParameterizedTest
    @ValueSource(strings = {"grasp-core", "grasp-reactive-api", "grasp-samples", "benchmarks"})
    void linesOfMainCodeHaveAtMost120Columns(String module) throws IOException {
        Path root = Path.of("..", module, "src", "main", "java");
        List<String> tooLong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    if (lines.get(i).codePoints().count() > MAX_COLUMNS) {
                        tooLong.add(root.relativize(file) + ":" + (i + 1));
                    }
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }
}
