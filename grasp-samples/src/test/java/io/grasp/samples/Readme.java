package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The project's README. */
final class Readme {
    private static final String FENCE = "```";

    private Readme() {}

    /** What the README shows as a command's output: the rest of the console block with the command. */
    static List<String> outputOf(String command) {
        String line = "java -jar grasp-samples/target/grasp.jar " + command;
        List<String> lines = lines();
        boolean inConsole = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(FENCE)) {
                inConsole = lines.get(i).strip().equals(FENCE + "console");
            } else if (inConsole && lines.get(i).endsWith(line)) {
                List<String> rest = lines.subList(i + 1, lines.size());
                return rest.subList(0, rest.indexOf(FENCE));
            }
        }
        throw new AssertionError("README.md has no " + FENCE + "console block with the line: $ " + line);
    }

    private static List<String> lines() {
        Path readme = Path.of("../README.md");
        assertThat(readme).as("README.md, seen from the module's directory").exists();
        try {
            return Files.readAllLines(readme);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
