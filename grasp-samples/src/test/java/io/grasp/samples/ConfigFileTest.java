package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
                        Stream.concat(Stream.of(args), Stream.of("--config=" + file))
                                .toArray(String[]::new))
                .toArray();
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

    /** As editors of Windows write it. */
    @Test
    void aByteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
        assertThat(added("\ufeffport=7017\nquiet\n", "daemon")).containsExactly("--port=7017", "--quiet");
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
    void aSectionReplacesTheLinesThatAreForAllCommands() throws IOException {
        String content = "timeout = 3000\nlink = a\nlink = b\nassume-secure\n"
                + "[discover]\ntimeout = 500\nlink = c\nlink = d\nassume-secure = false\n";

        assertThat(added(content, "discover", "X")).containsExactly("--timeout=500", "--link=c", "--link=d");
        assertThat(added(content, "synchronize", "X"))
                .containsExactly("--timeout=3000", "--link=a", "--link=b", "--assume-secure");
        assertThat(added(content, "discover", "X", "--timeout=7")).containsExactly("--link=c", "--link=d");
    }

    @Test
    void optionsStandBeforeTheEndOfOptions() throws IOException {
        Files.writeString(file, "timeout = 5\n");

        assertThat(ConfigFile.expand(Main.commandLine(), "--config", file.toString(), "discover", "--", "--X")
                        .toArray())
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
                "check | check cannot be set in a file",
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

    /** Also if only the command finds it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "daemon | port = 99999 | 2 | --port must be 0 to 65535",
                "daemon | ip = ipv5 | 2 | --ip must be ipv6, ipv4 or ipv6-else-ipv4",
                "daemon | console-tls | 2 | --console-tls has no effect without --console",
                "daemon | no-control\\nlink = nosuch-b | 1 | --link: there is no interface nosuch-b, only ",
                "daemon | dull = nosuch-d | 1 | --dull: there is no interface nosuch-d, only ",
                "daemon | quads-key = /nowhere/key | 2 | --quads-key: there is no file /nowhere/key",
                "flood X 1 | every = 1000\\nloop-count = 300 | 2 | --loop-count must be 1 to 255",
                "flood X 1 | [flood]\\ncontrol = x | 2 | --control needs --every",
                "discover X | timeout = 0 | 2 | --timeout must be 1 to 3600000"
            })
    void anErrorAboutAnOptionOfTheFileNamesItsLine(String command, String lines, int code, String message)
            throws IOException {
        String content = "assume-secure\n" + lines.replace("\\n", "\n") + "\n";
        Files.writeString(file, content);

        Cli.Run run =
                Cli.process((command + (command.equals("daemon") ? " --check" : "") + " --config=" + file).split(" "));

        assertThat(run.err())
                .filteredOn(line -> line.startsWith("grasp: ") && !line.startsWith("grasp: warning: "))
                .singleElement()
                .asString()
                .startsWith("grasp: " + file + ":" + content.lines().count() + ": " + message);
        assertThat(run.code()).isEqualTo(code);
    }

    @Test
    void anErrorAboutOneOfSeveralLinesNamesThatOne() throws IOException {
        Files.writeString(file, "neighbor = a:1\nneighbor = b:0\nneighbor = c:1\nidentity = /nowhere/hall\n");

        assertThat(Cli.process("daemon", "--check", "--config=" + file).err().get(0))
                .startsWith("grasp: " + file + ":2: --neighbor: ");
        Files.writeString(file, "port = 99999\n");
        assertThat(Cli.process("daemon", "--check", "--port=70000", "--config=" + file)
                        .err())
                .startsWith("grasp: --port must be 0 to 65535");
    }

    @Test
    void whatHasNoEffectOnACommandIsSkippedIfItIsForAllCommands() throws IOException {
        Files.writeString(file, "assume-secure\nlink = nosuch\ncontrol = /nowhere/x.sock\nobjective = X\n");

        // Wrong is only the link, in the command that has a node of its own, and the socket in the other one.
        assertThat(Cli.process("flood", "X", "1", "--config=" + file).err())
                .noneMatch(line -> line.contains("--every"));
        assertThat(Cli.process("watch", "links", "--via=/nowhere/x.sock", "--config=" + file)
                        .err())
                .singleElement()
                .asString()
                .contains("/nowhere/x.sock");
        assertThat(Cli.process("discover", "X", "--via=/nowhere/x.sock", "--config=" + file)
                        .err())
                .singleElement()
                .asString()
                .contains("/nowhere/x.sock");
        assertThat(Cli.process("flood", "X", "1", "--no-control", "--config=" + file)
                        .err())
                .startsWith("grasp: --no-control needs --every");
    }

    @Test
    void aCheckSaysThatAConfigurationIsValidAndStartsNothing(@TempDir Path other) throws IOException {
        Path socket = other.resolve("control.sock");
        Files.writeString(
                file, "assume-secure\nlink = lo\nmetrics = 0\nconsole = 0\ndull = lo\ncontrol = " + socket + "\n");

        Cli.Run run = Cli.process("daemon", "--check", "--config=" + file);

        assertThat(run.out()).containsExactly("The options are valid. No node was started.");
        assertThat(run.code()).isZero();
        assertThat(socket).doesNotExist();
        assertThat(Cli.process("daemon", "--check", "--json", "--config=" + file)
                        .out())
                .containsExactly("{\"event\":\"checked\"}");

        Files.writeString(file, "identity = " + other.resolve("hall") + "\nbind = 7017\n");
        assertThat(Cli.process("daemon", "--check", "--config=" + file).err().get(0))
                .startsWith("grasp: " + file + ":1: --identity: ");
        Files.writeString(file, "no-control\n");
        assertThat(Cli.process("daemon", "--check", "--config=" + file).err())
                .singleElement()
                .asString()
                .startsWith("grasp: The network is not known to be protected");
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
    void theDoctorReadsTheFileOfTheServiceUnlessAnOptionDescribesANode() throws IOException {
        String[] general = {"doctor", "--objective", "EX1", "--json", "-v"};
        assertThat(withFileOfService(general)).as("there is no file").containsExactly(general);
        Files.writeString(file, "link = eth0\n[daemon]\nport = 7017\n");

        assertThat(withFileOfService(general))
                .containsExactly("--config=" + file, "doctor", "--objective", "EX1", "--json", "-v");
        assertThat(ConfigFile.expandForDoctor(Main.commandLine(), withFileOfService(general))
                        .toArray())
                .as("the daemon is the service")
                .endsWith("--link=eth0", "--port=7017");
        Files.writeString(file, "port = 1\n[daemon]\nport = 2\ndull = X\n[doctor]\nport = 3\n");
        assertThat(ConfigFile.expandForDoctor(Main.commandLine(), withFileOfService(general))
                        .toArray())
                .as("its own section comes first")
                .endsWith("-v", "--port=3");
        for (String other : List.of("doctor --assume-secure", "doctor --link eth1", "discover EX1", "daemon")) {
            assertThat(withFileOfService(other.split(" "))).containsExactly(other.split(" "));
        }
    }

    @Test
    void whatIsWrongInTheFileOfTheServiceIsAFinding() throws IOException {
        Files.writeString(file, "link = eth0\nlonk = eth1\n");
        StringWriter out = new StringWriter();

        int code = Main.execute(Main.commandLine().setOut(new PrintWriter(out)), file, "doctor", "--wait", "1");

        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines())
                .startsWith("finding  configuration: " + file + ":2: no command has the option lonk");
    }

    @Test
    void theDoctorSaysWhichFileItHasRead() throws IOException {
        Files.writeString(file, "link = eth0\n");

        assertThat(Cli.process("doctor", "--config=" + file, "--wait", "1").out())
                .startsWith("ok       configuration: the options are those of " + file);
    }

    private String[] withFileOfService(String... args) {
        return ConfigFile.withFileOfService(Main::commandLine, file, args);
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
