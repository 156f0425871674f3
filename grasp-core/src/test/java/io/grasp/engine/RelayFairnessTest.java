package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one neighbor sends to a relay costs the other neighbors and the other links nothing. */
class RelayFairnessTest extends EngineFixture {
    private static final int HIGHEST = 255;
    private static final Objective EX1 = Objective.synchronizable("EX1");

    private final SimNode node = network.node("relay");
    private final ScriptedPeer hostile = newPeer("hostile");
    private final ScriptedPeer neighbor = newPeer("neighbor");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final ScriptedPeer third = newPeer("third");
    private final SimLink shared = link("shared", hostile.node, neighbor.node, node);
    private final SimLink other = link("other", beyond.node, node);
    private final RecordingObserver observed = new RecordingObserver();
    private GraspEngine engine;
    private long lastId;

    RelayFairnessTest() {
        link("third", third.node, node);
    }

    private void start() {
        start(EngineConfig.DEFAULTS);
    }

    private Discovery discovery(ScriptedPeer from, int loopCount) {
        return new Discovery(new SessionId(++lastId), addressOf(from), EX3.withLoopCount(loopCount));
    }

    private Flood flood(ScriptedPeer from) {
        Objective objective = EX1.withValue(++lastId).withLoopCount(6);
        return new Flood(new SessionId(lastId), addressOf(from), 60_000, List.of(TaggedObjective.untagged(objective)));
    }

    /** Messages for a time, at a rate; then a message of a second peer each second, in addition. */
    private List<SessionId> attack(
            int perSecond,
            int seconds,
            int askedFrom,
            ScriptedPeer honest,
            IntFunction<GraspMessage> hostileMessage,
            IntFunction<GraspMessage> honestMessage) {
        List<SessionId> asked = new ArrayList<>();
        for (int i = 0; i < seconds * perSecond; i++) {
            hostile.multicast(hostileMessage.apply(i));
            if (i / perSecond >= askedFrom && i % perSecond == perSecond / 2) {
                GraspMessage message = honestMessage.apply(i);
                asked.add(message.session());
                honest.multicast(message);
            }
            loop.advance(Duration.ofNanos(1_000_000_000L / perSecond));
        }
        loop.advance(Duration.ofMillis(200));
        return asked;
    }

    private static List<SessionId> heard(ScriptedPeer peer, List<SessionId> of) {
        return peer.multicasts.stream()
                .map(GraspMessage::session)
                .filter(of::contains)
                .toList();
    }

    @Test
    void longDiscoveriesOfOneLinkTakeNoPlaceFromAnotherLink() {
        start();
        List<SessionId> asked = attack(60, 40, 28, beyond, i -> discovery(hostile, HIGHEST), i -> discovery(beyond, 6));

        assertThat(heard(third, asked)).hasSize(12).isEqualTo(asked);
    }

    @Test
    void longDiscoveriesOfOneNeighborTakeNoPlaceFromAnotherOne() {
        start();
        List<SessionId> asked =
                attack(60, 40, 28, neighbor, i -> discovery(hostile, HIGHEST), i -> discovery(neighbor, 6));

        assertThat(heard(third, asked)).hasSize(12).isEqualTo(asked);
    }

    @Test
    void floodsOfOneNeighborDoNotUseUpTheRateOfAnotherOne() {
        start();
        List<SessionId> asked = attack(500, 34, 0, neighbor, i -> flood(hostile), i -> flood(neighbor));

        assertThat(heard(third, asked)).hasSize(34).isEqualTo(asked);
        assertThat(observed.drops.get(DropReason.RELAY_RATE)).isGreaterThan(15_000);
    }

    @Test
    void discoveriesOfOneNeighborDoNotUseUpTheRateOfAnotherOne() {
        start();
        List<SessionId> asked = attack(500, 34, 0, neighbor, i -> discovery(hostile, 6), i -> discovery(neighbor, 6));

        assertThat(heard(third, asked)).hasSize(34).isEqualTo(asked);
    }

    /** 255 is a valid loop count (RFC 8995 section 4.1.1): it is relayed as it is, less one. */
    @Test
    void aDiscoveryWithTheHighestLoopCountIsRelayedAndHoldsItsPlaceForALimitedTime() {
        start();
        Discovery asked = discovery(beyond, HIGHEST);
        beyond.multicast(asked);
        moment();
        assertThat(third.multicasts)
                .containsExactly(new Discovery(asked.session(), asked.initiator(), EX3.withLoopCount(HIGHEST - 1)));

        loop.advance(Duration.ofMillis(9_900));
        assertThat(engine.load().sessions()).isEqualTo(1);
        loop.advance(Duration.ofMillis(100));
        assertThat(engine.load().sessions()).isZero();
        assertThat(engine.load().deadlines()).isZero();
    }

    @Test
    void theTimeOfARelayedDiscoveryIsASetting() {
        start(EngineConfig.DEFAULTS.withTimeouts(
                EngineConfig.DEFAULTS.timeouts().withRelayedDiscovery(Duration.ofSeconds(1))));
        beyond.multicast(discovery(beyond, HIGHEST));
        loop.advance(Duration.ofMillis(900));
        assertThat(engine.load().sessions()).isEqualTo(1);
        loop.advance(Duration.ofMillis(150));
        assertThat(engine.load().sessions()).isZero();
    }

    /** With a short memory, a discovery can be relayed again while responses to it are still passed on. */
    @Test
    void aDiscoveryThatIsRelayedAgainHoldsOnePlace() {
        start(EngineConfig.DEFAULTS.withTimeouts(
                EngineConfig.DEFAULTS.timeouts().withSessionMemory(Duration.ofSeconds(1))));
        Discovery twice = discovery(beyond, HIGHEST);
        beyond.multicast(twice);
        loop.advance(Duration.ofSeconds(3));
        beyond.multicast(twice);
        moment();

        assertThat(heard(third, List.of(twice.session()))).hasSize(2);
        assertThat(engine.load().sessions()).isEqualTo(1);
        assertThat(engine.load().deadlines()).isEqualTo(1);
        loop.advance(Duration.ofSeconds(8));
        assertThat(engine.load().sessions()).as("the time of the second one").isEqualTo(1);
    }

    /** All three links send too much at once: each gets a third of the total rate. */
    @Test
    void linksThatAllSendTooMuchAreServedInTurn() {
        start();
        List<SessionId> asked = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            hostile.multicast(flood(hostile));
            beyond.multicast(flood(beyond));
            third.multicast(flood(third));
            if (i % 200 == 100) {
                Flood flood = flood(neighbor);
                asked.add(flood.session());
                neighbor.multicast(flood);
            }
            loop.advance(Duration.ofMillis(5));
        }
        moment();

        assertThat(heard(beyond, asked)).hasSize(20).isEqualTo(asked);
        int total =
                observed.relays.values().stream().mapToInt(Integer::intValue).sum()
                        - observed.relays.get("M_FLOOD refused: RELAY_RATE");
        assertThat(total).as("the total rate for 20.05 s, and the burst").isBetween(2_150, 2_206);
        assertThat(observed.relays.get("M_FLOOD from third")).isBetween(650, 750);
        assertThat(observed.relays.get("M_FLOOD from other")).isBetween(650, 750);
        assertThat(observed.relays.get("M_FLOOD from shared")).isBetween(650, 750);
    }

    /** A rate of 10 a second with a burst of 2 for each link. */
    private static EngineConfig slow(int waiting) {
        return EngineConfig.DEFAULTS.withRelay(RelayLimits.DEFAULTS
                .withDiscoveries(new RelayRate(20, 4))
                .withFloods(new RelayRate(20, 4))
                .withWaiting(waiting));
    }

    private void start(EngineConfig config) {
        engine = start(config, node, observed);
    }

    private List<Flood> floods(ScriptedPeer from, int count) {
        List<Flood> floods = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            floods.add(flood(from));
            from.multicast(floods.get(i));
        }
        return floods;
    }

    private static List<SessionId> ids(List<? extends GraspMessage> messages) {
        return messages.stream().map(GraspMessage::session).toList();
    }

    @Test
    void messagesAboveTheRateWaitAndNeighborsAreServedInTurn() {
        start(slow(4));
        List<SessionId> first = ids(floods(hostile, 5));
        List<SessionId> second = ids(floods(neighbor, 1));
        moment();
        assertThat(ids(third.multicasts)).as("the burst").isEqualTo(first.subList(0, 2));
        assertThat(engine.load().deadlines()).isEqualTo(1);
        assertThat(observed.drops).doesNotContainKey(DropReason.RELAY_RATE);

        loop.advance(Duration.ofSeconds(1));
        assertThat(ids(third.multicasts))
                .isEqualTo(
                        List.of(first.get(0), first.get(1), first.get(2), second.get(0), first.get(3), first.get(4)));
        assertThat(third.multicasts)
                .allSatisfy(message ->
                        assertThat(((Flood) message).first().loopCount()).isEqualTo(5));
        assertThat(engine.load().deadlines()).isZero();
    }

    @Test
    void whenTooManyWaitTheNeighborWithTheMostLosesItsOldest() {
        start(slow(4));
        List<SessionId> first = ids(floods(hostile, 8));
        moment();
        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 2);
        List<SessionId> second = ids(floods(neighbor, 1));
        moment();
        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 3);
        assertThat(observed.droppedFrom.link()).isEqualTo("shared");

        loop.advance(Duration.ofSeconds(1));
        assertThat(ids(third.multicasts))
                .contains(second.get(0))
                .doesNotContain(first.get(2))
                .hasSize(6);
    }

    @Test
    void aSecondCopyOfAWaitingDiscoveryIsADuplicate() {
        start(slow(4));
        floods(hostile, 1);
        hostile.multicast(discovery(hostile, 6));
        hostile.multicast(discovery(hostile, 6));
        Discovery twice = discovery(hostile, 6);
        hostile.multicast(twice);
        neighbor.multicast(twice);
        loop.advance(Duration.ofSeconds(1));

        assertThat(heard(third, List.of(twice.session()))).hasSize(1);
        assertThat(observed.drops).containsEntry(DropReason.DUPLICATE, 1);
    }

    @Test
    void messagesThatWaitAreDroppedWhenTheirLinkGoes() {
        start(slow(4));
        floods(hostile, 4);
        for (int i = 0; i < 4; i++) {
            hostile.multicast(discovery(hostile, 6));
        }
        moment();
        assertThat(engine.load().deadlines()).isEqualTo(4);
        loop.run(shared::down);
        moment();

        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 4);
        assertThat(engine.load().deadlines()).isZero();
        assertThat(engine.load().sessions()).isZero();
    }

    /** The fixture sees that nothing remains. */
    @Test
    void messagesThatWaitAreDroppedWhenTheNodeCloses() {
        start(slow(4));
        floods(hostile, 4);
        for (int i = 0; i < 4; i++) {
            hostile.multicast(discovery(hostile, 6));
        }
        moment();
        int relayed = third.multicasts.size();
        loop.run(() -> engine.close(failure -> {}));
        loop.advance(Duration.ofSeconds(1));

        assertThat(third.multicasts).hasSize(relayed);
        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 4);
    }

    /** Its copy waits on another link, and may be relayed when it comes. */
    @Test
    void aCopyOfAWaitingMessageIsNotRelayedAgain() {
        ScriptedPeer late = newPeer("late");
        // The copy is received exactly when the rate allows to relay the waiting message.
        network.link("slow", LinkKind.DATAGRAM, Duration.ofMillis(101), late.node, node);
        start(slow(16));
        Discovery discovery = discovery(neighbor, 6);
        Flood flood = flood(neighbor);
        for (int i = 0; i < 2; i++) {
            hostile.multicast(discovery(hostile, 6));
            hostile.multicast(flood(hostile));
        }
        neighbor.multicast(discovery);
        neighbor.multicast(flood);
        late.multicast(discovery);
        late.multicast(flood);
        loop.advance(Duration.ofSeconds(1));

        assertThat(heard(third, List.of(discovery.session(), flood.session())))
                .containsExactlyInAnyOrder(discovery.session(), flood.session());
        assertThat(observed.drops.get(DropReason.DUPLICATE)).isEqualTo(2);
    }

    private static Discovery copy(Discovery of) {
        return new Discovery(of.session(), of.initiator(), EX3.withLoopCount(4));
    }

    /** {@return the loop counts with which a discovery was relayed to the third link} */
    private List<Integer> relayed(Discovery discovery) {
        return third.multicasts.stream()
                .filter(message -> discovery.session().equals(message.session()))
                .map(message -> Objects.requireNonNull(message.objective()).loopCount())
                .toList();
    }

    /** In less than the time in which a token comes. */
    private void soon() {
        loop.advance(Duration.ofMillis(5));
    }

    /** Nothing remains of the burst, neither of the links' nor of that in total. */
    private void useUpTheBurst() {
        for (int i = 0; i < 2; i++) {
            hostile.multicast(discovery(hostile, 6));
            beyond.multicast(discovery(beyond, 6));
        }
        soon();
    }

    private void answerFromThird(Discovery asked) throws UnknownHostException {
        ScriptedPeer.Wire wire = third.connect(node);
        moment();
        Locator server = Locator.of(InetAddress.getByName("fd12::1"), Locator.TCP, 9999);
        wire.send(new Response(
                asked.session(), asked.initiator(), 60_000, List.of(new GraspOption.LocatorOption(server)), null));
        moment();
    }

    /** The copier is a neighbor on a link that has tokens, or one on the same link whose turn comes sooner. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCopyOfADiscoveryThatWaitsIsNotRelayedInItsPlace(boolean onTheSameLink) throws Exception {
        ScriptedPeer copier = onTheSameLink ? hostile : beyond;
        start(slow(16));
        for (int i = 0; i < 2; i++) {
            (onTheSameLink ? neighbor : hostile).multicast(discovery(neighbor, 6));
        }
        List<Discovery> asked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asked.add(discovery(neighbor, 6));
            neighbor.multicast(asked.get(i));
        }
        Discovery last = asked.get(3);
        moment();
        copier.multicast(copy(last));
        loop.advance(Duration.ofMillis(210));
        assertThat(relayed(last)).as("in the turn of the copier").containsExactly(5);

        answerFromThird(last);
        assertThat(copier.accepted).as("connections of the copier").isEmpty();
        assertThat(neighbor.accepted).as("the answer").hasSize(1);
        loop.advance(Duration.ofSeconds(1));
        assertThat(asked).allSatisfy(each -> assertThat(relayed(each)).containsExactly(5));
        assertThat(observed.drops).containsEntry(DropReason.DUPLICATE, 1).doesNotContainKey(DropReason.RELAY_RATE);
        assertThat(engine.load().deadlines()).isZero();
    }

    @Test
    void aDiscoveryWhoseTurnIsTakenByAnotherNeighborWaitsForThatOfItsCopy() {
        start(slow(3));
        useUpTheBurst();
        Discovery asked = discovery(neighbor, 6);
        neighbor.multicast(asked);
        neighbor.multicast(discovery(neighbor, 6));
        soon();
        beyond.multicast(copy(asked));
        soon();
        Discovery newcomer = discovery(third, 6);
        third.multicast(newcomer);
        soon();
        assertThat(observed.drops).as("the copy").containsEntry(DropReason.RELAY_RATE, 1);
        loop.advance(Duration.ofSeconds(1));

        assertThat(relayed(asked)).containsExactly(5);
        assertThat(heard(beyond, List.of(newcomer.session()))).hasSize(1);
        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 1).doesNotContainKey(DropReason.DUPLICATE);
    }

    /** The copy needs a place, and the place that it gets is that of the message itself. */
    @Test
    void aCopyThatDisplacesTheTurnOfTheFirstOneDoesNotDisplaceTheFirstOne() {
        start(slow(2));
        useUpTheBurst();
        Discovery asked = discovery(neighbor, 6);
        neighbor.multicast(asked);
        neighbor.multicast(discovery(neighbor, 6));
        soon();
        beyond.multicast(copy(asked));
        soon();
        assertThat(observed.drops).as("the copy").containsEntry(DropReason.RELAY_RATE, 1);
        loop.advance(Duration.ofSeconds(1));

        assertThat(relayed(asked)).containsExactly(5);
        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 1).doesNotContainKey(DropReason.DUPLICATE);
    }

    @Test
    void aCopyIsRelayedIfTheLinkOfTheFirstOneGoes() {
        start(slow(16));
        useUpTheBurst();
        Discovery asked = discovery(neighbor, 6);
        neighbor.multicast(asked);
        soon();
        beyond.multicast(copy(asked));
        soon();
        loop.run(shared::down);
        loop.advance(Duration.ofSeconds(1));

        assertThat(relayed(asked)).containsExactly(3);
        assertThat(observed.drops).containsEntry(DropReason.RELAY_RATE, 1).doesNotContainKey(DropReason.DUPLICATE);
        assertThat(engine.load().deadlines()).isZero();
    }

    /** A connection stays open while a discovery that came on it waits, and until its answers have come. */
    @Test
    void aConnectionStaysOpenWhileItsDiscoveryWaits() {
        start(EngineConfig.DEFAULTS.withRelay(
                RelayLimits.DEFAULTS.withDiscoveries(new RelayRate(2, 2)).withLinkPercent(100)));
        for (int i = 0; i < 2; i++) {
            hostile.multicast(discovery(hostile, 6));
        }
        moment();
        ScriptedPeer.Wire wire = hostile.connect(node);
        Discovery asked = discovery(hostile, 6);
        wire.send(asked);
        loop.advance(Duration.ofMillis(300));
        assertThat(heard(third, List.of(asked.session()))).isEmpty();
        assertThat(wire.inputEnded).isFalse();
        loop.advance(Duration.ofMillis(250));
        assertThat(heard(third, List.of(asked.session()))).hasSize(1);
        assertThat(wire.inputEnded).isFalse();
        loop.advance(Duration.ofMillis(600));
        assertThat(wire.inputEnded).isTrue();
    }
}
