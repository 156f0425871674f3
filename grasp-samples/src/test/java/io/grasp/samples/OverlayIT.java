package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command line with certificates: nodes whose links are TLS connections. */
class OverlayIT {
    private final Processes processes = new Processes();

    @TempDir
    private Path temporary;

    @BeforeAll
    static void require() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    private RunningProcess node(Host host, List<String> identity, String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(identity);
        return processes.start(host, command, arguments);
    }

    @Test
    void grayAndBriggsBargainAcrossTwoRoutersWithoutMulticast() {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        try (Routed network = Routed.build()) {
            String middle = "[" + network.router.ula() + "]";
            RunningProcess relay = node(network.router, domain.issue("relay"), "daemon", "--bind", "7017", "--json");
            List<String> identity = domain.issue("gray");
            RunningProcess floods =
                    node(network.left, identity, "get-flood", "EX1", "--wait", "60000", "--json", "--neighbor", middle);
            assertThat(relay.json(1).get(0).get("link").asString()).contains("@example.com");
            RunningProcess briggs = node(
                    network.right, domain.issue("briggs"), "briggs", "--json", "--seed", "10", "--neighbor", middle);

            JsonNode ex1 = floods.json(1).get(0);
            assertThat(ex1.get("source").asString()).isEqualTo(network.right.ula());
            assertThat(ex1.get("loopCount").asInt()).as("relayed once").isEqualTo(3);
            floods.kill();
            RunningProcess gray = node(
                    network.left,
                    identity,
                    "gray",
                    "--rounds",
                    "2",
                    "--pause",
                    "1",
                    "--seed",
                    "15",
                    "--json",
                    "--neighbor",
                    middle);
            assertThat(gray.exit()).as(gray.toString()).isZero();
            assertThat(gray.json(2))
                    .isEqualTo(briggs.json(2))
                    .allSatisfy(
                            round -> assertThat(round.get("outcome").asString()).isIn("accepted", "declined"));
            for (RunningProcess each : List.of(relay, briggs)) {
                assertThat(each.datagramsSent()).as("UDP datagrams of %s", each).isZero();
                assertThat(each.hasJoinedGroup())
                        .as("multicast group of %s", each)
                        .isFalse();
                assertThat(each.listeningPorts()).as("ports of %s", each).containsExactly("7017");
            }
        }
    }

    @Test
    @Tag("long")
    void nodesOfALinkFindEachOtherByDullFloodsAndAStrangerIsRefused() {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        TestDomain other = new TestDomain(temporary.resolve("other"), "example.com");
        try (Pair network = Pair.withLinkLocalsOnly()) {
            String left = network.left.link();
            String right = network.right.link();
            RunningProcess briggs =
                    node(network.left, domain.issue("briggs"), "briggs", "--await-links", "--find-neighbors", left);
            briggs.awaitReady();
            RunningProcess stranger =
                    node(network.right, other.issue("mallory"), "discover", "EX3", "--find-neighbors", right);
            assertThat(stranger.exit()).isEqualTo(1);
            assertThat(stranger.errors()).anyMatch(line -> line.startsWith("grasp: No neighbor was reached"));
            for (RunningProcess each : List.of(briggs, stranger)) {
                assertThat(each.errors())
                        .anyMatch(line -> line.startsWith("grasp: warning: peer [fe80::")
                                && line.contains("refused: ")
                                && line.contains("certificate"));
            }

            RunningProcess gray =
                    node(network.right, domain.issue("gray"), "discover", "EX3", "--json", "--find-neighbors", right);
            JsonNode ex3 = gray.theOnlyLine();
            assertThat(ex3.get("locator").asString()).isEqualTo(network.left.linkLocal());
            assertThat(ex3.get("port").asInt()).isEqualTo(7017);
        }
    }
}
