package io.grasp.simulation.adversary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.cbor.CborLimits;
import io.grasp.config.Limits;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.simulation.Invariants;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.AddressText;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** Each attack does what its name says, at its rate, and leaves nothing behind. */
class AdversaryTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final LinkConditions NEAR = LinkConditions.PERFECT.withDelay(Duration.ofMillis(1));
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    /** What a node under attack has received and dropped. */
    private static final class Victim implements GraspObserver {
        private final List<MessageInfo> received = new ArrayList<>();
        private final List<MessagePath> paths = new ArrayList<>();
        private final List<DropReason> drops = new ArrayList<>();

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            if (!path.link().equals("wan")) { // the node's own copies of what it relays come back there
                received.add(message);
                paths.add(path);
            }
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            drops.add(reason);
        }

        Stream<MessageInfo> received(String type) {
            return received.stream().filter(message -> message.typeName().equals(type));
        }
    }

    private final Victim victim = new Victim();
    private Limits limits = Limits.DEFAULTS;

    private interface Attempt {
        void on(SimulationRunner run, Asa town);
    }

    /** A town that negotiates EX3, a home, and the adversary's link to the town. */
    private void play(LinkKind kind, Attempt attempt) {
        SimulationConfig config = SimulationConfig.seeded(1)
                .withInvariants(List.of(Invariants.everySessionEnds(), Invariants.noResidue()));
        SimulationRunner.verify(config, run -> {
            SimNetwork network = run.network();
            network.link("lan", kind, NEAR, network.node("town"), network.node("mallory"));
            run.link("wan", NEAR, "town", "home");
            Grasp grasp = run.await(run.simulation()
                    .start("town", settings -> settings.withObserver(victim).withLimits(limits)));
            Asa town = run.await(grasp.registerAsa("bank"));
            run.await(town.register(EX3).thenReturn(1));
            run.inBackground(town.listenNegotiate(
                    EX3, taken -> taken.converse(offers -> offers.map(offer -> Move.propose(offer.value())))));
            run.start("home");
            attempt.on(run, town);
        });
    }

    @ParameterizedTest
    @EnumSource(Attack.class)
    void eachAttackKeepsItsRateAndLeavesNothing(Attack attack) {
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory", Adversary.of(attack, 50).withObjectives("EX3").withForgedSources(0.3));
            run.inBackground(town.discover(Objective.discoverable("EX9"), Duration.ofSeconds(30))
                    .take(
                            Duration.ofSeconds(3),
                            run.simulation().running("town").orElseThrow().scheduler()));
            run.advance(A_SECOND.multipliedBy(4));

            long once = attack == Attack.FALSE_RESPONSES ? 1 : 150;
            assertThat(mallory.counts().of(attack)).isBetween(once, 450L);
            mallory.stop();
            run.advance(A_SECOND);
            long then = mallory.counts().total();
            run.advance(A_SECOND);
            assertThat(mallory.counts().total()).as("after its end").isEqualTo(then);
            assertThat(mallory.node().isRunning()).isFalse();
        });
    }

    @Test
    void theSameSeedGivesTheSameAttacks() {
        assertThat(hash(1)).isEqualTo(hash(1)).isNotEqualTo(hash(2));
    }

    private static String hash(long seed) {
        SimulationRunner run = SimulationRunner.create(SimulationConfig.seeded(1));
        run.link("lan", NEAR, "town", "mallory");
        run.start("town");
        Adversary adversary = Adversary.of(Attack.FLOOD_STORM, 100).withSeed(seed);
        for (Attack attack : Attack.values()) {
            adversary = adversary.and(attack, 20);
        }
        run.attack("mallory", adversary.withForgedSources(0.5).withAddresses(3).withAddressesOnLink(3));
        run.advance(A_SECOND.multipliedBy(3));
        return run.simulation().trace().hash();
    }

    @Test
    void storms() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            run.attack("mallory", Adversary.of(Attack.FLOOD_STORM, 20).and(Attack.DISCOVERY_STORM, 20));
            run.advance(A_SECOND);

            assertThat(victim.received("M_FLOOD").map(each -> each.objective().name()))
                    .hasSizeBetween(19, 20)
                    .doesNotHaveDuplicates();
            assertThat(victim.received("M_DISCOVERY"))
                    .hasSizeBetween(19, 20)
                    .allMatch(each -> each.objective().loopCount() == 255);
        });
    }

    @Test
    void falseFloodsAndReplaysAreAboutWhatIsHeard() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            run.attack("mallory", Adversary.of(Attack.FALSE_FLOODS, 20).and(Attack.REPLAYS, 20));
            Objective ex1 = Objective.synchronizable("EX1");
            run.awaitAll(town.register(ex1).then(town.flood(ex1.withValue(1), Duration.ofSeconds(30))));
            run.advance(A_SECOND);

            assertThat(victim.received("M_FLOOD"))
                    .filteredOn(each -> each.objective().value().toString().contains("false")
                            && each.objective().name().equals("EX1"))
                    .hasSizeGreaterThan(10);
            assertThat(victim.drops).as("its own flood comes back").contains(DropReason.OWN);
        });
    }

    @Test
    void aFalseResponseLeadsToTheAdversary() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory", Adversary.of(Attack.FALSE_RESPONSES, 1000).and(Attack.ENDLESS_NEGOTIATIONS, 10));
            List<AsaLocator> found = run.awaitAll(
                    Flux.range(1, 12).flatMap(number -> town.discover(Objective.negotiable("NEW" + number), A_SECOND)));
            Locator itself = Locator.of(
                    mallory.node().addresses().get(0),
                    Locator.TCP,
                    mallory.node().port());
            assertThat(found).extracting(AsaLocator::locator).contains(itself);

            Objective ex9 = Objective.negotiable("EX9").withValue(1).withLoopCount(8);
            run.awaitAll(town.register(ex9));
            long moves = run.awaitAll(town.requestNegotiate(ex9, RequestOptions.to(AsaLocator.of(itself)))
                            .flatMap(each -> each.step(each.objective().value()))
                            .expand(each -> each.step(each.objective().value()))
                            .onErrorComplete())
                    .size();
            assertThat(moves)
                    .as("the adversary never ends it; the loop count does")
                    .isPositive();
            assertThat(mallory.counts().taken()).isEqualTo(1);
        });
    }

    @Test
    void keysCollideAndAreDifferent() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            run.attack("mallory", Adversary.of(Attack.COLLIDING_KEYS, 100));
            run.advance(A_SECOND);

            List<InetAddress> initiators =
                    victim.received.stream().map(MessageInfo::initiator).toList();
            assertThat(initiators).hasSizeBetween(99, 100).doesNotHaveDuplicates();
            assertThat(initiators.stream().map(Object::hashCode).distinct()).hasSize(1);
            assertThat(victim.received.stream().map(MessageInfo::session).distinct())
                    .hasSize(1);
        });
    }

    @Test
    void silentConnectionsAreHeldUpToTheirNumber() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory",
                    Adversary.of(Attack.SILENT_CONNECTIONS, 100)
                            .withConnections(30)
                            .withAddresses(4));
            run.advance(A_SECOND.multipliedBy(2));

            assertThat(mallory.counts().opened()).isGreaterThan(30);
            assertThat(mallory.node().openConnections()).isBetween(1, 30);
            assertThat(run.await(run.simulation().running("town").orElseThrow().load())
                            .waitingConnections())
                    .isPositive();
        });
    }

    @Test
    void endlessNegotiationsNeverEndByThemselves() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            run.attack(
                    "mallory",
                    Adversary.of(Attack.ENDLESS_NEGOTIATIONS, 200)
                            .withObjectives("EX3")
                            .withConnections(1));
            run.advance(A_SECOND);

            assertThat(victim.received("M_NEGOTIATE"))
                    .hasSizeGreaterThan(20)
                    .allMatch(each -> each.objective().loopCount() == 255);
        });
    }

    @Test
    void endlessWaits() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            run.attack(
                    "mallory",
                    Adversary.of(Attack.ENDLESS_WAITS, 50).withObjectives("EX3").withConnections(5));
            run.advance(A_SECOND.multipliedBy(3));

            assertThat(victim.received("M_WAIT")).hasSizeGreaterThan(3);
        });
    }

    @Test
    void addressesOnTheLinkAreManyNeighbors() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory",
                    Adversary.of(Attack.DISCOVERY_STORM, 100)
                            .and(Attack.UNICAST_DISCOVERIES, 100)
                            .and(Attack.ABANDONED_SESSIONS, 100)
                            .withTargets("town")
                            .withObjectives("EX3")
                            .withAddressesOnLink(5));
            run.advance(A_SECOND);

            assertThat(sources(MessagePath.Kind.LINK)).as("its datagrams").hasSizeGreaterThanOrEqualTo(5);
            assertThat(sources(MessagePath.Kind.CONNECTION))
                    .as("its connections")
                    .hasSize(5);
            assertThat(mallory.counts().forged()).isZero();
            assertThat(victim.drops).doesNotContain(DropReason.OFF_LINK_SOURCE, DropReason.ROUTABLE_REPLIES);
            assertThat(mallory.counts().taken()).as("answers reach it").isPositive();
        });
    }

    @Test
    void heldAnswersStayOnTheirWay() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory",
                    Adversary.of(Attack.HELD_ANSWERS, 100).withObjectives("EX3").withAddressesOnLink(4));
            run.advance(A_SECOND);

            assertThat(sources(MessagePath.Kind.LINK)).hasSize(4);
            assertThat(run.network().node("town").openConnections())
                    .as("answers on their way")
                    .isBetween(95, 100);
            assertThat(mallory.counts().taken()).isZero();
            run.advance(A_SECOND.multipliedBy(4));
            assertThat(victim.drops).as("too many").contains(DropReason.PENDING_REPLIES);
        });
    }

    @Test
    void rapidRequestsCarryTheirObjective() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            run.attack("mallory", Adversary.of(Attack.RAPID_REQUESTS, 20).withObjectives("EX3"));
            run.advance(A_SECOND);

            assertThat(victim.received("M_DISCOVERY"))
                    .hasSizeBetween(19, 20)
                    .allMatch(each ->
                            each.objective().isNegotiable() && each.objective().value() != null);
        });
    }

    @Test
    void requestsArePipelined() {
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory",
                    Adversary.of(Attack.PIPELINED_REQUESTS, 200)
                            .withTargets("town")
                            .withObjectives("EX3"));
            run.advance(A_SECOND);

            assertThat(victim.received("M_DISCOVERY")).hasSizeGreaterThan(80);
            assertThat(victim.received("M_REQ_SYN")).hasSizeGreaterThan(10);
            assertThat(victim.paths).allMatch(path -> path.kind() == MessagePath.Kind.CONNECTION);
            assertThat(mallory.counts().opened()).as("connections").isBetween(10L, 13L);
        });
    }

    /** A node that did not reset connections which it has answered would refuse most of these. */
    @Test
    void connectionsThatAreKeptAfterTheAnswerGiveWay() {
        limits = Limits.DEFAULTS.withConnectionsPerPeer(10);
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack(
                    "mallory",
                    Adversary.of(Attack.KEPT_CONNECTIONS, 100)
                            .withTargets("town")
                            .withObjectives("EX3"));
            run.advance(A_SECOND);

            assertThat(victim.received).as("requests").hasSizeBetween(95, 100);
            assertThat(victim.paths).allMatch(path -> path.kind() == MessagePath.Kind.CONNECTION);
            assertThat(mallory.node().openConnections()).as("kept").isBetween(9, 13);
            assertThat(victim.drops).as("resets").contains(DropReason.PEER_CONNECTIONS);
        });
    }

    private Set<String> sources(MessagePath.Kind kind) {
        Set<String> sources = new HashSet<>();
        victim.paths.stream()
                .filter(path -> path.kind() == kind && path.peer() != null)
                .forEach(path -> sources.add(path.peer().getAddress().getHostAddress()));
        return sources;
    }

    @Test
    void sourcesAreForgedWhereTheLinkLetsIt() {
        Adversary adversary = Adversary.of(Attack.DISCOVERY_STORM, 200)
                .and(Attack.UNICAST_DISCOVERIES, 200)
                .withForgedSources(1);
        play(LinkKind.DATAGRAM, (run, town) -> {
            AttackRun mallory = run.attack("mallory", adversary);
            run.advance(A_SECOND);

            assertThat(mallory.counts().forged()).isEqualTo(400);
            Set<String> sources = new HashSet<>();
            victim.paths.forEach(path -> sources.add(AddressText.of(path.peer())));
            assertThat(sources).hasSizeGreaterThan(50).anyMatch(source -> source.startsWith("[2001:db8:"));
            assertThat(sources).as("its own").doesNotContain("[fe80::1:2%1]:10002");
        });
    }

    @Test
    void noSourceIsForgedOnStreams() {
        play(LinkKind.STREAM, (run, town) -> {
            AttackRun mallory =
                    run.attack("mallory", Adversary.of(Attack.FLOOD_STORM, 100).withForgedSources(1));
            run.advance(A_SECOND);

            assertThat(mallory.counts().forged()).isZero();
            assertThat(victim.received("M_FLOOD")).hasSizeBetween(99, 100);
        });
    }

    @Test
    void brokenMessagesAreNotOnlyNoise() {
        VirtualLoop loop = new VirtualLoop();
        SimNetwork network = SimNetwork.create(loop, 1);
        network.link("lan", LinkKind.DATAGRAM, NEAR, network.node("mallory"));
        List<byte[]> messages = new ArrayList<>();
        network.observe(event -> {
            if (event.kind() == SimEvent.Kind.DELIVERED) {
                messages.add(event.bytes());
            }
        });
        AttackRun mallory = Adversary.of(Attack.BROKEN_MESSAGES, 500).start(network, "mallory");
        loop.advance(A_SECOND);
        mallory.stop();
        loop.runUntilIdle();

        MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
        long readable =
                messages.stream().filter(each -> isReadable(decoder, each)).count();
        assertThat(messages).hasSizeGreaterThan(400);
        assertThat(readable).isBetween(20L, 400L);
        assertThat(network.openConnections()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    private static boolean isReadable(MessageDecoder decoder, byte[] message) {
        try {
            GraspMessage read = decoder.decode(message);
            return read != null;
        } catch (MalformedMessageException e) {
            return false;
        }
    }

    @Test
    void itEndsWithItsNode() {
        VirtualLoop loop = new VirtualLoop();
        SimNetwork network = SimNetwork.create(loop, 1);
        network.link("lan", LinkKind.DATAGRAM, NEAR, network.node("mallory"));
        AttackRun mallory = Adversary.of(Attack.FLOOD_STORM, 100).start(network, "mallory");
        loop.advance(A_SECOND);
        loop.run(network.node("mallory")::crash);
        long then = mallory.counts().total();
        loop.advance(A_SECOND);
        mallory.stop();
        loop.runUntilIdle();

        assertThat(mallory.counts().total()).isEqualTo(then).isPositive();
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aNodeHasOneAdversary() {
        SimulationRunner run = SimulationRunner.create(SimulationConfig.seeded(1));
        run.start("town");
        Adversary adversary = Adversary.of(Attack.REPLAYS, 1);

        assertThatIllegalStateException()
                .isThrownBy(() -> run.attack("town", adversary))
                .withMessage("GRASP or another adversary runs on town");
    }

    @Test
    void valuesOutOfTheirRangeAreRefused() {
        Adversary adversary = Adversary.of(Attack.REPLAYS, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Adversary.of(Attack.REPLAYS, 0))
                .withMessage("rate 0 is not between 1 and 100000");
        assertThatIllegalArgumentException().isThrownBy(() -> adversary.and(Attack.REPLAYS, 100_001));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> adversary.withForgedSources(Double.NaN))
                .withMessage("share NaN is not between 0 and 1");
        assertThatIllegalArgumentException().isThrownBy(() -> adversary.withConnections(0));
        assertThatIllegalArgumentException().isThrownBy(() -> adversary.withAddresses(1001));
        assertThatIllegalArgumentException().isThrownBy(() -> adversary.withAddressesOnLink(0));
    }

    @Test
    void aRandomOneHasAFewAttacks() {
        Set<Attack> seen = new HashSet<>();
        for (long seed = 1; seed <= 100; seed++) {
            Adversary random = Adversary.random(seed);
            assertThat(random.rates())
                    .hasSizeBetween(1, 4)
                    .isEqualTo(Adversary.random(seed).rates());
            assertThat(random.seed()).isEqualTo(seed);
            seen.addAll(random.rates().keySet());
        }
        assertThat(seen).containsExactlyInAnyOrder(Attack.values());
    }
}
