package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.EngineConfig;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A relay learns locators from responses, which anyone can send. They are kept for a limited time, and never hide the
 * responders (RFC 8990 sections 2.5.4.3 and 2.5.4.4).
 */
class LearnedLocatorsTest extends EngineFixture {
    private static final long LONGEST = 0xFFFF_FFFFL;

    private final SimNode node = network.node("relay");
    private final ScriptedPeer asker = newPeer("asker");
    private final ScriptedPeer liar = newPeer("liar");
    private final ScriptedPeer server = newPeer("server");
    private final RecordingObserver observed = new RecordingObserver();
    private GraspEngine engine;
    private EngineAsa asa;

    @BeforeEach
    void start() {
        link("left", node, asker.node);
        link("middle", node, liar.node);
        link("right", node, server.node);
        engine = start(EngineConfig.DEFAULTS, node, observed);
        asa = loop.call(() -> engine.registerAsa("asa"));
    }

    private static Locator at(String address) {
        try {
            return new Locator.Ipv6((Inet6Address) InetAddress.getByName(address), Locator.TCP, 9999);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Discovery discovery(long id) {
        return new Discovery(new SessionId(id), addressOf(asker), EX3.withLoopCount(6));
    }

    private Response response(long id, long ttlMillis, GraspOption... options) {
        return new Response(new SessionId(id), addressOf(asker), ttlMillis, List.of(options), null);
    }

    private static GraspOption direct(String address) {
        return new GraspOption.LocatorOption(at(address));
    }

    private static GraspOption divert(String address) {
        return new GraspOption.Divert(List.of(at(address)));
    }

    private void ask(long id) {
        asker.multicast(discovery(id));
        moment();
    }

    private void answer(ScriptedPeer from, Response response) {
        from.reply(response);
        moment();
    }

    /** The asker connects to the relay's address on their link. */
    private ScriptedPeer.Wire connect() {
        InetAddress left = loop.call(() -> engine.links().get(0).linkLocalAddress());
        ScriptedPeer.Wire wire = asker.connect(new Locator.Ipv6((Inet6Address) left, Locator.TCP, node.port()));
        moment();
        return wire;
    }

    private List<GraspOption> answers() {
        return asker.accepted.stream()
                .flatMap(wire -> wire.received.stream())
                .flatMap(message -> ((Response) message).options().stream())
                .toList();
    }

    private List<AsaLocator> known() {
        Finding finding = new Finding();
        loop.run(() -> asa.discoverKnown(EX3, finding));
        return finding.found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves("8990-2.5.4.3-12")
    void aResponseOfAStrangerIsKeptForALimitedTimeAndDoesNotHideTheServer(boolean asDivert) {
        ask(1);
        answer(liar, response(1, LONGEST, asDivert ? divert("fd66::6") : direct("fd66::6")));
        asker.accepted.clear();
        server.heard.clear();
        ask(2);

        assertThat(server.heard).as("relayed beside the divert").hasSize(1);
        answer(server, response(2, 60_000, direct("fd12::1")));
        assertThat(answers()).containsExactly(divert("fd66::6"), direct("fd12::1"));
        assertThat(((Response) asker.accepted.get(0).received.get(0)).ttlMillis())
                .isBetween(1L, Timeouts.DEFAULTS.locatorLifetime().toMillis());
        assertThat(observed.foreignDrops()).isEmpty();

        loop.advance(Timeouts.DEFAULTS.locatorLifetime());
        asker.accepted.clear();
        ask(3);
        assertThat(answers()).as("forgotten").isEmpty();
    }

    @Test
    void anAskerCannotAnswerItselfThroughTheRelay() {
        ask(1);
        ScriptedPeer.Wire wire = connect();
        wire.send(response(1, LONGEST, direct("fd66::6")));
        moment();
        wire.close();
        moment();

        assertThat(known()).isEmpty();
        assertThat(answers()).isEmpty();
        assertThat(observed.foreignDrops()).containsExactly(Map.entry(DropReason.ASKING_LINK, 1));
        assertThat(observed.droppedFrom.link()).isEqualTo("left");
    }

    @Test
    void aResponderThatAnsweredThisNodeIsDivertedToMostlyWithoutRelaying() {
        Finding finding = discoverFor(server, "fd12::1");
        assertThat(finding.found)
                .extracting(AsaLocator::ttl)
                .as("the ttl that it came with is longer")
                .containsExactly(Timeouts.DEFAULTS.locatorLifetime());
        ask(1);
        asker.accepted.clear();
        server.heard.clear();
        ask(2);

        assertThat(answers()).containsExactly(divert("fd12::1"));
        assertThat(server.heard).isEmpty();
    }

    /** An ASA of the node discovers, and one peer answers. */
    private Finding discoverFor(ScriptedPeer responder, String address) {
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery own = (Discovery) ScriptedPeer.decode(responder.heard.get(responder.heard.size() - 1));
        responder.reply(new Response(own.session(), own.initiator(), LONGEST, List.of(direct(address)), null));
        loop.advance(Duration.ofSeconds(1));
        server.heard.clear();
        return finding;
    }

    /** Every neighbor hears the node's own discoveries, and may answer them. */
    @Test
    void aStrangerThatAnsweredAnOwnDiscoveryDoesNotHideTheServer() {
        discoverFor(liar, "fd66::6");
        ask(1);
        assertThat(server.heard).as("relayed beside the divert").hasSize(1);
        answer(server, response(1, 600_000, direct("fd12::1")));
        assertThat(answers()).containsExactly(divert("fd66::6"), direct("fd12::1"));

        asker.accepted.clear();
        loop.advance(Duration.ofSeconds(30));
        ask(2);
        assertThat(server.heard).as("not relayed each time").hasSize(1);
        assertThat(answers())
                .as("but the divert has the server, too")
                .containsExactly(new GraspOption.Divert(List.of(at("fd66::6"), at("fd12::1"))));

        discoverFor(liar, "fd66::6"); // renewed
        loop.advance(Timeouts.DEFAULTS.divertWithoutRelay().minusSeconds(31));
        ask(3);
        assertThat(server.heard).as("again after a minute").hasSize(1);
        assertThat(observed.foreignDrops()).isEmpty();
    }

    /** What makes the node relay less is a neighbor's own discovery, and only one that went as far. */
    @Test
    void aNeighborDoesNotKeepTheDiscoveriesOfOthersFromBeingRelayed() {
        ScriptedPeer neighbor = newPeer("neighbor");
        network.connect(neighbor.node, network.links().get(0));
        moment();
        discoverFor(liar, "fd66::6");
        neighbor.multicast(new Discovery(new SessionId(1), addressOf(neighbor), EX3.withLoopCount(6)));
        moment();
        server.heard.clear();
        asker.multicast(new Discovery(new SessionId(2), addressOf(asker), EX3.withLoopCount(1)));
        asker.multicast(new Discovery(new SessionId(3), addressOf(asker), EX3.withLoopCount(2)));
        moment();
        assertThat(server.heard).hasSize(1);
        ask(4);
        assertThat(server.heard).as("it goes further").hasSize(2);
        ask(5);
        assertThat(server.heard).hasSize(2);
    }

    /** Unless the bound applied, a ttl of 0 would mean longer. */
    @ParameterizedTest
    @ValueSource(longs = {0, LONGEST})
    void noTtlExceedsTheLifetimeOfLocators(long ttlMillis) {
        Duration lifetime = Duration.ofMinutes(1);
        SimNode brief = network.node("brief");
        network.connect(brief, network.links().get(2));
        GraspEngine second = start(
                EngineConfig.DEFAULTS.withTimeouts(Timeouts.DEFAULTS.withLocatorLifetime(lifetime)),
                brief,
                GraspObserver.NONE);
        EngineAsa other = loop.call(() -> second.registerAsa("other"));
        Finding finding = new Finding();
        loop.run(() -> other.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery own = (Discovery) ScriptedPeer.decode(server.heard.get(server.heard.size() - 1));
        server.reply(new Response(own.session(), own.initiator(), ttlMillis, List.of(direct("fd12::1")), null));
        loop.advance(Duration.ofSeconds(1));

        assertThat(finding.found).extracting(AsaLocator::ttl).containsExactly(lifetime);
    }

    @Test
    void theResponderToAnOwnDiscoveryComesBeforeWhatThisNodeRelayed() {
        ask(1);
        answer(liar, response(1, LONGEST, direct("fd66::6")));
        answer(liar, response(1, LONGEST, divert("fd66::7")));
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), new Finding()));
        moment();
        Discovery own = (Discovery) ScriptedPeer.decode(server.heard.get(server.heard.size() - 1));
        server.reply(new Response(own.session(), own.initiator(), 60_000, List.of(direct("fd12::1")), null));
        loop.advance(Duration.ofSeconds(1));

        assertThat(known())
                .extracting(AsaLocator::locator)
                .containsExactly(at("fd12::1"), at("fd66::6"), at("fd66::7"));
    }

    @Test
    void aDivertDoesNotProlongOrChangeALocatorThatAnsweredItself() {
        ask(1);
        answer(server, response(1, 1000, direct("fd12::1")));
        answer(liar, response(1, LONGEST, divert("fd12::1")));

        assertThat(known()).singleElement().satisfies(found -> {
            assertThat(found.diverted()).isFalse();
            assertThat(found.ttl()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        });
        loop.advance(Duration.ofSeconds(1));
        assertThat(known()).isEmpty();
    }

    @Test
    void manyLocatorsOfOneNeighborDoNotRemoveThatOfTheServer() {
        ask(1);
        answer(server, response(1, 60_000, direct("fd12::1")));
        for (int id = 2; id <= 4; id++) {
            ask(id);
            for (int i = 0; i < 50; i++) {
                liar.reply(response(id, LONGEST, direct("fd66:" + id + "::" + i)));
                liar.reply(response(id, LONGEST, divert("fd67:" + id + "::" + i)));
            }
            moment();
        }

        assertThat(known()).hasSize(32).extracting(AsaLocator::locator).contains(at("fd12::1"));
    }

    @Test
    void aUnicastDiscoveryGetsTheDivertAndThenTheResponsesOnOneConnection() {
        ask(1);
        answer(liar, response(1, LONGEST, direct("fd66::6")));
        ScriptedPeer.Wire wire = connect();
        wire.send(discovery(2));
        moment();
        answer(server, response(2, 60_000, direct("fd12::1")));
        loop.advance(Duration.ofSeconds(2));

        assertThat(wire.received.stream().map(message -> ((Response) message).options()))
                .containsExactly(List.of(divert("fd66::6")), List.of(direct("fd12::1")));
        assertThat(wire.inputEnded).as("closed after the last response").isTrue();
    }

    @Test
    void aDiscoveryThatWasDivertedAndCannotBeRelayedIsNotDropped() {
        ask(1);
        answer(liar, response(1, LONGEST, direct("fd66::6")));
        asker.multicast(new Discovery(new SessionId(2), addressOf(asker), EX3.withLoopCount(1)));
        moment();

        assertThat(answers()).contains(divert("fd66::6"));
        assertThat(observed.foreignDrops()).isEmpty();
    }

    private List<Long> relayedTtls(String address) {
        return asker.accepted.stream()
                .flatMap(wire -> wire.received.stream())
                .map(Response.class::cast)
                .filter(each -> each.options().contains(direct(address)))
                .map(Response::ttlMillis)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 100})
    void copiesOfTheServersLocatorWithShorterTtlsDoNotHideIt(int copies) {
        ask(1);
        for (int ttl = 1; ttl <= copies; ttl++) {
            liar.reply(response(1, ttl, direct("fd12::1")));
        }
        answer(server, response(1, 60_000, direct("fd12::1")));

        assertThat(relayedTtls("fd12::1")).endsWith(60_000L).hasSizeLessThanOrEqualTo(copies + 1);
        assertThat(relayedTtls("fd12::1").size() - 1)
                .as("copies within the liar's share")
                .isEqualTo(Math.min(copies, EngineConfig.DEFAULTS.limits().locators()));
    }

    @Test
    void anAnswerIsPassedOnAgainOnlyIfItsTtlIsLonger() {
        ask(1);
        answer(server, response(1, 60_000, direct("fd12::1")));
        answer(server, response(1, 60_000, direct("fd12::1")));
        answer(liar, response(1, 59_999, direct("fd12::1")));
        assertThat(relayedTtls("fd12::1")).containsExactly(60_000L);
        assertThat(observed.foreignDrops()).containsOnlyKeys(DropReason.DUPLICATE);

        answer(server, response(1, 0, direct("fd12::1")));
        assertThat(relayedTtls("fd12::1")).as("indefinite").containsExactly(60_000L, 0L);
    }

    /** The liar names it before the server in the first round only, or before and after it in each. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLiarThatNamesTheServersLocatorDoesNotRemoveIt(boolean again) {
        for (int id = 1; id <= 3; id++) {
            Finding finding = new Finding();
            loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
            moment();
            Discovery own = (Discovery) ScriptedPeer.decode(server.heard.get(server.heard.size() - 1));
            if (id == 1 || again) {
                own(liar, own, direct("fd12::1"));
                moment();
            }
            own(server, own, direct("fd12::1"));
            moment();
            if (again) {
                own(liar, own, direct("fd12::1"));
            }
            for (int i = 0; i < 40; i++) {
                own(liar, own, direct("fd66:" + id + "::" + i));
            }
            loop.advance(Duration.ofSeconds(1));
            assertThat(finding.found).extracting(AsaLocator::locator).contains(at("fd12::1"));
            assertThat(known())
                    .as("round " + id)
                    .hasSizeGreaterThan(20)
                    .extracting(AsaLocator::locator)
                    .contains(at("fd12::1"));
        }
    }

    private void own(ScriptedPeer from, Discovery own, GraspOption option) {
        from.reply(new Response(own.session(), own.initiator(), LONGEST, List.of(option), null));
    }
}
