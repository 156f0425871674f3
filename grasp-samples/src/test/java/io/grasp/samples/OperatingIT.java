package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The firewall rules of the operator's guide, loaded by nft on two hosts. */
class OperatingIT {
    private static final String PORT = "7018";

    @TempDir
    private Path directory;

    private final Processes processes = new Processes();
    private Pair network;

    @BeforeEach
    void build() {
        Namespaces.assumePossible();
        boolean installed =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, "nft")));
        assumeTrue(installed || "true".equals(System.getenv("CI")), "firewalls are not tested: there is no nft");
        network = Pair.withUlas();
    }

    @AfterEach
    void remove() {
        processes.kill();
        if (network != null) {
            network.close();
        }
    }

    private static List<String> rulesOfThePage() throws IOException {
        return Pattern.compile("^```nft\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Project.root().resolve("docs/operating.md")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private void load(Host host, String rules) throws IOException {
        Path file = Files.writeString(directory.resolve("rules.nft"), "flush ruleset\n" + rules);
        Process nft = new ProcessBuilder("ip", "netns", "exec", host.namespace(), "nft", "-f", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(nft.onExit().join().exitValue()).as(output).isZero();
    }

    private RunningProcess synchronize(String... more) {
        return processes.node(
                network.right,
                Stream.concat(Stream.of("synchronize", "colour", "--timeout", "3000"), Stream.of(more))
                        .toArray(String[]::new));
    }

    @Test
    void aPlainNodeBehindTheFirewallOfThePageIsFoundAndFinds() throws IOException {
        String rules = rulesOfThePage().get(0);
        assertThat(rules).contains("iifname \"lan\"", PORT);
        for (Host host : List.of(network.left, network.right)) {
            load(host, rules.replace("\"lan\"", '"' + host.link() + '"'));
        }
        processes
                .node(network.left, "serve", "colour", "\"red\"", "--port", PORT)
                .awaitReady();
        RunningProcess floods = processes
                .node(network.right, "get-flood", "load", "--wait", "60000", "--json", "--port", "7019")
                .awaitListening();

        assertThat(synchronize("--port", PORT).exit()).isZero();
        RunningProcess blocked = synchronize("--port", "7020");
        processes.node(network.left, "flood", "load", "1", "--port", "7021");
        assertThat(floods.json(1)).hasSize(1);
        assertThat(blocked.exit())
                .as("its port is closed, so no answer reaches it")
                .isEqualTo(1);
    }

    @Tag("long")
    @Test
    void overlayNodesBehindTheFirewallOfThePageSynchronize() throws IOException {
        String rules = rulesOfThePage().get(1);
        TestDomain domain = new TestDomain(directory.resolve("ca"), "example.com");
        List<String> server = domain.issue("server");
        List<String> client = domain.issue("client");
        load(network.left, rules);
        load(network.right, rules);

        processes
                .start(network.left, "serve", with(server, "colour", "\"red\"", "--bind", "7017"))
                .awaitReady();
        String[] question = {"colour", "--neighbor", '[' + network.left.ula() + ']', "--timeout", "20000"};
        assertThat(processes
                        .start(network.right, "synchronize", with(client, question))
                        .exit())
                .isZero();
    }

    private static List<String> with(List<String> identity, String... arguments) {
        return Stream.concat(Stream.of(arguments), identity.stream()).toList();
    }
}
