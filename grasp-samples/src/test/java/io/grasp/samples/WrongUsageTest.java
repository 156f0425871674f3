package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.grasp.Proves;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong usage: one clear line, a hint, exit code 2, and no other effect. */
class WrongUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gray --rounds 0 | --rounds must be above 0",
                "gray --rounds -1 | --rounds must be above 0",
                "gray --rounds many | Invalid value for option '--rounds': 'many' is not a whole number",
                "gray --rounds 9223372036854775808"
                        + " | Invalid value for option '--rounds': '9223372036854775808' is not a whole number",
                "gray --rounds | Missing required parameter for option '--rounds' (N)",
                "gray --pause -1 | --pause must be 0 to 4294967295",
                "gray --seed x | Invalid value for option '--seed': 'x' is not a whole number",
                "gray --tries 1 | Unknown option: '--tries'",
                "gray now | Unexpected argument: 'now'",
                "briggs --seed 1.5 | Invalid value for option '--seed': '1.5' is not a whole number",
                "briggs --link | Missing required parameter for option '--link' (NAME)",
                "daemon --seed 1 | Unknown option: '--seed'",
                "prefix-manager --state s --run-hook | --run-hook needs --hook",
                "prefix-manager --state s --hook true | --hook true does not exist",
                "prefix-manager --state s --hook /none/hook | --hook /none/hook does not exist",
                "prefix-manager --state s --hook /dev | --hook /dev is not a file",
                "prefix-manager --state s --hook /dev/null | --hook /dev/null is not a file",
                "prefix-manager --state s --hook pom.xml | --hook pom.xml is not executable",
                "prefix-manager --state s --ipv4-length 20 | --ipv4-length needs --ipv4",
                "prefix-manager --state s --ipv4-subnet-length 20 | --ipv4-subnet-length needs --ipv4",
                "prefix-manager --state s --pool 10.0.0.0/8 --flood-every 60000 --ttl 1000"
                        + " | --ttl must not be less than --flood-every",
                "daemon --dull-objective X | --dull-objective has no effect without --dull",
                "daemon --metrics | Missing required parameter for option '--metrics' ([HOST:]PORT)",
                "daemon --metrics x"
                        + " | Invalid value for option '--metrics': 'x' is not PORT, HOST:PORT or [ADDRESS]:PORT",
                "daemon --metrics 65536"
                        + " | Invalid value for option '--metrics': '65536' is not PORT, HOST:PORT or [ADDRESS]:PORT",
                "daemon --metrics localhost: | Invalid value for option '--metrics': 'localhost:' is not PORT,"
                        + " HOST:PORT or [ADDRESS]:PORT",
                "daemon --metrics ::1:80"
                        + " | Invalid value for option '--metrics': '::1:80' is not PORT, HOST:PORT or [ADDRESS]:PORT",
                "daemon --metrics :80"
                        + " | Invalid value for option '--metrics': ':80' is not PORT, HOST:PORT or [ADDRESS]:PORT",
                "daemon --metrics [::1]"
                        + " | Invalid value for option '--metrics': '[::1]' is not PORT, HOST:PORT or [ADDRESS]:PORT",
                "daemon --console-tls | --console-tls has no effect without --console",
                "daemon --console-token-file x | --console-token-file has no effect without --console",
                "daemon --console 0 | --console excludes --no-control: its page uses the control API",
                "daemon --console 0 --console-token-file /nowhere"
                        + " | --console-token-file: there is no file /nowhere",
                "daemon --console 0 --console-token-file /dev/null"
                        + " | --console-token-file: cannot read /dev/null: its first line is empty",
                "daemon --console [::]:7080 | --console [::]:7080 is open to other hosts: pass --console-token-file, or"
                        + " --console-tls with a certificate; or omit the host and forward the port, as by ssh -L",
                "daemon --console 192.0.2.1:7080 --assume-secure --console-tls | --console-tls needs a certificate:"
                        + " --identity with --neighbor, --bind, --find-neighbors or --acp-interface",
                "daemon --port | Missing required parameter for option '--port' (PORT)",
                "daemon --port x | Invalid value for option '--port': 'x' is not a whole number",
                "daemon --port -1 | --port must be 0 to 65535",
                "discover EX1 --port 65536 | --port must be 0 to 65535",
                "daemon --advertise | Missing required parameter for option '--advertise' (ADDRESS)",
                "daemon --advertise example.org"
                        + " | Invalid value for option '--advertise': 'example.org' is not an IP address",
                "daemon --advertise 10.1 | Invalid value for option '--advertise': '10.1' is not an IP address",
                "daemon --advertise 10.1.1.256"
                        + " | Invalid value for option '--advertise': '10.1.1.256' is not an IP address",
                "daemon --advertise fd00::1::2"
                        + " | Invalid value for option '--advertise': 'fd00::1::2' is not an IP address",
                "daemon --advertise fe80::1%lo"
                        + " | Invalid value for option '--advertise': 'fe80::1%lo' is not an IP address",
                "daemon --advertise fe80::1" + " | --advertise: the advertised address fe80::1 is link-local",
                "daemon --advertise ff02::13"
                        + " | --advertise: the advertised address ff02::13 is not a unicast address",
                "daemon --advertise 255.255.255.255"
                        + " | --advertise: the advertised address 255.255.255.255 is not a unicast address",
                "discover | Missing required parameter: 'NAME'",
                "discover EX1 EX2 | Unexpected argument: 'EX2'",
                "discover EX1 --timeout 0 | --timeout must be 1 to 3600000",
                "discover EX1 --timeout 4294967296 | --timeout must be 1 to 3600000",
                "discover EX1 --ip v6 | --ip must be ipv6, ipv4 or ipv6-else-ipv4",
                "synchronize | Missing required parameter: 'NAME'",
                "synchronize EX2 --timeout -5 | --timeout must be 1 to 3600000",
                "serve EX2 | Missing required parameter: 'JSON'",
                "serve EX2 {a:1} | Not JSON: {a:1}",
                "flood EX1 | Missing required parameter: 'JSON'",
                "flood EX1 [1 | Not JSON: [1",
                "flood EX1 1e400 | The value has a number that is too large",
                "serve EX2 {\"a\":1,\"a\":2} | The value has two fields of the same name",
                "flood EX1 1,2 | Not JSON: 1,2",
                "flood EX1 red | Not JSON: red; a text needs quotes: '\"red\"'",
                "flood EX1 1 --ttl -1 | --ttl must be 0 to 4294967295",
                "flood EX1 1 --ttl 4294967296 | --ttl must be 0 to 4294967295",
                "flood EX1 1 --ttl forever | Invalid value for option '--ttl': 'forever' is not a whole number",
                "flood EX1 1 --loop-count 0 | --loop-count must be 1 to 255",
                "negotiate EX3 1 --timeout 0 | --timeout must be 1 to 4294967295",
                "flood EX1 1 --locator [::1]:65536 | Invalid value for option '--locator' (LOCATOR): '[::1]:65536' is"
                        + " not PORT, HOST:PORT, [ADDRESS]:PORT or a URI with ://",
                "flood EX1 1 --every 0 | --every must be 1 to 4294967295",
                "get-flood | Missing required parameter: 'NAME'",
                "get-flood EX1 --wait 0 | --wait must be 1 to 3600000",
                "get-flood EX1 --wait 9223372036854775807 | --wait must be 1 to 3600000",
                "negotiate EX3 | Missing required parameter: 'JSON'",
                "negotiate EX3 ] | Not JSON: ]",
                "negotiate EX3 1 --accept-below x"
                        + " | Invalid value for option '--accept-below': 'x' is not a number",
                "daemon --neighbor ::1 | --neighbor, --bind, --find-neighbors or --acp-interface needs a certificate:"
                        + " --identity, or --cert with --key and --trust, or --pkcs12",
                "daemon --identity d | a certificate has no effect without --neighbor, --bind, --find-neighbors or"
                        + " --acp-interface",
                "daemon --identity d --bind 0 --assume-secure | --assume-secure is not for a node with --neighbor,"
                        + " --bind, --find-neighbors or --acp-interface",
                "daemon --identity d --bind 0 --quads-password-file p | --quads-password-file is not for a node with"
                        + " --neighbor, --bind, --find-neighbors or --acp-interface",
                "daemon --identity d --bind 0 --link lo"
                        + " | --link is not for a node with --neighbor, --bind, --find-neighbors or --acp-interface",
                "daemon --identity d --bind 0 --port 1"
                        + " | --port is not for a node with --neighbor, --bind, --find-neighbors or --acp-interface",
                "daemon --identity d --cert c --key k --trust t --bind 0"
                        + " | --identity, --cert with --key, and --pkcs12 exclude each other",
                "daemon --cert c --bind 0 | --cert, --key and --trust are needed together",
                "daemon --identity d --trust t --bind 0 | --trust has no effect with --identity",
                "daemon --trust t --bind 0 | --trust has no effect without a certificate",
                "daemon --pkcs12 p --bind 0 | --pkcs12 needs --pkcs12-password-file",
                "daemon --identity d --key-password-file /no/such --bind 0"
                        + " | --key-password-file: there is no file /no/such",
                "daemon --identity d --revocation-refresh 0 --bind 0 | --revocation-refresh must be 1 to 86400",
                "daemon --identity d --neighbor [::1 | --neighbor: neighbor [::1 has no valid host: use HOST or"
                        + " HOST:PORT",
                "daemon --identity d --neighbor fd12:0:0:1::1:7017 | --neighbor: is 7017 in fd12:0:0:1::1:7017 the"
                        + " port? Write [fd12:0:0:1::1]:7017, or [fd12:0:0:1::1:7017] if it belongs to the address",
                "daemon --identity d --neighbor a:0 | --neighbor: neighbor a:0 has no valid port: use HOST or"
                        + " HOST:PORT",
                "daemon --identity d --bind localhost:1 | --bind: 'localhost' is not an IP address",
                "daemon --identity d --acp-interface wg0 --bind 0"
                        + " | --acp-interface excludes --neighbor, --bind and --find-neighbors",
                "daemon --identity d --acp-interface w*0 | --acp-interface: \"w*0\" is neither a name of an interface"
                        + " nor the beginning of one before a single *",
                "daemon --identity d --acp-interface wg0 --advertise fd00::1"
                        + " | --advertise is not for a node with --acp-interface: its address is in its certificate",
                "daemon --identity d --acp-interface wg0 --resolve-names"
                        + " | --resolve-names is not for a node with --acp-interface: its peers have addresses of the"
                        + " ACP",
                "daemon --identity d --find-neighbors lo --bind 0"
                        + " | --find-neighbors needs a port in --bind: neighbors have to know it",
                "daemon --identity /no/such --bind 0 | --identity: the file /no/such/certificate.pem does not exist:"
                        + " create it, or name another",
                "daemon --identity /run/credentials/none.service --bind 0 | --identity: /run/credentials/none.service is"
                        + " there only while the service runs; name the directory from which it gets its files:"
                        + " --identity on the command line replaces that in a file",
                "daemon --cert /no/such --key k --trust t --bind 0 | --cert, --key and --trust: the file /no/such does"
                        + " not exist: create it, or name another",
                "daemon --cert / --key k --trust t --bind 0 | --cert, --key and --trust: the file / cannot be read: Is"
                        + " a directory",
                "daemon --cert /dev/null --key k --trust t --bind 0 | --cert, --key and --trust: the file /dev/null has"
                        + " no certificate in PEM (BEGIN CERTIFICATE): convert it, for example with openssl x509",
                "daemon --identity /no/such --acp-interface lo | --identity: the file /no/such/certificate.pem does not"
                        + " exist: create it, or name another",
                "quads-enroll --password-file /no/such --assume-secure | --password-file: there is no file /no/such",
                "quads-enroll --password-file / --assume-secure | --password-file: cannot read /: Is a directory",
                "quads-enroll --password-file /dev/null --assume-secure | --password-file: cannot read /dev/null: its"
                        + " first line is empty",
                "quads-enroll --password-file p --output /no/such/k --assume-secure | --output: /no/such/k is in a"
                        + " directory that does not exist",
                "quads-registrar --keys /no/such --password-file p --assume-secure | --keys: there is no file /no/such",
                "quads-registrar --keys / --password-file p --assume-secure | --keys: cannot read /: Is a directory",
                "decode --quads-key /no/such 00 | --quads-key: there is no file /no/such",
                "decode | Missing required parameter: 'HEX' or '--file'",
                "decode --link eth0 00 | Unknown option: '--link'",
                "simulate --seeds 0 | --seeds must be above 0",
                "simulate --seeds many | Invalid value for option '--seeds': 'many' is not a whole number",
                "simulate --seed x | Invalid value for option '--seed': 'x' is not a whole number",
                "simulate --nodes 1 | --nodes must be 2 to 1000",
                "simulate --nodes 1001 | --nodes must be 2 to 1000",
                "simulate --nodes 3 --topology ring:3 | --nodes and --topology exclude each other",
                "simulate --duration 0 | --duration must be 1 to 86400",
                "simulate --duration 86401 | --duration must be 1 to 86400",
                "simulate --topology | Missing required parameter for option '--topology' (SPEC)",
                "simulate --topology ring:2 | a ring needs at least 3 nodes, not 2",
                "simulate --topology ring | topology 'ring': ring takes a number of nodes",
                "simulate --topology ring:x | topology 'ring:x': 'x' is not a whole number",
                "simulate --topology edges:0-1,2-3 | topology 'edges:0-1,2-3' is not connected",
                "simulate --topology chain:300"
                        + " | topology 'chain:300' is too deep for loop counts, which end at 255",
                "simulate --faults rain | there is no fault 'rain', but loss, duplication, reordering, jitter,"
                        + " bandwidth, corruption, partition, flap, crash, suspend, skew, slow",
                "simulate --faults loss,,flap | there is no fault '', but loss, duplication, reordering, jitter,"
                        + " bandwidth, corruption, partition, flap, crash, suspend, skew, slow",
                "simulate --chart run.png | --chart: run.png must end in one of .html, .mmd",
                "simulate --chart /no/such/run.html | --chart: /no/such/run.html is in a directory that does not exist",
                "simulate --trace / | --trace: / is a directory",
                "simulate --seeds 2 --trace run.txt | --chart, --record and --trace are for one seed: --seeds 1",
                "demo please | Unexpected argument: 'please'",
            })
    void wrongUsageIsRefusedWithOneLineAndAHint(String line, String complaint) {
        List<String> words = List.of(line.split(" "));

        Cli.Run run = Cli.run(words.toArray(String[]::new));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).containsExactly("grasp: " + complaint, "Try 'grasp " + words.get(0) + " --help'.");
    }

    @ParameterizedTest
    @CsvSource({"wg0, wg0", "wg*, wg1"})
    @Proves("8994-6.4-1")
    void dullDoesNotRunOnInterfacesOfTheAcp(String acp, String dull) {
        Cli.Run run =
                Cli.run("daemon", "--identity", "/no/such", "--acp-interface", acp, "--dull", "lo", "--dull", dull);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().get(0))
                .isEqualTo("grasp: --dull " + dull + " is an interface of --acp-interface, on which DULL must not run"
                        + " (RFC 8994 section 6.4)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"haggle", "x\ny\u001b[2J"})
    void anUnknownCommandIsRefused(String command) {
        Cli.Run run = Cli.run(command);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .containsExactly(
                        "grasp: Unknown command: '" + io.grasp.util.PrintableText.of(command) + "'",
                        "Try 'grasp --help'.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deamon | Unknown command: 'deamon' | 'daemon'",
                "negociate | Unknown command: 'negociate' | 'negotiate'",
                "ca isue | Unknown command: 'isue' | 'issue'",
                "help flod | Unknown command: 'flod' | 'flood'",
                "discover X --timeuot 5 | Unknown option: '--timeuot' | '--timeout'",
                "discover X --timout=500 | Unknown option: '--timout=500' | '--timeout'",
                "gray --sed 1 | Unknown option: '--sed' | '--seed'",
                "get-flood X --ling lo | Unknown option: '--ling' | '--link'",
            })
    void theNameThatIsMeantIsSuggested(String line, String complaint, String meant) {
        Cli.Run run = Cli.run(line.split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasSize(3).startsWith("grasp: " + complaint, "Did you mean '" + meant + "'?");
    }

    @Test
    void theListThatIsMeantIsSuggested() {
        assertThat(Cli.run("watch", "move").err())
                .startsWith(
                        "grasp: 'move' is none of floods, discoveries, sessions, moves, links, hosted",
                        "Did you mean 'moves'?");
        assertThat(Cli.run("show", "flods").err()).contains("Did you mean 'floods'?");
        assertThat(Cli.run("show", "nothing").err()).hasSize(2);
    }

    /** The first path has a character that no character set has, as others are in the locale C. */
    @Test
    void aPathThatNoFileCanHaveIsRefusedInWords() {
        assertThat(Cli.run("ca", "list", "\uD800").err().get(0))
                .startsWith("grasp: Invalid value for positional parameter at index 0 (DIR): '\\ud800' has characters"
                        + " that are not in the character set of the locale, ")
                .endsWith("; set LC_ALL to a locale such as C.UTF-8");
        assertThat(Cli.run("status", "--via", "a\0b").err().get(0))
                .isEqualTo("grasp: Invalid value for option '--via': 'a\\u0000b' is not a path: it has a zero byte");
        assertThat(Cli.run("daemon", "--control", "").err().get(0))
                .isEqualTo("grasp: Invalid value for option '--control': the path is empty");
    }

    @Test
    void aMissingCommandIsRefused() {
        assertThat(Cli.run())
                .isEqualTo(new Cli.Run(2, List.of(), List.of("grasp: A command is missing", "Try 'grasp --help'.")));
    }

    @Test
    void emptyAndMultilineJsonAreRefusedInOneLine() {
        assertThat(Cli.run("flood", "EX1", "").err().get(0)).isEqualTo("grasp: Not JSON:");
        assertThat(Cli.run("flood", "EX1", "{\n\n").err().get(0)).isEqualTo("grasp: Not JSON: {");
    }

    @Test
    void anEmptyPasswordOnStandardInputIsRefused() {
        assumeThat(System.console()).isNull(); // a console would be read instead
        InputStream before = System.in;
        System.setIn(InputStream.nullInputStream());
        try {
            Cli.Run run = Cli.run("daemon", "--identity", "d", "--key-password-file", "-", "--bind", "0");
            assertThat(run.err().get(0))
                    .isEqualTo("grasp: --key-password-file: cannot read standard input: its first line is empty");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aPortInUseIsReportedInOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            Cli.Run run = Cli.run("discover", "EX1", "--link", "lo", "--assume-secure", "--port", port);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err())
                    .containsExactly(
                            "grasp: warning: links are assumed to be protected, as --assume-secure says",
                            "grasp: TCP port " + port + " is already in use");
        }
    }

    @Test
    void aPortInUseOfANodeWithACertificateIsReportedWithAWayOut(@TempDir Path directory) throws IOException {
        Path authority = directory.resolve("authority");
        Cli.run("ca", "init", authority.toString(), "--domain", "example.com");
        Cli.run("ca", "issue", authority.toString(), "node");
        String identity = authority.resolve("nodes").resolve("node").toString();
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            Cli.Run run = Cli.run("discover", "EX1", "--identity", identity, "--neighbor", "::1", "--bind", port);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err())
                    .containsExactly("grasp: TCP port " + port + " is already in use: pass --bind 0, or another port");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--acp-interface", "--find-neighbors"})
    void aMissingInterfaceIsNamedAtOnce(String option, @TempDir Path directory) {
        TestDomain domain = new TestDomain(directory.resolve("authority"), "example.com");
        List<String> arguments = new ArrayList<>(List.of("daemon", option, "nolink"));
        arguments.addAll(domain.issue("node"));
        Cli.Run run = Cli.run(arguments.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .singleElement()
                .asString()
                .matches("grasp: " + option + ": there is no interface nolink, only .*\\blo\\b.*;"
                        + " one that comes later must be awaited \\(--await-links\\)");
    }

    @Test
    void wrongUsageIsRefusedDespiteAssumeSecure() {
        assertThat(Cli.run("discover", "EX1", "--timeout", "0", "--assume-secure")
                        .code())
                .isEqualTo(2);
    }
}
