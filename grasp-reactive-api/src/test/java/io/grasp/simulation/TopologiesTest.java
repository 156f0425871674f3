package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.config.Limits;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimObserver;
import io.grasp.substrate.sim.topology.SimTopology;
import io.grasp.substrate.sim.topology.Topology;
import io.grasp.wire.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * At least eight relays in a chain, a ring, a mesh, a star whose arms are two links long, and a tree: each can reach the
 * others, and no link carries more messages than necessary.
 */
class TopologiesTest {
    private static final Objective EX1 = Objective.synchronizable("EX1").withLoopCount(20);
    private static final Objective EX3 = Objective.negotiable("EX3").withLoopCount(20);

    /**
     * @param messages the number of messages on all links for one multicast of a node at one end: each node sends it to all its
     *     links except the one on which it came
     */
    @ParameterizedTest
    @CsvSource({
        "chain:10, DATAGRAM, 9",
        "ring:10, DATAGRAM, 11",
        "mesh:9, DATAGRAM, 64",
        "mesh:9, STREAM, 64",
        "tree:15:2, DATAGRAM, 14",
        "'edges:1-2,1-3,1-4,1-5,1-6,1-7,1-8,1-9,2-0,3-10,4-11,5-12,6-13,7-14,8-15,9-16', DATAGRAM, 16",
        "ring:10, STREAM, 11",
        "chain:10, STREAM, 9"
    })
    void everyNodeIsReachedOnceAndNoLinkCarriesMoreThanItsTwoEndsSend(String spec, LinkKind kind, int messages) {
        SimulationRunner.verify(1, run -> {
            Topology topology = Topology.parse(spec, 1);
            SimTopology built =
                    topology.build(run.network(), kind, LinkConditions.PERFECT.withDelay(Duration.ofMillis(2)));
            Map<Integer, Map<String, Integer>> sent = new HashMap<>();
            run.network().observe(counting(sent));
            List<Asa> asas = new ArrayList<>();
            Map<Integer, List<FloodedObjective>> heard = new HashMap<>();
            for (int i = 0; i < topology.nodes(); i++) {
                int node = i;
                Grasp grasp = run.start(built.nodes().get(i).name());
                Asa asa = run.await(grasp.registerAsa("asa"));
                asas.add(asa);
                heard.put(i, new ArrayList<>());
                run.inBackground(asa.floods("EX1").doOnNext(heard.get(node)::add));
            }
            int last = topology.nodes() - 1;
            Asa banker = asas.get(last);
            run.awaitAll(banker.register(EX3));
            run.inBackground(banker.listenNegotiate(EX3)
                    .flatMap(customer -> customer.converse(offers -> offers.map(offer -> Move.accept()))));

            Asa source = asas.get(0);
            run.awaitAll(source.register(EX1));
            run.awaitAll(source.flood(EX1.withValue("hello"), Duration.ofMinutes(1)));
            run.advance(Duration.ofSeconds(1));
            heard.forEach(
                    (node, floods) -> assertThat(floods).as("floods at " + node).hasSize(1));
            assertThat(total(sent, MessageType.M_FLOOD)).isEqualTo(messages);
            assertThat(most(sent, MessageType.M_FLOOD)).isLessThanOrEqualTo(2);

            run.awaitAll(source.register(EX3));
            List<AsaLocator> found = run.awaitAll(source.discover(EX3, Duration.ofSeconds(3)));
            assertThat(found).hasSize(1);
            int answerer = topology.degree(last);
            assertThat(total(sent, MessageType.M_DISCOVERY)).isLessThanOrEqualTo(messages - answerer + 1);
            assertThat(most(sent, MessageType.M_DISCOVERY)).isLessThanOrEqualTo(2);

            NegotiationOutcome outcome = run.await(
                    source.negotiate(EX3.withValue(7), found.get(0), offers -> offers.map(offer -> Move.accept())));
            assertThat(outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
        });
    }

    /**
     * The cost of a search for relays: a search that succeeds costs one discovery, regardless of the allowed repetitions; one that fails costs
     * one for each try.
     *
     * @param failed M_DISCOVERY messages on all links for an objective that no node has
     * @param mostFailed the most of these on one link
     * @param found the same for an objective of the farthest node
     */
    @ParameterizedTest
    @CsvSource({
        "chain:10, 1, 9, 1, 9",
        "chain:10, 3, 27, 3, 9",
        "ring:10, 1, 11, 2, 10",
        "ring:10, 3, 33, 6, 10",
        "star:9, 1, 8, 1, 8",
        "star:9, 3, 24, 3, 8",
        "mesh:9, 1, 64, 2, 57",
        "mesh:9, 3, 192, 6, 57"
    })
    void relaysCarryASecondDiscoveryOnlyForAFailedSearch(
            String spec, int tries, int failed, int mostFailed, int found) {
        SimulationRunner.verify(1, run -> {
            SimTopology built = Topology.parse(spec, 1)
                    .build(run.network(), LinkKind.DATAGRAM, LinkConditions.PERFECT.withDelay(Duration.ofMillis(2)));
            Map<Integer, Map<String, Integer>> sent = new HashMap<>();
            run.network().observe(counting(sent));
            List<Asa> asas = new ArrayList<>();
            built.nodes()
                    .forEach(node -> asas.add(run.await(run.await(run.simulation()
                                    .start(
                                            node.name(),
                                            config -> config.withLimits(Limits.DEFAULTS.withDiscoveryTries(tries))))
                            .registerAsa("asa"))));
            Asa banker = asas.get(asas.size() - 1);
            run.awaitAll(banker.register(EX3));
            run.inBackground(banker.listenNegotiate(EX3)
                    .flatMap(customer -> customer.converse(offers -> offers.map(offer -> Move.accept()))));
            Asa source = asas.get(0);
            run.awaitAll(source.register(EX3));
            Objective unheardOf = Objective.negotiable("EX9").withLoopCount(20);
            run.awaitAll(source.register(unheardOf));

            assertThat(run.awaitAll(
                            source.requestNegotiate(unheardOf.withValue(1)).onErrorComplete()))
                    .isEmpty();
            assertThat(total(sent, MessageType.M_DISCOVERY)).as("failed").isEqualTo(failed);
            assertThat(most(sent, MessageType.M_DISCOVERY)).as("on a link").isEqualTo(mostFailed);
            sent.clear();

            NegotiationOutcome outcome =
                    run.await(source.negotiate(EX3.withValue(7), offers -> offers.map(offer -> Move.accept())));
            assertThat(outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
            assertThat(total(sent, MessageType.M_DISCOVERY)).as("found").isEqualTo(found);
        });
    }

    /** Counts the messages received by nodes other than the sender, by type and link: on a point-to-point link these are the sent ones. */
    private static SimObserver counting(Map<Integer, Map<String, Integer>> sent) {
        return event -> {
            if (event.kind() == SimEvent.Kind.DELIVERED && !event.from().equals(event.to())) {
                int type = event.bytes()[1];
                sent.computeIfAbsent(type, key -> new HashMap<>()).merge(event.link(), 1, Integer::sum);
            }
        };
    }

    private static int total(Map<Integer, Map<String, Integer>> sent, int type) {
        return sent.get(type).values().stream().mapToInt(Integer::intValue).sum();
    }

    private static int most(Map<Integer, Map<String, Integer>> sent, int type) {
        return sent.get(type).values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }

    @ParameterizedTest
    @CsvSource({"lan:12", "ring:12", "random:30:4"})
    void theSameSeedGivesTheSameTrace(String spec) {
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            SimulationRunner.verify(5, run -> {
                Topology topology = Topology.parse(spec, 5);
                LinkConditions conditions = LinkConditions.PERFECT
                        .withDelay(Duration.ofMillis(2))
                        .withJitter(Duration.ofMillis(3))
                        .withLoss(0.1)
                        .withDuplication(0.1);
                SimTopology built = topology.build(run.network(), LinkKind.DATAGRAM, conditions);
                for (var node : built.nodes()) {
                    Asa asa = run.await(run.start(node.name()).registerAsa("asa"));
                    run.awaitAll(asa.register(EX1));
                    run.awaitAll(asa.flood(EX1.withValue(node.name()), Duration.ofMinutes(1)));
                }
                run.advance(Duration.ofSeconds(10));
                hashes.add(run.simulation().trace().hash());
            });
        }
        assertThat(hashes).hasSize(1);
    }
}
