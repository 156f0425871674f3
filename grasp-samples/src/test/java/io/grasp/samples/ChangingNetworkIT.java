package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Running processes on cables that are unplugged and plugged in, and with addresses that are replaced. */
class ChangingNetworkIT {
    /** With these seeds Briggs asks for more time in his first negotiation, and needs more than a second. */
    private static final String SLOW_BRIGGS = "3";

    private static final String KEEN_GRAY = "2";

    private static final String OTHER_ULA = "fd12:0:0:1::99";

    private final Processes processes = new Processes();
    private Pair network;

    @BeforeAll
    static void assumePossible() {
        Namespaces.assumePossible();
    }

    @BeforeEach
    void build() {
        network = Pair.withUlas();
    }

    @AfterEach
    void remove() {
        processes.kill();
        network.close();
    }

    /** Gray in the middle of her first negotiation, with the lines printed before its end. */
    private RunningProcess grayWhoWaits() {
        RunningProcess briggs = processes.node(network.left, "briggs", "--seed", SLOW_BRIGGS);
        briggs.awaitReady();
        RunningProcess gray = processes.node(
                network.right, "gray", "--rounds", "50", "--pause", "500", "--seed", KEEN_GRAY, "--json");
        briggs.line("Let me think");
        assertThat(gray.json(0)).isEmpty();
        return gray;
    }

    private static void assertFailedBecauseOf(String address, JsonNode round) {
        assertThat(round.get("outcome").asString()).isEqualTo("failed");
        assertThat(round.get("reason").asString()).contains("no longer has the address", address);
    }

    private static void awaitAgreement(RunningProcess gray) {
        Processes.await(
                () -> "a bargain that comes to an end, of " + gray,
                () -> gray.json(0).stream()
                        .anyMatch(round -> List.of("accepted", "declined")
                                .contains(round.get("outcome").asString())));
    }

    @Test
    void aNegotiationOverACableThatIsPulledFailsAndTheNextOneSucceeds() {
        RunningProcess gray = grayWhoWaits();
        network.namespaces().unplug(network.right);
        assertFailedBecauseOf(network.right.ula(), gray.json(1).get(0));
        network.namespaces().plug(network.right);
        awaitAgreement(gray);
    }

    @Test
    void aNegotiationFromAnAddressThatIsReplacedFailsAndTheNextOneSucceeds() {
        RunningProcess gray = grayWhoWaits();
        network.namespaces().renumber(network.right, OTHER_ULA);
        assertFailedBecauseOf(network.right.ula(), gray.json(1).get(0));
        awaitAgreement(gray);
    }

    @Test
    void briggsIsFoundAtItsNewAddressAfterRenumbering() {
        processes.node(network.left, "briggs").awaitReady();
        assertThat(placeOfEx3()).isEqualTo(network.left.ula());
        network.namespaces().renumber(network.left, OTHER_ULA);
        Processes.await(() -> "the new address", () -> placeOfEx3().equals(OTHER_ULA));
        assertThat(processes
                        .node(network.right, "negotiate", "EX3", "[\"NZD\",50]")
                        .exit())
                .isZero();
    }

    private String placeOfEx3() {
        return processes
                .node(network.right, "discover", "EX3", "--json")
                .theOnlyLine()
                .get("locator")
                .asString();
    }

    @Test
    void floodsContinueAfterTheirSourceIsRenumberedAndAfterTheCableIsPluggedAgain() {
        RunningProcess heard = processes
                .node(network.right, "get-flood", "load", "--wait", "600000", "--json")
                .awaitListening();
        RunningProcess source = processes.node(network.left, "flood", "load", "0.5", "--every", "100");
        assertThat(heard.json(1).get(0).get("source").asString()).isEqualTo(network.left.ula());

        network.namespaces().renumber(network.left, OTHER_ULA);
        Processes.await(
                () -> "another initiator at " + heard,
                () -> last(heard).get("source").asString().equals(OTHER_ULA));
        network.namespaces().unplug(network.right);
        awaitSilence(heard);
        int before = heard.output().size();
        network.namespaces().plug(network.right);
        Processes.await(
                () -> "a flood after the pause at " + heard + " from " + source,
                () -> heard.output().size() > before);
        assertThat(List.of(heard, source)).noneMatch(RunningProcess::hasEnded);
    }

    private static JsonNode last(RunningProcess process) {
        List<JsonNode> lines = process.json(1);
        return lines.get(lines.size() - 1);
    }

    /** No session is in progress after both ends have noticed that the cable is unplugged. */
    private static void awaitSilence(RunningProcess process) {
        process.awaitListening(0);
    }

    @Test
    void aDiscoveryIsSentOnALinkThatComesUpDuringIt() {
        network.close();
        try (Chain chain = Chain.withUlas()) {
            chain.namespaces().removeLinkLocal(chain.middle);
            processes.node(chain.left, "briggs").awaitReady();
            RunningProcess discover = processes
                    .node(chain.middle, "discover", "EX3", "--timeout", "60000", "--json")
                    .awaitListening(1);
            chain.namespaces().addLinkLocal(chain.middle);
            JsonNode found = discover.json(1).get(0);
            assertThat(found.get("link").asString()).isEqualTo(chain.middle.link());
            assertThat(found.get("locator").asString()).isEqualTo(chain.left.ula());
        }
        network = Pair.withLinkLocalsOnly();
    }

    @Test
    void aDiscoverySucceedsAfterItsAddressWasReplacedAndItsCableWasPulled() {
        RunningProcess discover = processes
                .node(network.right, "discover", "EX3", "--timeout", "60000", "--json")
                .awaitListening()
                .awaitQuestion();
        network.namespaces().renumber(network.right, OTHER_ULA);
        network.namespaces().unplug(network.right);
        awaitSilence(discover);
        processes.node(network.left, "briggs", "--await-links").awaitReady();
        assertThat(discover.output()).isEmpty();
        network.namespaces().plug(network.right);
        assertThat(discover.json(1).get(0).get("locator").asString()).isEqualTo(network.left.ula());
    }

    @Test
    void aDaemonReportsLinkChangesAndWaitsForAMissingLink() {
        RunningProcess daemon = processes.node(
                network.left, "daemon", "--link", network.left.link(), "--link", "later0", "--await-links", "--json");
        assertThat(events(daemon, 2)).containsExactly("up " + network.left.link(), "failed later0");
        network.namespaces().unplug(network.left);
        awaitChanges(daemon, "up " + network.left.link(), "down " + network.left.link());
        network.namespaces().plug(network.left);
        awaitChanges(daemon, "up " + network.left.link(), "down " + network.left.link(), "up " + network.left.link());
        network.namespaces().unplug(network.left);
        network.namespaces().rename(network.left, "later0");
        awaitChanges(
                daemon,
                "up " + network.left.link(),
                "down " + network.left.link(),
                "up " + network.left.link(),
                "down " + network.left.link(),
                "up later0");
    }

    /** Failures between them are omitted: a link may be noticed before it has its address. */
    private static void awaitChanges(RunningProcess daemon, String... changes) {
        Processes.await(
                () -> List.of(changes) + " of " + daemon,
                () -> events(daemon, 1).stream()
                        .filter(event -> !event.startsWith("failed"))
                        .toList()
                        .equals(List.of(changes)));
    }

    private static List<String> events(RunningProcess daemon, int count) {
        return daemon.json(count).stream()
                .map(event ->
                        event.get("event").asString() + " " + event.get("link").asString())
                .toList();
    }
}
