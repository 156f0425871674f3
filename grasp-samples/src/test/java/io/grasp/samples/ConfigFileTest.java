package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParameterException;

/** Options in the file that {@code --config} names. */
class ConfigFileTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("grasp.conf");
    }

    private String[] expanded(String content, String... args) throws IOException {
        Files.writeString(file, content);
        return ConfigFile.expand(
                Main.commandLine(),
                Stream.concat(Stream.of(args), Stream.of("--config=" + file)).toArray(String[]::new));
    }

    private List<String> added(String content, String... args) throws IOException {
        String[] all = expanded(content, args);
        return List.of(all).subList(args.length + 1, all.length);
    }

    @Test
    void eachLineIsAnOption() throws IOException {
        assertThat(added("""
                # comment
                  port=7017

                link = eth0
                link = eth1
                audit
                assume-secure = true
                quiet = false
                dull-objective = a = b # c
                """, "daemon"))
                .containsExactly(
                        "--port=7017",
                        "--link=eth0",
                        "--link=eth1",
                        "--audit",
                        "--assume-secure",
                        "--dull-objective=a = b # c");
    }

    @Test
    void anOptionOfTheCommandLineReplacesAllLinesThatSetIt() throws IOException {
        assertThat(added("link = eth0\nlink = eth1\nport = 7017\nverbose\n", "daemon", "--link", "lo", "-v"))
                .containsExactly("--port=7017");
    }

    @Test
    void eachCommandUsesTheOptionsThatItHas() throws IOException {
        String content = "link = lo\ndull = lo\n[discover]\ntimeout = 5\n[ca serve]\njson\n";

        assertThat(added(content, "discover", "X")).containsExactly("--link=lo", "--timeout=5");
        assertThat(added(content, "daemon")).containsExactly("--link=lo", "--dull=lo");
    }

    @Test
    void optionsStandBeforeTheEndOfOptions() throws IOException {
        Files.writeString(file, "timeout = 5\n");

        assertThat(ConfigFile.expand(Main.commandLine(), "--config", file.toString(), "discover", "--", "--X"))
                .containsExactly("--config", file.toString(), "discover", "--timeout=5", "--", "--X");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prot = 7017 | no command has the option prot",
                "[discover]\\ndull = lo | grasp discover has no option dull",
                "[disco] | not a section for a command: [disco]",
                "[discover | not a section for a command: [discover",
                "port | port needs a value: port = PORT",
                "port = http | Invalid value for option '--port': 'http' is not a whole number",
                "port = 1\\n\\nport = 2 | port is set in line 2, too",
                "assume-secure = yes | assume-secure is true or false, not 'yes'",
                "config = x | config cannot be set in a file",
                "v | no command has the option v",
                "= 7 | a name is missing before the =",
                "x\u001b[31m | no command has the option x\\u001b[31m"
            })
    void anErrorNamesFileAndLine(String lines, String message) throws IOException {
        String content = "# first line\n" + lines.replace("\\n", "\n") + "\n";
        long line = content.lines().count();

        Files.writeString(file, content);
        Cli.Run run = Cli.process("daemon", "--config=" + file);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().get(0)).isEqualTo("grasp: " + file + ":" + line + ": " + message);
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        assertThat(Cli.process("daemon", "--config=" + file).err())
                .startsWith("grasp: --config: there is no file " + file);
        Files.write(file, "link = \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Cli.process("daemon", "--config=" + file).err())
                .startsWith("grasp: --config: " + file + " is not UTF-8");
        Files.writeString(file, "#".repeat(1 << 21));
        assertThatThrownBy(() -> ConfigFile.expand(Main.commandLine(), "daemon", "--config=" + file))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("has more than 1048576 bytes");
    }

    @Test
    void wrongArgumentsAreReportedFirst() throws IOException {
        Files.writeString(file, "prot = 7\n");

        assertThat(Cli.process("daemon", "--config=" + file, "--prot=7").err())
                .startsWith("grasp: Unknown option: '--prot=7'");
        assertThat(Cli.process("--config=" + file).err()).startsWith("grasp: A command is missing");
        assertThat(Cli.process("daemon", "--config=" + file, "--help").code()).isZero();
    }

    @Test
    void aCommandRunsWithTheOptionsOfItsFile() throws IOException {
        Files.writeString(file, "json\n");

        Cli.Run run = Cli.process("decode", "83", "--config=" + file);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.onlyJson().has("error")).isTrue();
    }
}
