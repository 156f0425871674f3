package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Processes on three hosts in a row that have only IPv4. */
class Ipv4IT {
    private static final String NONE = "";

    private static Namespaces namespaces;
    private static Host left;
    private static Host middle;
    private static Host middleRight;
    private static Host right;

    private final Processes processes = new Processes();

    @BeforeAll
    static void build() {
        Namespaces.assumePossible();
        namespaces = Namespaces.build(made -> {
            String between = made.add("m");
            left = new Host(made.add("l"), "left", NONE, "10.7.1.1");
            middle = new Host(between, "middle-left", NONE, "10.7.1.2");
            middleRight = new Host(between, "middle-right", NONE, "10.7.2.3");
            right = new Host(made.add("r"), "right", NONE, "10.7.2.4");
            made.ipv4Cable(left, middle);
            made.ipv4Cable(middleRight, right);
            made.addIpv4DefaultRoute(left, middle);
            made.addIpv4DefaultRoute(right, middleRight);
            return made;
        });
    }

    @AfterAll
    static void remove() {
        if (namespaces != null) {
            namespaces.close();
        }
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    private void assertAsksAndBargains(Host host, String link) {
        JsonNode ex3 = processes
                .node(host, "discover", "EX3", "--timeout", "2000", "--json")
                .theOnlyLine();
        assertThat(ex3.get("kind").asString()).isEqualTo("ipv4");
        assertThat(ex3.get("locator").asString()).isEqualTo(left.ula());
        assertThat(ex3.get("link").asString()).isEqualTo(link);
        assertThat(processes
                        .node(host, "synchronize", "EX2", "--json")
                        .theOnlyLine()
                        .get("value")
                        .isArray())
                .isTrue();
        assertThat(processes
                        .node(host, "negotiate", "EX3", "[\"NZD\",50]", "--json")
                        .theOnlyLine()
                        .get("outcome")
                        .asString())
                .isEqualTo("accepted");
    }

    private static List<JsonNode> ups(RunningProcess daemon) {
        return daemon.json(0).stream()
                .filter(event -> event.get("event").asString().equals("up"))
                .toList();
    }

    private RunningProcess listener(Host host) {
        return processes.node(host, "get-flood", "load", "--wait", "600000", "--json");
    }

    @Test
    void neighborsDiscoverSynchronizeNegotiateAndFlood() {
        processes.node(left, "briggs").awaitReady();
        assertAsksAndBargains(middle, middle.link());
        RunningProcess floods = listener(middle);
        processes.node(left, "flood", "load", "0.5", "--every", "100");
        JsonNode load = floods.json(1).get(0);
        assertThat(load.get("source").asString()).isEqualTo(left.ula());
        assertThat(load.get("loopCount").asInt()).isEqualTo(6);
    }

    @Test
    void aProcessWithoutIpv6UsesIpv4UnlessIpv6IsRequired() {
        processes.node(left, "briggs").awaitReady();
        List<String> noIpv6 = List.of("-Djava.net.preferIPv4Stack=true");
        RunningProcess discover =
                processes.start(noIpv6, middle, "discover", "EX3", "--timeout", "1000", "--json", "--assume-secure");
        assertThat(discover.theOnlyLine().get("locator").asString()).isEqualTo(left.ula());
        assertThat(discover.errors()).anyMatch(line -> line.contains("it uses IPv4"));
        RunningProcess ipv6 = processes.start(noIpv6, middle, "discover", "EX3", "--ip", "ipv6", "--assume-secure");
        assertThat(ipv6.exit()).isEqualTo(1);
        assertThat(ipv6.errors()).last().asString().startsWith("grasp: the links must use IPv6");
    }

    @Test
    void aNodeBehindARelayDiscoversSynchronizesNegotiatesAndReceivesFloods() {
        RunningProcess relay = processes.node(middle, "daemon", "--json");
        Processes.await(() -> "two links of " + relay, () -> ups(relay).size() == 2);
        assertThat(ups(relay))
                .extracting(event -> event.get("detail").asString())
                .containsExactlyInAnyOrder(middle.ula(), middleRight.ula());
        processes.node(left, "briggs").awaitReady();
        assertAsksAndBargains(right, right.link());
        RunningProcess floods = listener(right);
        processes.node(left, "flood", "load", "0.5", "--every", "100");
        assertThat(floods.json(1).get(0).get("loopCount").asInt()).isEqualTo(5);
    }
}
