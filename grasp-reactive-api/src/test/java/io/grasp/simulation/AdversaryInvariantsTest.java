package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each invariant that matters beside adversaries detects its violations, and nothing else. */
class AdversaryInvariantsTest {
    private static final SessionId ID = new SessionId(4711);
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final byte[] NO_BYTES = {};

    private final VirtualLoop loop = new VirtualLoop();
    private final Simulation simulation =
            Simulation.on(loop, SimulationConfig.seeded(1).withInvariants(List.of()));
    private final SimNode one = simulation.network().node("one");
    private final SimNode other = simulation.network().node("other");
    private final InetAddress initiator = other.addresses().get(0);
    private final InetSocketAddress peer = new InetSocketAddress(initiator, other.port());
    private final MessagePath lan = MessagePath.link("lan", peer);
    private final MessagePath connection = MessagePath.connection(peer);
    private final List<String> violations = new ArrayList<>();

    private Invariant.Check begin(Invariant invariant) {
        Invariant.Check check = invariant.begin(simulation.network(), violations::add);
        simulation.network().observe(check::happened);
        return check;
    }

    private void start(SimNode node) {
        loop.run(() -> node.start(new Open(), failure -> {}));
    }

    private static Discovery discovery(long session, InetAddress initiator) {
        return new Discovery(new SessionId(session), initiator, EX3);
    }

    private static Response response(long session, InetAddress initiator) {
        return new Response(new SessionId(session), initiator, 1000, List.of(), null);
    }

    // Loop counts in negotiations

    @Test
    void anOfferIsAnsweredWithALowerLoopCount() {
        GraspObserver observer =
                begin(Invariants.negotiationLoopCountsDecrease("FILE")).started(one);
        observer.messageReceived(new RequestNegotiation(ID, EX3.withLoopCount(6)), NO_BYTES, connection);
        observer.messageSent(new Negotiate(ID, EX3.withLoopCount(5)), NO_BYTES, connection);
        observer.messageReceived(new Negotiate(ID, EX3.withLoopCount(255)), NO_BYTES, connection);
        observer.messageSent(new Negotiate(ID, EX3.withLoopCount(254)), NO_BYTES, connection);
        observer.messageSent(new RequestNegotiation(ID, EX3.withLoopCount(255)), NO_BYTES, connection);
        observer.messageReceived(
                new Negotiate(ID, Objective.negotiable("FILE").withLoopCount(3)), NO_BYTES, connection);
        observer.messageSent(new Negotiate(ID, Objective.negotiable("FILE").withLoopCount(255)), NO_BYTES, connection);
        assertThat(violations).isEmpty();

        observer.messageSent(new Negotiate(ID, EX3.withLoopCount(255)), NO_BYTES, connection);
        assertThat(violations)
                .containsExactly(
                        "one sends an offer of EX3 in session 4711 with loop count 255 in answer to one with" + " 255");
    }

    // The outcome of discoveries

    @Test
    void aDiscoveryHasAnOutcome() {
        Invariant.Check check = begin(Invariants.everyDiscoveryHasAnOutcome());
        GraspObserver observer = check.started(one);
        for (long session = 1; session <= 4; session++) {
            observer.messageReceived(discovery(session, initiator), NO_BYTES, lan);
        }
        observer.messageDropped(DropReason.DUPLICATE, lan);
        observer.relayed(discovery(2, initiator), lan);
        observer.messageSent(response(1, initiator), NO_BYTES, lan);
        loop.advance(Duration.ofSeconds(59));
        check.closing(one, EngineLoad.NONE);
        assertThat(violations).as("it may still answer").isEmpty();

        loop.advance(Duration.ofSeconds(1));
        check.closing(one, EngineLoad.NONE);
        assertThat(violations)
                .singleElement()
                .asString()
                .contains("one has neither answered nor relayed nor dropped M_DISCOVERY 3");
    }

    /** A newer reply displaces an older one: the drop comes just after the newer discovery, and names neither. */
    @Test
    void aDropMayBeThatOfAnEarlierDiscovery() {
        Invariant.Check check = begin(Invariants.everyDiscoveryHasAnOutcome());
        GraspObserver observer = check.started(one);
        for (long session = 1; session <= 3; session++) {
            observer.messageReceived(discovery(session, initiator), NO_BYTES, lan);
        }
        observer.messageDropped(DropReason.PENDING_REPLIES, lan);
        observer.messageSent(response(3, initiator), NO_BYTES, lan);
        observer.messageSent(response(2, initiator), NO_BYTES, lan);
        loop.advance(Duration.ofMinutes(1));
        check.closing(one, EngineLoad.NONE);

        assertThat(violations).isEmpty();
    }

    /** A copy waits to be relayed, and is dropped because another copy was relayed meanwhile. */
    @Test
    void aDropMayComeAfterOtherMessages() {
        Invariant.Check check = begin(Invariants.everyDiscoveryHasAnOutcome());
        GraspObserver observer = check.started(one);
        MessagePath wan = MessagePath.link("wan", peer);
        observer.messageReceived(discovery(1, initiator), NO_BYTES, lan);
        observer.messageReceived(discovery(1, initiator), NO_BYTES, wan);
        observer.relayed(discovery(1, initiator), wan);
        observer.messageReceived(response(2, initiator), NO_BYTES, lan);
        loop.advance(Duration.ofMillis(1));
        observer.messageDropped(DropReason.DUPLICATE, lan);
        loop.advance(Duration.ofMinutes(1));
        check.closing(one, EngineLoad.NONE);

        assertThat(violations).isEmpty();
    }

    /** A node that was asleep receives all at once. */
    @Test
    void aReplyMayBeGivenUpJustAfterAnotherMessage() {
        Invariant.Check check = begin(Invariants.everyDiscoveryHasAnOutcome());
        GraspObserver observer = check.started(one);
        observer.messageReceived(discovery(1, initiator), NO_BYTES, lan);
        observer.messageReceived(response(2, initiator), NO_BYTES, lan);
        observer.messageDropped(DropReason.PENDING_REPLIES, lan);
        loop.advance(Duration.ofMinutes(1));
        check.closing(one, EngineLoad.NONE);

        assertThat(violations).isEmpty();
    }

    @Test
    void aDropOfAnotherMessageIsNoOutcomeOfADiscovery() {
        Invariant.Check check = begin(Invariants.everyDiscoveryHasAnOutcome());
        GraspObserver observer = check.started(one);
        observer.messageReceived(discovery(1, initiator), NO_BYTES, lan);
        observer.messageReceived(response(2, initiator), NO_BYTES, lan);
        observer.messageDropped(DropReason.NO_SESSION, lan);
        observer.messageDropped(DropReason.MALFORMED, lan);
        observer.messageDropped(DropReason.RELAY_RATE, MessagePath.link("wan", peer));
        observer.messageSent(response(3, initiator), NO_BYTES, lan);
        loop.advance(Duration.ofMinutes(1));
        check.closing(one, EngineLoad.NONE);

        assertThat(violations).hasSize(1);
    }

    // Sent responses

    @Test
    void aResponseThatIsSentNeedsAConnection() {
        simulation.link("lan", LinkConditions.PERFECT, "one", "other");
        Invariant.Check check = begin(Invariants.sentResponsesHaveLeft());
        start(one);
        start(other);
        GraspObserver observer = check.started(one);
        connect(peer);
        observer.messageSent(response(1, initiator), NO_BYTES, lan);
        observer.messageSent(response(1, initiator), NO_BYTES, connection);
        assertThat(violations).isEmpty();

        observer.messageSent(response(2, initiator), NO_BYTES, lan);
        assertThat(violations)
                .containsExactly("one reports M_RESPONSE of session 2 as sent to [fd00::2]:10002, but had no connection"
                        + " there");
    }

    @Test
    void aResponseOnAStreamNeedsNoConnection() {
        simulation.network().link("lan", LinkKind.STREAM, LinkConditions.PERFECT, one, other);
        GraspObserver observer = begin(Invariants.sentResponsesHaveLeft()).started(one);
        observer.messageSent(response(1, initiator), NO_BYTES, lan);

        assertThat(violations).isEmpty();
    }

    // Connects

    @ParameterizedTest
    @CsvSource({
        "::1, 10002, which no other host can have",
        "ff02::13, 7017, which no other host can have",
        "::, 10002, which no other host can have",
        "127.0.0.1, 10002, which no other host can have",
        "255.255.255.255, 10002, which no other host can have",
        "fd00::2, 0, which is no port",
        "fd00::1, 10001, which is itself",
    })
    void someAddressesAreForbidden(String host, int port, String reason) {
        simulation.link("lan", LinkConditions.PERFECT, "one", "other");
        Invariant.Check check = begin(Invariants.noForbiddenConnects());
        start(one);
        check.started(one);
        connect(peer);
        connect(new InetSocketAddress(one.addresses().get(0), other.port()));
        assertThat(violations).isEmpty();

        connect(new InetSocketAddress(Locator.tcp(host, 1).address(), port));
        assertThat(violations)
                .singleElement()
                .asString()
                .startsWith("one connects to ")
                .endsWith(reason);
    }

    @Test
    void aReplyToAMulticastMustNotLeaveTheLink() {
        simulation.link("lan", LinkConditions.PERFECT, "one", "other");
        Invariant.Check check = begin(Invariants.noForbiddenConnects());
        start(one);
        start(other);
        check.started(one);
        SimNode victim = simulation.network().node("victim");
        simulation.network().link("wan", LinkKind.DATAGRAM, LinkConditions.PERFECT, other, victim);
        InetSocketAddress forged = new InetSocketAddress(victim.addresses().get(0), victim.port());
        for (InetSocketAddress source : List.of(peer, forged)) {
            loop.run(() -> simulation.network().links().get(0).forge(other, source, new byte[1], failure -> {}));
            loop.runUntilIdle();
        }

        assertThat(violations)
                .containsExactly("one connects to [fd00::3]:10003 (MULTICAST_REPLY), which is on none of its links");
    }

    @Test
    void anAdversaryMayConnectAnywhere() {
        begin(Invariants.noForbiddenConnects());
        start(one);
        connect(new InetSocketAddress(Locator.tcp("::1", 1).address(), 7017));

        assertThat(violations).isEmpty();
    }

    private void connect(InetSocketAddress to) {
        Connection made =
                loop.call(() -> one.connect(Locator.of(to.getAddress(), Locator.TCP, to.getPort()), 0, new Silent()));
        loop.runUntilIdle();
        loop.run(made::abort);
        loop.runUntilIdle();
    }

    /** A node that accepts connections, and replies to each multicast. */
    private static final class Open implements SubstrateListener {
        @Override
        public void linkUp(Link link) {}

        @Override
        public void linkDown(Link link) {}

        @Override
        public void linkFailed(String name, Throwable cause) {}

        @Override
        public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
            replyPath.reply(message, failure -> {});
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            return new Silent();
        }

        @Override
        public void securityChanged(Security security) {}
    }

    private static final class Silent implements ConnectionListener {
        @Override
        public void opened() {}

        @Override
        public void received(byte[] bytes) {}

        @Override
        public void inputEnded() {}

        @Override
        public void closed(@Nullable Throwable failure) {}
    }

    // Limits

    private static final Limits LIMITS = Limits.DEFAULTS
            .withSessions(2)
            .withConnections(3)
            .withFloodBytes(50_000)
            .withOwnFloodBytes(20_000)
            .withDiscoveryBytes(30_000)
            .withRelayedLocatorBytes(20_000);

    private Invariant.Check beginLoad() {
        return begin(Invariants.loadKeepsToItsLimits(LIMITS, RelayLimits.DEFAULTS.withSessions(4)));
    }

    @Test
    void cachesMustKeepToTheirMemory() {
        GraspObserver observer = beginLoad().started(one);
        observer.cacheBytes(CacheKind.FLOOD, 70_000);
        observer.cacheBytes(CacheKind.DISCOVERY, 50_000);
        assertThat(violations).isEmpty();

        observer.cacheBytes(CacheKind.FLOOD, 70_001);
        observer.cacheBytes(CacheKind.DISCOVERY, 50_001);
        assertThat(violations)
                .containsExactly(
                        "one keeps 70001 bytes in its cache FLOOD, which may have 70000",
                        "one keeps 50001 bytes in its cache DISCOVERY, which may have 50000");
    }

    @Test
    void cachesMustAccountForTheirEntries() {
        GraspObserver observer = beginLoad().started(one);
        observer.cacheSize(CacheKind.FLOOD, 10);
        observer.cacheBytes(CacheKind.FLOOD, 10 * 512);
        assertThat(violations).isEmpty();

        observer.cacheSize(CacheKind.FLOOD, 11);
        observer.cacheBytes(CacheKind.FLOOD, 11 * 512 - 1);
        assertThat(violations)
                .containsExactly("one accounts for 5631 bytes of 11 entries in its cache FLOOD, which take more");
    }

    @Test
    void sessionsMustKeepToTheirNumber() {
        GraspObserver observer = beginLoad().started(one);
        SessionInfo session = new SessionInfo(ID, SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR, "EX3");
        observer.sessionStarted(session);
        observer.sessionStarted(session);
        observer.sessionEnded(session, SessionOutcome.FAILED, null);
        observer.sessionStarted(session);
        assertThat(violations).isEmpty();

        observer.sessionStarted(session);
        assertThat(violations).containsExactly("one has 3 sessions, and may have 2");
    }

    @Test
    void theLoadMustKeepToTheLimits() {
        Invariant.Check check = beginLoad();
        check.started(one);
        check.closing(one, new EngineLoad(6, 0, 0, 3));
        assertThat(violations).isEmpty();

        check.closing(one, new EngineLoad(7, 0, 0, 4));
        assertThat(violations)
                .containsExactly(
                        "one has 7 sessions and relayed discoveries, and may have 6",
                        "one has 4 connections without a session, and may have 3");
    }

    // Duplicate floods

    /** One processes a flood of the other twice. */
    private void processTwice(boolean begun, boolean adversaryOnTheLink, boolean passesOn) {
        SimNode[] members = adversaryOnTheLink
                ? new SimNode[] {one, other, simulation.network().node("mallory")}
                : new SimNode[] {one, other};
        simulation.network().link("lan", LinkKind.DATAGRAM, LinkConditions.PERFECT, members);
        Invariant.Check check = begin(Invariants.besideAdversaries().stream()
                .filter(each ->
                        each.name().equals(Invariants.noDuplicateFloods().name()))
                .findFirst()
                .orElseThrow());
        GraspObserver flooding = check.started(other);
        GraspObserver observer = check.started(one);
        Flood flood = flood(1);
        if (begun) {
            flooding.messageSent(flood, NO_BYTES, MessagePath.link("lan"));
        }
        observer.messageReceived(flood, NO_BYTES, lan);
        observer.floodProcessed(flood, lan);
        if (passesOn) {
            observer.messageReceived(flood(2), NO_BYTES, lan);
        }
        observer.floodProcessed(flood, lan);
    }

    private Flood flood(long session) {
        return new Flood(
                new SessionId(session),
                initiator,
                1000,
                List.of(TaggedObjective.untagged(Objective.synchronizable("EX1").withValue(1))));
    }

    @Test
    void aFloodOfAnHonestNeighborMustNotBeProcessedTwice() {
        processTwice(true, false, false);
        assertThat(violations).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"false, false, false", "true, true, false", "true, false, true"})
    void aFloodOfAnAdversaryOrOfItsRelayMayBeProcessedTwice(
            boolean begun, boolean adversaryOnTheLink, boolean passesOn) {
        processTwice(begun, adversaryOnTheLink, passesOn);
        assertThat(violations).isEmpty();
    }

    // Other links

    /** One relays 30 discoveries of the other, and refuses some of them. */
    private void relay(int refused, boolean adversaryOnTheLink) {
        SimNode[] members = adversaryOnTheLink
                ? new SimNode[] {one, other, simulation.network().node("mallory")}
                : new SimNode[] {one, other};
        simulation.network().link("lan", LinkKind.DATAGRAM, LinkConditions.PERFECT, members);
        Invariant.Check check = begin(Invariants.otherLinksKeepTheirTraffic());
        GraspObserver asking = check.started(other);
        GraspObserver relaying = check.started(one);
        for (int session = 1; session <= 30; session++) {
            Discovery discovery = discovery(session, initiator);
            asking.messageSent(discovery, NO_BYTES, MessagePath.link("lan"));
            relaying.messageReceived(discovery, NO_BYTES, lan);
            if (session <= refused) {
                relaying.relayRefused(discovery, DropReason.RELAY_RATE, lan);
                relaying.messageDropped(DropReason.RELAY_RATE, lan);
            } else {
                relaying.relayed(discovery, lan);
            }
        }
        check.ended();
    }

    @Test
    void oneMessageInTenMayBeRefused() {
        relay(3, false);
        assertThat(violations).isEmpty();
    }

    @Test
    void moreThanOneMessageInTenMustNotBeRefused() {
        relay(4, false);
        assertThat(violations)
                .containsExactly("one on link lan: refused or did not answer 4 of 30 messages of GRASP nodes, because"
                        + " something was used up");
    }

    @Test
    void onTheLinkOfAnAdversaryAllMayBeRefused() {
        relay(30, true);
        assertThat(violations).isEmpty();
    }

    @Test
    void whatANodeRelaysForAnAdversaryMayBeRefused() {
        simulation.link("lan", LinkConditions.PERFECT, "one", "other");
        Invariant.Check check = begin(Invariants.otherLinksKeepTheirTraffic());
        GraspObserver passingOn = check.started(other);
        GraspObserver relaying = check.started(one);
        InetAddress stranger = simulation.network().node("mallory").addresses().get(0);
        for (int session = 1; session <= 30; session++) {
            Discovery discovery = discovery(session, stranger);
            passingOn.messageReceived(discovery, NO_BYTES, MessagePath.link("wan", peer));
            passingOn.messageSent(discovery, NO_BYTES, MessagePath.link("lan"));
            relaying.messageReceived(discovery, NO_BYTES, lan);
            relaying.relayRefused(discovery, DropReason.RELAY_RATE, lan);
        }
        check.ended();

        assertThat(violations).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "SESSIONS, true",
        "WAITING_SESSIONS, true",
        "LISTENER_QUEUE, true",
        "PEER_CONNECTIONS, false",
        "SILENT_CONNECTIONS, false",
        "DESCRIPTORS, false"
    })
    void requestsOfOthersMustBeTaken(DropReason reason, boolean afterAMessage) {
        Invariant.Check check = begin(Invariants.otherLinksKeepTheirTraffic());
        check.started(other);
        GraspObserver asked = check.started(one);
        MessagePath stranger = MessagePath.connection(new InetSocketAddress(
                simulation.network().node("mallory").addresses().get(0), 1));
        for (int session = 1; session <= 30; session++) {
            boolean refused = session <= 4;
            if (!refused || afterAMessage) {
                asked.messageReceived(new RequestNegotiation(new SessionId(session), EX3), NO_BYTES, connection);
            }
            if (refused) {
                asked.messageDropped(reason, connection.withLink("lan"));
            }
            asked.messageDropped(reason, stranger);
        }
        asked.messageDropped(DropReason.NOT_LISTENING, connection);
        check.ended();

        assertThat(violations)
                .containsExactly("one from other: refused or did not answer 4 of 30 messages of GRASP nodes, because"
                        + " something was used up");
    }

    /** One receives 30 discoveries of the other, and neither answers nor relays some of them. */
    private void ask(int unanswered, boolean fault) {
        simulation.link("lan", LinkConditions.PERFECT, "one", "other");
        Invariant.Check check = begin(Invariants.otherLinksKeepTheirTraffic());
        GraspObserver asking = check.started(other);
        GraspObserver answering = check.started(one);
        for (int session = 1; session <= 30; session++) {
            Discovery discovery = discovery(session, initiator);
            asking.messageSent(discovery, NO_BYTES, MessagePath.link("lan"));
            answering.messageReceived(discovery, NO_BYTES, lan);
            if (session <= unanswered) {
                answering.messageDropped(DropReason.PENDING_REPLIES, lan);
            } else if (session % 3 == 0) {
                answering.relayed(discovery, lan);
            } else if (session % 3 == 1) {
                answering.messageDropped(DropReason.NOT_SUPPORTED, lan);
            } else {
                answering.messageSent(response(session, initiator), NO_BYTES, lan);
            }
        }
        if (fault) {
            simulation.network().node("third").crash();
        }
        loop.advance(Duration.ofSeconds(61));
        check.closing(one, EngineLoad.NONE);
        check.ended();
    }

    @Test
    void oneDiscoveryInTenMayRemainUnanswered() {
        ask(3, false);
        assertThat(violations).isEmpty();
    }

    @Test
    void moreThanOneDiscoveryInTenMustNotRemainUnanswered() {
        ask(4, false);
        assertThat(violations)
                .containsExactly("one on link lan: refused or did not answer 4 of 30 messages of GRASP nodes, because"
                        + " something was used up");
    }

    @Test
    void afterAFaultAnswersMayBeMissing() {
        ask(30, true);
        assertThat(violations).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 0"})
    void relayedDiscoveriesOfHonestNeighborsMustNotBeGivenUp(boolean passesOn, int expected) {
        simulation.link("lan", LinkConditions.PERFECT, "one", "other");
        Invariant.Check check = begin(Invariants.otherLinksKeepTheirTraffic());
        GraspObserver asking = check.started(other);
        GraspObserver relaying = check.started(one);
        if (passesOn) {
            relaying.messageReceived(discovery(99, initiator), NO_BYTES, lan);
        }
        for (int session = 1; session <= 30; session++) {
            Discovery discovery = discovery(session, initiator);
            asking.messageSent(discovery, NO_BYTES, MessagePath.link("lan"));
            relaying.messageReceived(discovery, NO_BYTES, lan);
            relaying.relayed(discovery, lan);
            if (session <= 4) {
                relaying.messageDropped(DropReason.RELAYED_DISCOVERIES, lan);
            }
        }
        check.ended();

        assertThat(violations).hasSize(expected);
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 0"})
    void responsesOfOthersMustBeTaken(boolean passedOn, int expected) {
        Invariant.Check check = begin(Invariants.otherLinksKeepTheirTraffic());
        GraspObserver responding = check.started(other);
        GraspObserver asking = check.started(one);
        for (int session = 1; session <= 30; session++) {
            Response response = response(session, one.addresses().get(0));
            if (passedOn) {
                responding.messageReceived(response, NO_BYTES, connection);
            }
            asking.messageReceived(response, NO_BYTES, connection);
            for (int locator = 0; session <= 4 && locator < 3; locator++) {
                asking.messageDropped(DropReason.TOO_MANY_LOCATORS, connection.withLink("lan"));
            }
        }
        check.ended();

        assertThat(violations).hasSize(expected);
    }
}
