package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.TestAuthority;
import java.io.IOException;
import java.nio.file.Path;
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
