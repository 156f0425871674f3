package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.audit.AuditListener;
import io.grasp.engine.audit.AuditWatch;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNode;
import io.grasp.util.AddressText;
import io.grasp.wire.Flood;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestSynchronization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Audit events say which neighbor on which link was refused, why and how often, at a bounded rate. */
class AuditTest extends EngineFixture {
    private static final Duration PERIOD = Duration.ofSeconds(60);
    private static final byte[] MALFORMED = {(byte) 0xff};

    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final ScriptedPeer second = newPeer("second");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final Audited audited = new Audited();
    private GraspEngine engine;
    private AuditWatch watch;

    @BeforeEach
    void start() {
        link("lan", node, peer.node, second.node);
        link("other", node, beyond.node);
        engine = start(EngineConfig.DEFAULTS, node, GraspObserver.NONE);
        watch = loop.call(() -> engine.audit(PERIOD, audited));
    }

    private void requestAll() {
        loop.run(() -> watch.request(Long.MAX_VALUE));
    }

    private void send(ScriptedPeer from, int times) {
        for (int i = 0; i < times; i++) {
            from.multicast(MALFORMED);
        }
        moment();
    }

    private static String text(ScriptedPeer from, String link, String times) {
        return "dropped " + times + " from " + addressText(from) + " on link " + link + ": malformed";
    }

    private static String addressText(ScriptedPeer from) {
        return AddressText.of(from.linkLocalAddress());
    }

    @Test
    void firstDropIsReportedAtOnceAndFurtherOnesOnceInEachPeriod() {
        requestAll();

        send(peer, 100);
        assertThat(audited.texts).containsExactly(text(peer, "lan", "once"));

        loop.advance(PERIOD);
        assertThat(audited.texts).containsExactly(text(peer, "lan", "once"), text(peer, "lan", "99 times within 60 s"));

        send(peer, 5);
        assertThat(audited.texts).as("the second period has not ended").hasSize(2);
        loop.advance(PERIOD);
        assertThat(audited.texts).last().asString().startsWith("dropped 5 times");

        loop.advance(PERIOD.multipliedBy(2));
        assertThat(loop.pendingWakeups()).as("nothing is left to count").isZero();
        send(peer, 1);
        assertThat(audited.texts).hasSize(4).last().isEqualTo(text(peer, "lan", "once"));
    }

    @Test
    void neighborsAndLinksAreCountedApart() {
        requestAll();

        send(peer, 3);
        send(second, 2);
        send(beyond, 1);
        loop.advance(PERIOD);

        assertThat(audited.texts)
                .containsExactlyInAnyOrder(
                        text(peer, "lan", "once"),
                        text(second, "lan", "once"),
                        text(beyond, "other", "once"),
                        text(peer, "lan", "2 times within 60 s"),
                        text(second, "lan", "once"));
        assertThat(audited.total(DropReason.MALFORMED)).isEqualTo(6);
    }

    @Test
    void reasonsAreCountedApartAndNormalOnesAreLeftOut() {
        requestAll();

        send(peer, 1);
        peer.multicast(new Noop());
        peer.multicast(new Flood(
                new SessionId(1),
                addressOf(peer),
                0,
                List.of(TaggedObjective.untagged(
                        Objective.synchronizable("EX9").withLoopCount(1).withValue(1)))));
        peer.multicast(new RequestSynchronization(new SessionId(2), EX2));
        moment();
        loop.advance(PERIOD);

        assertThat(audited.texts)
                .containsExactly(
                        text(peer, "lan", "once"), text(peer, "lan", "once").replace("malformed", "wrong_path"));
    }

    @Test
    void normalReasonsOfOneNeighborAreReportedIfTheyAreVeryFrequent() {
        requestAll();

        for (int i = 0; i < 500; i++) {
            peer.multicast(new Noop());
        }
        for (int i = 0; i < 200; i++) {
            second.multicast(new Noop());
        }
        moment();
        assertThat(audited.texts).isEmpty();
        loop.advance(PERIOD);
        assertThat(audited.texts)
                .containsExactly(text(peer, "lan", "500 times within 60 s").replace("malformed", "noop"));
        loop.advance(PERIOD);
        assertThat(audited.texts).hasSize(1);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void multicastsThatComeBackToTheNodeAreNotReported() {
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX2, RegistrationOptions.DEFAULTS));
        requestAll();
        TaggedObjective value = TaggedObjective.untagged(EX2.withLoopCount(1).withValue(1));
        loop.run(() -> {
            for (int i = 0; i < 1000; i++) {
                asa.flood(List.of(value), Duration.ofMinutes(1), failure -> {});
            }
        });
        loop.advance(PERIOD);

        assertThat(peer.heard).hasSize(1000);
        assertThat(audited.texts).isEmpty();
        peer.heard.forEach(peer::multicast);
        moment();
        loop.advance(PERIOD);
        assertThat(audited.texts)
                .as("replays of a neighbor are")
                .containsExactly(text(peer, "lan", "1000 times within 60 s").replace("malformed", "own"));
    }

    @Test
    void dropsOfConnectionsAreReported() {
        requestAll();

        peer.connect(node).send(MALFORMED);
        moment();

        assertThat(audited.texts)
                .singleElement()
                .asString()
                .startsWith("dropped once from " + AddressText.of(addressOf(peer)));
    }

    @Test
    void tlsOnThePlainPortIsReportedInWords() {
        requestAll();

        peer.connect(node).send(new byte[] {0x16, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3});
        moment();

        assertThat(audited.texts)
                .singleElement()
                .asString()
                .startsWith("dropped once from " + AddressText.of(addressOf(peer)))
                .endsWith(": tls, a peer speaks TLS to this node's plain port: the peer is protected by certificates"
                        + " and this node is not; start both with certificates or both without");
    }

    @Test
    void withoutDemandCountsGrowAndNothingIsLost() {
        send(peer, 10);
        loop.advance(PERIOD.multipliedBy(3));
        send(peer, 10);
        assertThat(audited.events).isEmpty();

        loop.run(() -> watch.request(1));

        assertThat(audited.texts).containsExactly(text(peer, "lan", "20 times within 180 s"));
        loop.advance(PERIOD.multipliedBy(2));
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void contestedFloodsAreReported() {
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX2, RegistrationOptions.DEFAULTS));
        requestAll();
        TaggedObjective value = TaggedObjective.untagged(EX2.withLoopCount(1).withValue(1));

        peer.multicast(new Flood(new SessionId(1), addressOf(peer), 0, List.of(value)));
        moment();
        second.multicast(new Flood(new SessionId(2), addressOf(second), 0, List.of(value)));
        moment();

        assertThat(audited.texts)
                .containsExactly(
                        "contested floods once from " + addressText(second) + " on link lan, the last one of EX2");
    }

    @Test
    void closedNodeReportsTheLastCountsAndStops() {
        requestAll();
        send(peer, 3);

        loop.run(() -> engine.close(failure -> {}));
        loop.runUntilIdle();

        assertThat(audited.total(DropReason.MALFORMED)).isEqualTo(3);
        assertThat(audited.stopped).isEqualTo(1);
    }

    @Test
    void cancelledWatchReportsNothingAndLeavesNoTimer() {
        requestAll();
        send(peer, 3);

        loop.run(watch::cancel);

        assertThat(loop.pendingWakeups()).isZero();
        send(peer, 3);
        assertThat(audited.events).hasSize(1);
        loop.run(() -> engine.close(failure -> {}));
        loop.runUntilIdle();
        assertThat(audited.stopped).isZero();
    }

    @Test
    void listenerMayCancelInsideAnEvent() {
        audited.inEvent = () -> watch.cancel();
        requestAll();

        send(peer, 3);
        loop.advance(PERIOD);

        assertThat(audited.events).hasSize(1);
        assertThat(loop.pendingWakeups()).isZero();
    }

    /** Records audit events. */
    private static final class Audited implements AuditListener {
        final List<AuditEvent> events = new ArrayList<>();
        final List<String> texts = new ArrayList<>();
        Runnable inEvent = () -> {};
        int stopped;

        @Override
        public void event(AuditEvent event) {
            events.add(event);
            texts.add(event.toString());
            inEvent.run();
        }

        @Override
        public void stopped() {
            stopped++;
        }

        long total(DropReason reason) {
            return events.stream()
                    .filter(event -> event instanceof AuditEvent.Dropped dropped && dropped.reason() == reason)
                    .mapToLong(AuditEvent::count)
                    .sum();
        }
    }
}
