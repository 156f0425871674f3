package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an operation that looks for a peer by itself repeats its discovery (RFC 8990 section 2.5.4.3), at virtual time. */
class PeerSearchRulesTest extends TwoLinkFixture {
    private final Searching searching = new Searching();
    private long begun;
    private Cancellable search;

    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withSessions(8));
    }

    @BeforeEach
    void now() {
        begun = loop.nanoTime();
    }

    private void search(Objective objective, Duration timeout) {
        begun = loop.nanoTime();
        search = loop.call(() -> asa.search(objective, timeout, PeerSearchRulesTest::isTcp, searching));
    }

    private static boolean isTcp(AsaLocator found) {
        return Integer.valueOf(Locator.TCP).equals(found.locator().protocol());
    }

    private long millis() {
        return Duration.ofNanos(loop.nanoTime() - begun).toMillis();
    }

    /** The times at which the peer received discoveries, in tenths of a second; each takes 1 ms in transit. */
    private List<Long> triesUntil(long endMillis) {
        List<Long> tries = new ArrayList<>();
        int heard = peer.heard.size();
        while (millis() < endMillis) {
            loop.advance(Duration.ofMillis(1));
            if (peer.heard.size() > heard) {
                heard = peer.heard.size();
                tries.add(millis() - 1);
            }
        }
        return tries;
    }

    private Discovery heard(int index) {
        return (Discovery) ScriptedPeer.decode(peer.heard.get(index));
    }

    private void answer(Discovery asked, Locator... places) {
        List<GraspOption> options = new ArrayList<>();
        for (Locator place : places) {
            options.add(new GraspOption.LocatorOption(place));
        }
        peer.reply(new Response(asked.session(), asked.initiator(), 60_000, options, null));
    }

    private Locator place() {
        return here(peer.node).locator();
    }

    @ParameterizedTest
    @CsvSource({"6, 0 1600 4200, 8800", "1, 0 1100 3200, 7300", "20, 0 3000 7000, 13000"})
    @Proves({"8990-2.5.4.3-7", "8990-2.5.4.3-8"})
    void aSearchSendsThreeDiscoveriesWithDoublingPauses(int loopCount, String tries, long end) {
        search(EX3.withLoopCount(loopCount), TIMEOUT);

        assertThat(triesUntil(end - 1)).map(String::valueOf).containsExactly(tries.split(" "));
        assertThat(searching.ended).isZero();
        loop.advance(Duration.ofMillis(1));
        assertThat(searching.ended).isEqualTo(1);
        assertThat(searching.found).isEmpty();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        loop.advance(TIMEOUT);
        assertThat(peer.heard).as("no further discovery").hasSize(3);
        assertThat(beyond.heard).as("on every link").hasSize(3);
    }

    @Test
    @Proves({"8990-2.5.4.3-6", "8990-2.7-1"})
    void eachDiscoveryOfASearchDiffersInItsSessionIdOnly() {
        search(EX3.withValue(7), TIMEOUT);
        triesUntil(5000);

        assertThat(List.of(heard(0).session(), heard(1).session(), heard(2).session()))
                .doesNotHaveDuplicates();
        assertThat(List.of(heard(0), heard(1), heard(2)))
                .allSatisfy(each -> assertThat(each.objective().value()).hasToString("null"))
                .extracting(Discovery::initiator)
                .containsOnly(node.addresses().get(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 300, 600, 1000, 2000, 4201})
    void aSearchEndsAtTheTimeoutOfItsCaller(long timeout) {
        search(EX3, Duration.ofMillis(timeout));
        List<Long> tries = triesUntil(timeout);
        assertThat(searching.ended).isEqualTo(1);
        assertThat(tries).hasSize(timeout > 4200 ? 3 : timeout > 1600 ? 2 : 1);
        loop.advance(TIMEOUT);
        assertThat(peer.heard).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aSearchEndsSoonAfterTheFirstUsefulAnswer() {
        search(EX3, TIMEOUT);
        triesUntil(100);
        answer(heard(0), place());
        triesUntil(130);
        answer(heard(0), here(beyond.node).locator());
        triesUntil(145);
        assertThat(searching.ended).isZero();
        triesUntil(160);
        assertThat(searching.ended).isEqualTo(1);
        assertThat(searching.found)
                .extracting(AsaLocator::locator)
                .containsExactly(place(), here(beyond.node).locator());
        loop.advance(TIMEOUT);
        assertThat(peer.heard).hasSize(1);
    }

    /** The answer comes over a connection, whose first packets may have been lost. */
    @ParameterizedTest
    @CsvSource({"0, 1100, 1", "0, 3000, 2", "1, 4500, 3", "0, 8700, 3"})
    void anAnswerToAnEarlierDiscoveryIsTaken(int which, long when, int tries) {
        search(EX3, TIMEOUT);
        triesUntil(when);
        answer(heard(which), place());
        triesUntil(when + 60);

        assertThat(searching.found).extracting(AsaLocator::locator).containsExactly(place());
        assertThat(searching.ended).isEqualTo(1);
        loop.advance(TIMEOUT);
        assertThat(peer.heard).hasSize(tries);
    }

    @Test
    void aUselessAnswerEndsTheDiscoveriesButNotTheSearch() {
        Locator uri = Locator.uri("https://a.example/");
        search(EX3, TIMEOUT);
        triesUntil(100);
        answer(heard(0), uri);
        triesUntil(500);
        assertThat(searching.ended).isZero();
        triesUntil(600);
        assertThat(searching.ended).isEqualTo(1);
        assertThat(searching.found).extracting(AsaLocator::locator).containsExactly(uri);
        loop.advance(TIMEOUT);
        assertThat(peer.heard).hasSize(1);
    }

    @Test
    void aUsefulAnswerAfterAUselessOneIsFound() {
        search(EX3, TIMEOUT);
        triesUntil(100);
        answer(heard(0), Locator.uri("https://a.example/"));
        triesUntil(400);
        answer(heard(0), place());
        triesUntil(500);
        assertThat(searching.found).hasSize(2);
        assertThat(searching.ended).isEqualTo(1);
    }

    @Test
    void aResponseWithoutALocatorDoesNotEndTheDiscoveries() {
        search(EX3, TIMEOUT);
        triesUntil(100);
        answer(heard(0));
        assertThat(triesUntil(5000)).hasSize(2);
    }

    @Test
    void theNumberOfDiscoveriesAndTheirPauseAreSettings() {
        GraspEngine patient = new GraspEngine(
                EngineConfig.DEFAULTS
                        .withLimits(Limits.DEFAULTS.withDiscoveryTries(5))
                        .withTimeouts(Timeouts.DEFAULTS
                                .withDiscoveryHop(Duration.ofMillis(10))
                                .withDiscoveryPause(Duration.ofSeconds(3))),
                network.node("patient"),
                new Random(2),
                GraspObserver.NONE);
        network.link(
                "third",
                LinkKind.DATAGRAM,
                Duration.ofMillis(1),
                network.nodes().get(3),
                peer.node);
        loop.run(() -> patient.start(failure -> {}));
        EngineAsa other = loop.call(() -> patient.registerAsa("other"));
        begun = loop.nanoTime();
        loop.run(() -> other.search(EX3, Duration.ofMinutes(5), found -> true, searching));

        assertThat(triesUntil(100_000)).containsExactly(0L, 3060L, 9120L, 21180L, 45240L);
        loop.run(() -> patient.close(failure -> {}));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 300, 700, 1700, 2500, 4300, 5000})
    void cancellingASearchAtAnyTimeLeavesNothing(long when) {
        search(EX3, TIMEOUT);
        int asked = triesUntil(when).size();
        loop.run(search::cancel);
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        loop.advance(TIMEOUT);
        assertThat(peer.heard).hasSize(Math.max(asked, peer.heard.size()));
        assertThat(searching.ended).isZero();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @Test
    void deregisteringAnAsaEndsItsSearch() {
        search(EX3, TIMEOUT);
        triesUntil(1000);
        loop.run(asa::deregister);
        loop.advance(TIMEOUT);
        assertThat(searching.failures).hasSize(1);
        assertThat(peer.heard).hasSize(1);
    }

    @Test
    void aSearchIsSentOnALinkThatComesUpDuringIt() {
        search(EX3, TIMEOUT);
        triesUntil(1000);
        network.disconnect(node, lan);
        triesUntil(1200);
        network.connect(node, lan);
        assertThat(triesUntil(1500)).as("at once").hasSize(1);
        assertThat(heard(1).session()).isNotEqualTo(heard(0).session());
        triesUntil(8800);
        assertThat(searching.ended).isEqualTo(1);
    }

    /** The IDs of all tries are in the session table until the search ends. */
    @Test
    void aSearchSkipsADiscoveryWhenTheSessionLimitIsReached() {
        search(EX3, TIMEOUT);
        triesUntil(1000);
        List<Cancellable> others = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            others.add(loop.call(() -> asa.discover(EX2, TIMEOUT, new Finding())));
        }
        peer.heard.clear();
        loop.advance(Duration.ofMillis(1));
        peer.heard.clear();
        assertThat(triesUntil(2300)).isEmpty();
        assertThat(drops).containsEntry(DropReason.SESSIONS, 1);
        others.forEach(each -> loop.run(each::cancel));
        assertThat(triesUntil(8800)).hasSize(1);
        assertThat(searching.ended).isEqualTo(1);
    }

    @Test
    void aDiscoveryByTheCallerIsSentOnce() {
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, TIMEOUT, finding));
        loop.advance(TIMEOUT);
        assertThat(peer.heard).hasSize(1);
        assertThat(finding.completed).isTrue();
    }

    @Test
    void aLocatorInTwoResponsesIsReportedOnce() {
        search(EX3, TIMEOUT);
        triesUntil(1700);
        answer(heard(0), place());
        answer(heard(1), place());
        triesUntil(1800);
        assertThat(searching.found).hasSize(1);
        assertThat(searching.ended).isEqualTo(1);
        answer(new Discovery(new SessionId(4711), node.addresses().get(0), EX3), place());
        moment();
        assertThat(drops).containsEntry(DropReason.NO_SESSION, 1);
    }

    /** Records the results of a search. */
    private static final class Searching implements DiscoveryEvents {
        final List<AsaLocator> found = new ArrayList<>();
        final List<GraspException> failures = new ArrayList<>();
        int ended;

        @Override
        public void found(AsaLocator locator) {
            found.add(locator);
        }

        @Override
        public void completed() {
            ended++;
        }

        @Override
        public void failed(GraspException failure) {
            failures.add(failure);
        }
    }
}
