package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Flood;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Floods of one neighbor remove neither those of this node's own ASAs nor those of other neighbors, and delete no entry
 * with a forged initiator.
 */
class FloodSharesTest extends EngineFixture {
    private static final int MANY = 200;
    private static final int OBJECTIVES_EACH = 60;
    private static final int MINUTE = 60_000;

    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final ScriptedPeer honest = newPeer("honest");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final RecordingObserver observed = new RecordingObserver();
    private GraspEngine engine;
    private EngineAsa asa;
    private long session = 1000;

    @BeforeEach
    void start() {
        link("lan", node, peer.node, honest.node);
        link("other", node, beyond.node);
        engine = start(EngineConfig.DEFAULTS, node, observed);
        asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX2, RegistrationOptions.DEFAULTS));
    }

    private void flood(ScriptedPeer from, InetAddress initiator, long ttlMillis, TaggedObjective... objectives) {
        from.multicast(new Flood(new SessionId(session++), initiator, ttlMillis, List.of(objectives)));
        moment();
    }

    private void flood(ScriptedPeer from, InetAddress initiator, long ttlMillis, int value) {
        flood(from, initiator, ttlMillis, untagged(EX2.withValue(value)));
    }

    /** The ASA floods a value for a minute. */
    private void floodOwn(int value) {
        loop.run(() -> asa.flood(List.of(untagged(EX2.withValue(value))), Duration.ofMinutes(1), failure -> {}));
        moment();
    }

    private static TaggedObjective untagged(Objective objective) {
        return TaggedObjective.untagged(objective);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetAddress forged(int number) {
        return address("fd99::" + Integer.toHexString(number));
    }

    private List<Integer> values(String name) {
        return loop.call(() -> asa.getFlood(name)).stream()
                .map(each -> each.objective().value().as(Integer.class))
                .toList();
    }

    private List<Integer> values() {
        return values("EX2");
    }

    /** Fills the cache with many objectives in many datagrams. */
    private void storm(IntFunction<InetAddress> initiator, @Nullable Locator tag) {
        for (int i = 0; i < MANY; i++) {
            TaggedObjective[] objectives = new TaggedObjective[OBJECTIVES_EACH];
            for (int j = 0; j < OBJECTIVES_EACH; j++) {
                String name = "z" + i + "-" + j;
                objectives[j] = new TaggedObjective(
                        Objective.synchronizable(name).withLoopCount(1).withValue(1), tag);
            }
            flood(peer, initiator.apply(i), 0, objectives);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void floodsOfANeighborRemoveNeitherOwnOnesNorThoseOfOthers(boolean forgedInitiators) {
        floodOwn(1);
        flood(
                beyond,
                addressOf(beyond),
                MINUTE,
                untagged(Objective.synchronizable("beyond").withValue(2)));
        flood(
                honest,
                addressOf(honest),
                MINUTE,
                untagged(Objective.synchronizable("honest").withValue(3)));

        storm(i -> forgedInitiators ? forged(i) : addressOf(peer), null);

        assertThat(values()).containsExactly(1);
        assertThat(values("beyond")).containsExactly(2);
        assertThat(values("honest")).containsExactly(3);
        flood(
                beyond,
                addressOf(beyond),
                MINUTE,
                untagged(Objective.synchronizable("late").withValue(4)));
        assertThat(values("late"))
                .as("a full cache has room for other neighbors")
                .containsExactly(4);
        assertThat(values("z0-0"))
                .as("the oldest of the neighbor with the most")
                .isEmpty();
        assertThat(values("z" + (MANY - 1) + "-0")).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"the other node's", "its own", "another"})
    @Proves("8990-2.8.11-9")
    void aFloodWithAForgedInitiatorOrAShortTimeHidesAnOlderOneOnlyUntilItExpires(String initiator) {
        flood(beyond, addressOf(beyond), MINUTE, 1);
        InetAddress claimed = initiator.equals("the other node's")
                ? addressOf(beyond)
                : initiator.equals("its own") ? addressOf(peer) : forged(1);
        flood(peer, claimed, 1000, 2);

        assertThat(values()).as("the newest is valid").containsExactly(2);
        loop.advance(Duration.ofSeconds(1));
        assertThat(values()).containsExactly(1);
        flood(peer, claimed, 1, 3);
        assertThat(values()).containsExactly(1);
        loop.advance(Duration.ofMinutes(1));
        assertThat(values()).isEmpty();
    }

    @Test
    void anOwnFloodIsValidAgainAfterThatOfAnotherNode() {
        floodOwn(1);
        flood(peer, addressOf(peer), 1000, 2);
        assertThat(values()).containsExactly(2);
        flood(peer, loop.call(() -> engine.locators().initiator()), 2000, 3);
        assertThat(values()).containsExactly(3);
        loop.advance(Duration.ofSeconds(2));

        assertThat(values()).containsExactly(1);
    }

    @Test
    void aNodeMayShortenTheTimeOfItsOwnFlood() {
        flood(beyond, addressOf(beyond), MINUTE, 1);
        flood(beyond, addressOf(beyond), 1000, 2);
        loop.advance(Duration.ofSeconds(1));

        assertThat(values()).isEmpty();
    }

    @Test
    void aWithdrawnOwnFloodUncoversThatOfAnotherNode() {
        flood(peer, addressOf(peer), MINUTE, 1);
        floodOwn(2);
        assertThat(values()).containsExactly(2);
        loop.run(() -> asa.deregister(EX2.name()));

        assertThat(values()).containsExactly(1);
    }

    @Test
    void anExpiredEntryIsRemovedWithTheCopiesThatItCovers() {
        flood(peer, addressOf(peer), MINUTE, 1);
        flood(beyond, addressOf(beyond), MINUTE, 2);
        FloodedObjective current = loop.call(() -> asa.getFlood("EX2")).get(0);
        loop.run(() -> asa.expireFlood(current.tagged()));

        assertThat(values()).isEmpty();
    }

    @Test
    void aContestedEntryIsReportedOnceForEachOrigin() {
        flood(beyond, addressOf(beyond), MINUTE, 1);
        flood(beyond, addressOf(beyond), 1000, 2);
        assertThat(observed.contested).as("renewals of one origin").isEmpty();
        flood(peer, addressOf(peer), MINUTE, 3);
        flood(peer, addressOf(peer), MINUTE, 4);
        flood(beyond, addressOf(beyond), MINUTE, 5);
        assertThat(observed.contested).containsExactly("3 over 2 from lan");
        flood(honest, addressOf(beyond), MINUTE, 6);
        assertThat(observed.contested).as("the same initiator by another path").hasSize(1);
        flood(peer, addressOf(beyond), 500, 7);
        floodOwn(8);
        assertThat(observed.contested)
                .as("a shorter time from another neighbor, and an own flood")
                .containsExactly("3 over 2 from lan", "7 over 6 from lan", "8 over 7 from ");
    }

    /** The node knows what it has sent: a flood with its address and an unknown Session ID is another node's. */
    @Test
    void aFloodInThisNodesNameThatItHasNotSentIsReported() {
        InetAddress own = loop.call(() -> engine.locators().initiator());
        floodOwn(1);
        flood(peer, own, 4_000_000_000L, 666);
        assertThat(values()).containsExactly(666);
        assertThat(observed.contested).containsExactly("666 over 1 from lan");

        floodOwn(2);
        flood(peer, own, 4_000_000_000L, 667);
        assertThat(observed.contested).as("renewals").hasSize(1);
        flood(beyond, own, 4_000_000_000L, 668);
        assertThat(observed.contested).as("by another neighbor").hasSize(1);
        floodOwn(3);
        flood(honest, own, MINUTE, 669);
        assertThat(observed.contested).containsExactly("666 over 1 from lan", "669 over 3 from lan");
    }

    @Test
    void aFloodInThisNodesNameIsReportedWhenThisNodeFloodsTheSame() {
        InetAddress own = loop.call(() -> engine.locators().initiator());
        flood(peer, own, 1000, 666);
        assertThat(observed.contested).isEmpty();
        floodOwn(1);

        assertThat(values()).containsExactly(1);
        assertThat(observed.contested).containsExactly("1 over 666 from ");
    }

    @Test
    void aStormOfFloodsDoesNotMakeThoseOfOthersNewAgain() {
        SimNode small = network.node("small");
        ScriptedPeer stormy = newPeer("stormy");
        ScriptedPeer calm = newPeer("calm");
        link("both", small, stormy.node, calm.node);
        RecordingObserver seen = new RecordingObserver();
        start(EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withRememberedBytes(Limits.LEAST_BYTES)), small, seen);
        long once = session;
        flood(calm, addressOf(calm), MINUTE, 1);
        for (int i = 0; i < 100; i++) {
            flood(stormy, forged(i), MINUTE, 2);
        }
        session = once;
        flood(calm, addressOf(calm), MINUTE, 1);

        assertThat(seen.foreignDrops()).containsExactly(Map.entry(DropReason.DUPLICATE, 1));
    }

    @Test
    void longValuesKeepNothingOfTheirMessages() {
        List<FloodedObjective> kept = new ArrayList<>();
        flood(
                peer,
                addressOf(peer),
                MINUTE,
                untagged(Objective.synchronizable("long").withValue("x".repeat(1000))),
                untagged(EX2.withValue(1)));
        kept.addAll(loop.call(() -> asa.getFlood("EX2")));

        assertThat(kept).singleElement().satisfies(each -> {
            var item = each.objective().value().item();
            assertThat(item.compact()).as("an item with an array of its own").isSameAs(item);
        });
    }
}
