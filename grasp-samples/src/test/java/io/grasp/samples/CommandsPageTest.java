package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** docs/commands.md lists each command. */
class CommandsPageTest {
    @Test
    void eachCommandIsListed() throws IOException {
        String page = Files.readString(Project.root().resolve("docs/commands.md"));

        assertThat(Main.commandLine().getSubcommands().keySet())
                .hasSizeGreaterThan(15)
                .allSatisfy(command -> assertThat(page).containsPattern("\\| .*`" + command + "[ `].* \\|"));
    }
}
