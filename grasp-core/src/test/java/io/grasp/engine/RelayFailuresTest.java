package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.RelayLimits;
import io.grasp.engine.node.SlowLink;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A relay between links of which some do not accept multicasts, or accept them later. */
class RelayFailuresTest extends EngineFixture {
    private static final IOException SLOW = new IOException("too many datagrams wait");
    private static final Objective EX1 = Objective.synchronizable("EX1");

    private final ScriptedPeer peer = newPeer("peer");
    private final RecordingObserver observed = new RecordingObserver();
    private final SlowLink first = new SlowLink("first", 71);
    private final SlowLink second = new SlowLink("second", 72);
    private SubstrateListener listener;
    private GraspEngine engine;

    private enum Kind {
        DISCOVERY,
        FLOOD;

        GraspMessage message(InetAddress initiator) {
            SessionId id = new SessionId(4711);
            return this == DISCOVERY
                    ? new Discovery(id, initiator, EX1)
                    : new Flood(id, initiator, 60_000, List.of(TaggedObjective.untagged(EX1.withValue(1))));
        }

        Map.Entry<String, Integer> relayed() {
            return Map.entry(this == DISCOVERY ? "M_DISCOVERY from lan" : "M_FLOOD from lan", 1);
        }
    }

    @BeforeEach
    void start() {
        SimNode node = network.node("relay");
        link("lan", peer.node, node);
        Substrate substrate = listened(node, started -> listener = started);
        engine = start(EngineConfig.DEFAULTS, substrate, observed);
        moment();
        loop.run(() -> {
            listener.linkUp(first);
            listener.linkUp(second);
        });
    }

    private void relay(Kind kind) {
        peer.multicast(kind.message(addressOf(peer)));
        moment();
        assertThat(first.waiting).hasSize(1);
        assertThat(second.waiting).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageIsReportedAsRelayedWhenTheFirstLinkAcceptsIt(Kind kind) {
        relay(kind);
        assertThat(observed.relays).isEmpty();
        assertThat(observed.sent).isEmpty();
        loop.run(() -> second.waiting.remove().done(null));
        assertThat(observed.relays).containsExactly(kind.relayed());
        assertThat(observed.sent).hasSize(1);
        loop.run(() -> first.waiting.remove().done(null));

        assertThat(observed.relays).containsExactly(kind.relayed());
        assertThat(observed.linkEvents).endsWith("relayed", "sent on second", "sent on first");
        assertThat(observed.foreignDrops()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aCopyThatItsLinkDoesNotAcceptIsCountedAsDropped(Kind kind) {
        relay(kind);
        loop.run(() -> {
            first.waiting.remove().done(SLOW);
            second.waiting.remove().done(null);
        });

        assertThat(observed.failedLinks).containsExactly("first");
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.LINK_FAILED, 1));
        assertThat(observed.droppedFrom.link()).as("where it came from").isEqualTo("lan");
        assertThat(observed.droppedFrom.peer()).isNotNull();
        assertThat(observed.relays).containsExactly(kind.relayed());
        assertThat(observed.sent).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageThatNoLinkAcceptsIsNotReportedAsRelayed(Kind kind) {
        relay(kind);
        loop.run(() -> {
            first.waiting.remove().done(SLOW);
            second.waiting.remove().done(SLOW);
        });

        assertThat(observed.failedLinks).containsExactly("first", "second");
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.LINK_FAILED, 2));
        assertThat(observed.relays).isEmpty();
        assertThat(observed.sent).isEmpty();
        loop.advance(TIMEOUT);
        assertThat(loop.call(() -> engine.load().sessions())).isZero();
    }

    @Test
    void aMulticastOfTheNodeThatALinkDoesNotAcceptIsCountedForThatLink() {
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> {
            asa.register(EX1, RegistrationOptions.DEFAULTS);
            asa.flood(List.of(TaggedObjective.untagged(EX1.withValue(1))), TIMEOUT, failure -> {});
            first.waiting.remove().done(SLOW);
            second.waiting.remove().done(null);
        });

        assertThat(observed.failedLinks).containsExactly("first");
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.LINK_FAILED, 1));
        assertThat(observed.dropped(DropReason.LINK_FAILED)).isEqualTo(MessagePath.link("first"));
        assertThat(observed.sent).as("on the other links").hasSize(2);
    }

    @Test
    void aDiscoveryThatWaitsForTheRateIsCountedIfTheOtherLinksGoMeanwhile() {
        int atOnce = RelayLimits.DEFAULTS.discoveries().burst() * RelayLimits.DEFAULTS.linkPercent() / 100;
        for (int id = 1; id <= atOnce + 20; id++) {
            peer.multicast(new Discovery(new SessionId(id), addressOf(peer), EX1));
        }
        moment();
        int waiting = atOnce + 20 - first.waiting.size();
        assertThat(waiting).isPositive();
        loop.run(() -> {
            listener.linkDown(first);
            listener.linkDown(second);
        });
        assertThat(observed.foreignDrops()).isEmpty();

        loop.advance(Duration.ofSeconds(1));
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.NOT_SUPPORTED, waiting));
        loop.run(() -> {
            first.waiting.forEach(each -> each.done(null));
            second.waiting.forEach(each -> each.done(null));
        });
    }
}
