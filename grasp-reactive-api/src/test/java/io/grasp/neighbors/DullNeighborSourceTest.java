package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.Dull;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.text.JsonValues;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Finding neighbors by DULL floods of AN_ACP, on a simulated link. */
class NeighborFinderTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimLink lan = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5));
    private final List<Disposable> running = new ArrayList<>();
    private final Map<String, Integer> floods = new HashMap<>();
    private final Map<String, List<String>> heard = new LinkedHashMap<>();

    @AfterEach
    void end() {
        running.forEach(Disposable::dispose);
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
    }

    private Mono<Grasp> dull(String name) {
        return dull(name, GraspObserver.NONE);
    }

    private Mono<Grasp> dull(String name, GraspObserver observer) {
        SimNode node = network.node(name);
        network.connect(node, lan);
        return Grasp.start(GraspConfig.defaults()
                .withSubstrate(() -> node)
                .withRandom(() -> new Random(name.hashCode()))
                .withObserver(observer)
                .withDull(Dull.allowing(NeighborFinder.OBJECTIVE)));
    }

    private List<String> find(String name, int port) {
        List<String> events = heard.computeIfAbsent(name, key -> new ArrayList<>());
        GraspObserver counting = new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                floods.merge(name, 1, Integer::sum);
            }
        };
        running.add(new NeighborFinder(dull(name, counting), port, new NeighborSource.Neighbors() {
                    @Override
                    public void found(InetSocketAddress neighbor, Duration valid) {
                        assertThat(neighbor.getAddress().isLinkLocalAddress()).isTrue();
                        events.add(AddressText.of(neighbor) + " for " + valid.toSeconds());
                    }

                    @Override
                    public void lost(InetSocketAddress neighbor) {
                        throw new AssertionError("the overlay itself forgets after the time");
                    }
                })
                .run()
                .subscribe());
        loop.advance(Duration.ofSeconds(1));
        return events;
    }

    @Test
    void twoNodesFindEachOtherAgainAndAgain() {
        List<String> one = find("one", 8001);
        loop.advance(Duration.ofSeconds(30));
        List<String> two = find("two", 8002);
        assertThat(one).singleElement().asString().matches("\\[fe80::.*]:8002 for 210");
        assertThat(two).as("at once").singleElement().asString().matches("\\[fe80::.*]:8001 for 210");
        loop.advance(Duration.ofMinutes(10));
        assertThat(one).hasSizeBetween(11, 13).containsOnly(one.get(0));
        assertThat(two).hasSizeBetween(10, 12).containsOnly(two.get(0));
        assertThat(floods.get("one"))
                .as("at the start, for the other, and every minute")
                .isBetween(11, 13);
    }

    @Test
    void aNeighborThatComesBackIsAnsweredAtOnce() {
        find("one", 8001);
        flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.tcp("::", 8002));
        loop.advance(Duration.ofMinutes(60).plusSeconds(20));
        int before = floods.get("one");
        flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.tcp("::", 8002));

        assertThat(floods.get("one")).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 60", "100000, 100", "210000, 210", "3456000000, 210"})
    void theSenderDoesNotDecideForHowLongItIsWanted(long ttlMillis, int seconds) {
        List<String> events = find("one", 8001);
        flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.tcp("::", 8002), Duration.ofMillis(ttlMillis));

        assertThat(events).singleElement().asString().endsWith(":8002 for " + seconds);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"io.grasp.tls\" | true",
                "[\"io.grasp.tls\", 1] | true",
                "[[\"io.grasp.tls\", \"parameter\"], \"extension\"] | true",
                "\"IKEv2\" | false",
                "[\"IKEv2\", \"io.grasp.tls\"] | false",
                "[] | false",
                "[[[\"io.grasp.tls\"]]] | false",
                "1 | false",
                "null | false",
            })
    void onlyOurMethodIsTaken(String value, boolean taken) {
        List<String> events = find("one", 8001);
        flood(JsonValues.read(value), Locator.tcp("::", 8002));

        assertThat(events).hasSize(taken ? 1 : 0);
    }

    @Test
    void aNeighborThatStartsManyTimesIsNotAnsweredEachTime() {
        find("one", 8001);
        for (int i = 0; i < 60; i++) {
            flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.tcp("::", 8002)); // one second each
        }

        assertThat(floods.get("one")).isBetween(2, 8);
    }

    @Test
    void aLocatorThatIsNotOfTheInitiatorIsIgnored() {
        List<String> events = find("one", 8001);
        flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.tcp("fe80::1234", 8002));
        flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.udp("::", 8002));
        flood(ObjectiveValue.of(NeighborFinder.METHOD), null);

        assertThat(events).isEmpty();
    }

    @Test
    void whatAnOutsiderHasFloodedDoesNotHideNeighbors() {
        List<String> events = find("one", 8001);
        for (int i = 0; i < 100; i++) {
            flood(ObjectiveValue.of(NeighborFinder.METHOD), Locator.tcp("::", 9000 + i), Duration.ofDays(40));
        }
        find("two", 8002);

        assertThat(events).last().asString().endsWith(":8002 for 210");
    }

    private void flood(ObjectiveValue value, Locator locator) {
        flood(value, locator, Duration.ofMinutes(5));
    }

    private void flood(ObjectiveValue value, Locator locator, Duration valid) {
        String name = "flooder-" + running.size();
        Objective objective = Objective.synchronizable(NeighborFinder.OBJECTIVE)
                .withLoopCount(1)
                .withValue(value);
        running.add(Mono.usingWhen(
                        dull(name),
                        grasp -> grasp.registerAsa("a")
                                .flatMap(asa -> asa.register(objective)
                                        .then(asa.flood(
                                                List.of(new TaggedObjective(objective, locator)),
                                                FloodOptions.validFor(valid)))),
                        Grasp::closeAsync)
                .subscribe());
        loop.advance(Duration.ofSeconds(1));
    }
}
