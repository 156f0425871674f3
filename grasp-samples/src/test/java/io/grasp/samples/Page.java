package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A page of the project's documentation that shows what commands print. */
enum Page {
    README("../README.md"),
    DEMO("../docs/demo.md"),
    EXTENSIONS("../docs/extensions.md"),
    SIMULATION("../docs/simulation.md");

    private static final String FENCE = "```";

    /** The path relative to the module's directory. */
    private final Path path;

    Page(String path) {
        this.path = Path.of(path);
    }

    /** The output of a command in the page: the rest of the console block with the command. */
    List<String> outputOf(String command) {
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
        throw new AssertionError(path + " has no " + FENCE + "console block with the line: $ " + line);
    }

    private List<String> lines() {
        assertThat(path).exists();
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
