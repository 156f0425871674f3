package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A new device reaches a registrar through a proxy and a protected network of several hops. */
class OnboardingIT {
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

    private static String port(Host host) {
        return "[" + host.ula() + "]:7017";
    }

    private RunningProcess member(Host host, List<String> identity, String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(identity);
        return processes.start(host, all.get(0), all.subList(1, all.size()));
    }

    @Test
    void aPledgeSpeaksTlsWithTheRegistrarBehindAProxyAndTwoRelays() {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        domain.issue("registrar");
        String identity = domain.identity("registrar").toString();
        try (JoiningChain chain = JoiningChain.build()) {
            RunningProcess server = processes.program(chain.registrar, HttpsRegistrar.class, identity, "8443");
            RunningProcess announcer = member(
                    chain.registrar,
                    List.of("--identity", identity),
                    "announce-registrar",
                    "8443",
                    "--every",
                    "1000",
                    "--bind",
                    "7017");
            member(
                    chain.relayTwo,
                    domain.issue("two"),
                    "daemon",
                    "--bind",
                    "7017",
                    "--neighbor",
                    port(chain.registrar));
            member(chain.relayOne, domain.issue("one"), "daemon", "--bind", "7017", "--neighbor", port(chain.relayTwo));
            RunningProcess proxy = member(
                    chain.proxy,
                    domain.issue("proxy"),
                    "join-proxy",
                    "--dull",
                    chain.proxyLeft.link(),
                    "--every",
                    "1000",
                    "--neighbor",
                    port(chain.relayOne));
            server.line("Serving at 8443");
            announcer.awaitReady();
            proxy.awaitReady().awaitError("A registrar is at [" + chain.registrar.ula() + "]:8443");
            RunningProcess pledge = processes.start(
                    chain.pledge,
                    "pledge",
                    "--dull",
                    chain.pledge.link(),
                    "--timeout",
                    "25000",
                    "--json",
                    "--",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    TlsPledge.class.getName(),
                    "{address}",
                    "{link}",
                    "{port}",
                    identity);

            assertThat(pledge.exit()).as("%s, %s, %s", pledge, proxy, announcer).isZero();
            JsonNode enrolled = pledge.json(1).get(0);
            assertThat(enrolled.get("event").asString()).isEqualTo("enrolled");
            assertThat(enrolled.get("address").asString())
                    .isEqualTo(chain.proxyLeft.linkLocal() + "%" + chain.pledge.link());
            String carried =
                    proxy.line("Carried " + chain.pledge.linkLocal() + " to [" + chain.registrar.ula() + "]:8443: ");
            assertThat(Integer.parseInt(carried.replaceAll(".*: (\\d+) bytes to .*", "$1")))
                    .as(carried)
                    .isGreaterThan(300_000);
            for (RunningProcess each : List.of(pledge, proxy, announcer)) {
                assertThat(each.errors()).as("%s", each).noneMatch(line -> line.contains("\tat "));
            }
        }
    }
}
