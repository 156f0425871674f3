package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Rounds of Gray and Briggs as {@link LossyRoundsTest} plays them, but with the TCP of Linux: two hosts with a {@link LossyWire}
 * between them. Each round begins without a known banker. A round fails only if every try of its discovery was lost, the discovery or
 * its answer, and these rounds are counted separately.
 */
class LossyWireIT {
    private static final int TRIES = 3;
    private final Processes processes = new Processes();

    @BeforeAll
    static void assumePossible() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    @Tag("long")
    void twoHundredRoundsFailOnlyIfTheDiscoveryIsLost() {
        Result result = play(200);
        System.out.println("200 rounds over a lossy wire: " + result);
        assertThat(result.concluded).isGreaterThan(150);
        assertThat(result.carried.lost() * 100 / result.carried.frames()).isBetween(25, 35);
        assertThat(result.carried.doubled()).isPositive();
    }

    /**
     * The results of rounds.
     *
     * @param unheard the rounds without a discovery that Briggs received
     * @param unanswered the rounds with a received discovery, but without an answer in time
     */
    private record Result(int concluded, List<String> unheard, List<String> unanswered, LossyWire.Carried carried) {}

    private Result play(int rounds) {
        try (Namespaces namespaces = Namespaces.build(made -> made)) {
            Host left = new Host(namespaces.add("l"), "left", "fe80::1", "fd12:0:0:1::1");
            Host right = new Host(namespaces.add("r"), "right", "fe80::2", "fd12:0:0:1::2");
            try (LossyWire wire = namespaces.lossyCable(left, right, 1)) {
                namespaces.addUlas(left, right);
                namespaces.expectLosses(left, right);
                return play(rounds, left, right, wire);
            }
        }
    }

    private Result play(int rounds, Host left, Host right, LossyWire wire) {
        RunningProcess briggs = processes.program(left, LossyNode.class, "briggs");
        briggs.awaitReady();
        RunningProcess gray = processes.program(right, LossyNode.class, "gray", Integer.toString(rounds));
        for (int ended = 1; ended <= rounds; ended++) {
            gray.json(ended); // a bounded wait for each
        }
        assertThat(gray.exit()).as(gray.toString()).isZero();
        Set<Long> heard = new HashSet<>();
        briggs.output().stream()
                .filter(line -> line.startsWith("{"))
                .forEach(line ->
                        heard.add(RunningProcess.parse(line).get("session").asLong()));
        int concluded = 0;
        List<String> unheard = new ArrayList<>();
        List<String> unanswered = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (JsonNode ended : gray.json(rounds)) {
            JsonNode round = ended.get("round");
            if (!round.get("outcome").asString().equals("failed")) {
                concluded++;
            } else if (!round.get("reason").asString().startsWith("Discovery failed")
                    || ended.get("asked").size() != TRIES
                    || ended.get("answers").asInt() != 0) {
                failed.add(ended.toString());
            } else if (ended.get("asked").valueStream().map(JsonNode::asLong).noneMatch(heard::contains)) {
                unheard.add(ended.toString());
            } else {
                unanswered.add(ended.toString());
            }
        }
        LossyWire.Carried carried = wire.end();
        assertThat(failed).isEmpty();
        assertThat(carried.lost()).isPositive();
        return new Result(concluded, unheard, unanswered, carried);
    }
}
