package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The command line on a real network: processes that find each other by multicast and talk over TCP. */
class NamespaceIT {
    private static final String[] ROUND = {"outcome", "asked", "agreed", "reason", "dryRun", "steps"};

    /** With these seeds five rounds are live and dry, plain and raw CBOR, with M_WAIT, accepted and declined. */
    private static final String BRIGGS = "10";

    private static final String GRAY = "15";

    /** With this seed Briggs asks for more time in his first negotiation, and needs more than a second. */
    private static final String SLOW_BRIGGS = "3";

    private static final String KEEN_GRAY = "2";

    private static Pair network;
    private final Processes processes = new Processes();

    @BeforeAll
    static void build() {
        Namespaces.assumePossible();
        network = Pair.withUlas();
    }

    @AfterAll
    static void remove() {
        if (network != null) {
            network.close();
        }
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void anotherHostReceivesTheFloodAndDiscoversSynchronizesAndNegotiates() {
        RunningProcess floods = processes
                .node(network.right, "get-flood", "EX1", "--wait", "60000", "--json")
                .awaitListening();
        RunningProcess briggs = processes.node(network.left, "briggs", "--seed", BRIGGS, "--json");

        JsonNode ex1 = floods.json(1).get(0);
        assertFields(ex1, "name", "value", "source", "link", "linkIndex", "loopCount", "ttlMillis");
        assertThat(ex1.get("name").asString()).isEqualTo("EX1");
        assertThat(ex1.get("value").asString()).endsWith("UTC from Briggs");
        assertThat(ex1.get("source").asString()).isEqualTo(network.left.ula());
        assertThat(ex1.get("loopCount").asInt()).isEqualTo(4);
        assertThat(ex1.get("ttlMillis").asLong()).isBetween(1L, 90_000L);

        RunningProcess gray =
                processes.node(network.right, "gray", "--rounds", "5", "--pause", "100", "--seed", GRAY, "--json");
        RunningProcess discover = processes.node(network.right, "discover", "EX3", "--timeout", "2000", "--json");
        RunningProcess synchronize = processes.node(network.right, "synchronize", "EX2", "--json");

        JsonNode ex3 = discover.theOnlyLine();
        assertFields(ex3, "kind", "locator", "port", "protocol", "link", "diverted", "ttlMillis");
        assertThat(ex3.get("kind").asString()).isEqualTo("ipv6");
        assertThat(ex3.get("locator").asString()).isEqualTo(network.left.ula());
        assertThat(ex3.get("port").asInt()).isBetween(1024, 65535);
        assertThat(ex3.get("protocol").asInt()).isEqualTo(6);
        assertThat(ex3.get("link").asString()).isEqualTo(network.right.link());
        assertThat(ex3.get("diverted").asBoolean()).isFalse();
        assertThat(ex3.get("ttlMillis").asLong()).isPositive();

        assertThat(synchronize.theOnlyLine())
                .isEqualTo(RunningProcess.parse("{'name':'EX2','value':[1,'two',3]}".replace('\'', '"')));

        assertThat(gray.exit()).as(gray.toString()).isZero();
        List<JsonNode> rounds = gray.json(5);
        assertThat(rounds).hasSize(5).allSatisfy(round -> {
            assertFields(round, ROUND);
            assertThat(round.get("outcome").asString()).isIn("accepted", "declined");
        });
        assertThat(briggs.json(5)).isEqualTo(rounds);

        RunningProcess negotiate = processes.node(network.right, "negotiate", "EX3", "[\"NZD\",50]", "--json");
        assertThat(negotiate.theOnlyLine())
                .isEqualTo(RunningProcess.parse(
                        "{'outcome':'accepted','value':['NZD',50],'reason':null,'steps':0}".replace('\'', '"')));
        assertThat(briggs.json(6).get(5).get("asked").asInt()).isEqualTo(50);
        assertThat(briggs.hasEnded()).as(briggs.toString()).isFalse();
    }

    @Test
    void servedAndFloodedValuesReachTheSameHostAndTheOtherHost() {
        RunningProcess getFlood = processes
                .node(network.right, "get-flood", "load", "--wait", "60000", "--json")
                .awaitListening();
        RunningProcess serve = processes.node(network.left, "serve", "colour", "{\"red\":[1,2]}");
        RunningProcess flood = processes.node(network.left, "flood", "load", "0.5", "--ttl", "5000", "--every", "200");
        serve.awaitReady();
        RunningProcess across = processes.node(network.right, "synchronize", "colour", "--json");
        RunningProcess sameHost = processes.node(network.left, "synchronize", "colour", "--json");
        RunningProcess flooded = processes.node(network.left, "synchronize", "load", "--json");
        RunningProcess nobody = processes.node(network.right, "discover", "unheard-of", "--timeout", "500", "--json");

        JsonNode colour = RunningProcess.parse("{\"name\":\"colour\",\"value\":{\"red\":[1,2]}}");
        assertThat(across.theOnlyLine()).isEqualTo(colour);
        assertThat(sameHost.theOnlyLine()).isEqualTo(colour);
        assertThat(flooded.theOnlyLine()).isEqualTo(RunningProcess.parse("{\"name\":\"load\",\"value\":0.5}"));
        assertThat(getFlood.json(3)).allSatisfy(load -> {
            assertThat(load.get("value").asDouble()).isEqualTo(0.5);
            assertThat(load.get("ttlMillis").asLong()).isBetween(1L, 5000L);
        });
        assertThat(nobody.exit()).isEqualTo(1);
        assertThat(nobody.output()).isEmpty();
        assertThat(List.of(serve, flood)).noneMatch(RunningProcess::hasEnded);
    }

    @Test
    void nodesWithLinkLocalAddressesOnlyFloodDiscoverAndNegotiate() {
        try (Pair bare = Pair.withLinkLocalsOnly()) {
            RunningProcess floods = processes
                    .node(bare.right, "get-flood", "EX1", "--wait", "60000", "--json")
                    .awaitListening();
            RunningProcess briggs = processes.node(bare.left, "briggs", "--seed", BRIGGS, "--json");
            JsonNode ex1 = floods.json(1).get(0);
            assertThat(ex1.get("source").asString()).startsWith(bare.left.linkLocal());
            assertThat(ex1.get("loopCount").asInt()).isEqualTo(1);

            RunningProcess gray = processes.node(bare.right, "gray", "--seed", GRAY, "--json");
            RunningProcess sameHost = processes.node(bare.left, "discover", "EX3", "--timeout", "2000", "--json");
            assertThat(sameHost.theOnlyLine().get("locator").asString()).isEqualTo(bare.left.linkLocal());
            JsonNode round = gray.theOnlyLine();
            assertThat(round.get("outcome").asString()).isIn("accepted", "declined");
            assertThat(briggs.json(1)).containsExactly(round);
        }
    }

    @Test
    void grayNegotiatesWithAnotherBankerAfterItsBankerIsKilled() {
        List<RunningProcess> bankers = List.of(
                processes.node(network.left, "briggs", "--seed", SLOW_BRIGGS),
                processes.node(network.left, "briggs", "--seed", SLOW_BRIGGS));
        bankers.forEach(banker -> banker.awaitReady());
        RunningProcess gray = processes.node(
                network.right, "gray", "--rounds", "50", "--pause", "500", "--seed", KEEN_GRAY, "--json");
        Processes.await(
                () -> "a banker that asks for more time, of " + bankers + " with " + gray,
                () -> bankers.stream().anyMatch(banker -> banker.hasSaid("Let me think")));
        int before = gray.json(0).size();
        bankers.stream().filter(banker -> banker.hasSaid("Let me think")).forEach(RunningProcess::kill);

        JsonNode cutShort = gray.json(before + 1).get(before);
        assertThat(cutShort.get("outcome").asString()).isEqualTo("failed");
        assertThat(cutShort.get("reason").asString()).contains("connection");
        JsonNode next = gray.json(before + 2).get(before + 1);
        assertThat(next.get("outcome").asString()).isIn("accepted", "declined");
    }

    @Test
    void briggsServesTheNextCustomerAfterOneIsKilled() {
        RunningProcess briggs = processes.node(network.left, "briggs", "--seed", SLOW_BRIGGS);
        briggs.awaitReady();
        RunningProcess gray = processes.node(network.right, "gray", "--seed", KEEN_GRAY);
        briggs.line("Let me think");
        gray.kill();

        assertThat(briggs.line("failed: ")).contains("connection");
        RunningProcess negotiate = processes.node(network.left, "negotiate", "EX3", "[\"NZD\",50]");
        assertThat(negotiate.exit()).as(negotiate.toString()).isZero();
    }

    @Test
    void aDaemonRunsOnTheChosenLinkUntilSigterm() {
        RunningProcess daemon = processes.node(network.left, "daemon", "--link", network.left.link(), "--json");
        RunningProcess other = processes.node(network.right, "daemon", "--link", "lo", "--json");

        JsonNode up = daemon.json(1).get(0);
        assertThat(up.get("event").asString()).isEqualTo("up");
        assertThat(up.get("link").asString()).isEqualTo(network.left.link());
        assertThat(other.json(1).get(0).get("link").asString()).isEqualTo("lo");
        assertThat(List.of(daemon, other)).noneMatch(RunningProcess::hasEnded);
        daemon.awaitReady();
        daemon.stop();
        assertThat(daemon.exit()).as("128 + SIGTERM").isEqualTo(143);
        assertThat(daemon.output()).as("ready, and its link is up").hasSize(2);
    }

    @Test
    void anUnprotectedNetworkAndAnUnknownLinkAreReportedInOneLine() {
        RunningProcess unprotected = processes.start(network.left, "discover", "EX3", "--json");
        RunningProcess noLink = processes.node(network.left, "briggs", "--link", "nowhere0", "--json");

        assertThat(unprotected.exit()).isEqualTo(1);
        assertThat(unprotected.output()).isEmpty();
        assertThat(unprotected.errors()).singleElement().asString().contains("--assume-secure");
        assertThat(noLink.exit()).isEqualTo(1);
        assertThat(noLink.output()).isEmpty();
        assertThat(noLink.errors())
                .filteredOn(line -> line.startsWith("grasp: ") && !line.contains("warning"))
                .singleElement()
                .asString()
                .contains("nowhere0", network.left.link());
        assertThat(noLink.errors()).noneMatch(line -> line.contains("\tat "));
    }

    @Test
    void aNodeWithoutAUsableLinkReportsTheReasonForEachInterface() {
        try (Namespaces namespaces = Namespaces.build(made -> made)) {
            Host lonely = new Host(namespaces.add("lonely"), "lo", "::1", "::1");
            RunningProcess discover = processes.node(lonely, "discover", "EX3");

            assertThat(discover.exit()).isEqualTo(1);
            assertThat(discover.output()).isEmpty();
            assertThat(discover.errors())
                    .hasSize(3)
                    .first()
                    .asString()
                    .startsWith("grasp: warning: links are assumed to be protected");
            assertThat(discover.errors().subList(1, 3))
                    .containsExactly(
                            "grasp: link lo: interface lo is the loopback interface, which is used only if it is chosen"
                                    + " by name",
                            "grasp: No link can be used; with --await-links the node starts and waits until one can");
        }
    }

    private static void assertFields(JsonNode line, String... names) {
        assertThat(line.propertyNames()).containsExactly(names);
    }
}
