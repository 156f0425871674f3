package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.node.DullGuard;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Link;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of RFC 8990 section 2.5.2, with a neighbor that follows none of them. */
class DullRulesTest extends EngineFixture {
    private static final Objective AN_ACP =
            Objective.synchronizable("AN_ACP").withLoopCount(1).withValue("IKEv2");
    private static final Objective AN_PROXY =
            Objective.synchronizable("AN_Proxy").withLoopCount(1).withValue("");
    private static final RegistrationOptions DISCOVERABLE = RegistrationOptions.DEFAULTS.withDiscoverable(true);
    private static final SessionId ID = new SessionId(4711);
    private static final Duration TTL = Duration.ofMillis(210_000);

    private final SimNode node = network.node("dull");
    private final ScriptedPeer peer = newPeer("peer");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final SimLink other;
    private final RecordingObserver observed = new RecordingObserver();
    private final List<String> failedLinks = observed.failedLinks;
    private GraspEngine engine;
    private EngineAsa asa;

    DullRulesTest() {
        link("lan", peer.node, node);
        other = link("other", beyond.node, node);
    }

    @BeforeEach
    void start() {
        node.setSecurity(Security.NONE);
        engine = start(EngineConfig.DEFAULTS.withDull(Dull.allowing("AN_ACP", "AN_Proxy")), node, observed);
        asa = loop.call(() -> engine.registerAsa("asa"));
    }

    private void register(Objective objective) {
        loop.run(() -> asa.register(objective, DISCOVERABLE));
    }

    private InetAddress initiator() {
        return peer.node.addresses().get(0);
    }

    private Flood flood(long id, Objective... objectives) {
        return new Flood(
                new SessionId(id),
                initiator(),
                TTL.toMillis(),
                List.of(objectives).stream().map(TaggedObjective::untagged).toList());
    }

    private List<FloodedObjective> heard(String name) {
        return loop.call(() -> asa.getFlood(name));
    }

    private void assertRefused(Runnable action, GraspErrorCode code) {
        assertThatThrownBy(() -> loop.run(action))
                .isInstanceOfSatisfying(
                        GraspException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    private static AsaLocator somewhere() throws UnknownHostException {
        return AsaLocator.of(new Locator.Ipv6((Inet6Address) InetAddress.getByName("2001:db8::1"), Locator.TCP, 7017));
    }

    // What it accepts

    @Test
    void thePublishedFloodsOfTheAutonomicControlPlaneAreAccepted() {
        // RFC 8994: AN_ACP by IKEv2 and by DTLS in one message; one with extensions. RFC 8995: AN_Proxy
        peer.multicast(
                hex("86091a00bc4e4f50fe80000000000000c0011001feef00001a00033450828466414e5f414350040165494b4576328418"
                        + "6750fe80000000000000c0011001feef000011193a98828466414e5f41435004016444544c5384186750fe80000000"
                        + "000000c0011001feef000011194268"));
        peer.multicast(hex("85090150fe80000000000000c0011001feef00001a00033450828466414e5f414350040183826549"
                + "4b457632a1617001636578740780"));
        peer.multicast(hex("85091a00bc4e4f50fe8000000000000000000000000000011a0002bf20828468414e5f50726f787904016084"
                + "186750fe8000000000000000000000000000010619115b"));
        moment();

        assertThat(observed.foreignDrops()).isEmpty();
        assertThat(heard("AN_ACP")).hasSize(3);
        assertThat(heard("AN_Proxy")).singleElement().satisfies(proxy -> {
            assertThat(proxy.locator()).hasToString("[fe80::1]:4443");
            assertThat(proxy.initiator().isLinkLocalAddress()).isTrue();
        });
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    @Proves("8990-2.5.2-6")
    void messagesWithALoopCountOtherThanOneAreDiscarded() {
        register(AN_PROXY);
        peer.multicast(flood(1, AN_ACP.withLoopCount(2)));
        peer.multicast(flood(2, AN_ACP.withLoopCount(0)));
        peer.multicast(flood(3, AN_ACP.withLoopCount(2), AN_PROXY));
        peer.multicast(new Discovery(ID, initiator(), AN_PROXY.withLoopCount(6)));
        moment();

        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.DULL_LOOP_COUNT, 4));
        assertThat(heard("AN_Proxy")).isEmpty();
        assertThat(heard("AN_ACP")).isEmpty();
        assertThat(peer.accepted).as("silence").isEmpty();
        assertThat(peer.heard).as("silence").isEmpty();
    }

    /** Senders and relays set only the loop count of the first objective. */
    @Test
    void theLoopCountOfAFloodIsThatOfItsFirstObjective() {
        peer.multicast(flood(1, AN_ACP, AN_PROXY.withLoopCount(255)));
        moment();

        assertThat(heard("AN_ACP")).hasSize(1);
        assertThat(heard("AN_Proxy")).hasSize(1);
        assertThat(observed.foreignDrops()).isEmpty();
    }

    @Test
    void floodedObjectivesWithATagOutsideTheLinkAreNotKept() {
        Locator onLink = UnusableLocators.at("fe80::99", Locator.TCP, 4711);
        List<Locator> away = List.of(
                UnusableLocators.at("fd12::1", Locator.TCP, 4711),
                UnusableLocators.at("2001:db8::1", Locator.UDP, 4711),
                UnusableLocators.at("192.0.2.1", Locator.TCP, 4711),
                new Locator.Fqdn("example.org", Locator.TCP, 4711),
                Locator.uri("https://example.org/"));
        List<TaggedObjective> objectives = new ArrayList<>();
        away.forEach(tag -> objectives.add(new TaggedObjective(AN_PROXY, tag)));
        objectives.add(new TaggedObjective(AN_PROXY, onLink));
        objectives.add(TaggedObjective.untagged(AN_ACP));
        objectives.add(new TaggedObjective(AN_ACP, UnusableLocators.at("::1", Locator.TCP, 4711)));
        peer.multicast(new Flood(ID, initiator(), TTL.toMillis(), objectives));
        moment();

        assertThat(heard("AN_Proxy")).extracting(FloodedObjective::locator).containsExactly(onLink);
        assertThat(heard("AN_ACP")).extracting(FloodedObjective::locator).containsOnlyNulls();
        assertThat(observed.foreignDrops())
                .containsOnly(
                        Map.entry(DropReason.DULL_LOCATOR, away.size()), Map.entry(DropReason.UNUSABLE_LOCATOR, 1));
    }

    /** A response may contain a copy of the requested objective. */
    @Test
    @Proves({"8990-2.5.2-6", "8990-2.5.2-7"})
    void theObjectiveOfAResponseIsChecked() {
        Objective other = Objective.synchronizable("EX1").withLoopCount(1).withValue("");
        assertThat(askAbout(AN_ACP)).hasSize(1);
        assertThat(askAbout(AN_ACP.withLoopCount(2))).isEmpty();
        assertThat(askAbout(AN_ACP.withLoopCount(0))).isEmpty();
        assertThat(askAbout(other)).isEmpty();

        assertThat(observed.foreignDrops())
                .containsOnly(Map.entry(DropReason.DULL_LOOP_COUNT, 2), Map.entry(DropReason.DULL_OBJECTIVE, 1));
        assertThat(peer.accepted).as("silence").isEmpty();
    }

    private List<AsaLocator> askAbout(Objective copy) {
        return ask(
                response("fe80::77").stream()
                        .<GraspOption>map(GraspOption.LocatorOption::new)
                        .toList(),
                copy);
    }

    @Test
    @Proves("8990-2.5.2-7")
    void aMessageWithAnObjectiveThatIsNotAllowedIsDiscardedWhole() {
        peer.multicast(flood(1, Objective.synchronizable("EX1").withLoopCount(1)));
        peer.multicast(flood(2, AN_ACP, Objective.synchronizable("EX1").withLoopCount(1)));
        peer.multicast(
                new Discovery(ID, initiator(), Objective.discoverable("EX1").withLoopCount(1)));
        moment();

        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.DULL_OBJECTIVE, 3));
        assertThat(heard("AN_ACP")).isEmpty();
        assertThat(peer.accepted).as("silence").isEmpty();
        assertThat(peer.heard).as("silence").isEmpty();
    }

    @Test
    void requestsAndUnknownMessagesAreDiscardedSilently() {
        Objective exactly = AN_PROXY.withValue(1);
        for (GraspMessage message : List.<GraspMessage>of(
                new RequestNegotiation(ID, exactly),
                new RequestSynchronization(ID, exactly),
                new Discovery(ID, initiator(), AN_PROXY),
                flood(1, AN_ACP))) {
            ScriptedPeer.Wire wire = connectOnLink();
            wire.send(message);
            moment();
            assertThat(wire.received).isEmpty();
            assertThat(wire.inputEnded).isTrue();
        }
        ScriptedPeer.Wire wire = connectOnLink();
        wire.send(hex("8218321904d2")); // type 50
        moment();
        assertThat(wire.received).as("no M_INVALID").isEmpty();
        peer.multicast(hex("8218321904d2"));
        moment();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.DULL_TYPE, 6));
    }

    private ScriptedPeer.Wire connectOnLink() {
        Link link = loop.call(() -> engine.links().get(0));
        return peer.connect(new Locator.Ipv6((Inet6Address) link.linkLocalAddress(), Locator.TCP, node.port()));
    }

    @Test
    @Proves("8990-2.5.2-11")
    void messagesFromSendersOutsideTheLinkAreDiscarded() throws UnknownHostException {
        ScriptedPeer.Wire wire = peer.connect(node); // from and to addresses that are valid beyond the link
        moment();
        assertThat(wire.failure).isNotNull();
        assertThat(observed.foreignDrops()).containsExactly(Map.entry(DropReason.NOT_SERVED, 1));
        assertThat(observed.droppedFrom.peer().getAddress()).isEqualTo(addressOf(peer));

        DullGuard guard = new DullGuard(Dull.allowing("X"), engine.links());
        Link link = engine.links().get(0);
        InetAddress global = InetAddress.getByName("2001:db8::1");
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
        assertThat(guard.linkSource(link, global)).isEqualTo(DropReason.DULL_SOURCE);
        assertThat(guard.linkSource(link, InetAddress.getByName("fe80::1"))).isNull();
        assertThat(guard.linkSource(link, InetAddress.getByName("192.0.2.1"))).isEqualTo(DropReason.DULL_SOURCE);
        assertThat(guard.connectionSource(global)).isEqualTo(DropReason.DULL_SOURCE);
        assertThat(guard.connectionSource(Inet6Address.getByAddress(null, linkLocal, link.index())))
                .isNull();
        assertThat(guard.connectionSource(Inet6Address.getByAddress(null, linkLocal, link.index() + 1)))
                .as("on another link")
                .isEqualTo(DropReason.DULL_SOURCE);
    }

    @Test
    @Proves({"8990-2.5.2-1", "8990-2.5.2-8", "8990-2.5.2-11", "8990-2.5.4.4-2"})
    void aDullInstanceRunsOnOneLinkAndRelaysNothing() {
        assertThat(failedLinks).containsExactly("other");
        assertThat(loop.call(engine::links)).extracting(Link::name).containsExactly("lan");
        peer.multicast(flood(1, AN_ACP));
        peer.multicast(new Discovery(ID, initiator(), AN_PROXY));
        moment();
        assertThat(beyond.heard).isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.NOT_SUPPORTED, 1));

        beyond.multicast(flood(2, AN_PROXY));
        moment();
        assertThat(heard("AN_Proxy")).isEmpty();
        assertThat(observed.foreignDrops()).containsEntry(DropReason.DULL_SOURCE, 1);
        loop.run(() -> other.down());
        moment();
        assertThat(loop.call(engine::links)).hasSize(1);
    }

    // What it sends

    @Test
    @Proves({"8990-2.5.2-3", "8990-2.5.2-4"})
    void aDullInstanceSendsWithLoopCountOneAndALinkLocalInitiator() {
        register(AN_ACP.withLoopCount(6));
        loop.run(() -> asa.flood(
                List.of(TaggedObjective.untagged(AN_ACP.withLoopCount(255))), Duration.ofSeconds(1), failure -> {}));
        loop.run(() -> asa.discover(AN_PROXY.withLoopCount(6), Duration.ofMillis(10), FoundLocators.NOTHING));
        moment();

        assertThat(peer.heard).hasSize(2);
        assertThat(beyond.heard).as("on another link").isEmpty();
        Flood flood = (Flood) ScriptedPeer.decode(peer.heard.get(0));
        assertThat(flood.initiator().isLinkLocalAddress()).isTrue();
        assertThat(flood.objectives().get(0).objective().loopCount()).isEqualTo(1);
        Discovery discovery = (Discovery) ScriptedPeer.decode(peer.heard.get(1));
        assertThat(discovery.initiator().isLinkLocalAddress()).isTrue();
        assertThat(discovery.objective().loopCount()).isEqualTo(1);
    }

    /** A DULL instance that received them would drop them silently. */
    @Test
    void floodsWithATagThatIsNotLinkLocalAreRefused() {
        register(AN_PROXY);
        for (Locator tag : List.of(
                UnusableLocators.at("fd12::1", Locator.TCP, 4711),
                UnusableLocators.at("192.0.2.1", Locator.TCP, 4711),
                new Locator.Fqdn("example.org", Locator.TCP, 4711),
                Locator.uri("https://example.org/"))) {
            assertRefused(() -> flood(tag), GraspErrorCode.INVALID_LOCATOR);
        }
        assertThat(peer.heard).isEmpty();
        Link link = loop.call(() -> engine.links().get(0));
        loop.run(() -> flood(Locator.of(link.linkLocalAddress(), Locator.TCP, 4711)));
        loop.run(() -> flood(UnusableLocators.at("::", Locator.TCP, 4711))); // becomes the link-local address
        moment();
        assertThat(peer.heard).hasSize(2).allSatisfy(bytes -> {
            Flood flood = (Flood) ScriptedPeer.decode(bytes);
            assertThat(flood.objectives().get(0).locator().isLinkLocal()).isTrue();
        });
    }

    private void flood(Locator tag) {
        asa.flood(List.of(new TaggedObjective(AN_PROXY, tag)), TTL, failure -> {});
    }

    @Test
    @Proves({"8990-2.5.2-9", "8990-2.5.2-10"})
    void responsesHoldALinkLocalAddressAndNoDivert() {
        register(AN_PROXY);
        peer.multicast(new Discovery(ID, initiator(), AN_PROXY));
        moment();

        Response response = (Response) peer.accepted.get(0).received.get(0);
        assertThat(response.options())
                .singleElement()
                .isInstanceOfSatisfying(
                        GraspOption.LocatorOption.class,
                        option -> assertThat(option.locator().isLinkLocal()).isTrue());
        // It discovers AN_ACP, and still sends no divert to it.
        learn(response("fe80::77"));
        peer.multicast(new Discovery(new SessionId(2), initiator(), AN_ACP));
        moment();
        assertThat(peer.accepted).hasSize(1);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.NOT_SUPPORTED, 1));
    }

    private static List<Locator> response(String... addresses) {
        return List.of(addresses).stream()
                .<Locator>map(address -> {
                    try {
                        return new Locator.Ipv6((Inet6Address) InetAddress.getByName(address), Locator.TCP, 9);
                    } catch (UnknownHostException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    /** The engine discovers AN_ACP; the response comes on a connection between link-local addresses. */
    private List<AsaLocator> learn(List<Locator> locators) {
        return ask(locators.stream()
                .<GraspOption>map(GraspOption.LocatorOption::new)
                .toList());
    }

    private List<AsaLocator> ask(List<GraspOption> options) {
        return ask(options, null);
    }

    private List<AsaLocator> ask(List<GraspOption> options, Objective copy) {
        List<AsaLocator> found = new ArrayList<>();
        loop.run(() -> {
            asa.forgetLocators(AN_ACP);
            asa.discover(AN_ACP, Duration.ofMillis(40), new FoundLocators(found));
        });
        loop.advance(Duration.ofMillis(5));
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1));
        peer.reply(new Response(asked.session(), asked.initiator(), 60_000, options, copy));
        moment();
        return found;
    }

    @Test
    void responsesWithLocatorsOutsideTheLinkAreDiscarded() {
        assertThat(learn(response("fe80::77"))).hasSize(1);
        assertThat(learn(response("fe80::77", "2001:db8::1"))).isEmpty();
        assertThat(ask(List.of(new GraspOption.Divert(response("2001:db8::1")))))
                .isEmpty();
        assertThat(ask(List.of(new GraspOption.LocatorOption(new Locator.Fqdn("a.example", 6, 9)))))
                .isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.DULL_LOCATOR, 3));
    }

    @Test
    @Proves("8990-2.5.2-5")
    void asasOfADullInstanceCannotUseUnicast() throws UnknownHostException {
        Objective negotiated = Objective.negotiable("AN_ACP");
        AsaLocator there = somewhere();
        assertRefused(() -> asa.register(Objective.synchronizable("EX1"), DISCOVERABLE), GraspErrorCode.NOT_OBJECTIVE);
        assertRefused(
                () -> asa.register(AN_ACP, DISCOVERABLE.withLocators(List.of(there.locator()))),
                GraspErrorCode.INVALID_LOCATOR);
        register(AN_PROXY);
        loop.run(() -> asa.register(negotiated, DISCOVERABLE));
        assertRefused(
                () -> asa.discover(Objective.discoverable("EX1"), TTL, FoundLocators.NOTHING),
                GraspErrorCode.NOT_OBJECTIVE);
        assertRefused(() -> asa.discoverAt(AN_PROXY, there, TTL, FoundLocators.NOTHING), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.negotiate(negotiated, there, TTL, null), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.listenNegotiate(negotiated, null), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.synchronize(AN_PROXY, there, TTL, null), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.listenSynchronize(AN_PROXY, () -> {}), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.negotiateRapidly(negotiated.withValue(1), TTL, null), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.synchronizeRapidly(AN_PROXY, TTL, null, () -> {}), GraspErrorCode.NO_SECURITY);
        moment();
        assertThat(peer.heard).isEmpty();
        assertThat(peer.accepted).isEmpty();
    }

    @Test
    @Proves("8990-2.5.2-5")
    void unknownMessagesAreDiscardedAndOptionsOfAcceptedMessagesAreReported() throws UnknownHostException {
        AsaLocator there = somewhere();
        List<Object> taken = new ArrayList<>();
        loop.run(() -> {
            asa.onMessages(200, collecting(taken));
            asa.onOptions(107, collecting(taken));
        });
        byte[] greeting = HexFormat.of().parseHex("82" + "18c8" + "01");
        peer.multicast(greeting);
        ScriptedPeer.Wire wire = connectOnLink();
        wire.send(greeting);
        moment();
        assertThat(taken).isEmpty();
        assertThat(wire.received).as("silence").isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.DULL_TYPE, 2));

        byte[] option = HexFormat.of().parseHex("82" + "186b" + "01");
        List<CborItem> extras = List.of(CborItem.wrap(option, 0, option.length));
        for (Objective objective :
                List.of(AN_ACP, Objective.synchronizable("EX1").withLoopCount(1))) {
            SessionId id = new SessionId(objective.name().length());
            peer.multicast(new Discovery(id, initiator(), objective.withValue(ObjectiveValue.NONE), extras));
            peer.multicast(new Flood(id, initiator(), 60_000, List.of(TaggedObjective.untagged(objective)), extras));
        }
        connectOnLink().send(new RequestNegotiation(ID, AN_ACP, extras));
        moment();
        assertThat(taken).as("only messages about AN_ACP, and no request").hasSize(2);
        assertThat(observed.foreignDrops())
                .containsEntry(DropReason.DULL_OBJECTIVE, 2)
                .containsEntry(DropReason.DULL_TYPE, 3);
        assertRefused(() -> asa.multicast(200, List.of(), failure -> {}), GraspErrorCode.NO_SECURITY);
        assertRefused(() -> asa.ask(there, 200, List.of(), TTL, null), GraspErrorCode.NO_SECURITY);
    }

    private static <T> ExtensionHandler<T> collecting(List<Object> taken) {
        return new ExtensionHandler<>() {
            @Override
            public boolean received(T what) {
                return taken.add(what);
            }

            @Override
            public void stopped() {}
        };
    }

    @Test
    void anotherInstanceOnTheSameLinkIsNotAffected() {
        // Multicasts of a main instance are received here too; the rules distinguish them.
        peer.multicast(new Discovery(ID, initiator(), Objective.discoverable("EX3")));
        peer.multicast(MessageEncoder.encode(flood(9, Objective.synchronizable("EX1"))));
        moment();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.DULL_OBJECTIVE, 2));
    }

    /** Records the locators found. */
    private record FoundLocators(List<AsaLocator> locators) implements DiscoveryEvents {
        static final FoundLocators NOTHING = new FoundLocators(new ArrayList<>());

        @Override
        public void found(AsaLocator locator) {
            locators.add(locator);
        }

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {
            throw new AssertionError(failure);
        }
    }
}
