package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Discovery, synchronization and flooding from the command line, on a simulated network. */
class NetworkCommandsTest {
    private static final String WARNING = "grasp: warning: links are assumed to be protected, as --assume-secure says";

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    private Cli.Run run(String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        args.add("--assume-secure");
        Cli.Run run = Cli.runIn(town, args.toArray(String[]::new));
        assertThat(run.err()).startsWith(WARNING);
        return run;
    }

    private void assertFails(String why, String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        for (int i = 0; i < 2; i++) {
            Cli.Run run = run(args.toArray(String[]::new));
            assertThat(run.code()).isEqualTo(1);
            List<String> err = run.err().stream()
                    .filter(line -> !line.startsWith("Listening"))
                    .toList();
            assertThat(run.out()).isEmpty();
            assertThat(err).hasSize(2);
            assertThat(err.get(1)).startsWith("grasp: ").contains(why);
            args.add("--json");
        }
    }

    private void briggs() {
        town.briggs(town.node(), 1, line -> {}, round -> {});
    }

    private void serve(String name, ObjectiveValue value) {
        Asa server = asa(town.node(), "server");
        Objective objective = Objective.synchronizable(name);
        town.await(server.register(objective));
        town.await(server.listenSynchronize(objective.withValue(value)));
    }

    private Asa asa(Grasp node, String name) {
        return town.await(node.registerAsa(name)).get(0);
    }

    @Test
    void discoverPrintsLocators() {
        briggs();
        briggs();

        List<JsonNode> lines = run("discover", "EX3", "--json").json();

        assertThat(lines).hasSize(2).allSatisfy(line -> {
            assertThat(line.propertyNames())
                    .containsExactly("kind", "locator", "port", "protocol", "link", "diverted", "ttlMillis");
            assertThat(line.get("kind").asString()).isEqualTo("ipv6");
            assertThat(line.get("protocol").intValue()).isEqualTo(6);
            assertThat(line.get("diverted").booleanValue()).isFalse();
            assertThat(line.get("ttlMillis").longValue()).isBetween(1L, 600_000L);
        });
        assertThat(lines).extracting(line -> line.get("locator").asString()).doesNotHaveDuplicates();
        Cli.Run words = run("discover", "EX3");
        assertThat(words.code()).isZero();
        assertThat(words.out()).hasSize(2).allMatch(line -> line.startsWith("[fd00:") && line.contains("valid for "));
    }

    @Test
    void theAdvertisedAddressIsTheInitiatorOfFloods() {
        Asa asa = asa(town.node(), "asa");

        assertThat(run("flood", "EX4", "1", "--advertise", "2001:db8::77").code())
                .isZero();

        town.loop.advance(Duration.ofMillis(10));
        assertThat(town.await(asa.getFlood("EX4")))
                .extracting(flood -> flood.initiator().getHostAddress())
                .containsExactly("2001:db8:0:0:0:0:0:77");
    }

    @Test
    void discoverPrintsLocatorsOfEveryKind() throws UnknownHostException {
        Asa directory = asa(town.node(), "directory");
        Inet4Address ipv4 = (Inet4Address) InetAddress.getByName("10.0.0.1");
        town.await(directory.register(
                Objective.discoverable("EX4"),
                RegistrationOptions.DEFAULTS
                        .withDiscoverable(true)
                        .withLocators(List.of(
                                new Locator.Ipv4(ipv4, Locator.TCP, 1),
                                new Locator.Fqdn("ex4.example", Locator.UDP, 2),
                                Locator.uri("https://ex4.example/")))));

        assertThat(run("discover", "EX4", "--json").json())
                .extracting(line -> line.get("kind").asString() + " "
                        + line.get("locator").asString() + " " + line.get("port") + " " + line.get("protocol"))
                .containsExactly("ipv4 10.0.0.1 1 6", "fqdn ex4.example 2 17", "uri https://ex4.example/ null null");
    }

    @Test
    void discoverFailsIfNoPeerAnswers() {
        assertFails("No peer answered for EX3 within 300 ms", "discover", "EX3", "--timeout", "300");
    }

    @Test
    void synchronizePrintsTheValue() {
        briggs();

        assertThat(run("synchronize", "EX2", "--json").out())
                .containsExactly("{\"name\":\"EX2\",\"value\":[1,\"two\",3]}");
        assertThat(run("synchronize", "EX2").out()).containsExactly("EX2 = [1, \"two\", 3]");
        assertThat(run("synchronize", "EX2").code()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f6 | null",
                "62c3a9 | \"\\u00E9\"",
                "a161610a | {\"a\":10}",
                "a1410102 | \"{h'01': 2}\"",
                "d818420102 | \"24(h'0102')\"",
                "d8184101 | 1"
            })
    void synchronizePrintsValuesOfEveryKindAsJson(String hex, String json) {
        serve("any", Cbor.value(hex));

        assertThat(run("synchronize", "any", "--json").out())
                .containsExactly("{\"name\":\"any\",\"value\":" + json + "}");
    }

    @Test
    void synchronizeFailsIfNoPeerServesTheObjective() {
        assertFails("No flood and no answer for EX2 within 5000 ms", "synchronize", "EX2");
    }

    @Test
    void serveAnswersSynchronizationsWithItsValue() {
        Grasp node = town.node();
        Asa client = asa(node, "client");
        List<Objective> answers = new ArrayList<>();
        client.synchronize(Objective.synchronizable("color"), RequestOptions.within(Duration.ofSeconds(1)))
                .delaySubscription(Duration.ofSeconds(1), node.scheduler())
                .subscribe(answers::add);

        Cli.Run run = run("serve", "color", "{\"rgb\":[1,2,3]}");

        assertThat(answers).extracting(Objective::value).hasToString("[{\"rgb\": [1, 2, 3]}]");
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).containsExactly(WARNING, "Serving color = {\"rgb\": [1, 2, 3]}");
        assertThat(run("serve", "color", "1", "--json").out())
                .containsExactly("{\"event\":\"ready\",\"command\":\"serve\"}");
    }

    @Test
    void floodSendsTheValueOnce() {
        List<FloodedObjective> heard = new ArrayList<>();
        asa(town.node(), "reader").floods("news").subscribe(heard::add);

        Cli.Run run = run("flood", "news", "-5", "--ttl", "1234");

        assertThat(run.code()).isZero();
        assertThat(run.out()).containsExactly("Flooded news = -5");
        assertThat(run("flood", "news", "[]", "--ttl", "0", "--json").out())
                .containsExactly("{\"event\":\"flooded\",\"name\":\"news\",\"value\":[]}");
        town.loop.advance(Duration.ofMillis(10));
        assertThat(heard).hasSize(2);
        assertThat(heard.get(0).objective().value()).hasToString("-5");
        assertThat(heard.get(0).ttl()).isBetween(Duration.ofMillis(1), Duration.ofMillis(1234));
        assertThat(heard.get(1).ttl()).isEqualTo(FloodedObjective.INDEFINITE);
    }

    @Test
    void floodRepeatsTheValueAtTheGivenInterval() {
        Cli.Run run = run("flood", "news", "true", "--every", "60000");

        assertThat(run.out()).hasSize(30).containsOnly("Flooded news = true");
    }

    @Test
    void aRepeatedFloodIsReadyAndServesNodesThatStartLater() {
        Grasp node = town.node();
        Asa client = asa(node, "client");
        List<Objective> answers = new ArrayList<>();
        client.synchronize(Objective.synchronizable("news"), RequestOptions.within(Duration.ofSeconds(1)))
                .delaySubscription(Duration.ofMinutes(1), node.scheduler()) // the first flood is no longer valid then
                .subscribe(answers::add);

        Cli.Run run = run("flood", "news", "7", "--ttl", "1000", "--every", "600000", "--json");

        assertThat(run.out())
                .startsWith("{\"event\":\"ready\",\"command\":\"flood\"}")
                .hasSize(4);
        assertThat(answers).extracting(Objective::value).hasToString("[7]");
    }

    @Test
    void floodTagsTheValueWithLocatorsAndSendsItWithALoopCount() {
        List<FloodedObjective> heard = new ArrayList<>();
        asa(town.node(), "reader").floods("news").subscribe(heard::add);
        String[] locators = {"[2001:db8::1]:80", "udp:10.0.0.1:53", "printer.example:631", "https://a.example/"};
        List<String> words = new ArrayList<>(List.of("flood", "news", "1", "--loop-count", "3"));
        for (String each : locators) {
            words.addAll(List.of("--locator", each));
        }

        assertThat(run(words.toArray(String[]::new)).code()).isZero();

        town.loop.advance(Duration.ofMillis(10));
        assertThat(heard).allMatch(flood -> flood.objective().loopCount() == 3);
        assertThat(heard)
                .extracting(FloodedObjective::locator)
                .containsExactly(
                        Locator.tcp("2001:db8::1", 80),
                        Locator.udp("10.0.0.1", 53),
                        Locator.tcp("printer.example", 631),
                        Locator.uri("https://a.example/"));
    }

    @Test
    void aPortAloneIsTaggedWithTheAddressOfTheLink() {
        List<FloodedObjective> heard = new ArrayList<>();
        asa(town.node(), "reader").floods("news").subscribe(heard::add);

        assertThat(run("flood", "news", "1", "--locator", "443").code()).isZero();

        town.loop.advance(Duration.ofMillis(10));
        assertThat(heard).singleElement().satisfies(flood -> {
            assertThat(flood.locator()).asString().startsWith("[fe80:").endsWith("]:443");
            assertThat(flood.objective().loopCount())
                    .as("valid on the link only")
                    .isEqualTo(1);
        });
    }

    @Test
    void quietPrintsOnlyResultsAndErrors() {
        String[] serve = {"serve", "color", "1", "--quiet", "--assume-secure"};
        assertThat(Cli.runIn(town, serve)).isEqualTo(new Cli.Run(0, List.of(), List.of()));
        Cli.Run flood = Cli.runIn(town, "flood", "news", "1", "-q", "--assume-secure");
        assertThat(flood).isEqualTo(new Cli.Run(0, List.of("Flooded news = 1"), List.of()));
        Cli.Run failed = Cli.runIn(town, "discover", "X", "-q", "--assume-secure");
        assertThat(failed.err()).containsExactly("grasp: No peer answered for X within 1000 ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flood news 1", "serve news 1", "discover EX1", "briggs", "gray", "get-flood EX1"})
    void aCommandWithoutAUsableLinkFails(String line) {
        town.isolated = true;

        assertFails("No link can be used", line.split(" "));
    }

    @Test
    void floodFailsIfNoLinkCanSendIt() {
        town.isolated = true;

        assertFails("news was not flooded: no link can send it", "flood", "news", "1", "--await-links");
    }

    @Test
    void aRepeatedFloodWarnsEachTimeThatNoLinkCanSendIt() {
        town.isolated = true;

        Cli.Run run = run("flood", "news", "1", "--await-links", "--every", "60000", "--json");

        assertThat(run.out()).containsExactly("{\"event\":\"ready\",\"command\":\"flood\"}");
        assertThat(run.err().subList(1, run.err().size()))
                .hasSize(30)
                .containsOnly("grasp: warning: news was not flooded: no link can send it; trying again in 60000 ms");
    }

    @Test
    void synchronizeTakesAFloodThatArrivesAfterTheDiscoveryHasEnded() {
        Grasp node = town.node();
        Asa late = asa(node, "late");
        Objective news = Objective.synchronizable("news");
        town.await(late.register(news));
        late.flood(news.withValue(7), Duration.ofMinutes(1))
                .delaySubscription(Duration.ofSeconds(25), node.scheduler())
                .subscribe();

        assertThat(run("synchronize", "news", "--timeout", "60000").out()).containsExactly("news = 7");
    }

    @Test
    void synchronizeRepeatsALostDiscovery() {
        briggs();
        town.loseAllFor(Duration.ofSeconds(1), town.node());

        assertThat(run("synchronize", "EX2", "--json").out())
                .containsExactly("{\"name\":\"EX2\",\"value\":[1,\"two\",3]}");
    }

    @Test
    void aFloodThatIsTooLongFails() {
        assertFails(" bytes, this one has ", "flood", "news", "\"" + "x".repeat(3000) + "\"");
    }

    @Test
    void getFloodPrintsEachFlood() {
        briggs();

        Cli.Run run = run("get-flood", "EX1", "--json", "--wait", "121000");

        assertThat(run.code()).isZero();
        assertThat(run.json()).hasSize(2).allSatisfy(line -> {
            assertThat(line.propertyNames())
                    .containsExactly("name", "value", "source", "link", "linkIndex", "loopCount", "ttlMillis");
            assertThat(line.get("value").asString()).isEqualTo("2026-01-01 12:00 UTC from Briggs");
            assertThat(line.get("source").asString()).isEqualTo("fd00::1");
            assertThat(line.get("loopCount").intValue()).isEqualTo(4);
            assertThat(line.get("ttlMillis").longValue()).isEqualTo(90_000);
        });
        List<String> words = run("get-flood", "EX1").out();
        assertThat(words)
                .singleElement()
                .asString()
                .matches(line -> line.startsWith("EX1 = \"2026-01-01 12:00 UTC from Briggs\" from fd00::1 on lan, "));
    }

    @Test
    void getFloodFailsIfNoFloodArrives() {
        assertFails("No flood of EX1 within 65000 ms", "get-flood", "EX1");
    }

    @Test
    void daemonReportsEachLinkThatComesUp() {
        List<JsonNode> lines = run("daemon", "--json").json();

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).propertyNames()).containsExactly("event", "link", "detail");
        assertThat(lines.get(0).get("event").asString()).isEqualTo("up");
        assertThat(lines.get(1)).hasToString("{\"event\":\"ready\",\"command\":\"daemon\"}");
        assertThat(run("daemon").err()).containsExactly(WARNING, "Ready: the node runs until it is stopped");
        assertThat(run("daemon").out()).singleElement().asString().startsWith("Link lan is up at fe80:");
    }

    @Test
    void daemonCountsTheEventsOfALinkThatGoesUpAndDownAgainAndAgain() {
        LinkInfo link = new LinkInfo("peer:a", 1, InetAddress.getLoopbackAddress(), 1000, true);
        LinkInfo other = new LinkInfo("peer:b", 2, InetAddress.getLoopbackAddress(), 1000, true);
        for (boolean json : new boolean[] {false, true}) {
            StringWriter out = new StringWriter();
            AtomicLong time = new AtomicLong(Long.MAX_VALUE);
            GraspObserver observer =
                    DaemonCommand.links(new Output(new PrintWriter(out), json), time::get, GraspObserver.NONE);
            for (int i = 0; i < 1000; i++) {
                observer.linkUp(link);
                observer.linkDown(link);
                observer.linkFailed("neighbor c", new IOException("why not"));
            }
            observer.linkUp(other);
            assertThat(out.toString().lines()).hasSize(json ? 21 : 11);
            time.addAndGet(Duration.ofMinutes(1).toNanos());
            observer.linkDown(other);
            assertThat(out.toString().lines())
                    .contains(
                            json
                                    ? "{\"event\":\"omitted\",\"link\":null,\"detail\":\"1990 events\"}"
                                    : "Events of links not printed: 1990");
        }
    }

    @Test
    void daemonReportsFailuresAsErrorsAndWithJsonAsEvents() {
        StringWriter out = new StringWriter();
        List<String> errors = new ArrayList<>();
        GraspObserver prints = new GraspObserver() {
            @Override
            public void linkFailed(String link, Throwable cause) {
                errors.add(link + " failed");
            }

            @Override
            public void linkWarning(String link, LinkWarning warning, String detail) {
                errors.add(link + ": " + detail);
            }
        };
        for (boolean json : new boolean[] {false, true}) {
            GraspObserver observer = DaemonCommand.links(new Output(new PrintWriter(out), json), () -> 0, prints);
            observer.linkWarning("eth0", LinkWarning.values()[0], "why");
            observer.linkFailed("eth1", new IOException("why not"));
        }
        assertThat(errors).containsExactly("eth0: why", "eth1 failed");
        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"event\":\"warning\",\"link\":\"eth0\",\"detail\":\"why\"}",
                        "{\"event\":\"failed\",\"link\":\"eth1\",\"detail\":\"why not\"}");
    }
}
