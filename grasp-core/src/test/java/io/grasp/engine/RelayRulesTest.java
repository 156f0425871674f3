package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A relay between three links (RFC 8990 sections 2.5.4.4 and 2.5.6.2), with a peer on each that behaves as the test requires. */
class RelayRulesTest extends EngineFixture {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final SessionId ID = new SessionId(4711);
    private static final RelayLimits SLOW = RelayLimits.DEFAULTS
            .withDiscoveries(new RelayRate(10, 4))
            .withFloods(new RelayRate(10, 4))
            .withLinkPercent(50)
            .withWaiting(0);

    private final SimNode node = network.node("relay");
    private final ScriptedPeer left = newPeer("left");
    private final ScriptedPeer right = newPeer("right");
    private final ScriptedPeer up = newPeer("up");
    private final SimLink leftLink = link("l", left.node, node);
    private final SimLink rightLink = link("r", right.node, node);

    private final RecordingObserver observed = new RecordingObserver();
    private final Map<DropReason, Integer> drops = observed.drops;
    private final Map<String, Integer> relays = observed.relays;
    private GraspEngine engine;

    RelayRulesTest() {
        link("u", up.node, node);
    }

    private void start(RelayLimits limits) {
        start(EngineConfig.DEFAULTS.withRelay(limits));
    }

    private void start(EngineConfig config) {
        engine = start(config, node, observed);
    }

    /** The drops, except those of messages that come back from each link that this node relays to. */
    @SafeVarargs
    private void assertDrops(Map.Entry<DropReason, Integer>... expected) {
        Map<DropReason, Integer> seen = new EnumMap<>(drops);
        seen.computeIfPresent(
                DropReason.OWN, (reason, count) -> count == observed.multicasts ? null : count - observed.multicasts);
        assertThat(seen).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(expected));
    }

    private void soon() {
        loop.advance(Duration.ofMillis(20));
    }

    private InetAddress initiator() {
        return left.node.addresses().get(0);
    }

    private static Locator at(String address) throws UnknownHostException {
        return new Locator.Ipv6((Inet6Address) InetAddress.getByName(address), Locator.TCP, 9999);
    }

    private Response response(Locator... locators) {
        List<GraspOption> options = new ArrayList<>();
        for (Locator locator : locators) {
            options.add(new GraspOption.LocatorOption(locator));
        }
        return new Response(ID, initiator(), 60_000, options, null);
    }

    private Flood flood(long id, int loopCount) {
        Objective objective = EX1.withValue(id).withLoopCount(loopCount);
        return new Flood(new SessionId(id), initiator(), 60_000, List.of(TaggedObjective.untagged(objective)));
    }

    private Discovery discovery(long id, int loopCount) {
        return new Discovery(new SessionId(id), initiator(), EX3.withLoopCount(loopCount));
    }

    /** A peer answers on a connection to the source of the discovery (RFC 8990 section 2.8.5). */
    private void respond(ScriptedPeer from, GraspMessage response) {
        from.reply(response);
        soon();
    }

    private static List<GraspMessage> answers(ScriptedPeer peer) {
        return peer.accepted.stream().flatMap(wire -> wire.received.stream()).toList();
    }

    // Floods

    @Test
    @Proves({"8990-2.5.6.2-5", "8990-2.5.6.2-6", "8990-2.5.6.2-7", "8990-2.5.6.2-9"})
    void aFloodIsRelayedToEveryOtherLinkWithItsLoopCountDecremented() {
        start(RelayLimits.DEFAULTS);
        // Two objectives in odd encodings, a tag, and elements of a later document before, between and after them:
        // the first loop count is a 24 in two bytes, which becomes a 23 in one.
        byte[] flood = hex(
                "8809 192f11 50fd000000000000000000000000000001 1a000003e8 8163455854 "
                        + "8284634558310518186161 80 82 8463455832051806f5 8418675020010db800000000000000000000000006191b69 a0");
        left.multicast(flood);
        soon();

        byte[] relayed = hex("8809 192f11 50fd000000000000000000000000000001 1a000003e8 8163455854 "
                + "82846345583105176161 80 82 8463455832051806f5 8418675020010db800000000000000000000000006191b69 a0");
        assertThat(right.heard).singleElement().isEqualTo(relayed);
        assertThat(up.heard).singleElement().isEqualTo(relayed);
        assertThat(left.heard).as("not where it came from").isEmpty();
    }

    @Test
    @Proves({"8990-2.5.6.2-5", "8990-2.5.6.2-9"})
    void aFloodWithAnInexactTagIsRelayedUnchangedAndItsExactObjectivesAreCached() {
        start(RelayLimits.DEFAULTS);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        // The flood of a registrar (RFC 8995 section 4.3): the last locator has no port.
        String flood = "8709184d50fd4513450000000000000000000000011a0002bf20"
                + "828471414e5f6a6f696e5f7265676973747261720418ff674553542d544c53"
                + "84186750fd451345000000000000000000006789061901bb"
                + "828471414e5f6a6f696e5f7265676973747261720418ff6084186750fd45134500000000000000000000678911191633"
                + "828471414e5f6a6f696e5f7265676973747261720418ff6084186750fe8000000000000000000000000012341829f6";
        left.multicast(hex(flood));
        soon();

        byte[] relayed = hex(flood.replaceFirst("18ff", "18fe"));
        assertThat(right.heard).singleElement().isEqualTo(relayed);
        assertThat(up.heard).singleElement().isEqualTo(relayed);
        assertThat(loop.call(() -> asa.getFlood("AN_join_registrar")))
                .extracting(each -> each.objective().value() + " " + each.locator())
                .containsExactly("\"EST-TLS\" [fd45:1345::6789]:443", "\"\" [fd45:1345::6789]:5683");
        assertDrops();
    }

    @Test
    void aFloodWithoutAnExactObjectiveIsRelayedAndCountedAsDropped() {
        start(RelayLimits.DEFAULTS);
        String flood = "8509184d50fd4513450000000000000000000000011a0002bf20"
                + "828471414e5f6a6f696e5f7265676973747261720418ff6084186750fd4513450000000000000000000012341829f6";
        left.multicast(hex(flood));
        soon();

        assertThat(right.heard).singleElement().isEqualTo(hex(flood.replaceFirst("18ff", "18fe")));
        assertDrops(Map.entry(DropReason.NOTHING_USABLE, 1));
    }

    @Test
    @Proves("8990-2.5.6.2-9")
    void aFloodIsRelayedUnlessAllItsTagsAreLinkLocalOrLoopback() {
        start(RelayLimits.DEFAULTS);
        String header = " 09 1904d2 50fd000000000000000000000000000001 1a000003e8 ";
        String linkLocal = " 82 84634558310406 01 84186750fe800000000000000000000000000001 06191b69 ";
        String bare = " 82 84634558310406 02 841868 44a9fe0101 06191b69 ";
        String loopback = " 82 84634558310406 03 84186750000000000000000000000000000000 01 06191b69 ";
        String good = " 82 84634558310404 1904d2 8418675020010db800000000000000000000000006191b69 ";
        String unknown = " 8163455854 ";
        left.multicast(hex("88" + header + linkLocal + bare + good + loopback));
        left.multicast(hex("87" + header.replace("1904d2", "1904d3") + linkLocal + bare + loopback));
        left.multicast(hex("85" + header.replace("1904d2", "1904d4") + linkLocal));
        left.multicast(hex("86" + header.replace("1904d2", "1904d5") + linkLocal + unknown));
        soon();

        byte[] relayed = hex("88" + header + linkLocal.replace("0406", "0405") + bare + good + loopback);
        byte[] withUnknown =
                hex("86" + header.replace("1904d2", "1904d5") + linkLocal.replace("0406", "0405") + unknown);
        assertThat(right.heard).containsExactly(relayed, withUnknown);
        assertThat(up.heard).containsExactly(relayed, withUnknown);
    }

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }

    @Test
    @Proves("8990-2.5.6.2-10")
    void aFloodWhoseLoopCountReachesZeroIsNotRelayed() {
        start(RelayLimits.DEFAULTS);
        left.multicast(flood(1, 1));
        left.multicast(flood(2, 0));
        left.multicast(flood(3, 2));
        soon();

        assertThat(right.heard).singleElement().isEqualTo(MessageEncoder.encode(flood(3, 1)));
        assertDrops();
    }

    @Test
    @Proves({"8990-2.5.6.2-9", "8990-2.5.6.2-10"})
    void onlyTheFirstLoopCountOfAFloodIsUsed() {
        start(RelayLimits.DEFAULTS);
        List<TaggedObjective> objectives = List.of(
                TaggedObjective.untagged(EX1.withValue(1).withLoopCount(1)),
                TaggedObjective.untagged(EX3.withValue(1).withLoopCount(6)));
        left.multicast(new Flood(ID, initiator(), 1, objectives));
        soon();

        assertThat(right.heard).isEmpty();
    }

    @Test
    @Proves({"8990-2.5.6.2-12", "8990-2.5.6.2-13"})
    void aFloodIsRelayedOnceInTwoMinutesFromWhicheverLink() {
        start(RelayLimits.DEFAULTS);
        left.multicast(flood(1, 6));
        soon();
        left.multicast(flood(1, 6));
        right.multicast(flood(1, 5));
        up.multicast(flood(1, 200));
        loop.advance(Duration.ofSeconds(119));
        right.multicast(flood(1, 6));
        soon();

        assertThat(List.of(left.heard.size(), right.heard.size(), up.heard.size()))
                .containsExactly(0, 1, 1);
        assertDrops(Map.entry(DropReason.DUPLICATE, 4));
        loop.advance(Duration.ofSeconds(1));
        right.multicast(flood(1, 6));
        soon();
        assertThat(left.heard).as("after two minutes it is a new flood").hasSize(1);
    }

    @Test
    @Proves({"8990-2.5.6.2-12", "8990-2.5.6.2-13"})
    void aFloodIsNotRelayedAgainAfterManyOtherFloods() {
        start(RelayLimits.DEFAULTS);
        left.multicast(flood(1, 6));
        for (int second = 0; second < 110; second++) {
            for (int i = 0; i < 300; i++) {
                right.multicast(flood(1000L * (second + 1) + i, 6));
            }
            loop.advance(Duration.ofSeconds(1));
        }
        int relayedToRight = right.heard.size();
        up.multicast(flood(1, 6));
        soon();

        assertThat(right.heard).as("still remembered as relayed").hasSize(relayedToRight);
    }

    @Test
    @Proves("8990-2.5.6.2-8")
    void aFloodWithALinkLocalInitiatorIsNotRelayed() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        InetAddress linkLocal = InetAddress.getByName("fe80::1");
        for (int loopCount = 1; loopCount <= 6; loopCount += 5) {
            Objective objective = EX1.withValue(1).withLoopCount(loopCount);
            left.multicast(
                    new Flood(new SessionId(loopCount), linkLocal, 1, List.of(TaggedObjective.untagged(objective))));
        }
        soon();

        assertThat(right.heard).isEmpty();
        assertDrops(Map.entry(DropReason.LINK_LOCAL_FLOOD, 1));
    }

    @Test
    @Proves({"8990-2.5.6.2-5", "8990-2.5.6.2-7", "8990-2.5.6.2-12", "8990-2.7-9"})
    void floodsOfTwoInitiatorsWithEqualSessionIdsAreBothRelayed() {
        start(RelayLimits.DEFAULTS);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        Flood first = flood(ID.value(), 6);
        Flood second = new Flood(
                ID,
                right.node.addresses().get(0),
                60_000,
                List.of(TaggedObjective.untagged(EX3.withValue("second").withLoopCount(6))));
        for (int time = 0; time < 2; time++) {
            left.multicast(first);
            soon();
            left.multicast(second);
            soon();
        }

        assertThat(up.heard)
                .containsExactly(
                        MessageEncoder.encode(first.withLoopCount(5)), MessageEncoder.encode(second.withLoopCount(5)));
        assertDrops(Map.entry(DropReason.DUPLICATE, 2));
        assertThat(loop.call(() -> asa.getFlood("EX1"))).hasSize(1);
        assertThat(loop.call(() -> asa.getFlood("EX3"))).as("processed too").hasSize(1);
    }

    @Test
    @Proves({"8990-2.5.6.2-13", "8990-2.7-9"})
    void aFloodWithTheSessionIdOfAnOwnFloodAndAnotherInitiatorIsRelayed() {
        start(RelayLimits.DEFAULTS);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> {
            asa.register(EX1, RegistrationOptions.DEFAULTS);
            asa.flood(List.of(TaggedObjective.untagged(EX1.withValue(1))), Duration.ofMinutes(1), failure -> {});
        });
        soon();
        Flood ours = (Flood) ScriptedPeer.decode(right.heard.get(0));
        left.multicast(flood(ours.session().value(), 6));
        soon();

        assertThat(right.heard).hasSize(2);
    }

    @Test
    @Proves("8990-2.5.6.2-13")
    void anOwnFloodThatComesBackIsNotRelayed() {
        start(RelayLimits.DEFAULTS);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> {
            asa.register(EX1, RegistrationOptions.DEFAULTS);
            asa.flood(List.of(TaggedObjective.untagged(EX1.withValue(1))), Duration.ofMinutes(1), failure -> {});
        });
        soon();
        left.multicast(left.heard.get(0));
        soon();

        assertThat(right.heard).hasSize(1);
        assertThat(drops).containsOnlyKeys(DropReason.OWN);
    }

    // Discoveries

    @Test
    @Proves({"8990-2.5.4.4-3", "8990-2.5.4.4-4", "8990-2.5.4.4-5", "8990-2.5.4.4-11"})
    void aDiscoveryIsRelayedAndItsResponsePassedBack() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        assertThat(right.heard).singleElement().isEqualTo(MessageEncoder.encode(discovery(ID.value(), 5)));
        assertThat(up.heard).hasSize(1);
        assertThat(left.heard).isEmpty();

        respond(right, response(at("fd12::1")));
        respond(up, response(at("fd12::2")));

        assertThat(answers(left)).containsExactly(response(at("fd12::1")), response(at("fd12::2")));
        assertThat(answers(right)).isEmpty();
        assertDrops();
    }

    /** The initiator is far away from the previous hop, and other nodes know its address as well. */
    @Test
    @Proves({"8990-2.5.4.4-4", "8990-2.5.4.4-11"})
    void aResponseGoesToThePreviousHopAndNotToTheInitiator() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        for (InetAddress initiator : List.of(
                right.node.addresses().get(0),
                InetAddress.getByName("fe80::77"),
                node.addresses().get(0),
                InetAddress.getByName("2001:db8::1"),
                InetAddress.getByName("192.0.2.1"))) {
            right.heard.clear();
            up.heard.clear();
            left.accepted.clear();
            Discovery discovery = new Discovery(ID, initiator, EX3.withLoopCount(6));
            left.multicast(discovery);
            soon();
            for (ScriptedPeer next : List.of(right, up)) {
                assertThat(next.heard)
                        .singleElement()
                        .isEqualTo(MessageEncoder.encode(new Discovery(ID, initiator, EX3.withLoopCount(5))));
            }

            Response response =
                    new Response(ID, initiator, 1, List.of(new GraspOption.LocatorOption(at("fd12::1"))), null);
            respond(up, response);
            assertThat(answers(left)).containsExactly(response);
            assertThat(right.accepted).as("the initiator's own address").isEmpty();
            assertThat(up.accepted).isEmpty();
        }
        assertDrops(Map.entry(DropReason.COPIED_SESSION_ID, 4));
    }

    @Test
    @Proves({"8990-2.5.4.4-11", "8990-2.8.5-4"})
    void aResponseIsPassedOnUnchanged() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        Response odd = new Response(
                ID,
                initiator(),
                7,
                List.of(
                        new GraspOption.Divert(List.of(at("fd12::3"))),
                        new GraspOption.LocatorOption(new Locator.Fqdn("example.com", 6, 443))),
                EX3.withValue("now"));
        respond(right, odd);

        assertThat(answers(left)).containsExactly(odd);
    }

    @Test
    @Proves({"8990-2.9.5.1-1", "8990-2.9.5.1-3", "8990-2.9.5.1-4", "8990-2.8.5-2", "8990-2.8.5-3"})
    void linkLocalLocatorsAreNotPassedOn() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        respond(right, response(at("fe80::1")));
        respond(right, response(at("fe80::1"), at("fd12::1")));
        respond(
                right,
                new Response(
                        ID,
                        initiator(),
                        1,
                        List.of(new GraspOption.Divert(List.of(at("fe80::2"), at("fd12::2")))),
                        null));

        assertThat(answers(left))
                .containsExactly(
                        response(at("fd12::1")),
                        new Response(
                                ID, initiator(), 1, List.of(new GraspOption.Divert(List.of(at("fd12::2")))), null));
        assertDrops(Map.entry(DropReason.LINK_LOCAL_RESPONSE, 1));
    }

    @Test
    void locatorsArePassedOnOnceAndUpToTheBound() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 60));
        soon();
        respond(right, response(at("fd12::1")));
        respond(up, response(at("fd12::1")));
        for (int i = 2; i <= 40; i++) {
            respond(right, response(at("fd12::" + i)));
        }

        assertThat(answers(left)).hasSize(Limits.DEFAULTS.locators());
        assertDrops(
                Map.entry(DropReason.DUPLICATE, 1),
                Map.entry(DropReason.TOO_MANY_LOCATORS, 40 - Limits.DEFAULTS.locators()));
    }

    /** The copy came on a link whose share of the rate is unused. */
    @Test
    void aRapidAnswerIsForTheInitiatorThatCameFirstEvenIfItsDiscoveryHadToWait() {
        start(SLOW.withWaiting(10));
        for (int id = 1; id <= 4; id++) {
            left.multicast(discovery(id, 60));
        }
        left.multicast(new Discovery(ID, initiator(), EX1.withLoopCount(60).withValue(0)));
        soon();
        up.multicast(new Discovery(ID, addressOf(up), EX1.withLoopCount(60).withValue(0)));
        soon();
        assertThat(drops).as("the first one waits").doesNotContainKey(DropReason.COPIED_SESSION_ID);
        loop.advance(Duration.ofSeconds(2));
        assertThat(observed.dropped(DropReason.COPIED_SESSION_ID).link()).isEqualTo("u");

        right.connect(node).send(new Synch(ID, EX1.withValue("v")));
        soon();
        assertThat(answers(left)).hasSize(1);
        assertThat(answers(up)).isEmpty();
        loop.advance(Duration.ofSeconds(10));
    }

    @Test
    @Proves("8990-2.5.4.4-10")
    void theRelayWaitsAHundredMillisecondsForEachRemainingHop() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 4));
        loop.advance(Duration.ofMillis(290));
        respond(right, response(at("fd12::1")));
        loop.advance(Duration.ofMillis(10));
        respond(right, response(at("fd12::2")));

        assertThat(answers(left)).containsExactly(response(at("fd12::1")));
        assertDrops(Map.entry(DropReason.NO_SESSION, 1));
        assertThat(engine.load().sessions()).isZero();
    }

    @Test
    @Proves("8990-2.7-9")
    void aResponseWithAnotherInitiatorIsNotPassedOn() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        respond(
                right,
                new Response(
                        ID,
                        right.node.addresses().get(0),
                        1,
                        List.of(new GraspOption.LocatorOption(at("fd12::1"))),
                        null));

        assertThat(answers(left)).isEmpty();
        assertDrops(Map.entry(DropReason.NO_SESSION, 1));
    }

    @Test
    @Proves({"8990-2.5.4.4-8", "8990-2.5.4.4-9"})
    void aDiscoveryIsRelayedOnceAlthoughItArrivesOnTwoLinks() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        left.multicast(discovery(ID.value(), 6));
        up.multicast(discovery(ID.value(), 5));
        soon();
        loop.advance(Duration.ofSeconds(100));
        right.multicast(discovery(ID.value(), 6));
        soon();

        assertThat(List.of(left.heard.size(), right.heard.size(), up.heard.size()))
                .containsExactly(0, 1, 1);
        assertDrops(Map.entry(DropReason.DUPLICATE, 3));
    }

    @Test
    @Proves("8990-2.5.4.4-8")
    void discoveriesOfTwoInitiatorsWithEqualSessionIdsAreBothRelayed() {
        start(RelayLimits.DEFAULTS);
        Discovery first = discovery(ID.value(), 6);
        Discovery second = new Discovery(ID, right.node.addresses().get(0), EX3.withLoopCount(6));
        left.multicast(first);
        soon();
        right.multicast(second);
        soon();
        assertThat(up.heard)
                .extracting(bytes -> ((Discovery) ScriptedPeer.decode(bytes)).initiator())
                .containsExactly(first.initiator(), second.initiator());
        assertThat(engine.load().sessions()).isEqualTo(2);

        loop.advance(Duration.ofSeconds(1));
        assertThat(engine.load().sessions()).as("no more responses").isZero();
        loop.advance(Duration.ofMinutes(3));
        left.multicast(first);
        soon();
        assertThat(up.heard).hasSize(3);
    }

    @Test
    @Proves({"8990-2.5.4.4-8", "8990-2.5.4.4-9"})
    void aDiscoveryIsNotRelayedAgainAfterManyOtherDiscoveries() {
        start(EngineConfig.DEFAULTS);
        left.multicast(discovery(1, 6));
        for (int second = 1; second <= 60; second++) {
            for (int i = 0; i < 300; i++) {
                right.multicast(discovery(1000L * second + i, 6));
            }
            loop.advance(Duration.ofSeconds(1));
        }
        right.heard.clear();
        up.multicast(discovery(1, 6));
        soon();

        assertThat(left.heard).hasSizeGreaterThan(3000).noneMatch(RelayRulesTest::isTheFirst);
        assertThat(right.heard).as("still remembered as relayed").isEmpty();
    }

    private static boolean isTheFirst(byte[] discovery) {
        return ScriptedPeer.decode(discovery).session().value() == 1;
    }

    @Test
    void aDiscoveryOfASupportedObjectiveIsAnsweredAndNotRelayed() {
        start(RelayLimits.DEFAULTS);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        left.multicast(discovery(ID.value(), 6));
        soon();

        assertThat(answers(left)).hasSize(1);
        assertThat(right.heard).isEmpty();
    }

    @Test
    @Proves("8990-2.5.4.4-6")
    void aDiscoveryWhoseLoopCountReachesZeroIsNotRelayed() {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(1, 1));
        left.multicast(discovery(2, 0));
        soon();

        assertThat(right.heard).isEmpty();
        assertThat(up.heard).isEmpty();
        assertDrops(Map.entry(DropReason.LOOP_COUNT, 2));
        assertThat(engine.load().deadlines()).isZero();
        left.multicast(discovery(3, 2));
        soon();
        assertThat(right.heard).singleElement().isEqualTo(MessageEncoder.encode(discovery(3, 1)));
    }

    @Test
    void relayedDiscoveriesEndWhenTheLinkOfTheirPreviousHopGoesDown() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        loop.run(() -> network.disconnect(node, leftLink));
        soon();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);

        respond(right, response(at("fd12::1")));
        assertDrops(Map.entry(DropReason.NO_SESSION, 1));
    }

    @Test
    void responsesFromOtherLinksArePassedOnWhenALinkGoesDown() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        loop.run(() -> network.disconnect(node, rightLink));
        respond(up, response(at("fd12::1")));

        assertThat(answers(left)).hasSize(1);
    }

    // The relay's cache

    /** The relay has learned a locator of EX3 from the right. */
    private void learn(Response response) {
        left.multicast(discovery(ID.value(), 6));
        soon();
        respond(right, response);
        left.accepted.clear();
        right.heard.clear();
        up.heard.clear();
    }

    private Response divert(long session, long ttlMillis, Locator... locators) {
        return new Response(
                new SessionId(session),
                initiator(),
                ttlMillis,
                List.of(new GraspOption.Divert(List.of(locators))),
                null);
    }

    @Test
    @Proves({
        "8990-2.5.4.3-2",
        "8990-2.5.4.3-9",
        "8990-2.5.4.3-11",
        "8990-2.8.5-2",
        "8990-2.8.5-3",
        "8990-2.8.5-5",
        "8990-2.8.5-7"
    })
    void aDiscoveryOfAnObjectiveWhoseResponderAnsweredThisNodeIsAnsweredByADivertAndNotRelayedEachTime()
            throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), new Finding()));
        soon();
        Discovery own = (Discovery) ScriptedPeer.decode(right.heard.get(0));
        List<GraspOption> options = response(at("fd12::1")).options();
        respond(right, new Response(own.session(), own.initiator(), 60_000, options, null));
        loop.advance(Duration.ofSeconds(19));
        up.multicast(discovery(1, 6));
        loop.advance(Duration.ofSeconds(1));
        left.heard.clear();
        right.heard.clear();
        up.heard.clear();
        up.accepted.clear();
        up.multicast(discovery(2, 6));
        soon();

        assertThat(answers(up)).singleElement().satisfies(answer -> {
            Response response = (Response) answer;
            assertThat(response.session()).isEqualTo(new SessionId(2));
            assertThat(response.initiator()).as("not the previous hop").isEqualTo(initiator());
            assertThat(response.options()).isEqualTo(divert(2, 1, at("fd12::1")).options());
            assertThat(response.ttlMillis()).as("the rest of a minute").isBetween(39_900L, 40_000L);
        });
        assertThat(up.accepted.get(0).inputEnded).isTrue();
        assertThat(right.heard).isEmpty();
        assertThat(left.heard).isEmpty();
    }

    @Test
    @Proves({"8990-2.8.5-7", "8990-2.9.5.1-4", "8990-2.5.4.3-2", "8990-2.5.4.3-12"})
    void aDivertHoldsLocatorsOfEveryKindAndTheShortestTime() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        Locator name = new Locator.Fqdn("example.com", 6, 443);
        Locator uri = Locator.uri("https://example.com/grasp");
        learn(response(at("fd12::1"), name, at("fe80::9")));
        Response later = new Response(
                ID, initiator(), 5_000, List.of(new GraspOption.Divert(List.of(uri, at("fe80::8")))), null);
        respond(right, later);
        up.multicast(discovery(2, 6));
        soon();

        Response answer = (Response) answers(up).get(0);
        assertThat(answer.options())
                .isEqualTo(divert(2, 1, at("fd12::1"), name, uri).options());
        assertThat(answer.ttlMillis()).isBetween(4_900L, 5_000L);
    }

    @Test
    @Proves({"8990-2.8.3-2", "8990-2.8.5-7"})
    void aDivertHoldsAsManyLocatorsAsFit() {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 60));
        soon();
        String padding = ("x".repeat(50) + ".").repeat(4);
        List<Locator> names = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            names.add(new Locator.Fqdn((char) ('a' + i) + padding + "example.org", Locator.TCP, 443));
        }
        respond(right, response(names.subList(0, 8).toArray(Locator[]::new)));
        respond(right, response(names.subList(8, 16).toArray(Locator[]::new)));
        up.multicast(discovery(2, 6));
        soon();

        assertThat(answers(up)).singleElement().satisfies(answer -> {
            assertThat(MessageEncoder.encode(answer)).hasSizeBetween(1800, 2048);
            assertThat(((Response) answer).options()).containsExactly(new GraspOption.Divert(names.subList(0, 8)));
        });
    }

    @Test
    @Proves("8990-2.9.5.2-1")
    void aDivertHoldsNoIpv4AddressWhereIpv4IsTranslated() throws UnknownHostException {
        start(EngineConfig.DEFAULTS.withIpv4Nat(true));
        Locator ipv4 = new Locator.Ipv4((Inet4Address) InetAddress.getByName("10.0.0.1"), Locator.TCP, 9999);
        left.multicast(discovery(ID.value(), 6));
        soon();
        Locator mapped = UnusableLocators.at("::ffff:10.0.0.2", Locator.TCP, 9999);
        Locator inUri = Locator.uri("https://10.0.0.3/");
        respond(right, divert(ID.value(), 60_000, at("fd12::1"), ipv4, mapped, inUri));
        assertThat(((Response) answers(left).get(0)).options())
                .as("the passed-on options")
                .isEqualTo(divert(1, 1, at("fd12::1")).options());
        respond(right, response(ipv4));
        assertThat(((Response) answers(left).get(1)).options())
                .as("not in a divert")
                .isEqualTo(response(ipv4).options());
        up.multicast(discovery(2, 6));
        soon();
        assertThat(((Response) answers(up).get(0)).options())
                .as("the advertised locators")
                .isEqualTo(divert(2, 1, at("fd12::1")).options());
    }

    /** Options with one element too many, which are passed on as they came where an exact one would be. */
    @Test
    @Proves({"8990-2.9.5.1-3", "8990-2.9.5.2-1", "8990-2.9.5.3-1", "8990-2.9.5.4-1"})
    void aDivertHoldsNoInexactLocatorThatIsNotDivertible() throws UnknownHostException {
        start(EngineConfig.DEFAULTS.withIpv4Nat(true));
        left.multicast(discovery(ID.value(), 6));
        soon();
        CborItem good = item("85 1867 50 fd120000000000000000000000000002 06 19270f 01");
        List<CborItem> bad = Stream.of(
                        "85 1868 44 0a000004 06 19270f 01",
                        "85 1867 50 00000000000000000000ffff0a000005 06 19270f 01",
                        "85 1867 50 fe800000000000000000000000000006 06 19270f 01",
                        "85 1869 68 31302e302e302e37 06 19270f 01", // 10.0.0.7
                        "85 1869 67 612e6c6f63616c 06 19270f 01", // a.local
                        "85 186a 70 68747470733a2f2f31302e302e302e38 f6 f6 01") // https://10.0.0.8
                .map(RelayRulesTest::item)
                .toList();
        List<CborItem> all = new ArrayList<>(bad);
        all.add(good);
        respond(right, response(new GraspOption.Divert(List.of(at("fd12::1")), all)));
        for (CborItem only : bad) {
            byte[] divert = hex("82 1864" + HexFormat.of().formatHex(only.bytes()));
            respond(right, response(new GraspOption.Unknown(100, CborItem.wrap(divert, 0, divert.length))));
        }

        assertThat(answers(left))
                .singleElement()
                .satisfies(answer -> assertThat(((Response) answer).options())
                        .containsExactly(new GraspOption.Divert(List.of(at("fd12::1")), List.of(good))));
        assertThat(drops).containsEntry(DropReason.LINK_LOCAL_RESPONSE, bad.size());
    }

    private Response response(GraspOption option) {
        return new Response(ID, initiator(), 60_000, List.of(option), null);
    }

    private static CborItem item(String hex) {
        byte[] bytes = hex(hex);
        return CborItem.wrap(bytes, 0, bytes.length);
    }

    @Test
    void locatorsOfThisNodeInResponsesAreNotCached() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        Locator here = new Locator.Ipv6((Inet6Address) node.addresses().get(0), Locator.TCP, node.port());
        learn(response(here));
        node.renumber(node.addresses().get(0), InetAddress.getByName("fd77::1"));
        up.multicast(discovery(2, 6));
        soon();
        assertThat(answers(up)).isEmpty();
        assertThat(right.heard).as("the discovery is relayed").hasSize(1);
    }

    @Test
    @Proves({"8990-2.9.5.3-1", "8990-2.9.5.4-1"})
    void aDivertHoldsNoMulticastDnsName() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        Locator good = new Locator.Fqdn("local.example.com", 6, 443);
        Locator[] bad = {
            new Locator.Fqdn("printer.LOCAL", 6, 443),
            new Locator.Fqdn("printer.local.", 6, 443),
            Locator.uri("https://printer.local:443/x"),
            Locator.uri("http://_ipp._tcp.local/x"),
            Locator.uri("https://user@my_printer.local:443/x"),
            Locator.uri("https://printer%2Elocal./"),
            new Locator.Fqdn("1.0.254.169.in-addr.arpa", 6, 443),
            Locator.uri("https://1.8.E.F.ip6.arpa./"),
            new Locator.Fqdn("printer.\uff4c\uff4f\uff43\uff41\uff4c", 6, 443), // full-width letters
            Locator.uri("https://printer\u3002LOCAL\uff0e/"), // ideographic and full-width dots
        };
        learn(response(bad[0], bad[1], good, bad[2], bad[3], bad[4], bad[5], bad[6], bad[7], bad[8], bad[9]));
        Response later = new Response(
                ID, initiator(), 5, List.of(new GraspOption.Divert(List.of(bad[0], bad[2], bad[4]))), null);
        respond(right, later);
        up.multicast(discovery(2, 6));
        soon();

        assertThat(((Response) answers(up).get(0)).options())
                .isEqualTo(divert(2, 1, good).options());
        assertThat(answers(left)).as("not passed on in a divert either").isEmpty();
    }

    @Test
    @Proves({"8990-2.9.5.1-4", "8990-2.9.5.3-1", "8990-2.9.5.4-1"})
    void linkLocalAddressesInNamesAndUrisAreNeitherDivertedNorPassedOn() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        Locator good = Locator.uri("https://[fd12::1]:443/x");
        Locator[] bad = {
            Locator.uri("https://[fe80::1]:443/x"),
            Locator.uri("coap://169.254.1.2/x"),
            Locator.uri("https://[::ffff:169.254.1.2]/"),
            new Locator.Fqdn("169.254.1.2", 6, 443),
            new Locator.Fqdn("fe80::1", 6, 443),
            Locator.uri("https://[fe80::1%25eth0]:443/x"),
            Locator.uri("https://[fe80::1%eth0]/"),
            new Locator.Fqdn("fe80::1%eth0", 6, 443),
        };
        left.multicast(discovery(ID.value(), 6));
        soon();
        respond(right, response(bad[0], bad[1], good, bad[2], bad[3], bad[4], bad[5], bad[6], bad[7]));
        assertThat(answers(left)).as("the passed-on options").containsExactly(response(good));
        respond(right, new Response(ID, initiator(), 5, List.of(new GraspOption.Divert(List.of(bad))), null));
        up.multicast(discovery(2, 6));
        soon();

        assertThat(((Response) answers(up).get(0)).options())
                .isEqualTo(divert(2, 1, good).options());
        assertThat(answers(left)).as("not passed on in a divert either").hasSize(1);
    }

    @Test
    @Proves("8990-2.9.5.1-4")
    void aDivertIsPassedOnWithoutItsInexactLinkLocalAddresses() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        left.multicast(discovery(ID.value(), 6));
        soon();
        List<Locator> exact = List.of(at("fd12::3"));
        // None has a port.
        CborItem far = item("84" + "1867" + "50fd120000000000000000000000000004" + "1829" + "f6");
        CborItem near = item("84" + "1867" + "50fe800000000000000000000000000004" + "1829" + "f6");
        CborItem nearIpv4 = item("84" + "1868" + "44a9fe0102" + "1829" + "f6");
        respond(right, diverted(new GraspOption.Divert(exact, List.of(near, far, nearIpv4))));

        assertThat(answers(left)).containsExactly(diverted(new GraspOption.Divert(exact, List.of(far))));
    }

    private Response diverted(GraspOption.Divert divert) {
        return new Response(ID, initiator(), 7, List.of(divert), null);
    }

    @Test
    @Proves({"8990-2.5.4.3-3", "8990-2.5.4.3-9"})
    void aDivertIsNotSentOnTheLinkThatItWasLearnedOn() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        learn(response(at("fd12::1")));
        right.multicast(discovery(2, 6));
        soon();

        assertThat(answers(right)).isEmpty();
        assertThat(up.heard).as("but the discovery is relayed").hasSize(1);
    }

    @Test
    @Proves("8990-2.5.4.3-3")
    void aDivertIsSentOnNeitherOfTwoLinksThatItWasLearnedOn() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        learn(response(at("fd12::1")));
        respond(up, response(at("fd12::1")));
        up.multicast(discovery(2, 6));
        left.multicast(discovery(3, 6));
        soon();

        assertThat(answers(up)).isEmpty();
        assertThat(answers(left)).hasSize(1);
    }

    @Test
    @Proves({"8990-2.5.4.3-12", "8990-2.5.4.3-13"})
    void aCachedLocatorExpires() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        learn(response(at("fd12::1")));
        loop.advance(Duration.ofSeconds(60));
        up.multicast(discovery(2, 6));
        soon();

        assertThat(answers(up)).isEmpty();
        assertThat(right.heard).hasSize(1);
    }

    @Test
    void locatorsLearnedOnALinkAreForgottenWhenItGoesDown() throws UnknownHostException {
        start(RelayLimits.DEFAULTS);
        learn(response(at("fd12::1")));
        loop.run(() -> network.disconnect(node, rightLink));
        up.multicast(discovery(2, 6));
        soon();

        assertThat(answers(up)).isEmpty();
        assertThat(left.heard).hasSize(1);
    }

    // Rates

    @Test
    @Proves("8990-2.5.6.2-11")
    void floodsAboveTheRateOfTheirLinkAreDroppedAndThoseOfOthersRelayed() {
        start(SLOW);
        for (int i = 1; i <= 10; i++) {
            left.multicast(flood(i, 6));
        }
        right.multicast(flood(100, 6));
        soon();

        assertThat(up.heard)
                .as("half of the burst from one link, and the other one's")
                .hasSize(3);
        assertThat(left.heard).hasSize(1);
        assertDrops(Map.entry(DropReason.RELAY_RATE, 8));
        assertThat(relays)
                .isEqualTo(Map.of("M_FLOOD from l", 2, "M_FLOOD from r", 1, "M_FLOOD refused: RELAY_RATE", 8));
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        assertThat(loop.call(() -> asa.getFlood("EX1")))
                .as("processed nevertheless")
                .singleElement()
                .satisfies(flooded -> assertThat(flooded.objective().value()).hasToString("100"));
    }

    @Test
    @Proves("8990-2.5.6.2-11")
    void theTotalRateOfFloodsIsBounded() {
        start(SLOW.withLinkPercent(100));
        for (int i = 1; i <= 3; i++) {
            left.multicast(flood(i, 6));
            right.multicast(flood(10 + i, 6));
        }
        soon();
        assertThat(up.heard).as("the burst").hasSize(4);
        assertDrops(Map.entry(DropReason.RELAY_RATE, 2));

        for (int i = 0; i < 50; i++) {
            left.multicast(flood(1000 + i, 6));
            loop.advance(Duration.ofMillis(40)); // 25 a second
        }
        assertThat(up.heard).as("10 a second for 2 seconds").hasSizeBetween(4 + 19, 4 + 21);
    }

    @Test
    @Proves("8990-2.5.6.2-11")
    void floodsAreRelayedAtTheDefaultRate() {
        start(EngineConfig.DEFAULTS);
        for (int second = 0; second < 10; second++) {
            for (int i = 0; i < 300; i++) {
                left.multicast(flood(1000L * second + i, 6));
                right.multicast(flood(1000L * second + 500 + i, 6));
            }
            loop.advance(Duration.ofSeconds(1));
        }

        assertThat(up.heard)
                .as("a burst of 200, and 100 a second for 10 seconds, of 6000")
                .hasSizeBetween(1000, 1200);
        assertThat(right.heard).as("half of it from one link").hasSizeBetween(500, 600);
    }

    @Test
    @Proves("8990-2.5.4.4-7")
    void discoveriesAreRelayedAtTheDefaultRate() {
        start(EngineConfig.DEFAULTS);
        for (int second = 0; second < 5; second++) {
            for (int i = 0; i < 300; i++) {
                left.multicast(discovery(1000L * second + i, 6));
                right.multicast(discovery(1000L * second + 500 + i, 6));
            }
            loop.advance(Duration.ofSeconds(1));
        }

        assertThat(up.heard)
                .as("a burst of 200, and 100 a second for 5 seconds, of 3000")
                .hasSizeBetween(500, 700);
        assertThat(right.heard).as("half of it from one link").hasSizeBetween(250, 350);
    }

    @Test
    @Proves("8990-2.5.4.4-7")
    void theTotalRateOfDiscoveriesIsBounded() {
        start(SLOW.withLinkPercent(100).withSessions(1000));
        for (int i = 1; i <= 3; i++) {
            left.multicast(discovery(i, 6));
            right.multicast(discovery(10 + i, 6));
        }
        soon();
        assertThat(up.heard).as("the burst").hasSize(4);
        assertDrops(Map.entry(DropReason.RELAY_RATE, 2));

        for (int i = 0; i < 50; i++) {
            (i % 2 == 0 ? left : right).multicast(discovery(1000 + i, 6));
            loop.advance(Duration.ofMillis(40)); // 25 a second
        }
        assertThat(up.heard).as("10 a second for 2 seconds").hasSizeBetween(4 + 19, 4 + 21);
    }

    @Test
    @Proves({"8990-2.5.4.4-7", "8990-2.5.6.2-11"})
    void oneLinkMayUseHalfOfTheDefaultBurst() {
        start(RelayLimits.DEFAULTS.withWaiting(0));
        for (int i = 1; i <= 150; i++) {
            left.multicast(flood(i, 6));
            left.multicast(discovery(1000 + i, 6));
        }
        soon();

        assertThat(relays)
                .as("half of the burst of 200, as it is one link's")
                .isEqualTo(Map.of(
                        "M_FLOOD from l",
                        100,
                        "M_FLOOD refused: RELAY_RATE",
                        50,
                        "M_DISCOVERY from l",
                        100,
                        "M_DISCOVERY refused: RELAY_RATE",
                        50));
    }

    @Test
    @Proves("8990-2.5.4.4-7")
    void discoveriesAboveTheRateAreDroppedAndNotTracked() {
        start(SLOW);
        for (int i = 1; i <= 10; i++) {
            left.multicast(discovery(i, 6));
        }
        soon();

        assertThat(right.heard).hasSize(2);
        assertThat(engine.load().sessions()).isEqualTo(2);
        assertDrops(Map.entry(DropReason.RELAY_RATE, 8));
        assertThat(relays).isEqualTo(Map.of("M_DISCOVERY from l", 2, "M_DISCOVERY refused: RELAY_RATE", 8));
    }

    @Test
    void theNumberOfRelayedDiscoveriesIsBounded() {
        start(RelayLimits.DEFAULTS.withSessions(3));
        for (int i = 1; i <= 5; i++) {
            left.multicast(discovery(i, 6));
        }
        soon();

        assertThat(engine.load().sessions()).isEqualTo(3);
        assertThat(relays).as("the oldest gives up its place").isEqualTo(Map.of("M_DISCOVERY from l", 5));
        assertDrops(Map.entry(DropReason.RELAYED_DISCOVERIES, 2));
        loop.advance(Duration.ofMillis(600));
        assertThat(engine.load().sessions()).isZero();
        left.multicast(discovery(6, 6));
        soon();
        assertThat(right.heard).hasSize(6);
    }

    @Test
    void floodsAndDiscoveriesHaveSeparateRates() {
        start(SLOW);
        for (int i = 1; i <= 10; i++) {
            left.multicast(flood(i, 6));
        }
        left.multicast(discovery(11, 6));
        soon();

        assertThat(right.heard).hasSize(3);
    }
}
