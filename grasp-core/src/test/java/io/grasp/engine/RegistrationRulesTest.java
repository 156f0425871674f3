package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import io.grasp.wire.Wait;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effect of a registration, and of its withdrawal (RFC 8991 section 2.3.3). */
class RegistrationRulesTest extends TwoLinkFixture {
    private static final RegistrationOptions SHOWN = RegistrationOptions.DEFAULTS.withDiscoverable(true);
    private static final Objective X = Objective.discoverable("X");

    private final Finding finding = new Finding();

    // Floods that outlive their registration

    private void flood(EngineAsa by, String name, int value, Locator tag) {
        TaggedObjective tagged =
                new TaggedObjective(Objective.synchronizable(name).withValue(value), tag);
        loop.run(() -> by.flood(List.of(tagged), TIMEOUT, failure -> {}));
        moment();
    }

    private void floodFromPeer(String name, int value, Locator tag) {
        peer.multicast(new Flood(
                new SessionId(value),
                peer.node.addresses().get(0),
                60_000,
                List.of(new TaggedObjective(Objective.synchronizable(name).withValue(value), tag)),
                List.of()));
        moment();
    }

    private List<Integer> flooded(EngineAsa reader, String name) {
        return loop.call(() -> reader.getFlood(name)).stream()
                .map(FloodedObjective::objective)
                .map(objective -> objective.value().as(Integer.class))
                .toList();
    }

    private static Locator tag(int port) {
        return new Locator.Fqdn("a.example.com", Locator.TCP, port);
    }

    private EngineAsa second() {
        return loop.call(() -> engine.registerAsa("second"));
    }

    @Test
    @Proves("8991-2.3.3-11")
    void deregisteringAnObjectiveRemovesItsFloodsFromTheOwnCache() {
        EngineAsa reader = second();
        loop.run(() -> asa.register(Objective.synchronizable("EX1"), RegistrationOptions.DEFAULTS));
        flood(asa, "EX2", 1, null);
        flood(asa, "EX2", 2, tag(1));
        flood(asa, "EX1", 3, null);
        floodFromPeer("EX2", 4, tag(2));

        loop.run(() -> asa.deregister("EX2"));

        assertThat(flooded(reader, "EX2")).as("the peer's remains").containsExactly(4);
        assertThat(flooded(reader, "EX1")).as("so does another objective").containsExactly(3);
    }

    @Test
    @Proves({"8991-2.3.3-3", "8991-2.3.3-10"})
    void deregisteringAnAsaRemovesItsFloodsFromTheOwnCache() {
        EngineAsa other = second();
        Objective shared = Objective.synchronizable("shared");
        for (EngineAsa each : List.of(asa, other)) {
            loop.run(() -> each.register(shared, RegistrationOptions.DEFAULTS.withOverlap(true)));
        }
        flood(asa, "EX2", 1, null);
        flood(asa, "shared", 2, tag(1));
        flood(other, "shared", 3, tag(2));

        loop.run(asa::deregister);

        assertThat(flooded(other, "EX2")).isEmpty();
        assertThat(flooded(other, "shared")).as("the other ASA's remains").containsExactly(3);
    }

    @Test
    void aFloodOfAnotherSourceStaysAfterADeregistration() {
        EngineAsa other = second();
        Objective shared = Objective.synchronizable("shared");
        for (EngineAsa each : List.of(asa, other)) {
            loop.run(() -> each.register(shared, RegistrationOptions.DEFAULTS.withOverlap(true)));
        }
        flood(asa, "EX2", 1, tag(1));
        floodFromPeer("EX2", 2, tag(1));
        flood(asa, "shared", 3, tag(1));
        flood(other, "shared", 4, tag(1));

        loop.run(asa::abandon);

        assertThat(flooded(other, "EX2")).containsExactly(2);
        assertThat(flooded(other, "shared")).containsExactly(4);
    }

    // The time to live

    private Response responseTo(Objective objective) {
        peer.multicast(new Discovery(new SessionId(1), peer.node.addresses().get(0), objective));
        moment();
        return (Response) peer.accepted.get(0).received.get(0);
    }

    private List<AsaLocator> known(EngineAsa seeker, Objective objective) {
        Finding known = new Finding();
        loop.run(() -> seeker.discoverKnown(objective, known));
        return known.found;
    }

    /** RFC 8990 section 2.8.5: zero implies much more than GRASP_DEF_TIMEOUT. */
    @Test
    void anIndefiniteTimeToLiveIsSentAsZeroAndMeansALongTime() {
        loop.run(() -> asa.register(X, SHOWN.withIndefiniteTtl()));

        assertThat(responseTo(X).ttlMillis()).isZero();
        assertThat(known(second(), X))
                .singleElement()
                .satisfies(own -> assertThat(own.ttl()).isEqualTo(Timeouts.DEFAULTS.indefiniteDiscovery()));
    }

    @Test
    void aTimeToLiveOfLessThanAMillisecondIsRoundedUp() {
        loop.run(() -> asa.register(X, SHOWN.withTtl(Duration.ofNanos(900_000))));
        assertThat(responseTo(X).ttlMillis()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -60_000, 0, 0x1_0000_0000L})
    void aTimeToLiveOutOfRangeIsRefused(long millis) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SHOWN.withTtl(Duration.ofMillis(millis)))
                .withMessageContaining("ttl");
    }

    // Deregistering objectives that are not registered

    @Test
    void deregisteringDistinguishesAnObjectiveOfAnotherAsaFromAnUnknownOne() {
        EngineAsa other = second();
        loop.run(() -> assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> other.deregister("EX3"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NOT_YOUR_OBJECTIVE)));
        loop.run(() -> assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> other.deregister("EX4"))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(GraspErrorCode.NOT_OBJECTIVE);
                    assertThat(e.objective()).contains("EX4");
                }));
        loop.run(() -> asa.deregister("EX3"));
        loop.run(() -> assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> asa.deregister("EX3"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NOT_OBJECTIVE)));
    }

    // Peers where no ASA listens any more

    private void learnThatThePeerSupports(Objective... objectives) {
        for (Objective objective : objectives) {
            loop.run(() -> asa.discover(objective, Duration.ofMillis(10), finding));
            loop.advance(Duration.ofMillis(2));
            Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1));
            peer.reply(new Response(
                    asked.session(),
                    asked.initiator(),
                    60_000,
                    List.of(new GraspOption.LocatorOption(here(peer.node).locator())),
                    null));
            moment();
        }
        peer.accepted.clear();
    }

    @Test
    void aLocatorWithoutAListenerIsForgottenForItsObjectiveOnly() {
        learnThatThePeerSupports(EX3, EX2);
        Synchronized synchronization = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, synchronization));
        moment();
        peer.accepted.get(0).close();
        moment();
        assertThat(synchronization.failure.code()).isEqualTo(GraspErrorCode.NO_LISTENER);
        assertThat(known(asa, EX2)).isEmpty();
        assertThat(known(asa, EX3)).hasSize(1);

        events.session = loop.call(() -> asa.negotiate(EX3.withValue(1), here(peer.node), TIMEOUT, events));
        moment();
        peer.accepted.get(1).close();
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_PEER);
        assertThat(known(asa, EX3)).isEmpty();
    }

    @Test
    void aPeerThatHasAnsweredStaysInTheCache() {
        learnThatThePeerSupports(EX3);
        events.session = loop.call(() -> asa.negotiate(EX3.withValue(1), here(peer.node), TIMEOUT, events));
        moment();
        peer.accepted.get(0).send(new Wait(events.session.info().id(), 5_000));
        moment();
        peer.accepted.get(0).close();
        moment();
        assertThat(events.failure.code())
                .as("a peer was reached, and may have acted on the request")
                .isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(known(asa, EX3)).hasSize(1);
    }

    @Test
    void aPeerWhoseConnectionTimesOutIsRemovedFromTheCache() {
        learnThatThePeerSupports(EX3);
        lan.setConditions(LinkConditions.PERFECT.withLoss(1));
        events.session =
                loop.call(() -> asa.negotiate(EX3.withValue(1), here(peer.node), Duration.ofMillis(100), events));
        loop.advance(Duration.ofMillis(200));
        assertThat(events.failure.isUnreached()).isTrue();
        assertThat(known(asa, EX3)).isEmpty();
    }

    // The locators of an ASA for others on its own node, and for peers that ask by unicast

    private Locator linkLocal(int link) {
        InetAddress address = engine.links().get(link).linkLocalAddress();
        return new Locator.Ipv6(withoutScope(address), Locator.TCP, node.port());
    }

    private static Inet6Address withoutScope(InetAddress address) {
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), -1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void explicitLocatorsAreFoundOnTheOwnNode() {
        Locator name = tag(443);
        Locator elsewhere = here(beyond.node).locator();
        loop.run(() -> asa.register(X, SHOWN.withLocators(List.of(name, elsewhere, linkLocal(1)))));

        List<AsaLocator> known = known(second(), X);
        assertThat(known)
                .extracting(AsaLocator::locator, AsaLocator::linkIndex, AsaLocator::diverted)
                .containsExactly(
                        tuple(name, 0, false),
                        tuple(elsewhere, 0, false),
                        tuple(linkLocal(1), engine.links().get(1).index(), false));
        assertThat(known).extracting(AsaLocator::ttl).containsOnly(Duration.ofSeconds(60));
        assertThat(known(asa, X)).as("an ASA does not find itself").isEmpty();
    }

    @Test
    @Proves("8991-2.3.3-8")
    void aLocalObjectiveIsFoundOnItsOwnNodeAtTheAddressOfEachLink() {
        Objective local = Objective.negotiable("local");
        loop.run(() -> asa.register(local, SHOWN.withLocal(true).withOverlap(true)));
        EngineAsa other = second();

        List<AsaLocator> known = known(other, local);
        assertThat(known)
                .extracting(AsaLocator::locator, AsaLocator::link)
                .containsExactly(tuple(linkLocal(0), "lan"), tuple(linkLocal(1), "other"));

        loop.run(() -> asa.listenNegotiate(local, acceptor()).request(Long.MAX_VALUE));
        loop.run(() -> other.register(local, RegistrationOptions.DEFAULTS.withOverlap(true)));
        for (AsaLocator place : known) {
            loop.run(() -> other.negotiate(local.withValue(1), place, TIMEOUT, new RecordingEvents()));
        }
        moment();
        assertThat(requests).as("the locators lead to the ASA").hasSize(2);
    }

    @Test
    void withoutLinksALocalObjectiveIsFoundAtTheLoopbackAddress() {
        loop.run(() -> asa.register(X, SHOWN.withLocal(true)));
        network.disconnect(node, lan);
        network.disconnect(node, other);
        moment();
        assertThat(engine.links()).isEmpty();

        assertThat(known(second(), X))
                .singleElement()
                .satisfies(found -> assertThat(
                                ((Locator.Ipv6) found.locator()).address().isLoopbackAddress())
                        .isTrue());
    }

    private List<Locator> asked(ScriptedPeer by, Locator.Ipv6 at, Objective objective) {
        ScriptedPeer.Wire wire = by.connect(at);
        wire.send(new Discovery(new SessionId(7), by.node.addresses().get(0), objective));
        moment();
        List<Locator> locators = wire.received.stream()
                .flatMap(message -> ((Response) message).options().stream())
                .map(option -> ((GraspOption.LocatorOption) option).locator())
                .toList();
        wire.close();
        moment();
        return locators;
    }

    @Test
    @Proves({"8990-2.9.5.1-3", "8991-2.3.3-8"})
    void aUnicastDiscoveryOfALocalObjectiveIsAnsweredWithTheAddressOfThePeersLink() {
        loop.run(() -> asa.register(X, SHOWN.withLocal(true)));

        assertThat(asked(peer, (Locator.Ipv6) linkLocal(0), X)).containsExactly(linkLocal(0));
        assertThat(asked(beyond, (Locator.Ipv6) linkLocal(1), X)).containsExactly(linkLocal(1));
        assertThat(drops).isEmpty();
        assertThat(asked(newPeerBeyond(lan), (Locator.Ipv6) here(node).locator(), X))
                .as("where the peer's link cannot be locators, no address is right")
                .isEmpty();
        assertThat(drops).containsOnly(entry(DropReason.LINK_LOCAL_RESPONSE, 1));
    }

    @Test
    void aUnicastDiscoveryIsAnsweredWithExplicitLocators() {
        Locator name = tag(443);
        loop.run(() -> asa.register(X, SHOWN.withLocal(true).withLocators(List.of(name))));
        assertThat(asked(peer, (Locator.Ipv6) here(node).locator(), X)).containsExactly(name);
    }

    /** RFC 8990 section 2.5.4.2: an ASA may ask any node, including its own. */
    @Test
    void aUnicastDiscoveryOfTheOwnNodeFindsWhatAMulticastOneFinds() {
        Objective named = Objective.discoverable("named");
        Objective local = Objective.discoverable("local");
        Locator name = tag(443);
        loop.run(() -> asa.register(named, SHOWN.withLocators(List.of(name))));
        loop.run(() -> asa.register(local, SHOWN.withLocal(true)));
        EngineAsa other = second();

        assertThat(askedOfItself(other, named)).containsExactly(name);
        assertThat(askedOfItself(other, local)).containsExactly(linkLocal(0), linkLocal(1));
    }

    /** A node knows its own ASAs from its registry, not from a cache. */
    @Test
    @Proves({"8991-2.3.3-10", "8991-2.3.3-11"})
    void locatorsOfTheOwnNodeAreNotFoundAfterTheDeregistration() {
        Objective named = Objective.negotiable("named");
        Objective local = Objective.negotiable("local");
        loop.run(() -> asa.register(X, SHOWN));
        loop.run(() -> asa.register(named, SHOWN.withLocators(List.of(tag(443)))));
        loop.run(() -> asa.register(local, SHOWN.withLocal(true)));
        EngineAsa other = second();
        for (Objective each : List.of(X, named, local)) {
            List<AsaLocator> before = known(other, each);
            for (AsaLocator place : List.of(
                    here(node),
                    new AsaLocator(linkLocal(1), "other", engine.links().get(1).index(), false, Duration.ZERO))) {
                Finding answers = new Finding();
                loop.run(() -> other.discoverAt(each, place, Duration.ofSeconds(1), answers));
                loop.advance(Duration.ofSeconds(1));
                assertThat(answers.found)
                        .as("each on its own link")
                        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("expiresNanos")
                        .isEqualTo(before);
            }
            assertThat(known(other, each))
                    .as("no duplicates")
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("expiresNanos")
                    .isEqualTo(before);
            loop.run(() -> asa.deregister(each.name()));
            assertThat(known(other, each)).isEmpty();
        }
    }

    @Test
    void aLocatorOfAnAsaAndOfAPeerIsFoundOnce() {
        Locator shared = tag(443);
        loop.run(() -> asa.register(X, SHOWN.withLocators(List.of(shared))));
        EngineAsa other = second();
        loop.run(() -> other.discover(X, Duration.ofSeconds(1), finding));
        moment();
        Discovery question = (Discovery) ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1));
        peer.reply(new Response(
                question.session(),
                question.initiator(),
                60_000,
                List.of(new GraspOption.LocatorOption(shared)),
                null));
        loop.advance(Duration.ofSeconds(1));

        assertThat(known(other, X)).extracting(AsaLocator::locator).containsExactly(shared);
        loop.run(() -> asa.deregister(X.name()));
        assertThat(known(other, X)).as("the peer is still there").hasSize(1);
    }

    private List<Locator> askedOfItself(EngineAsa by, Objective objective) {
        Finding answers = new Finding();
        loop.run(() -> by.discoverAt(objective, here(node), Duration.ofSeconds(1), answers));
        loop.advance(Duration.ofSeconds(1));
        return answers.found.stream().map(AsaLocator::locator).toList();
    }
}
