package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.TestAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Gray and Briggs on an Autonomic Control Plane, across a relay. Cables stand in for its secure channels, and static
 * routes for its routing protocol.
 */
@Tag("long")
class AcpIT {
    private static final String LEFT = "fd89:b714:f3db::1";
    private static final String MIDDLE = "fd89:b714:f3db::2";
    private static final String RIGHT = "fd89:b714:f3db::3";
    private static final String NAME = "fd89b714f3db0000000000000000000%d@example.com";

    private final Processes processes = new Processes();

    @TempDir
    Path directory;

    @BeforeAll
    static void assumePossible() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void grayNegotiatesWithBriggsAcrossARelayWithoutAnyMulticast() throws IOException {
        TestAuthority authority = TestAuthority.create("authority of the test");
        for (int i = 1; i <= 3; i++) {
            authority.issue(NAME.formatted(i)).writePem(directory.resolve(Integer.toString(i)));
        }
        try (Chain chain = Chain.withLinkLocalsOnly()) {
            Namespaces namespaces = chain.namespaces();
            namespaces.addAcpAddress(chain.left, LEFT);
            namespaces.addAcpAddress(chain.middle, MIDDLE);
            namespaces.addAcpAddress(chain.right, RIGHT);
            namespaces.addRoutes(chain.left, chain.middle, LEFT, List.of(MIDDLE, RIGHT));
            namespaces.addRoutes(chain.right, chain.middleRight, RIGHT, List.of(MIDDLE, LEFT));

            RunningProcess relay = node(
                    chain.middle,
                    2,
                    "relay",
                    chain.middle.link() + "=" + chain.left.linkLocal(),
                    chain.middleRight.link() + "=" + chain.right.linkLocal());
            RunningProcess beyond = node(chain.right, 3, "relay", chain.right.link());
            relay.line("Relaying SECURED");
            beyond.line("Relaying SECURED");
            RunningProcess briggs = node(chain.left, 1, "briggs", chain.left.link());
            briggs.line("Ready");
            beyond.line("Flood of " + LEFT + " on " + chain.right.link());
            beyond.kill(); // its port is needed
            RunningProcess gray = node(chain.right, 3, "gray", chain.right.link());

            assertThat(gray.exit()).as(gray.toString()).isZero();
            List<JsonNode> rounds = rounds(gray);
            assertThat(rounds)
                    .hasSize(2)
                    .allSatisfy(
                            round -> assertThat(round.get("outcome").asString()).isIn("accepted", "declined"));
            Processes.await(
                    () -> "two rounds of " + briggs, () -> rounds(briggs).size() == 2);
            assertThat(rounds(briggs)).isEqualTo(rounds);
            for (RunningProcess each : List.of(briggs, relay, gray)) {
                assertThat(each.output())
                        .anyMatch(line -> line.endsWith("carries answers in band: true"))
                        .noneMatch(line -> line.startsWith("Failed") || line.contains("WRONG_PATH"));
            }
            for (Host host : List.of(chain.left, chain.middle, chain.middleRight, chain.right)) {
                assertThat(namespaces.multicastGroups(host)).doesNotContain("ff02::13");
            }
        }
    }

    @Test
    void theCommandsUseAnInterfaceOfAnAcp() {
        TestDomain domain = new TestDomain(directory.resolve("ca"), "example.com");
        try (Chain chain = Chain.withLinkLocalsOnly()) {
            Namespaces namespaces = chain.namespaces();
            namespaces.addAcpAddress(chain.left, LEFT);
            namespaces.addAcpAddress(chain.middle, MIDDLE);
            namespaces.addRoutes(chain.left, chain.middle, LEFT, List.of(MIDDLE));
            RunningProcess briggs = command(chain.left, domain.issue("briggs", "--address", LEFT), "briggs");
            briggs.awaitReady();
            List<String> gray = domain.issue("gray", "--address", MIDDLE);
            // A routing protocol would fill the kernel's table of neighbors.
            String neighbor = chain.left.linkLocal() + "%" + chain.middle.link();
            assertThat(processes.isServed(chain.middle, neighbor, 9)).isFalse();
            JsonNode ex3 =
                    command(chain.middle, gray, "discover", "EX3", "--json").theOnlyLine();
            assertThat(ex3.get("locator").asString()).isEqualTo(LEFT);
            assertThat(command(chain.middle, gray, "gray", "--rounds", "1").exit())
                    .isZero();
            assertThat(briggs.errors())
                    .filteredOn(line -> line.startsWith("grasp: "))
                    .as("nothing but that the neighbor is not there between its commands")
                    .allMatch(line -> line.contains("the neighbor [" + chain.middle.linkLocal() + "%"));

            RunningProcess misnamed = processes.start(
                    chain.middle,
                    "daemon",
                    List.of("--identity", gray.get(1), "--acp-interface", "nolink", "--await-links"));
            Processes.await(
                    misnamed::toString,
                    () -> misnamed.errors().stream()
                            .anyMatch(line -> line.startsWith("grasp: link nolink: no interface")));
            namespaces.unplug(chain.middle);
            namespaces.rename(chain.middle, "nolink");
            misnamed.line("Link nolink is up at " + chain.middle.linkLocal());
        }
    }

    private RunningProcess command(Host host, List<String> identity, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command).subList(1, command.length));
        arguments.addAll(identity);
        arguments.addAll(List.of("--acp-interface", host.link()));
        return processes.start(host, command[0], arguments);
    }

    private static List<JsonNode> rounds(RunningProcess process) {
        return process.output().stream()
                .filter(line -> line.startsWith("{"))
                .map(RunningProcess::parse)
                .toList();
    }

    private RunningProcess node(Host host, int identity, String role, String... interfaces) {
        String[] arguments = new String[interfaces.length + 2];
        arguments[0] = role;
        arguments[1] = directory.resolve(Integer.toString(identity)).toString();
        System.arraycopy(interfaces, 0, arguments, 2, interfaces.length);
        return processes.program(host, AcpNode.class, arguments);
    }
}
