package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Relaying on a real network: processes on different links, which reach each other only through a relay. */
class RelayIT {
    /** With these seeds five rounds are live and dry, plain and raw CBOR, with M_WAIT, accepted and declined. */
    private static final String BRIGGS = "10";

    private static final String GRAY = "15";

    private static Chain chain;
    private final Processes processes = new Processes();

    @BeforeAll
    static void build() {
        Namespaces.assumePossible();
        chain = Chain.withUlas();
    }

    @AfterAll
    static void remove() {
        if (chain != null) {
            chain.close();
        }
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void aHostBehindTheRelayReceivesFloodsDiscoversSynchronizesAndNegotiates() {
        relay(chain);
        RunningProcess floods = processes
                .node(chain.right, "get-flood", "EX1", "--wait", "60000", "--json")
                .awaitListening();
        RunningProcess briggs = processes.node(chain.left, "briggs", "--seed", BRIGGS, "--json");

        JsonNode ex1 = floods.json(1).get(0);
        assertThat(ex1.get("value").asString()).endsWith("UTC from Briggs");
        assertThat(ex1.get("source").asString()).isEqualTo(chain.left.ula());
        assertThat(ex1.get("loopCount").asInt()).as("4, less one for the relay").isEqualTo(3);
        assertThat(ex1.get("ttlMillis").asLong()).isBetween(1L, 90_000L);

        RunningProcess discover = processes.node(chain.right, "discover", "EX3", "--timeout", "2000", "--json");
        RunningProcess synchronize = processes.node(chain.right, "synchronize", "EX2", "--json");
        JsonNode ex3 = discover.theOnlyLine();
        assertThat(ex3.get("locator").asString()).isEqualTo(chain.left.ula());
        assertThat(ex3.get("link").asString()).isEqualTo(chain.right.link());
        assertThat(ex3.get("diverted").asBoolean()).isFalse();
        assertThat(synchronize.theOnlyLine())
                .isEqualTo(RunningProcess.parse("{'name':'EX2','value':[1,'two',3]}".replace('\'', '"')));

        RunningProcess gray =
                processes.node(chain.right, "gray", "--rounds", "5", "--pause", "100", "--seed", GRAY, "--json");
        assertThat(gray.exit()).as(gray.toString()).isZero();
        List<JsonNode> rounds = gray.json(5);
        assertThat(rounds)
                .hasSize(5)
                .allSatisfy(round -> assertThat(round.get("outcome").asString()).isIn("accepted", "declined"));
        assertThat(briggs.json(5)).isEqualTo(rounds);

        RunningProcess negotiate = processes.node(chain.right, "negotiate", "EX3", "[\"NZD\",50]", "--json");
        assertThat(negotiate.theOnlyLine().get("outcome").asString()).isEqualTo("accepted");
        assertThat(briggs.json(6).get(5).get("asked").asInt()).isEqualTo(50);
    }

    @Test
    void valuesReachTheRelaysHostAndTheLinkBehindIt() {
        relay(chain);
        processes.node(chain.right, "serve", "colour", "\"red\"").awaitReady();
        RunningProcess flood = processes.node(chain.right, "flood", "load", "0.5", "--ttl", "5000", "--every", "200");
        flood.line("Flooded");

        RunningProcess beyond = processes.node(chain.left, "synchronize", "colour", "--json");
        RunningProcess between = processes.node(chain.middle, "synchronize", "colour", "--json");
        RunningProcess flooded = processes.node(chain.middle, "synchronize", "load", "--json");
        JsonNode colour = RunningProcess.parse("{\"name\":\"colour\",\"value\":\"red\"}");
        assertThat(beyond.theOnlyLine()).isEqualTo(colour);
        assertThat(between.theOnlyLine()).isEqualTo(colour);
        assertThat(flooded.theOnlyLine()).isEqualTo(RunningProcess.parse("{\"name\":\"load\",\"value\":0.5}"));
    }

    @Test
    void aNodeServesOnlyTheLinksThatItUses() {
        processes
                .node(chain.middle, "serve", "colour", "\"red\"", "--link", chain.middle.link())
                .awaitReady();
        JsonNode colour = processes
                .node(chain.left, "discover", "colour", "--timeout", "2000", "--json")
                .theOnlyLine();
        assertThat(colour.get("locator").asString()).isEqualTo(chain.middle.ula());

        int port = colour.get("port").asInt();
        assertThat(processes.isServed(chain.left, chain.middle.ula(), port)).isTrue();
        assertThat(processes.isServed(chain.right, chain.middleRight.ula(), port))
                .isFalse();
    }

    @Test
    void twoRelaysBetweenTheSameLinksDeliverEachFloodOnce() {
        RunningProcess relay = relay(chain);
        relay(chain);
        RunningProcess floods = processes
                .node(chain.right, "get-flood", "load", "--wait", "60000", "--json")
                .awaitListening();
        processes.node(chain.left, "serve", "colour", "\"red\"").awaitReady();
        long before = relay.datagramsSent();

        for (int load = 1; load <= 3; load++) {
            assertThat(flood(chain.left, load).exit()).isZero();
            floods.json(load);
        }
        Processes.await(() -> "six relayed floods from " + relay, () -> relay.datagramsSent() >= before + 6);
        RunningProcess discover = processes.node(chain.right, "discover", "colour", "--timeout", "2000", "--json");
        assertThat(discover.theOnlyLine().get("locator").asString()).isEqualTo(chain.left.ula());

        assertThat(values(floods)).containsExactly(1, 2, 3);
        assertThat(relay.datagramsSent() - before)
                .as("each relay: three floods and a discovery")
                .isEqualTo(8);
    }

    @Test
    void floodsWithLoopCount1AreNotRelayed() {
        try (Chain bare = Chain.withLinkLocalsOnly()) {
            RunningProcess relay = relay(bare);
            RunningProcess between = processes.node(bare.middle, "get-flood", "load", "--wait", "60000", "--json");
            RunningProcess beyond = processes
                    .node(bare.right, "get-flood", "load", "--wait", "60000", "--json")
                    .awaitListening();
            long before = relay.datagramsSent();

            // No node has an address that is valid beyond its link, so every loop count is 1.
            processes.node(bare.left, "flood", "load", "1", "--every", "200");
            assertThat(between.json(3))
                    .allSatisfy(
                            load -> assertThat(load.get("loopCount").asInt()).isEqualTo(1));
            assertThat(flood(bare.middle, 2).exit()).isZero();
            beyond.json(1);

            assertThat(values(beyond)).containsExactly(2);
            assertThat(relay.datagramsSent() - before)
                    .as("one flood on each of two links")
                    .isEqualTo(2);
        }
    }

    @Test
    void floodsAndDiscoveriesPassOnlyWhileTheRelayRuns() {
        RunningProcess relay = relay(chain);
        processes.node(chain.left, "serve", "colour", "\"red\"").awaitReady();
        RunningProcess flood = processes.node(chain.left, "flood", "load", "0.5", "--ttl", "5000", "--every", "200");
        RunningProcess floods = processes.node(chain.right, "get-flood", "load", "--wait", "60000", "--json");
        floods.json(1);
        assertThat(processes.node(chain.right, "synchronize", "colour").exit()).isZero();

        relay.kill();
        RunningProcess discover = processes.node(chain.right, "discover", "colour", "--timeout", "500", "--json");
        assertThat(discover.exit()).isEqualTo(1);
        assertThat(discover.output()).isEmpty();
        int heard = floods.output().size();
        int flooded = flood.output().size();
        Processes.await(
                () -> "three more floods of " + flood, () -> flood.output().size() >= flooded + 3);
        assertThat(floods.output()).hasSize(heard);

        relay(chain);
        floods.json(heard + 1);
        assertThat(processes.node(chain.right, "synchronize", "colour").exit()).isZero();
    }

    @Test
    void aFloodIsRelayedOnceByEachNodeOfARing() {
        try (Ring ring = Ring.of(4)) {
            Host source = ring.hosts.get(0);
            // Every node is a relay.
            List<RunningProcess> others = ring.hosts.stream()
                    .filter(host -> host != source)
                    .map(host -> processes.node(host, "get-flood", "load", "--wait", "60000", "--json"))
                    .toList();
            others.forEach(other -> other.awaitListening(2));
            List<Long> before =
                    others.stream().map(RunningProcess::datagramsSent).toList();

            for (int load = 1; load <= 3; load++) {
                assertThat(flood(source, load).exit()).isZero();
                for (RunningProcess other : others) {
                    other.json(load);
                }
            }
            for (int i = 0; i < others.size(); i++) {
                RunningProcess other = others.get(i);
                long sent = before.get(i) + 3;
                Processes.await(() -> "three relayed floods of " + other, () -> other.datagramsSent() >= sent);
                assertThat(other.datagramsSent()).isEqualTo(sent);
                assertThat(values(other)).containsExactly(1, 2, 3);
            }
        }
    }

    /** Starts a relay in the middle, and waits until it is ready. */
    private RunningProcess relay(Chain network) {
        RunningProcess relay = processes.node(network.middle, "daemon", "--json");
        assertThat(relay.json(2))
                .extracting(event ->
                        event.get("event").asString() + " " + event.get("link").asString())
                .containsExactlyInAnyOrder("up " + network.middle.link(), "up " + network.middleRight.link());
        return relay;
    }

    private RunningProcess flood(Host host, int load) {
        return processes.node(host, "flood", "load", Integer.toString(load));
    }

    private static List<Integer> values(RunningProcess floods) {
        return floods.json(0).stream().map(line -> line.get("value").asInt()).toList();
    }
}
