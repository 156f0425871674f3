package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.model.ValueRequest;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The API's contract except negotiation, on every substrate. At the end of each test no resource of its nodes remains. */
@OnEverySubstrate
class GraspContractTest extends ContractTest {
    static final Objective NEGOTIATED = Objective.negotiable("EX3");
    static final Objective SYNCHRONIZED = Objective.synchronizable("EX2");
    static final Duration TTL = Duration.ofSeconds(60);

    private Asa asa(Grasp node, String name, Objective... objectives) {
        return asa(world, node, name, objectives);
    }

    static Asa asa(World world, Grasp node, String name, Objective... objectives) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        for (Objective objective : objectives) {
            world.await(asa.register(objective));
        }
        return asa;
    }

    static void assertCode(Throwable failure, GraspErrorCode code) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        GraspException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    void assertFails(Publisher<?> publisher, GraspErrorCode code) {
        assertCode(world.collect(publisher).awaitFailure(), code);
    }

    // The node's own locators

    @Test
    void aNodeReportsItsPortAndTheLocatorsThatItAdvertises() {
        Grasp here = world.start();
        Grasp there = world.start();
        Asa server = asa(here, "server", SYNCHRONIZED);
        world.await(server.register(NEGOTIATED, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        NodeLocators reported = world.awaitOne(here.locators());

        assertThat(reported.links()).hasSize(1);
        NodeLocators.OnLink onLink = reported.links().get(0);
        LinkInfo link = world.awaitOne(here.links()).get(0);
        assertThat(onLink.name()).isEqualTo(link.name());
        assertThat(onLink.index()).isEqualTo(link.index());
        assertThat(onLink.locator().port()).isEqualTo(reported.port()).isPositive();
        assertThat(onLink.linkLocal())
                .isEqualTo(new Locator.Ipv6((Inet6Address) link.linkLocalAddress(), Locator.TCP, reported.port()));
        Asa asking = asa(there, "asking");
        AsaLocator found = world.awaitOne(
                asking.discover(NEGOTIATED, world.moment().multipliedBy(20)).next());
        assertThat(found.locator()).isEqualTo(onLink.locator());
        Collected<FloodedObjective> floods = world.collect(asking.floods("EX2"));
        world.await(server.flood(SYNCHRONIZED.withValue(1), TTL));
        assertThat(floods.awaitValues(1).get(0).initiator()).isEqualTo(reported.initiator());
        floods.cancel();
    }

    @Test
    void aConfiguredAddressIsAdvertisedAndIsTheInitiator() throws UnknownHostException {
        InetAddress advertised = InetAddress.getByName("2001:db8::77");
        Grasp here = world.start(config -> config.withAdvertisedAddress(advertised));
        Grasp there = world.start();
        Asa server = asa(here, "server");
        world.await(server.register(NEGOTIATED, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        NodeLocators reported = world.awaitOne(here.locators());

        assertThat(reported.initiator()).isEqualTo(advertised);
        Locator expected = new Locator.Ipv6((Inet6Address) advertised, Locator.TCP, reported.port());
        assertThat(reported.links()).extracting(NodeLocators.OnLink::locator).containsExactly(expected);
        AsaLocator found = world.awaitOne(asa(there, "asking")
                .discover(NEGOTIATED, world.moment().multipliedBy(20))
                .next());
        assertThat(found.locator()).isEqualTo(expected);
    }

    // Registration

    @Test
    @Proves("8991-2.3.2.2-1")
    void asasHaveUniqueNames() {
        Grasp node = world.start();
        Asa first = asa(node, "one");

        assertFails(node.registerAsa("one"), GraspErrorCode.DUPLICATE_ASA);
        world.await(first.deregister());
        assertThat(asa(node, "one").name()).isEqualTo("one");
    }

    @Test
    @Proves("8991-2.3.3-2")
    void noCallOfADeregisteredAsaSucceeds() {
        Asa asa = asa(world.start(), "one", NEGOTIATED);
        world.await(asa.deregister());

        assertFails(asa.deregister(), GraspErrorCode.NO_ASA);
        assertFails(asa.register(SYNCHRONIZED), GraspErrorCode.NO_ASA);
        assertFails(asa.discover(NEGOTIATED, world.moment()), GraspErrorCode.NO_ASA);
        assertFails(asa.listenNegotiate(NEGOTIATED), GraspErrorCode.NO_ASA);
        assertFails(asa.getFlood("EX1"), GraspErrorCode.NO_ASA);
    }

    @Test
    @Proves({"8991-4-3", "8991-2.3.2.2-1"})
    void theNumbersOfAsasAndObjectivesAreBounded() {
        Grasp node = world.start(
                config -> config.withLimits(Limits.DEFAULTS.withAsas(2).withObjectives(1)));
        Asa asa = asa(node, "one", NEGOTIATED);
        asa(node, "two");

        assertFails(node.registerAsa("three"), GraspErrorCode.ASA_FULL);
        assertFails(asa.register(SYNCHRONIZED), GraspErrorCode.OBJECTIVES_FULL);
        world.await(asa.deregister("EX3"));
        world.await(asa.register(SYNCHRONIZED));
    }

    @Test
    @Proves({"8991-2.3.2.4-1", "8991-2.3.2.4-3", "8991-2.3.2.2-1"})
    void objectiveFlagsAreChecked() {
        Grasp node = world.start();
        Asa asa = asa(node, "one");
        Objective both = new Objective("X", Objective.F_NEG | Objective.F_SYNCH, 6, ObjectiveValue.NONE);

        assertFails(asa.register(both), GraspErrorCode.NOT_BOTH);
        assertFails(asa.register(SYNCHRONIZED.withDryRun(true)), GraspErrorCode.NOT_DRY);
        assertFails(asa.listenNegotiate(NEGOTIATED), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(asa.listenNegotiate(SYNCHRONIZED), GraspErrorCode.NOT_NEGOTIABLE);
        assertFails(asa.listenSynchronize(NEGOTIATED), GraspErrorCode.NOT_SYNCHRONIZABLE);
        assertFails(asa.flood(SYNCHRONIZED.withValue(1), TTL), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(asa.flood(NEGOTIATED.withValue(1), TTL), GraspErrorCode.NOT_SYNCHRONIZABLE);
        assertFails(asa.flood(List.of(), TTL), GraspErrorCode.NOT_OBJECTIVE);
        assertFails(asa.deregister("EX3"), GraspErrorCode.NOT_OBJECTIVE);
        asa(node, "two", NEGOTIATED);
        assertFails(asa.deregister("EX3"), GraspErrorCode.NOT_YOUR_OBJECTIVE);
    }

    @Test
    @Proves({"8991-2.3.3-7", "8991-2.3.2.2-1"})
    void sharingAnObjectiveNeedsTheConsentOfBothAsas() {
        Grasp node = world.start();
        Asa one = asa(node, "one", NEGOTIATED);
        Asa two = asa(node, "two");
        RegistrationOptions overlap = RegistrationOptions.DEFAULTS.withOverlap(true);

        assertFails(one.register(NEGOTIATED), GraspErrorCode.OBJECTIVE_REGISTERED);
        assertFails(two.register(NEGOTIATED, overlap), GraspErrorCode.OBJECTIVE_REGISTERED);
        world.await(one.deregister("EX3"));
        world.await(one.register(NEGOTIATED, overlap));
        assertFails(two.register(NEGOTIATED), GraspErrorCode.OBJECTIVE_REGISTERED);
        world.await(two.register(NEGOTIATED, overlap));
        assertFails(asa(node, "three").register(NEGOTIATED), GraspErrorCode.OBJECTIVE_REGISTERED);
    }

    // Discovery

    @Test
    @Proves({
        "8990-2.5.4.3-1",
        "8990-2.5.4.3-5",
        "8990-2.9.5.1-1",
        "8990-2.10.4-8",
        "8991-2.2.4-1",
        "8991-2.3.2.5-1",
        "8991-2.3.3-5",
        "8991-2.3.4-4"
    })
    void discoveryFindsListeningPeersAndEndsAtItsTimeout() {
        Asa responder = asa(world.start(), "responder", NEGOTIATED);
        Asa initiator = asa(world.start(), "initiator");

        assertThat(world.await(initiator.discover(NEGOTIATED, world.moment())))
                .as("before an ASA listens")
                .isEmpty();
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(NEGOTIATED));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        List<AsaLocator> found = world.await(initiator.discover(NEGOTIATED, world.moment()));

        assertThat(found).hasSize(1);
        assertThat(found.get(0).diverted()).isFalse();
        assertThat(found.get(0).ttl()).isPositive().isLessThanOrEqualTo(TTL);
        assertThat(found.get(0).link()).isNotEmpty();
        assertThat(found.get(0).linkIndex()).isPositive();
        assertThat(found.get(0).locator()).isInstanceOfSatisfying(Locator.Ipv6.class, locator -> {
            assertThat(locator.protocol()).isEqualTo(Locator.TCP);
            assertThat(locator.port()).isPositive();
            assertThat(locator.isLinkLocal()).isFalse();
        });
        listening.cancel();
    }

    @Test
    @Proves("8990-2.10.4-8")
    void anObjectiveRegisteredAsDiscoverableIsFoundAtOnce() {
        Asa responder = asa(world.start(), "responder");
        world.await(
                responder.register(Objective.discoverable("X"), RegistrationOptions.DEFAULTS.withDiscoverable(true)));

        assertThat(world.await(asa(world.start(), "i").discover(Objective.discoverable("X"), world.moment())))
                .hasSize(1);
    }

    @Test
    @Proves({"8990-2.5.4.3-9", "8990-2.5.4.3-15", "8990-2.5.4.3-16", "8991-2.3.4-2"})
    void everyResponderIsFoundOnceAndFromTheCacheAfterwards() {
        for (int i = 0; i < 3; i++) {
            Asa responder = asa(world.start(), "responder", NEGOTIATED);
            world.collect(responder.listenNegotiate(NEGOTIATED));
            world.await(responder.getFlood("EX1"));
        }
        Asa initiator = asa(world.start(), "initiator");

        assertThat(world.await(initiator.discover(NEGOTIATED, DiscoverOptions.knownOnly())))
                .isEmpty();
        List<AsaLocator> found = world.await(
                initiator.discover(NEGOTIATED, world.moment().multipliedBy(20)).take(3));
        List<AsaLocator> cached = world.await(initiator.discover(NEGOTIATED, DiscoverOptions.knownOnly()));
        List<AsaLocator> again = world.await(initiator.discover(NEGOTIATED, world.moment()));
        List<AsaLocator> flushed = world.await(
                initiator.discover(NEGOTIATED, DiscoverOptions.knownOnly().withoutCached()));

        assertThat(found)
                .extracting(AsaLocator::locator)
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(cached)
                .extracting(AsaLocator::locator)
                .containsExactlyInAnyOrderElementsOf(
                        found.stream().map(AsaLocator::locator).toList());
        assertThat(cached).as("with the link on which each was found").allSatisfy(locator -> {
            AsaLocator then = found.stream()
                    .filter(each -> each.locator().equals(locator.locator()))
                    .findFirst()
                    .orElseThrow();
            assertThat(locator.link()).isEqualTo(then.link()).isNotEmpty();
            assertThat(locator.linkIndex()).isEqualTo(then.linkIndex()).isPositive();
        });
        assertThat(again).hasSize(3);
        assertThat(flushed).isEmpty();
    }

    @Test
    @Proves({"8990-2.5.4.3-12", "8990-2.5.4.3-13"})
    void aDiscoveredLocatorIsCachedForItsTimeToLive() {
        Grasp seeking = world.start();
        Asa initiator = asa(seeking, "initiator");
        Asa responder = asa(world.start(), "responder");
        Duration brief = world.moment().multipliedBy(2);
        RegistrationOptions shown = RegistrationOptions.DEFAULTS.withDiscoverable(true);
        Objective passing = Objective.negotiable("EX4");
        world.await(responder.register(NEGOTIATED, shown.withTtl(Duration.ofMinutes(9))));
        world.await(responder.register(passing, shown.withTtl(brief)));
        for (Objective objective : List.of(NEGOTIATED, passing)) {
            world.awaitOne(initiator
                    .discover(objective, world.moment().multipliedBy(20))
                    .next());
        }
        assertThat(world.await(initiator.discover(passing, DiscoverOptions.knownOnly())))
                .singleElement()
                .satisfies(known -> assertThat(known.ttl()).isPositive().isLessThanOrEqualTo(brief));

        world.await(Mono.delay(brief, seeking.scheduler()));
        assertThat(world.await(initiator.discover(passing, DiscoverOptions.knownOnly())))
                .isEmpty();
        assertThat(world.await(initiator.discover(NEGOTIATED, DiscoverOptions.knownOnly())))
                .singleElement()
                .satisfies(known -> assertThat(known.ttl()).isGreaterThan(Duration.ofMinutes(8)));
    }

    @Test
    @Proves({"8990-2.5.4.3-12", "8990-2.5.4.3-13"})
    void eachResponderOfAnObjectiveIsCachedForItsOwnTimeToLive() {
        Grasp seeking = world.start();
        Asa initiator = asa(seeking, "initiator");
        Duration brief = world.moment();
        RegistrationOptions shown = RegistrationOptions.DEFAULTS.withDiscoverable(true);
        for (Duration ttl : List.of(brief, Duration.ofMinutes(9))) {
            world.await(asa(world.start(), "responder").register(NEGOTIATED, shown.withTtl(ttl)));
        }
        List<AsaLocator> found = world.await(
                initiator.discover(NEGOTIATED, world.moment().multipliedBy(20)).take(2));
        List<AsaLocator> lasting =
                found.stream().filter(known -> known.ttl().compareTo(brief) > 0).toList();
        assertThat(found).hasSize(2);
        assertThat(lasting).hasSize(1);

        world.await(Mono.delay(brief, seeking.scheduler()));
        assertThat(world.await(initiator.discover(NEGOTIATED, DiscoverOptions.knownOnly())))
                .singleElement()
                .satisfies(known -> {
                    assertThat(known.locator()).isEqualTo(lasting.get(0).locator());
                    assertThat(known.ttl()).isGreaterThan(Duration.ofMinutes(8));
                });
    }

    /** One node shares the loop of another. */
    @Test
    @Proves({"8990-2.3-1", "8990-2.3-2"})
    void everyInstanceOfANodeHearsEachMulticast() {
        Grasp first = world.start();
        List<Grasp> instances =
                List.of(first, world.awaitOne(first.startOnSharedLoop(world.settings())), world.start());
        List<Asa> asas = new ArrayList<>();
        List<Collected<FloodedObjective>> heard = new ArrayList<>();
        for (Grasp instance : instances) {
            Asa asa = asa(instance, "asa", SYNCHRONIZED);
            world.await(asa.register(NEGOTIATED, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
            heard.add(world.collect(asa.floods("EX2")));
            world.await(asa.getFlood("EX2"));
            asas.add(asa);
        }
        Asa source = asa(world.start(), "source", SYNCHRONIZED);

        world.await(source.flood(SYNCHRONIZED.withValue(1), TTL));
        world.awaitUntil(
                "the flood at each instance",
                () -> heard.stream().allMatch(each -> each.values().size() == 1));
        assertThat(world.await(source.discover(NEGOTIATED, world.moment())))
                .as("each receives the discovery")
                .hasSize(3);
        world.await(asas.get(0).flood(SYNCHRONIZED.withValue(2), TTL));
        world.awaitUntil(
                "what an instance of the same node says",
                () -> heard.stream().allMatch(each -> each.values().size() == 2));
        heard.forEach(Collected::cancel);
    }

    @Test
    @Proves("8990-2.3-3")
    void aPeerThatTheCallerNamesNeedsNoDiscovery() {
        CountingObserver observer = new CountingObserver();
        Grasp there = world.start();
        Asa responder = asa(there, "responder", NEGOTIATED, SYNCHRONIZED);
        Collected<Negotiation> accepting =
                world.collect(responder.listenNegotiate(NEGOTIATED).flatMap(Negotiation::accept));
        world.awaitOne(responder.listenSynchronize(SYNCHRONIZED.withValue("v")));
        Asa initiator = asa(world.start(config -> config.withObserver(observer)), "initiator", NEGOTIATED);
        AsaLocator place =
                AsaLocator.of(world.awaitOne(there.locators()).links().get(0).locator());

        assertThat(world.awaitOne(initiator.requestNegotiate(
                                NEGOTIATED.withValue(1),
                                RequestOptions.to(place).withTimeout(TTL)))
                        .outcome())
                .isPresent();
        assertThat(world.awaitOne(initiator.synchronize(
                                SYNCHRONIZED, RequestOptions.to(place).withTimeout(TTL)))
                        .value())
                .hasToString("\"v\"");
        assertThat(observer.sent).isEqualTo(Map.of("M_REQ_NEG", 1, "M_REQ_SYN", 1));
        accepting.cancel();
    }

    @Test
    @Proves("8990-2.5.4.3-10")
    void aCachedPeerNeedsNoDiscovery() {
        CountingObserver sent = new CountingObserver();
        Asa responder = asa(world.start(), "responder", SYNCHRONIZED);
        world.awaitOne(responder.listenSynchronize(SYNCHRONIZED.withValue(1)));
        Grasp node = world.start(config -> config.withObserver(sent));
        Asa initiator = asa(node, "initiator");
        assertThat(world.await(initiator.discover(SYNCHRONIZED, world.moment())))
                .hasSize(1);

        world.awaitOne(initiator.synchronize(SYNCHRONIZED));
        world.awaitNoResidue(node);

        assertThat(sent.sent).containsEntry("M_DISCOVERY", 1).containsEntry("M_REQ_SYN", 1);
    }

    @Test
    @Proves("8991-2.3.4-2")
    void theMinimumTimeToLiveRemovesOnlyLocatorsNearTheirEnd() {
        Asa responder = asa(world.start(), "responder");
        world.await(responder.register(
                Objective.discoverable("X"),
                RegistrationOptions.DEFAULTS.withDiscoverable(true).withTtl(Duration.ofSeconds(100))));
        Asa initiator = asa(world.start(), "initiator");
        Objective objective = Objective.discoverable("X");
        world.await(initiator.discover(objective, world.moment()));

        assertThat(world.await(initiator.discover(
                        objective, DiscoverOptions.knownOnly().withMinimumTtl(Duration.ofSeconds(50)))))
                .hasSize(1);
        assertThat(world.await(initiator.discover(
                        objective, DiscoverOptions.knownOnly().withMinimumTtl(Duration.ofSeconds(101)))))
                .isEmpty();
    }

    @Test
    @Proves({"8990-2.9.5.1-2", "8991-2.3.3-8"})
    void explicitAndLocalLocatorsAreDiscovered() throws UnknownHostException {
        Locator elsewhere = new Locator.Fqdn("asa.example.com", Locator.TCP, 443);
        InetAddress advertised = InetAddress.getByName("2001:db8::77");
        Asa responder = asa(world.start(config -> config.withAdvertisedAddress(advertised)), "responder");
        RegistrationOptions options = RegistrationOptions.DEFAULTS.withDiscoverable(true);
        world.await(responder.register(Objective.discoverable("there"), options.withLocators(List.of(elsewhere))));
        world.await(responder.register(Objective.discoverable("here"), options.withLocal(true)));
        Asa initiator = asa(world.start(), "initiator");

        assertThat(world.await(initiator.discover(Objective.discoverable("there"), world.moment())))
                .extracting(AsaLocator::locator)
                .containsExactly(elsewhere);
        assertThat(world.await(initiator.discover(Objective.discoverable("here"), world.moment())))
                .singleElement()
                .satisfies(found -> assertThat(
                                ((Locator.Ipv6) found.locator()).address().isLinkLocalAddress())
                        .isNotEqualTo(substrate.isPointToPoint()));
    }

    @Test
    void aCancelledDiscoveryLeavesNothing() {
        Grasp node = world.start();
        Collected<AsaLocator> discovery = world.collect(asa(node, "one").discover(NEGOTIATED, Duration.ofHours(1)));
        discovery.cancel();

        world.awaitNoResidue(node);
        assertThat(discovery.isEnded()).isFalse();
    }

    // Synchronization

    @Test
    @Proves({"8990-2.5.6.1-1", "8991-2.2.4-1", "8991-2.3.6-7", "8991-2.3.2.2-1"})
    void synchronizationServesTheCurrentValue() {
        Grasp there = world.start();
        Asa server = asa(there, "server", SYNCHRONIZED);
        SynchronizationResponder responder =
                world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue(List.of(1, "two", 3))));
        Grasp here = world.start();
        Asa client = asa(here, "client");
        AsaLocator peer =
                world.await(client.discover(SYNCHRONIZED, world.moment())).get(0);

        assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED, peer)).value())
                .hasToString("[1, \"two\", 3]");
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
        world.await(responder.update(ObjectiveValue.of("new")));
        assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED)).value().as(String.class))
                .isEqualTo("new");
        world.await(responder.stop());
        assertFails(client.synchronize(SYNCHRONIZED, peer), GraspErrorCode.NO_LISTENER);
        assertFails(responder.update(ObjectiveValue.of("late")), GraspErrorCode.NO_LISTENER);
    }

    @Test
    void synchronizationServesTheLatestOfAPublisher() {
        Asa server = asa(world.start(), "server", SYNCHRONIZED);
        Sinks.Many<ObjectiveValue> values = Sinks.many().unicast().onBackpressureBuffer();
        Collected<Void> serving = world.collect(server.listenSynchronize(SYNCHRONIZED, values.asFlux()));
        Timeouts soon = Timeouts.DEFAULTS.withDiscoveryPause(world.moment().dividedBy(10));
        Asa client = asa(world.start(config -> config.withTimeouts(soon)), "client");

        assertFails(client.synchronize(SYNCHRONIZED.withLoopCount(1)), GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED);
        IntStream.range(0, 100).forEach(i -> values.tryEmitNext(ObjectiveValue.of(i)));
        world.await(server.getFlood("EX1"));
        awaitServed(client, 99);
        values.tryEmitComplete();
        awaitServed(client, 99);
        serving.cancel();
        world.await(server.getFlood("EX1")); // returns after the loop has run
        AsaLocator peer = world.await(client.discover(SYNCHRONIZED, DiscoverOptions.knownOnly()))
                .get(0);
        assertFails(client.synchronize(SYNCHRONIZED, peer), GraspErrorCode.NO_LISTENER);
    }

    @Test
    @Proves("8991-2.3.2.4-5")
    void rawCborIsServedAndFloodedInTag24AndUnwrapped() {
        byte[] raw = {(byte) 0x82, 0x63, 0x4E, 0x5A, 0x44, 0x18, 0x2F}; // ["NZD", 47]
        Objective objective = SYNCHRONIZED.withValue(ObjectiveValue.ofRawCbor(raw));
        Asa server = asa(world.start(), "server", SYNCHRONIZED);
        world.awaitOne(server.listenSynchronize(objective));
        Asa client = asa(world.start(), "client");
        Collected<FloodedObjective> arrived = world.collect(client.floods("EX2"));

        Objective served = world.awaitOne(client.synchronize(SYNCHRONIZED));
        world.await(server.flood(objective, TTL));
        Objective flooded = arrived.awaitValues(1).get(0).objective();
        assertThat(List.of(served, flooded)).allSatisfy(received -> {
            assertThat(received.value()).hasToString("24(h'82634e5a44182f')");
            assertThat(received.value().content().bytes()).isEqualTo(raw);
            assertThat(received.value().as(Object[].class)).containsExactly("NZD", 47);
        });
        arrived.cancel();
    }

    /** A link-local address is usable only with the link on which it was found. */
    @Test
    @Proves("8991-2.3.5-4")
    void aDiscoveredLinkLocalLocatorCanBeConnectedTo() {
        assumeFalse(
                substrate == TestSubstrate.ACP, "RFC 8994 section 6.9.2 forbids sessions with link-local addresses");
        Asa server = asa(world.start(), "server");
        RegistrationOptions local = RegistrationOptions.DEFAULTS.withLocal(true);
        world.await(server.register(NEGOTIATED, local));
        world.await(server.register(SYNCHRONIZED, local));
        world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue("v")));
        Collected<Negotiation> accepting =
                world.collect(server.listenNegotiate(NEGOTIATED).flatMap(Negotiation::accept));
        Asa client = asa(world.start(), "client", NEGOTIATED);

        for (DiscoverOptions options : List.of(DiscoverOptions.within(world.moment()), DiscoverOptions.knownOnly())) {
            AsaLocator peer = world.await(client.discover(NEGOTIATED, options)).get(0);
            assertThat(peer.locator().isLinkLocal()).isNotEqualTo(substrate.isPointToPoint());
            assertThat(world.awaitOne(client.requestNegotiate(NEGOTIATED.withValue(1), peer))
                            .outcome())
                    .isPresent();
            assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED, peer)).value())
                    .hasToString("\"v\"");
        }
        accepting.cancel();
    }

    /** Also a link-local one, which is usable only with the link on which the flood came. */
    @Test
    void aFloodedLocatorIsAPeerForEachKindOfRequest() {
        Grasp there = world.start();
        Objective raw = Objective.negotiable("raw");
        Asa server = asa(there, "server", NEGOTIATED, SYNCHRONIZED);
        world.await(server.register(raw));
        world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue("v")));
        Collected<Negotiation> accepting =
                world.collect(server.listenNegotiate(NEGOTIATED).flatMap(Negotiation::accept));
        Collected<RawChannel> channels = world.collect(server.raw().listen(raw));
        Collected<IncomingMessage> messages = world.collect(server.extensions()
                .messages(200)
                .concatMap(message -> message.reply("welcome").thenReturn(message)));
        Asa client = asa(world.start(), "client", NEGOTIATED);
        world.await(client.register(raw, RegistrationOptions.DEFAULTS.withOverlap(true)));
        NodeLocators.OnLink place = world.awaitOne(there.locators()).links().get(0);

        for (Locator tag : substrate.linksCarryAllTypes()
                ? List.of(place.locator(), place.linkLocal())
                : List.of(place.locator())) {
            Collected<FloodedObjective> floods = world.collect(client.floods("EX2"));
            world.await(server.flood(List.of(new TaggedObjective(SYNCHRONIZED.withValue("f"), tag)), TTL));
            world.awaitUntil(
                    "the flood with " + tag,
                    () -> floods.values().stream().anyMatch(each -> tag.equals(each.locator())));
            AsaLocator peer = floods.values().stream()
                    .filter(each -> tag.equals(each.locator()))
                    .findFirst()
                    .flatMap(FloodedObjective::asaLocator)
                    .orElseThrow();

            assertThat(world.awaitOne(client.requestNegotiate(NEGOTIATED.withValue(1), peer))
                            .outcome())
                    .isPresent();
            assertThat(world.awaitOne(client.negotiate(NEGOTIATED.withValue(1), peer, offers -> Flux.never())))
                    .isInstanceOf(NegotiationOutcome.Accepted.class);
            assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED, peer)).value())
                    .hasToString("\"v\"");
            RawChannel channel = world.awaitOne(client.raw().request(raw.withValue(1), peer));
            assertThat(channel.peer().address()).isEqualTo(tag.address());
            world.await(channel.close());
            assertThat(world.await(client.discover(
                            NEGOTIATED, DiscoverOptions.within(world.moment()).withPeer(peer))))
                    .isNotEmpty();
            assertThat(world.awaitOne(
                            client.extensions().ask(peer, TTL, 200, "hello").take(1)))
                    .isNotNull();
            floods.cancel();
        }
        channels.values().forEach(each -> world.await(each.close()));
        List.of(accepting, channels, messages).forEach(Collected::cancel);
    }

    @Test
    void aValueSourceGivesEachPeerItsOwnValueAndOutlivesItsFailures() {
        List<GraspException> failures = new CopyOnWriteArrayList<>();
        Grasp there = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void handlerFailed(GraspException failure) {
                failures.add(failure);
            }
        }));
        Grasp here = world.start();
        Asa server = asa(there, "server", SYNCHRONIZED);
        List<ValueRequest> requests = new CopyOnWriteArrayList<>();
        Collected<Void> serving = world.collect(server.listenSynchronize(SYNCHRONIZED, request -> {
            requests.add(request);
            return switch (requests.size()) {
                case 1 -> request.peer().link();
                case 2 -> throw new IllegalStateException("no value");
                case 3 -> "x".repeat(3000);
                case 4 -> ObjectiveValue.NONE;
                default -> List.of(requests.size(), request.peer().local());
            };
        }));
        Asa client = asa(here, "client");
        AsaLocator peer =
                world.awaitOne(client.discover(SYNCHRONIZED, world.moment()).next());

        String link = world.awaitOne(there.links()).get(0).name();
        assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED, peer))
                        .value()
                        .as(String.class))
                .isEqualTo(link);
        for (int i = 2; i <= 4; i++) {
            assertFails(client.synchronize(SYNCHRONIZED, peer), GraspErrorCode.NO_LISTENER);
        }
        assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED, peer)).value())
                .hasToString("[5, false]");
        Asa neighbor = asa(there, "neighbor");
        assertThat(world.awaitOne(neighbor.synchronize(SYNCHRONIZED)).value()).hasToString("[6, true]");

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure.objective()).contains("EX2"));
        assertThat(failures.get(0)).hasRootCauseMessage("no value");
        assertThat(requests).extracting(each -> each.objective().name()).containsOnly("EX2");
        serving.cancel();
        world.awaitTurn();
        assertFails(client.synchronize(SYNCHRONIZED, peer), GraspErrorCode.NO_LISTENER);
    }

    @Test
    void onCloseCompletesWithTheNodeAndWithTheOneWhoseLoopItShares() {
        Grasp first = world.start();
        Grasp second = world.awaitOne(first.startOnSharedLoop(world.settings()));
        Collected<Void> firstEnd = world.collect(first.onClose());
        Collected<Void> secondEnd = world.collect(second.onClose());
        Collected<Void> uninterested = world.collect(first.onClose());
        uninterested.cancel();
        assertThat(firstEnd.isEnded()).isFalse();
        assertThat(secondEnd.isEnded()).isFalse();

        world.await(first.closeAsync());
        firstEnd.awaitEnd();
        secondEnd.awaitEnd();
        assertThat(uninterested.isEnded()).isFalse();
        assertThat(first.onClose().blockOptional(Duration.ofSeconds(10)))
                .as("at once when it is closed")
                .isEmpty();
    }

    /** Each value needs one turn of the server's loop, and each request several. */
    private void awaitServed(Asa client, int expected) {
        int served = -1;
        for (int i = 0; i < 200 && served != expected; i++) {
            served = world.awaitOne(client.synchronize(SYNCHRONIZED)).value().as(Integer.class);
        }
        assertThat(served).isEqualTo(expected);
    }

    @Test
    void aFailingPublisherOfValuesEndsTheService() {
        Asa server = asa(world.start(), "server", SYNCHRONIZED);
        IllegalStateException broken = new IllegalStateException("no more");

        Throwable failure = world.collect(server.listenSynchronize(
                        SYNCHRONIZED, Flux.just(ObjectiveValue.of(1)).concatWith(Flux.error(broken))))
                .awaitFailure();

        assertThat(failure).isSameAs(broken);
    }

    /** Such a value used to cause an error on the loop's thread, and no later one was served. */
    @Test
    void aValueThatIsTooLongEndsTheService() {
        Grasp node = world.start();
        Asa server = asa(node, "server", SYNCHRONIZED);
        Sinks.Many<ObjectiveValue> values = Sinks.many().unicast().onBackpressureBuffer();
        Collected<Void> serving = world.collect(server.listenSynchronize(SYNCHRONIZED, values.asFlux()));
        values.tryEmitNext(ObjectiveValue.of(1));
        values.tryEmitNext(ObjectiveValue.of(new byte[3000]));

        assertThat(serving.awaitFailure()).isInstanceOf(GraspException.class);
        world.awaitUntil("the cancel of the values", () -> values.currentSubscriberCount() == 0);
        world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue(2)));
    }

    @Test
    @Proves({"8990-2.8.11-7", "8991-2.3.6-5"})
    void aFloodedValueIsSynchronizedWithoutARequest() {
        CountingObserver sent = new CountingObserver();
        Asa source = asa(world.start(), "source", SYNCHRONIZED);
        world.awaitOne(source.listenSynchronize(SYNCHRONIZED.withValue("served")));
        Asa reader = asa(world.start(config -> config.withObserver(sent)), "reader");
        Collected<FloodedObjective> arrived = world.collect(reader.floods("EX2"));
        world.await(source.flood(SYNCHRONIZED.withValue("flooded"), TTL));
        arrived.awaitValues(1);

        assertThat(world.awaitOne(reader.synchronize(SYNCHRONIZED)).value().as(String.class))
                .isEqualTo("flooded");
        assertThat(sent.sent).as("no message is sent").isEmpty();
        AsaLocator peer =
                world.await(reader.discover(SYNCHRONIZED, world.moment())).get(0);
        assertThat(world.awaitOne(reader.synchronize(SYNCHRONIZED, peer))
                        .value()
                        .as(String.class))
                .as("of a peer")
                .isEqualTo("served");
        arrived.cancel();
    }

    // Flooding

    @Test
    @Proves({
        "8990-2.5.6.2-1",
        "8990-2.8.11-1",
        "8990-2.8.11-5",
        "8990-2.8.11-7",
        "8990-2.8.11-8",
        "8990-2.8.11-9",
        "8990-2.8.11-10",
        "8990-2.10.3-7",
        "8991-2.3.6-9",
        "8991-2.3.6-10"
    })
    void floodsAreCachedByNameAndTag() throws UnknownHostException {
        Asa source = asa(world.start(), "source", SYNCHRONIZED, Objective.synchronizable("EX1"));
        Asa reader = asa(world.start(), "reader");
        Collected<FloodedObjective> ex2 = world.collect(reader.floods("EX2"));
        Locator tag = new Locator.Ipv6((Inet6Address) Inet6Address.getByName("fd12::1"), Locator.TCP, 443);
        Locator otherTag = new Locator.Ipv6((Inet6Address) Inet6Address.getByName("fd12::1"), Locator.TCP, 444);

        world.await(source.flood(
                List.of(
                        new TaggedObjective(SYNCHRONIZED.withValue("tagged"), tag),
                        new TaggedObjective(SYNCHRONIZED.withValue("other"), otherTag),
                        TaggedObjective.untagged(SYNCHRONIZED.withValue("plain")),
                        TaggedObjective.untagged(Objective.synchronizable("EX1"))),
                TTL));
        ex2.awaitValues(3);
        world.await(source.flood(SYNCHRONIZED.withLoopCount(3).withValue("newer"), TTL));
        ex2.awaitValues(4);

        List<FloodedObjective> cached = world.await(reader.getFlood("EX2"));
        assertThat(cached).extracting(FloodedObjective::locator).containsExactly(tag, otherTag, null);
        assertThat(cached)
                .extracting(flooded -> flooded.objective().value().as(String.class))
                .containsExactly("tagged", "other", "newer");
        assertThat(cached.get(2).objective().loopCount()).isEqualTo(3);
        assertThat(cached.get(0).ttl()).isPositive().isLessThanOrEqualTo(TTL);
        assertThat(world.await(reader.getFlood("EX1")))
                .singleElement()
                .satisfies(flooded -> assertThat(flooded.objective().value()).hasToString("null"));
        assertThat(world.await(source.getFlood("EX2"))).as("at the source, too").hasSize(3);

        world.await(reader.expireFlood(cached.get(0).tagged()));
        assertThat(world.await(reader.getFlood("EX2"))).hasSize(2);
        assertFails(reader.expireFlood(cached.get(0).tagged()), GraspErrorCode.NOT_OBJECTIVE);
        ex2.cancel();
    }

    @Test
    @Proves("8991-2.3.6-4")
    void aFloodedUnspecifiedAddressBecomesTheAddressOfTheSender() throws UnknownHostException {
        Asa source = asa(world.start(), "source", SYNCHRONIZED);
        Asa reader = asa(world.start(), "reader");
        Collected<FloodedObjective> arrived = world.collect(reader.floods("EX2"));
        Locator here = new Locator.Ipv6((Inet6Address) Inet6Address.getByName("::"), Locator.TCP, 443);

        world.await(source.flood(List.of(new TaggedObjective(SYNCHRONIZED.withValue(1), here)), TTL));

        FloodedObjective flooded = arrived.awaitValues(1).get(0);
        assertThat(flooded.objective().loopCount()).isEqualTo(1);
        assertThat(flooded.locator()).isInstanceOfSatisfying(Locator.Ipv6.class, locator -> {
            assertThat(locator.address().isLinkLocalAddress()).isNotEqualTo(substrate.isPointToPoint());
            assertThat(locator.port()).isEqualTo(443);
        });
        arrived.cancel();
    }

    @Test
    void aSlowSubscriberGetsTheLatestFloodOfEachTag() {
        Asa source = asa(world.start(), "source", SYNCHRONIZED);
        Grasp node = world.start();
        Asa reader = asa(node, "reader");
        Collected<FloodedObjective> slow = new Collected<>(world, reader.floods("EX2"), 0);
        Collected<FloodedObjective> quick = world.collect(reader.floods("EX2"));
        world.await(reader.getFlood("EX1")); // returns after the loop has run, so they watch
        for (int i = 1; i <= 10; i++) {
            world.await(source.flood(SYNCHRONIZED.withValue(i), TTL));
        }
        quick.awaitValues(10);

        slow.request(5);

        assertThat(slow.awaitValues(1))
                .extracting(flooded -> flooded.objective().value().as(Integer.class))
                .containsExactly(10);
        slow.cancel();
        quick.cancel();
    }

    @Test
    void aFloodThatIsTooLongIsRefused() {
        Grasp here = world.start();
        Asa source = asa(here, "source", SYNCHRONIZED);
        world.start(); // some links need a neighbor, and come up later here than there
        world.awaitOne(here.links()
                .filter(links -> !links.isEmpty())
                .repeatWhenEmpty(1000, empty -> empty.delayElements(Duration.ofMillis(10), here.scheduler())));

        Throwable failure = world.collect(source.flood(SYNCHRONIZED.withValue("x".repeat(3000)), TTL))
                .awaitFailure();

        assertCode(failure, GraspErrorCode.UNSPECIFIED);
        assertThat(failure).hasMessageContaining(" bytes, this one has ");
    }

    // Security, start and close

    @Test
    @Proves({"8990-2.5.1-2", "8990-2.5.2-1", "8990-2.5.6.2-17", "8990-3-1", "8991-2.3.2.2-1"})
    void allCallsFailWithoutSecurity() {
        Grasp insecure = world.startInsecure();
        Asa asa = asa(insecure, "one", NEGOTIATED, SYNCHRONIZED);
        Asa source = asa(world.start(), "source", SYNCHRONIZED);

        assertFails(asa.discover(NEGOTIATED, world.moment()), GraspErrorCode.NO_SECURITY);
        assertFails(asa.listenNegotiate(NEGOTIATED), GraspErrorCode.NO_SECURITY);
        assertFails(asa.listenSynchronize(SYNCHRONIZED.withValue(1)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.flood(SYNCHRONIZED.withValue(1), TTL), GraspErrorCode.NO_SECURITY);
        assertFails(asa.getFlood("EX2"), GraspErrorCode.NO_SECURITY);
        AsaLocator peer = AsaLocator.of(new Locator.Fqdn("x.example", Locator.TCP, 1));
        assertFails(asa.requestNegotiate(NEGOTIATED, peer), GraspErrorCode.NO_SECURITY);
        assertFails(asa.synchronize(SYNCHRONIZED, peer), GraspErrorCode.NO_SECURITY);
        world.await(source.flood(SYNCHRONIZED.withValue(1), TTL));

        Objective shown = Objective.discoverable("EX5");
        world.await(asa.register(shown, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        assertThat(world.await(source.discover(shown, world.moment())))
                .as("no discovery is answered either")
                .isEmpty();
    }

    @Test
    void asasOfOneNodeCommunicateWithoutANetwork() {
        Grasp node = world.startAlone();
        Asa server = asa(node, "server", SYNCHRONIZED);
        world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue("here")));
        Asa client = asa(node, "client");

        List<AsaLocator> found = world.await(client.discover(SYNCHRONIZED, world.moment()));

        assertThat(found).hasSize(1);
        assertThat(world.awaitOne(client.synchronize(SYNCHRONIZED, found.get(0)))
                        .value()
                        .as(String.class))
                .isEqualTo("here");
        assertThat(world.await(server.discover(SYNCHRONIZED, DiscoverOptions.knownOnly())))
                .as("an ASA does not find itself")
                .isEmpty();
        world.awaitNoResidue(node);
    }

    @Test
    @Proves("8991-2.3.2.2-1")
    void unusableLocatorsAreRefused() {
        Asa asa = asa(world.start(), "one");
        List<Locator> unusable =
                List.of(new Locator.Fqdn("asa.example.com", Locator.TCP, 443), Locator.uri("https://asa.example.com/"));

        for (Locator locator : unusable) {
            assertFails(asa.synchronize(SYNCHRONIZED, AsaLocator.of(locator)), GraspErrorCode.INVALID_LOCATOR);
        }
    }

    @Test
    @Proves({"8991-2.3.3-10", "8991-2.2.4-1", "8991-2.3.3-3"})
    void closingANodeEndsAllItsOperations() {
        Grasp node = world.start();
        Asa asa = asa(node, "one", NEGOTIATED, SYNCHRONIZED);
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(NEGOTIATED));
        Collected<FloodedObjective> watching = world.collect(asa.floods("EX1"));
        Collected<Void> serving = world.collect(asa.listenSynchronize(SYNCHRONIZED, Flux.just(ObjectiveValue.of(1))));
        Collected<AsaLocator> discovering = world.collect(asa.discover(NEGOTIATED, Duration.ofHours(1)));
        assertThat(world.awaitOne(node.load()).sessions()).isEqualTo(1);

        world.await(node.closeAsync());
        world.await(node.closeAsync());

        assertThat(listening.awaitEnd()).isEmpty();
        assertThat(watching.awaitEnd()).isEmpty();
        assertThat(serving.awaitEnd()).isEmpty();
        assertCode(discovering.awaitFailure(), GraspErrorCode.NO_SESSION);
        assertCode(world.collect(asa.register(SYNCHRONIZED)).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        assertCode(world.collect(node.registerAsa("two")).awaitFailure(), GraspErrorCode.UNSPECIFIED);
    }

    @Test
    @Proves({"8991-2.3.3-3", "8991-2.3.3-10"})
    void deregisteringAnAsaEndsItsOperations() {
        Grasp node = world.start();
        Asa asa = asa(node, "one", NEGOTIATED);
        Asa other = asa(node, "two");
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(NEGOTIATED));
        Collected<AsaLocator> discovering = world.collect(asa.discover(NEGOTIATED, Duration.ofHours(1)));
        Collected<FloodedObjective> others = world.collect(other.floods("EX1"));

        world.await(asa.deregister());

        assertThat(listening.awaitEnd()).isEmpty();
        assertCode(discovering.awaitFailure(), GraspErrorCode.NO_SESSION);
        assertThat(others.isEnded()).isFalse();
        others.cancel();
        world.awaitNoResidue(node);
        world.await(other.register(NEGOTIATED));
        asa(node, "one");
    }

    @Test
    @Proves("8991-2.3.3-11")
    void deregisteringAnObjectiveEndsItsListenersAndItsDiscovery() {
        Asa asa = asa(world.start(), "one", NEGOTIATED, SYNCHRONIZED);
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(NEGOTIATED));
        Collected<Void> serving = world.collect(asa.listenSynchronize(SYNCHRONIZED, Flux.never()));
        Asa seeker = asa(world.start(), "two");
        world.await(asa.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        assertThat(world.await(seeker.discover(NEGOTIATED, world.moment()))).hasSize(1);

        world.await(asa.deregister("EX3"));
        assertThat(listening.awaitEnd()).isEmpty();
        assertThat(world.await(seeker.discover(
                        NEGOTIATED, DiscoverOptions.within(world.moment()).withoutCached())))
                .isEmpty();
        assertThat(serving.isEnded()).as("of another objective").isFalse();
        serving.cancel();
    }

    @Test
    void aSubscriberThatThrowsWhenTheNodeClosesDoesNotAffectOthers() {
        Grasp node = world.start();
        Asa asa = asa(node, "one");
        Asa other = asa(node, "two");
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
        try {
            asa.discover(NEGOTIATED, Duration.ofHours(1)).subscribe(found -> {}, failure -> {
                throw new IllegalStateException("wrong");
            });
            Collected<FloodedObjective> others = world.collect(other.floods("EX1"));

            world.await(node.closeAsync());

            others.awaitEnd();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    @Proves("8990-2.8.3-2")
    void valuesThatAreTooLongAreRefusedAtOnce() {
        Asa asa = asa(world.start(), "one", SYNCHRONIZED);
        SynchronizationResponder responder = world.awaitOne(asa.listenSynchronize(SYNCHRONIZED.withValue("short")));
        List<Locator> many = IntStream.range(0, 150)
                .<Locator>mapToObj(i -> new Locator.Fqdn("host-" + i + ".example.com", Locator.TCP, 443))
                .toList();

        assertFails(responder.update(ObjectiveValue.of("v".repeat(3000))), GraspErrorCode.UNSPECIFIED);
        assertFails(
                asa.register(NEGOTIATED, RegistrationOptions.DEFAULTS.withLocators(many)), GraspErrorCode.UNSPECIFIED);
        assertThat(world.awaitOne(asa(world.start(), "two").synchronize(SYNCHRONIZED))
                        .value()
                        .as(String.class))
                .isEqualTo("short");
    }

    @Test
    @Proves("8990-2.10.3-7")
    void anAbsentValueIsServedAsNull() {
        Asa asa = asa(world.start(), "one", SYNCHRONIZED);
        world.awaitOne(asa.listenSynchronize(SYNCHRONIZED));

        assertThat(world.awaitOne(asa(world.start(), "two").synchronize(SYNCHRONIZED))
                        .value())
                .hasToString("null");
    }

    @Test
    void aBusyAsaDoesNotHideAnotherWithTheSameObjective() {
        Grasp node = world.start(config -> config.withLimits(Limits.DEFAULTS.withQueuedNegotiations(1)));
        RegistrationOptions overlap = RegistrationOptions.DEFAULTS.withOverlap(true);
        Asa busy = asa(node, "busy");
        Asa free = asa(node, "free");
        world.await(busy.register(NEGOTIATED, overlap));
        world.await(free.register(NEGOTIATED, overlap));
        Collected<Negotiation> noDemand = new Collected<>(world, busy.listenNegotiate(NEGOTIATED), 0);
        Collected<Negotiation> demand = world.collect(free.listenNegotiate(NEGOTIATED));
        world.await(free.getFlood("EX1"));
        Asa customer = asa(world.start(), "customer", NEGOTIATED);

        Collected<Negotiation> first = world.collect(customer.requestNegotiate(NEGOTIATED.withValue(1)));
        Collected<Negotiation> second = world.collect(customer.requestNegotiate(NEGOTIATED.withValue(2)));

        world.await(demand.awaitValues(1).get(0).refuse());
        noDemand.cancel();
        first.awaitFailure();
        second.awaitFailure();
        demand.cancel();
    }

    @Test
    void anUnreachableLocatorIsForgotten() {
        Grasp there = world.start();
        Asa server = asa(there, "server", NEGOTIATED, SYNCHRONIZED);
        world.await(server.flood(SYNCHRONIZED.withValue(1), TTL));
        Collected<Negotiation> taken = world.collect(server.listenNegotiate(NEGOTIATED));
        world.await(server.getFlood("EX2"));
        Asa client = asa(world.start(), "client", NEGOTIATED);
        AsaLocator peer =
                world.await(client.discover(NEGOTIATED, world.moment())).get(0);
        assertThat(world.await(client.discover(NEGOTIATED, DiscoverOptions.knownOnly())))
                .hasSize(1);
        taken.cancel();
        world.await(there.closeAsync());

        assertThat(world.collect(client.requestNegotiate(
                                NEGOTIATED.withValue(1), RequestOptions.to(peer).withTimeout(Duration.ofSeconds(5))))
                        .awaitFailure())
                .isInstanceOf(GraspException.class);
        assertThat(world.await(client.discover(NEGOTIATED, DiscoverOptions.knownOnly())))
                .isEmpty();
    }

    // Observation

    @Test
    @Proves("8991-2.2.3-2")
    void theObserverGetsTheBeginningAndEndOfSessionsAndDrops() {
        CountingObserver here = new CountingObserver();
        CountingObserver there = new CountingObserver();
        Asa server = asa(world.start(config -> config.withObserver(there)), "server", SYNCHRONIZED);
        world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue(1)));
        Grasp node = world.start(config -> config.withObserver(here));
        Asa client = asa(node, "client");

        world.awaitOne(client.synchronize(SYNCHRONIZED));
        world.await(client.discover(Objective.discoverable("unknown"), world.moment()));
        world.awaitNoResidue(node);

        assertThat(here.started).hasValue(3);
        assertThat(here.ended).hasValue(3);
        assertThat(here.sent).containsEntry("M_DISCOVERY", 2).containsEntry("M_REQ_SYN", 1);
        assertThat(here.received).containsEntry("M_RESPONSE", 1).containsEntry("M_SYNCH", 1);
        assertThat(there.received).containsEntry("M_DISCOVERY", 2).containsEntry("M_REQ_SYN", 1);
        assertThat(there.sent).containsEntry("M_RESPONSE", 1).containsEntry("M_SYNCH", 1);
        assertThat(there.drops).containsEntry(DropReason.NOT_SUPPORTED, 1);
    }

    @Test
    void theObserverGetsDiscoveriesFloodsAndAgreements() {
        List<String> reported = new CopyOnWriteArrayList<>();
        GraspObserver teller = new GraspObserver() {
            @Override
            public void floodProcessed(MessageInfo flood, MessagePath path) {
                reported.add("flooded " + flood.objective().name());
            }

            @Override
            public void locatorFound(String objective, AsaLocator locator) {
                reported.add("found " + objective);
            }

            @Override
            public void negotiated(SessionInfo session, NegotiationOutcome outcome) {
                reported.add(
                        "negotiated " + session.objective() + " " + (outcome instanceof NegotiationOutcome.Accepted));
            }
        };
        Asa server = asa(world.start(), "server", NEGOTIATED, SYNCHRONIZED);
        Collected<NegotiationOutcome> deals = world.collect(server.listenNegotiate(NEGOTIATED)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.accept()))));
        Grasp node = world.start(config -> config.withObserver(GraspObserver.all(new BrokenObserver(), teller)));
        Asa client = asa(node, "client", NEGOTIATED);
        Collected<FloodedObjective> floods = world.collect(client.floods("EX2"));
        world.await(client.getFlood("EX2"));
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
        try {
            world.await(server.flood(SYNCHRONIZED.withValue(1), TTL));
            world.awaitUntil("the flood", () -> floods.values().size() == 1);
            AsaLocator peer =
                    world.await(client.discover(NEGOTIATED, world.moment())).get(0);
            world.await(client.discover(NEGOTIATED, DiscoverOptions.knownOnly()));
            world.awaitOne(client.negotiate(NEGOTIATED.withValue(1), peer, offers -> offers.map(o -> Move.accept())));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        deals.cancel();
        floods.cancel();

        assertThat(reported).containsExactly("flooded EX2", "found EX3", "found EX3", "negotiated EX3 true");
    }

    @Test
    void aFailingObserverDoesNotStopTheNode() {
        UnaryOperator<GraspConfig> broken = config -> config.withObserver(new BrokenObserver());
        Asa server = asa(world.start(broken), "server", SYNCHRONIZED);
        world.awaitOne(server.listenSynchronize(SYNCHRONIZED.withValue(1)));
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
        try {
            assertThat(world.awaitOne(asa(world.start(broken), "client").synchronize(SYNCHRONIZED)))
                    .isNotNull();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void anInvalidDemandIsAnError() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        asa(world.start(), "one").floods("EX1").subscribe(new CoreSubscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(0);
            }

            @Override
            public void onNext(FloodedObjective flooded) {}

            @Override
            public void onError(Throwable error) {
                failure.set(error);
            }

            @Override
            public void onComplete() {}
        });

        world.awaitUntil("an error", () -> failure.get() != null);
        assertThat(failure.get()).isInstanceOf(IllegalArgumentException.class);
    }
}
