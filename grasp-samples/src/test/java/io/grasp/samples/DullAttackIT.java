package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A protected node in one process with a DULL instance, to whose link any host can send. */
@Tag("long")
class DullAttackIT {
    private final Processes processes = new Processes();

    @BeforeAll
    static void require() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void anOutsiderOnTheDullLinkDoesNotReachTheProtectedNode() {
        try (Chain network = Chain.withUlas()) {
            network.namespaces().addLinkLocals(network.left, 64);
            RunningProcess pair = processes.program(
                    List.of("-Xmx24m"),
                    network.middle,
                    DullPairNode.class,
                    network.middleRight.link(),
                    network.middle.link());
            pair.line("ready");
            assertServed(network);

            List<String> arguments = new ArrayList<>(List.of(network.left.link(), network.middle.linkLocal()));
            arguments.addAll(pair.listeningPorts());
            RunningProcess attacker =
                    processes.program(network.left, DullAttacker.class, arguments.toArray(String[]::new));
            attacker.line("attacking");
            assertServed(network);
            attacker.line("done");

            assertServed(network);
            assertThat(pair.hasEnded()).as(pair.toString()).isFalse();
            assertThat(pair.errors()).noneMatch(line -> line.contains("Error"));
        }
    }

    private void assertServed(Chain network) {
        assertThat(processes
                        .node(network.right, "synchronize", "colour", "--json")
                        .theOnlyLine()
                        .get("value")
                        .asString())
                .isEqualTo("red");
    }
}
