package io.grasp.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.grasp.cbor.CborItem;
import io.grasp.model.AcpNodeName;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkWarning;
import io.grasp.model.Objective;
import io.grasp.model.PeerRefusal;
import io.grasp.model.SessionId;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionInfo.Kind;
import io.grasp.observe.SessionInfo.Role;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.Noop;
import io.grasp.wire.UnknownMessage;
import io.grasp.wire.Wait;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MicrometerObserverTest {
    private static final SessionId ID = new SessionId(1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final VirtualLoop loop = new VirtualLoop();
    private final MicrometerObserver all = new MicrometerObserver(registry);
    private final GraspObserver observer = all.ofNode(loop::nanoTime, loop);
    private final MessagePath path =
            new MessagePath(MessagePath.Kind.CONNECTION, "", new InetSocketAddress("::1", 4711));

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private static SessionInfo negotiation(String objective) {
        return new SessionInfo(ID, Kind.NEGOTIATION, Role.INITIATOR, objective);
    }

    @Test
    void messagesAreCountedByDirectionAndType() {
        observer.messageSent(new Wait(ID, 5), new byte[3], path);
        observer.messageSent(new Wait(ID, 6), new byte[4], path);
        observer.messageReceived(new Wait(ID, 7), new byte[5], path);
        observer.messageReceived(new Noop(), new byte[1], path);

        assertThat(count("grasp.messages", "direction", "out", "type", "M_WAIT"))
                .isEqualTo(2);
        assertThat(count("grasp.messages", "direction", "in", "type", "M_WAIT")).isEqualTo(1);
        assertThat(count("grasp.messages", "direction", "in", "type", "M_NOOP")).isEqualTo(1);
        assertThat(count("grasp.message.bytes", "direction", "out")).isEqualTo(7);
        assertThat(count("grasp.message.bytes", "direction", "in")).isEqualTo(6);
    }

    @Test
    void unknownTypesShareOneMeter() {
        for (int type : new int[] {-1, 10, 50, 98, 100, 101, Integer.MAX_VALUE}) {
            observer.messageReceived(
                    new UnknownMessage(type, ID, CborItem.wrap(new byte[] {1}, 0, 1)), new byte[0], path);
        }

        assertThat(count("grasp.messages", "direction", "in", "type", "unknown"))
                .isEqualTo(7);
    }

    @Test
    void relaysAreCountedByTypeAndRefusalsByReason() throws UnknownHostException {
        Discovery discovery = new Discovery(ID, InetAddress.getByName("fd00::1"), Objective.discoverable("EX1"));
        Flood flood = new Flood(ID, InetAddress.getByName("fd00::1"), 0, List.of(), List.of());
        observer.relayed(discovery, path);
        observer.relayed(flood, path);
        observer.relayed(flood, path);
        observer.relayRefused(flood, DropReason.RELAY_RATE, path);
        observer.relayRefused(flood, DropReason.RELAY_RATE, path);

        assertThat(count("grasp.relayed", "type", "M_DISCOVERY")).isEqualTo(1);
        assertThat(count("grasp.relayed", "type", "M_FLOOD")).isEqualTo(2);
        assertThat(count("grasp.relay.refused", "type", "M_FLOOD", "reason", "relay_rate"))
                .isEqualTo(2);
        assertThat(count("grasp.relay.refused", "type", "M_DISCOVERY", "reason", "relay_rate"))
                .as("before the first one")
                .isZero();
        observer.relayRefused(flood, DropReason.PENDING_REPLIES, path);
        assertThat(count("grasp.relay.refused", "type", "M_FLOOD", "reason", "pending_replies"))
                .as("any reason")
                .isEqualTo(1);
    }

    @Test
    void readsOfACacheAreHitsOrMisses() {
        observer.cacheRead(CacheKind.FLOOD, true);
        observer.cacheRead(CacheKind.FLOOD, true);
        observer.cacheRead(CacheKind.DISCOVERY, false);

        assertThat(count("grasp.cache.reads", "cache", "flood", "result", "hit"))
                .isEqualTo(2);
        assertThat(count("grasp.cache.reads", "cache", "flood", "result", "miss"))
                .isZero();
        assertThat(count("grasp.cache.reads", "cache", "discovery", "result", "miss"))
                .isEqualTo(1);
    }

    @Test
    void sessionsAreTimedByTheLoopAndActiveOnesCounted() {
        // Equal, like sessions of two peers may be, but two sessions.
        SessionInfo first = negotiation("EX3");
        SessionInfo second = negotiation("EX3");
        observer.sessionStarted(first);
        loop.advance(Duration.ofSeconds(2));
        observer.sessionStarted(second);
        assertThat(gauge("grasp.sessions.active", "kind", "negotiation", "role", "initiator"))
                .isEqualTo(2);
        loop.advance(Duration.ofSeconds(3));
        observer.sessionEnded(first, SessionOutcome.DECLINED, null);

        assertThat(gauge("grasp.sessions.active", "kind", "negotiation", "role", "initiator"))
                .isEqualTo(1);
        Timer declined = registry.get("grasp.sessions")
                .tags("kind", "negotiation", "role", "initiator", "outcome", "declined")
                .timer();
        assertThat(declined.count()).isEqualTo(1);
        assertThat(declined.totalTime(TimeUnit.SECONDS)).isEqualTo(5);
        observer.sessionEnded(second, SessionOutcome.DECLINED, null);
        assertThat(declined.totalTime(TimeUnit.SECONDS)).isEqualTo(8);
        assertThat(gauge("grasp.sessions.active", "kind", "negotiation", "role", "initiator"))
                .isZero();
    }

    @Test
    void failuresAreCountedByCode() {
        for (Throwable failure : List.of(
                GraspException.local(GraspErrorCode.NO_NEGOTIATION_REPLY, "silence"), new IllegalStateException())) {
            SessionInfo session = negotiation("EX3");
            observer.sessionStarted(session);
            observer.sessionEnded(session, SessionOutcome.FAILED, failure);
        }

        assertThat(count("grasp.session.failures", "kind", "negotiation", "code", "no_negotiation_reply"))
                .isEqualTo(1);
        assertThat(count("grasp.session.failures", "kind", "negotiation", "code", "other"))
                .isEqualTo(1);
    }

    @Test
    void noTagHoldsAnAddressOrAName() {
        SessionInfo session = negotiation("secret-name");
        observer.messageDropped(DropReason.MALFORMED, path);
        observer.linkFailed("eth7", new IllegalStateException());
        observer.acceptFailed(new IllegalStateException("secret"));
        observer.handlerFailed(
                GraspException.local(GraspErrorCode.UNSPECIFIED, "secret").about("secret-name"));
        observer.linkWarning("eth7", LinkWarning.MEMBERSHIP_LOST, "secret");
        observer.sessionStarted(session);
        observer.sessionEnded(session, SessionOutcome.FAILED, new IllegalStateException("secret"));

        assertThat(count("grasp.drops", "reason", "malformed")).isEqualTo(1);
        assertThat(count("grasp.link.failures")).isEqualTo(1);
        assertThat(count("grasp.accept.failures")).isEqualTo(1);
        assertThat(count("grasp.handler.failures")).isEqualTo(1);
        assertThat(count("grasp.link.warnings", "warning", "membership_lost")).isEqualTo(1);
        Set<String> tags = registry.getMeters().stream()
                .map(Meter::getId)
                .flatMap(id -> id.getTags().stream())
                .map(Tag::getValue)
                .collect(Collectors.toSet());
        assertThat(tags).noneMatch(tag -> tag.contains("eth7") || tag.contains("secret") || tag.contains("4711"));
    }

    @Test
    void dropsAreCountedByReasonAndLink() throws UnknownHostException {
        MessagePath here = MessagePath.link("eth7", new InetSocketAddress(InetAddress.getByName("fe80::4711"), 4711));
        for (MessagePath from : List.of(here, here, path, MessagePath.link("eth8"))) {
            observer.messageDropped(DropReason.MALFORMED, from);
        }
        observer.messageDropped(DropReason.SESSIONS, here);

        assertThat(count("grasp.drops", "reason", "malformed", "link", "eth7")).isEqualTo(2);
        assertThat(count("grasp.drops", "reason", "malformed", "link", "eth8")).isEqualTo(1);
        assertThat(count("grasp.drops", "reason", "malformed", "link", "unknown"))
                .isEqualTo(1);
        assertThat(count("grasp.drops", "reason", "sessions", "link", "eth7")).isEqualTo(1);
        assertThat(count("grasp.drops", "reason", "sessions", "link", "unknown"))
                .as("exists from the start")
                .isZero();
        assertThat(registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .noneMatch(tag -> tag.contains("4711"));
        all.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    /** Interfaces that come and go under new names must not make new meters for ever. */
    @Test
    void theNumberOfLinksThatAreTagsIsBounded() {
        for (int i = 0; i < 1000; i++) {
            observer.messageDropped(DropReason.MALFORMED, MessagePath.link("veth" + i));
        }
        observer.messageDropped(DropReason.MALFORMED, MessagePath.link("veth0"));

        assertThat(registry.get("grasp.drops")
                        .tags("reason", "malformed")
                        .counters()
                        .size())
                .isEqualTo(64 + 2);
        assertThat(count("grasp.drops", "reason", "malformed", "link", "veth0")).isEqualTo(2);
        assertThat(count("grasp.drops", "reason", "malformed", "link", "other")).isEqualTo(1000 - 64);
    }

    @Test
    void onlyListedObjectivesAreTags() {
        GraspObserver listing =
                new MicrometerObserver(registry, Tags.of("node", "x"), List.of("EX3")).ofNode(loop::nanoTime, loop);
        for (String name : List.of("EX3", "made up 1", "made up 2")) {
            SessionInfo session = negotiation(name);
            listing.sessionStarted(session);
            listing.sessionEnded(session, SessionOutcome.ACCEPTED, null);
        }

        assertThat(registry.get("grasp.sessions").timers())
                .extracting(timer -> timer.getId().getTag("objective") + " " + timer.count())
                .containsExactlyInAnyOrder("EX3 1", "other 2");
    }

    @Test
    void expiryIsThatOfTheFirstCertificate() {
        GraspObserver another = all.ofNode(() -> 0, Runnable::run);
        Instant now = Instant.ofEpochMilli(registry.config().clock().wallTime());
        assertThat(gauge("grasp.certificate.expiry")).isNaN();

        observer.identityChanged(identity(true, now.plusSeconds(1000)));
        another.identityChanged(identity(true, now.plusSeconds(500)));
        assertThat(gauge("grasp.identity.good")).isEqualTo(2);
        assertThat(gauge("grasp.certificate.expiry")).isCloseTo(500, offset(5.0));

        another.identityChanged(identity(true, now.plusSeconds(2000)));
        assertThat(gauge("grasp.certificate.expiry")).isCloseTo(1000, offset(5.0));
        observer.identityChanged(identity(false, now.minusSeconds(1)));
        assertThat(gauge("grasp.identity.good")).isEqualTo(1);
        assertThat(gauge("grasp.certificate.expiry")).isNegative();

        observer.closed();
        assertThat(gauge("grasp.certificate.expiry")).isCloseTo(2000, offset(5.0));
        another.closed();
        assertThat(gauge("grasp.identity.good")).isZero();
        assertThat(gauge("grasp.certificate.expiry")).isNaN();
    }

    private static IdentityStatus identity(boolean good, Instant notAfter) {
        AcpNodeName name = AcpNodeName.parse("++x@example.com");
        return new IdentityStatus(
                good, false, List.of(), name, null, Instant.EPOCH, notAfter, IdentityStatus.Expiry.FAR);
    }

    @Test
    void peersAreCountedByTheReasonOfTheirRefusal() {
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
        observer.peerRefused(PeerRefusal.REVOKED, peer, "secret");
        observer.peerRefused(PeerRefusal.REVOKED, peer, "secret");

        assertThat(count("grasp.peers.refused", "reason", "revoked")).isEqualTo(2);
        assertThat(count("grasp.peers.refused", "reason", "untrusted")).isZero();
    }

    @Test
    void gaugesAreSumsOfTheNodesAndLoseTheirShareWithThem() {
        GraspObserver another = all.ofNode(() -> 0, Runnable::run);
        observer.cacheSize(CacheKind.FLOOD, 5);
        another.cacheSize(CacheKind.FLOOD, 7);
        observer.cacheSize(CacheKind.FLOOD, 3);
        another.sessionStarted(negotiation("EX3"));

        assertThat(gauge("grasp.nodes")).isEqualTo(2);
        assertThat(gauge("grasp.cache.size", "cache", "flood")).isEqualTo(10);
        another.closed();
        assertThat(gauge("grasp.nodes")).isEqualTo(1);
        assertThat(gauge("grasp.cache.size", "cache", "flood")).isEqualTo(3);
        assertThat(gauge("grasp.sessions.active", "kind", "negotiation", "role", "initiator"))
                .isZero();
        observer.closed();
        assertThat(registry.getMeters().stream()
                        .filter(meter -> meter.getId().getType() == Meter.Type.GAUGE)
                        .filter(meter -> !meter.getId().getName().equals("grasp.certificate.expiry"))
                        .mapToDouble(meter -> meter.measure().iterator().next().getValue()))
                .hasSizeGreaterThan(5)
                .containsOnly(0.0);
    }

    @Test
    void nodesOfOneObserverShareItsMeters() {
        failed(observer);
        int before = registry.getMeters().size();
        for (int i = 0; i < 3; i++) {
            failed(observer);
            failed(all.ofNode(() -> 0, Runnable::run));
        }

        assertThat(registry.getMeters()).hasSize(before);
        assertThat(count("grasp.session.failures", "code", "no_peer")).isEqualTo(7);
        all.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    private static void failed(GraspObserver target) {
        SessionInfo session = negotiation("EX3");
        target.sessionStarted(session);
        target.sessionEnded(session, SessionOutcome.FAILED, GraspException.peer(GraspErrorCode.NO_PEER, "on purpose"));
    }

    @Test
    void observersOnOneRegistryNeedOwnTagsAndRemoveTheirMetersOnly() {
        assertThatThrownBy(() -> new MicrometerObserver(registry))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("share one observer among the nodes");
        int before = registry.getMeters().size();
        MicrometerObserver tagged = new MicrometerObserver(registry, Tags.of("node", "x"));
        tagged.ofNode(loop::nanoTime, loop).messageSent(new Noop(), new byte[1], path);
        assertThat(count("grasp.messages", "node", "x", "direction", "out", "type", "M_NOOP"))
                .isEqualTo(1);

        tagged.close();
        assertThat(registry.getMeters()).hasSize(before);
        all.close();
        assertThat(registry.getMeters()).isEmpty();
        new MicrometerObserver(registry).close();
    }

    @Test
    void theDelayOfTheLoopIsMeasuredAtABoundedRateDuringTraffic() {
        Timer delay = registry.get("grasp.loop.delay").timer();
        loop.runUntilIdle();
        assertThat(delay.count()).as("no message came in").isZero();

        for (int i = 0; i < 50; i++) {
            observer.messageReceived(new Noop(), new byte[1], path);
            observer.messageReceived(new Noop(), new byte[1], path);
            loop.advance(Duration.ofMillis(10));
        }
        loop.runUntilIdle();

        assertThat(delay.count()).as("in half a second").isEqualTo(5);
        assertThat(delay.totalTime(TimeUnit.NANOSECONDS)).isZero();
        assertThat(loop.pendingWakeups()).isZero();
        observer.messageReceived(new Noop(), new byte[1], path);
        assertThat(delay.count()).as("it has not run yet").isEqualTo(5);
    }
}
