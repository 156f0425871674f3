package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** DULL on a real network: {@code daemon --dull} with neighbors that violate the rules. */
class DullIT {
    private final Processes processes = new Processes();

    @BeforeAll
    static void require() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    private static JsonNode await(RunningProcess process, String event) {
        return awaitLine(process, "\"" + event + "\"");
    }

    private static JsonNode heard(RunningProcess process, String objective) {
        return awaitLine(process, "\"name\":\"" + objective + "\"");
    }

    private static JsonNode awaitLine(RunningProcess process, String part) {
        Processes.await(
                () -> part + " from " + process,
                () -> process.hasEnded() || process.output().stream().anyMatch(line -> line.contains(part)));
        return process.output().stream()
                .filter(line -> line.contains(part))
                .map(RunningProcess::parse)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void dullFloodsAreReportedWithoutProtectionAndOthersAreDiscarded() {
        try (Pair bare = Pair.withLinkLocalsOnly()) {
            RunningProcess daemon = processes.start(bare.right, "daemon", "--dull", bare.right.link(), "--json");
            await(daemon, "up");
            // A node with only link-local addresses sends with loop count 1, as DULL requires.
            RunningProcess neighbor = processes.node(bare.left, "flood", "AN_ACP", "\"IKEv2\"", "--every", "200");
            neighbor.line("Flooded");

            JsonNode heard = await(daemon, "heard");
            assertThat(heard.get("link").asString()).isEqualTo(bare.right.link());
            assertThat(heard.get("name").asString()).isEqualTo("AN_ACP");
            assertThat(heard.get("value").asString()).isEqualTo("IKEv2");
            assertThat(heard.get("initiator").asString()).startsWith(bare.left.linkLocal());
            assertThat(heard.get("ttlMillis").asLong()).isPositive();
            processes.node(bare.left, "flood", "AN_proxy", "1", "--ttl", "1").exit();
            assertThat(heard(daemon, "AN_proxy").get("ttlMillis").asLong(-1)).isBetween(0L, 1L);
            processes.node(bare.left, "flood", "AN_Proxy", "1", "--ttl", "0").exit();
            assertThat(heard(daemon, "AN_Proxy").get("ttlMillis").isNull()).isTrue();
            processes.node(bare.left, "flood", "EX1", "1").exit();
            assertThat(await(daemon, "discarded").get("reason").asString()).isEqualTo("DULL_OBJECTIVE");
            daemon.stop();
            assertThat(daemon.exit()).as("128 + SIGTERM").isEqualTo(143);
            assertThat(daemon.errors()).noneMatch(line -> line.contains("\tat "));
        }
    }

    @Test
    void aFloodWithALoopCountAbove1IsDiscardedAndAnotherProcessCanSynchronize() {
        try (Pair network = Pair.withUlas()) {
            RunningProcess daemon = processes.node(
                    network.right,
                    "daemon",
                    "--link",
                    network.right.link(),
                    "--dull",
                    network.right.link(),
                    "--dull-objective",
                    "load");
            daemon.awaitError("Listening on " + network.right.link() + " for load");
            processes.node(network.left, "serve", "colour", "1").awaitReady();
            processes.node(network.left, "flood", "load", "0.5", "--every", "200");

            daemon.line("DULL_LOOP_COUNT");
            assertThat(daemon.output()).noneMatch(line -> line.contains("Heard"));
            RunningProcess beside = processes.node(network.right, "synchronize", "colour", "--json");
            assertThat(beside.theOnlyLine().get("value").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aMissingLinkIsReportedInOneLine() {
        try (Pair bare = Pair.withLinkLocalsOnly()) {
            RunningProcess daemon = processes.start(bare.right, "daemon", "--dull", "nowhere0");
            assertThat(daemon.exit()).isEqualTo(1);
            assertThat(daemon.errors())
                    .filteredOn(line -> line.startsWith("grasp: "))
                    .singleElement()
                    .asString()
                    .contains("nowhere0");
        }
    }
}
