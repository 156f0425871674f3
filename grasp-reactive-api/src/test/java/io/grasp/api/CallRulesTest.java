package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.wire.Discovery;
import io.grasp.wire.MessageType;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The requirements of an ASA's calls for the objective, their first action, their timeouts and their repetition. */
class CallRulesTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective X = Objective.discoverable("X");
    private static final Objective Y = Objective.discoverable("Y");
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final int MANY = 20_000;

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);
    private final Sent observer = new Sent();
    private final AsaLocator peer = AsaLocator.of(SimWorld.somewhere());
    private Grasp node;
    private Asa asa;

    @BeforeEach
    void start() {
        world.start(); // a neighbor
        node = world.start(config -> config.withObserver(observer));
        asa = world.awaitOne(node.registerAsa("asa"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void assertRefused(Map<String, Publisher<?>> calls, GraspErrorCode code) {
        calls.forEach((call, publisher) -> {
            Throwable failure = world.collect(publisher).awaitFailure();
            assertThat(failure).as(call).isNotNull();
            GraspContractTest.assertCode(failure, code);
        });
        assertThat(observer.order).as("nothing was sent").isEmpty();
    }

    /** Each call that sends a message about an objective to be negotiated. */
    private Map<String, Publisher<?>> negotiating(Objective objective) {
        return Map.of(
                "requestNegotiate", asa.requestNegotiate(objective, RequestOptions.within(TTL)),
                "requestNegotiate of a peer",
                        asa.requestNegotiate(objective, RequestOptions.to(peer).withTimeout(TTL)),
                "negotiate",
                        asa.negotiate(
                                objective, RequestOptions.within(TTL), offers -> offers.map(offer -> Move.accept())),
                "rapid", asa.rapid().requestNegotiate(objective, RequestOptions.within(TTL)),
                "a raw channel", asa.raw().request(objective, peer),
                "listenNegotiate", asa.listenNegotiate(objective),
                "listening for raw channels", asa.raw().listen(objective));
    }

    /** Each call that sends the value of an objective to be synchronized. */
    private Map<String, Publisher<?>> serving(Objective objective) {
        return Map.of(
                "listenSynchronize", asa.listenSynchronize(objective),
                "listenSynchronize with a source", asa.listenSynchronize(objective, request -> 1),
                "listenSynchronize with values", asa.listenSynchronize(objective, Flux.just(objective.value())),
                "flood", asa.flood(objective, TTL),
                "flood beside another",
                        asa.flood(List.of(TaggedObjective.untagged(EX2), TaggedObjective.untagged(objective)), TTL));
    }

    /** Each call that asks for the value of an objective to be synchronized. */
    private Map<String, Publisher<?>> reading(Objective objective) {
        return Map.of(
                "synchronize", asa.synchronize(objective, RequestOptions.within(TTL)),
                "synchronize with a peer",
                        asa.synchronize(objective, RequestOptions.to(peer).withTimeout(TTL)),
                "rapid", asa.rapid().synchronize(objective, RequestOptions.within(TTL)));
    }

    @Test
    @Proves("8990-2.10.3-8")
    void aNegotiableObjectiveCannotBeSynchronizedOrFlooded() {
        Objective negotiated = EX3.withValue(1);
        world.await(asa.register(EX2));
        world.await(asa.register(EX3));

        assertRefused(serving(negotiated), GraspErrorCode.NOT_SYNCHRONIZABLE);
        assertRefused(reading(negotiated), GraspErrorCode.NOT_SYNCHRONIZABLE);
    }

    @Test
    @Proves("8990-2.10.3-12")
    void aSynchronizableObjectiveCannotBeNegotiated() {
        world.await(asa.register(EX2));

        assertRefused(negotiating(EX2.withValue(1)), GraspErrorCode.NOT_NEGOTIABLE);
    }

    @Test
    @Proves({"8991-2.3.3-4", "8991-2.3.6-8"})
    void negotiatingServingAndFloodingNeedARegistration() {
        assertRefused(negotiating(EX3.withValue(1)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertRefused(serving(EX2.withValue(1)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
    }

    /** An objective that is not registered prevents the flooding of the others, at any position. */
    @Test
    @Proves("8991-2.3.6-8")
    void eachObjectiveOfAFloodNeedsARegistration() {
        world.await(asa.register(EX2));
        TaggedObjective own = TaggedObjective.untagged(EX2.withValue(1));
        TaggedObjective other =
                TaggedObjective.untagged(Objective.synchronizable("EX5").withValue(2));
        assertRefused(
                Map.of(
                        "first", asa.flood(List.of(other, own), TTL),
                        "last", asa.flood(List.of(own, other), TTL),
                        "with an option",
                                asa.flood(
                                        List.of(own, other),
                                        FloodOptions.validFor(TTL).withExtension(message -> ObjectiveValue.NONE))),
                GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertThat(world.await(asa.getFlood("EX2"))).isEmpty();

        world.await(asa.flood(List.of(own), TTL));
        assertThat(observer.order).containsExactly("M_FLOOD");
        observer.order.clear();
        world.await(asa.deregister("EX2"));
        assertRefused(Map.of("no longer registered", asa.flood(List.of(own), TTL)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
    }

    @Test
    @Proves({"8991-2.3.2.4-1", "8991-2.3.2.4-3"})
    void flagsThatContradictEachOtherAreRefusedByEachCall() {
        world.await(asa.register(EX2));
        world.await(asa.register(EX3));
        Objective both = new Objective("X", Objective.F_NEG | Objective.F_SYNCH, 6, ObjectiveValue.of(1));
        assertRefusedByEachCall(both, GraspErrorCode.NOT_BOTH);
        assertRefusedByEachCall(EX2.withDryRun(true).withValue(1), GraspErrorCode.NOT_DRY);
        assertRefusedByEachCall(Objective.discoverable("X").withDryRun(true).withValue(1), GraspErrorCode.NOT_DRY);
    }

    private void assertRefusedByEachCall(Objective objective, GraspErrorCode code) {
        assertRefused(negotiating(objective), code);
        assertRefused(serving(objective), code);
        assertRefused(reading(objective), code);
        assertRefused(
                Map.of(
                        "register", asa.register(objective),
                        "discover", asa.discover(objective, TTL),
                        "discover what is known", asa.discover(objective, DiscoverOptions.knownOnly()),
                        "discover at a peer",
                                asa.discover(
                                        objective, DiscoverOptions.within(TTL).withPeer(peer))),
                code);
    }

    @Test
    void readingNeedsNoRegistration() {
        Asa server = world.awaitOne(world.start().registerAsa("server"));
        world.await(server.register(EX2, RegistrationOptions.DEFAULTS));
        world.awaitOne(server.listenSynchronize(EX2.withValue("v")));

        assertThat(world.await(asa.discover(EX2, world.moment()))).hasSize(1);
        assertThat(world.awaitOne(asa.synchronize(EX2, RequestOptions.within(TTL)))
                        .value())
                .hasToString("\"v\"");
        assertThat(world.await(asa.getFlood("EX2"))).isEmpty();
    }

    // Peers

    private Asa server() {
        Asa server = world.awaitOne(world.start().registerAsa("server"));
        world.await(server.register(EX3));
        world.await(server.register(EX2));
        return server;
    }

    /** The discovery has no value: that would be rapid mode. */
    @Test
    @Proves({"8990-2.5.5.1-2", "8990-2.5.6.3-2", "8991-2.3.5-5", "8991-2.3.6-6", "8990-2.7-1"})
    void aCallWithoutAPeerBeginsWithADiscovery() {
        Asa server = server();
        Collected<Negotiation> accepting =
                world.collect(server.listenNegotiate(EX3).flatMap(Negotiation::accept));
        world.awaitOne(server.listenSynchronize(EX2.withValue("v")));
        world.await(asa.register(EX3));

        assertThat(world.awaitOne(asa.requestNegotiate(EX3.withValue(1), RequestOptions.within(TTL)))
                        .outcome())
                .isPresent();
        assertThat(observer.order).containsExactly("M_DISCOVERY", "M_REQ_NEG");
        observer.order.clear();
        assertThat(world.awaitOne(asa.synchronize(EX2, RequestOptions.within(TTL)))
                        .value())
                .hasToString("\"v\"");
        assertThat(observer.order).containsExactly("M_DISCOVERY", "M_REQ_SYN");
        assertThat(observer.sessions)
                .as("a request has another Session ID than the discovery that found the peer")
                .hasSize(4)
                .doesNotHaveDuplicates();
        assertThat(observer.discoveries)
                .extracting(discovery -> discovery.objective().value().toString())
                .containsExactly("null", "null");
        accepting.cancel();
    }

    @Test
    @Proves({"8990-2.5.4.3-6", "8990-2.5.4.3-7", "8990-2.5.4.3-8"})
    void anUnansweredDiscoveryIsRepeatedTwiceWithDoublingPauses() {
        world.await(asa.register(EX3));
        Throwable failure = world.collect(asa.requestNegotiate(EX3.withValue(1), RequestOptions.within(TTL)))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.NO_DISCOVERY_REPLY);
        assertThat(observer.order).containsExactly("M_DISCOVERY", "M_DISCOVERY", "M_DISCOVERY");
        assertThat(observer.sessions).doesNotHaveDuplicates();
        Duration first = observer.times.get(0);
        assertThat(observer.times)
                .as("100 ms for each of 6 hops, and pauses of 1 s and 2 s")
                .containsExactly(first, first.plusMillis(1600), first.plusMillis(4200));
    }

    /** No peer can be reached, so all are tried, one after the other. */
    @Test
    @Proves("8990-2.5.4.3-17")
    void peersAreTriedInTheDefaultOrderUnlessTheAsaSelects() {
        Locator ipv6 = SimWorld.somewhere();
        Locator ipv4 = SimWorld.somewhereOnIpv4();
        Asa server = server();
        world.await(server.deregister("EX3"));
        world.await(server.register(
                EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(ipv4, ipv6))));
        world.await(asa.register(EX3));

        assertThat(world.collect(asa.requestNegotiate(EX3.withValue(1), RequestOptions.within(Duration.ofSeconds(1))))
                        .awaitFailure())
                .hasMessageContaining("tried " + ipv6 + ", " + ipv4);
        RequestOptions asFound = RequestOptions.within(Duration.ofSeconds(1)).withPeerSelector(found -> found);
        assertThat(world.collect(asa.requestNegotiate(EX3.withValue(1), asFound))
                        .awaitFailure())
                .hasMessageContaining("tried " + ipv4 + ", " + ipv6);
    }

    // Time

    private AsaLocator silentPeer(List<Negotiation> taken) {
        Asa server = server();
        world.collect(server.listenNegotiate(EX3).doOnNext(taken::add));
        world.await(asa.register(EX3));
        return world.await(asa.discover(EX3, world.moment())).get(0);
    }

    @Test
    @Proves("8991-2.3.2.3-1")
    void theDefaultTimeoutIsAMinuteAndAKnownOnlyDiscoveryEndsAtOnce() {
        List<Negotiation> taken = new ArrayList<>();
        AsaLocator silent = silentPeer(taken);
        assertFailsAfterAMinute(world.collect(asa.requestNegotiate(EX3.withValue(1), silent)));

        Collected<Negotiation> request = world.collect(asa.requestNegotiate(EX3.withValue(1), silent));
        world.awaitUntil("the request", () -> taken.size() == 2);
        Collected<Negotiation> theirs = world.collect(taken.get(1).step(2));
        Negotiation ours = request.awaitValues(1).get(0);
        assertFailsAfterAMinute(world.collect(ours.step(3)));
        theirs.awaitEnd();

        Duration before = world.loop.now();
        assertThat(world.await(asa.discover(EX3, DiscoverOptions.knownOnly()))).isEmpty();
        assertThat(world.loop.now()).isEqualTo(before);
    }

    /** The peer's node does not respond: no packet comes back from it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 90})
    @Proves({"8990-2.5.5-4", "8991-2.2.4-1", "8991-2.3.2.3-1", "8991-2.3.2.3-2"})
    void eachCallToASilentPeerFailsAtItsTimeout(int seconds) {
        world.await(asa.register(EX3));
        Asa server = server();
        world.collect(server.listenNegotiate(EX3));
        world.awaitOne(server.listenSynchronize(EX2.withValue("v")));
        AsaLocator dead = world.await(asa.discover(EX3, world.moment())).get(0);
        assertThat(world.await(asa.discover(EX2, world.moment()))).hasSize(1);
        world.network.node("node-3").suspend();
        RequestOptions any =
                seconds == 0 ? RequestOptions.DEFAULTS : RequestOptions.within(Duration.ofSeconds(seconds));
        RequestOptions named = any.withPeer(dead);
        Objective ex3 = EX3.withValue(1);
        Map<String, Mono<?>> calls = Map.of(
                "requestNegotiate", asa.requestNegotiate(ex3, any),
                "requestNegotiate of a peer", asa.requestNegotiate(ex3, named),
                "negotiate", asa.negotiate(ex3, any, offers -> Flux.<Move>never()),
                "negotiate with a peer", asa.negotiate(ex3, named, offers -> Flux.<Move>never()),
                "a raw channel", asa.raw().request(ex3, any),
                "a rapid request", asa.rapid().requestNegotiate(ex3, any),
                "synchronize", asa.synchronize(EX2, any),
                "synchronize with a peer", asa.synchronize(EX2, named),
                "a rapid synchronization", asa.rapid().synchronize(EX2, any));
        Map<String, Collected<?>> waiting = new TreeMap<>();
        calls.forEach((call, mono) -> waiting.put(call, world.collect(mono)));

        Duration whole = Duration.ofSeconds(seconds == 0 ? 60 : seconds);
        world.loop.advance(whole.minusSeconds(1));
        assertThat(waiting)
                .allSatisfy((call, operation) ->
                        assertThat(operation.isEnded()).as(call).isFalse());
        world.loop.advance(Duration.ofSeconds(2));
        assertThat(waiting).allSatisfy((call, operation) -> {
            if (call.endsWith("peer")) {
                assertEndedInSilence(call, operation);
            }
        });
        world.loop.advance(whole); // the time to look for another peer
        assertThat(waiting).allSatisfy(CallRulesTest::assertEndedInSilence);
        world.network.node("node-3").resume();
    }

    @Test
    @Proves({"8990-2.8.6-3", "8991-2.3.2.3-2"})
    void aRawChannelToAnUnreachablePeerFailsAfterAMinute() {
        world.await(asa.register(EX3));
        world.collect(server().listenNegotiate(EX3));
        AsaLocator dead = world.await(asa.discover(EX3, world.moment())).get(0);
        world.network.node("node-3").suspend();

        assertFailsAfterAMinute(world.collect(asa.raw().request(EX3.withValue(1), dead)));
        world.network.node("node-3").resume();
        world.awaitNoResidue(node);
    }

    private static void assertEndedInSilence(String call, Collected<?> operation) {
        assertThat(operation.isEnded()).as(call).isTrue();
        GraspContractTest.assertCode(
                operation.failure(),
                call.contains("synchroniz") ? GraspErrorCode.NO_SYNCH_REPLY : GraspErrorCode.NO_NEGOTIATION_REPLY);
    }

    private void assertFailsAfterAMinute(Collected<?> operation) {
        world.loop.advance(Duration.ofSeconds(59));
        assertThat(operation.isEnded()).isFalse();
        world.loop.advance(Duration.ofSeconds(2));
        GraspContractTest.assertCode(operation.failure(), GraspErrorCode.NO_NEGOTIATION_REPLY);
    }

    /** Either side may do so while it is its turn. */
    @Test
    @Proves("8991-2.3.5-15")
    void anInitiatorCanExtendTheTimeoutOfTheResponder() {
        List<Negotiation> taken = new ArrayList<>();
        AsaLocator silent = silentPeer(taken);
        Collected<Negotiation> request = world.collect(
                asa.requestNegotiate(EX3.withValue(1), RequestOptions.to(silent).withTimeout(TTL)));
        world.awaitUntil("the request", () -> taken.size() == 1);
        Collected<Negotiation> step = world.collect(taken.get(0).step(2, Duration.ofSeconds(5)));
        Negotiation ours = request.awaitValues(1).get(0);
        world.loop.advance(Duration.ofSeconds(4));
        world.await(ours.waitFor(Duration.ofSeconds(20)));
        world.loop.advance(Duration.ofSeconds(19));
        assertThat(step.isEnded()).isFalse();
        world.await(ours.waitFor(Duration.ofSeconds(20)));
        world.loop.advance(Duration.ofSeconds(19));
        assertThat(step.isEnded()).isFalse();

        world.awaitOne(ours.accept());
        assertThat(step.awaitEnd().get(0).outcome()).isPresent();
    }

    /** Here the responder still has a loop count, and the initiator's is exhausted. */
    @Test
    @Proves({"8991-2.2.4-1", "8991-2.3.5-8"})
    void aLoopCountOfZeroOfTheInitiatorEndsTheSession() {
        List<Negotiation> taken = new ArrayList<>();
        AsaLocator silent = silentPeer(taken);
        Collected<Negotiation> request = world.collect(asa.requestNegotiate(
                EX3.withLoopCount(2).withValue(1), RequestOptions.to(silent).withTimeout(TTL)));
        world.awaitUntil("the request", () -> taken.size() == 1);
        Collected<Negotiation> theirStep = world.collect(taken.get(0).step(2));
        Negotiation ours = request.awaitValues(1).get(0);
        assertThat(ours.objective().loopCount()).isEqualTo(1);

        GraspContractTest.assertCode(world.collect(ours.step(3)).awaitFailure(), GraspErrorCode.LOOP_EXHAUSTED);
        assertThat(theirStep.awaitEnd().get(0).outcome()).contains(new Declined("Loop count exhausted", Side.PEER));
        world.awaitNoResidue(node);
    }

    // Bounds

    @Test
    @Proves("8991-4-3")
    void theDefaultLimitsBoundAsasObjectivesAndSessions() {
        assertBounded(i -> node.registerAsa("asa " + i), GraspErrorCode.ASA_FULL);
        assertBounded(i -> asa.register(Objective.negotiable("objective " + i)), GraspErrorCode.OBJECTIVES_FULL);
        List<Negotiation> taken = new ArrayList<>();
        Asa server = server();
        world.collect(server.listenNegotiate(EX3).doOnNext(taken::add));
        Grasp greedy = world.start();
        Asa asking = world.awaitOne(greedy.registerAsa("greedy"));
        world.await(asking.register(EX3));
        AsaLocator place = world.await(asking.discover(EX3, world.moment())).get(0);
        IntStream.range(0, 1000)
                .forEach(i -> world.collect(asking.requestNegotiate(
                        EX3.withValue(i), RequestOptions.to(place).withTimeout(TTL))));
        world.loop.advance(Duration.ofSeconds(1));
        assertThat(taken).as("of one peer").hasSizeBetween(1, 999);

        Objective nowhere = Objective.discoverable("nowhere").withLoopCount(1);
        List<Collected<AsaLocator>> discoveries = new ArrayList<>();
        while (discoveries.size() < MANY && discoveries.stream().noneMatch(Collected::isEnded)) {
            for (int i = 0; i < 1000; i++) {
                discoveries.add(world.collect(asa.discover(nowhere, Duration.ofHours(1))));
            }
            world.awaitOne(node.load());
        }
        assertThat(discoveries).anyMatch(Collected::isEnded);
        discoveries.forEach(Collected::cancel);
    }

    private void assertBounded(IntFunction<Mono<?>> call, GraspErrorCode code) {
        for (int i = 0; i < MANY; i++) {
            Collected<?> called = world.collect(call.apply(i));
            world.awaitUntil("the end", called::isEnded);
            if (called.failure() != null) {
                GraspContractTest.assertCode(called.failure(), code);
                return;
            }
        }
        throw new AssertionError("no bound up to " + MANY);
    }

    // The discovery cache

    private Asa showing(Duration ttl, Objective... objectives) {
        Asa responder = world.awaitOne(world.start().registerAsa("responder"));
        for (Objective objective : objectives) {
            world.await(responder.register(
                    objective,
                    RegistrationOptions.DEFAULTS.withDiscoverable(true).withTtl(ttl)));
        }
        return responder;
    }

    private List<AsaLocator> known(Objective objective) {
        return world.await(asa.discover(objective, DiscoverOptions.knownOnly()));
    }

    private List<AsaLocator> known(Objective objective, Duration minimumTtl) {
        return world.await(asa.discover(objective, DiscoverOptions.knownOnly().withMinimumTtl(minimumTtl)));
    }

    @Test
    @Proves({"8991-2.3.2.5-1", "8991-2.3.4-2"})
    void theMinimumTimeToLiveDeletesLocatorsThatExpireEarlierOnly() {
        Duration ttl = Duration.ofSeconds(100);
        showing(ttl, X, Y);
        AsaLocator found = world.awaitOne(asa.discover(X, world.moment()).next());
        assertThat(world.await(asa.discover(Y, world.moment()))).hasSize(1);
        Duration expires = world.loop.now().plus(found.ttl());
        world.loop.advance(Duration.ofSeconds(40));

        assertThat(known(X).get(0).expires())
                .as("the expiry time by the node's clock is constant")
                .isEqualTo(found.expires())
                .isBetween(node.now(), node.now().plus(ttl));
        assertThat(found.isExpired(node.now())).isFalse();
        Duration left = known(X).get(0).ttl();
        assertThat(left).as("the remaining time decreases").isBetween(Duration.ofSeconds(58), Duration.ofSeconds(60));
        assertThat(known(X, left.minusMillis(1))).hasSize(1);
        assertThat(known(X, left)).as("valid for this time or less").isEmpty();
        assertThat(known(X)).as("removed permanently").isEmpty();
        assertThat(known(Y)).as("of another objective").hasSize(1);
        assertThat(world.await(asa.discover(Y, DiscoverOptions.knownOnly().withoutCached())))
                .as("all are deleted")
                .isEmpty();
        assertThat(known(Y)).isEmpty();
        assertThat(expires).isGreaterThan(world.loop.now());

        assertThat(world.await(asa.discover(X, world.moment()))).hasSize(1);
        world.loop.advance(ttl);
        assertThat(found.isExpired(node.now())).isTrue();
        assertThat(known(X)).as("it has expired").isEmpty();
    }

    @Test
    @Proves({"8991-2.3.4-1", "8991-2.3.4-3"})
    void aKnownOnlyDiscoverySendsNothing() {
        showing(TTL, X);
        Duration before = world.loop.now();
        assertThat(known(X)).isEmpty();
        assertThat(observer.order).isEmpty();
        assertThat(world.await(asa.discover(X, world.moment()))).hasSize(1);
        observer.order.clear();
        Duration after = world.loop.now();
        assertThat(known(X)).hasSize(1);
        assertThat(world.loop.now()).as("at once").isEqualTo(after).isGreaterThan(before);

        assertThat(observer.order).isEmpty();
    }

    @Test
    @Proves("8991-2.3.2.5-1")
    void aLocatorHasItsKindProtocolPortAndLink() throws UnknownHostException {
        Locator ipv6 = SimWorld.somewhere();
        Locator ipv4 = new Locator.Ipv4((Inet4Address) InetAddress.getByName("10.98.0.1"), 17, 4000);
        Locator fqdn = new Locator.Fqdn("asa.example.com", Locator.TCP, 443);
        Locator uri = Locator.uri("https://asa.example.com/");
        Asa responder = showing(TTL, Y);
        world.await(responder.register(
                X, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(ipv6, ipv4, fqdn, uri))));
        LinkInfo link = world.awaitOne(node.links()).get(0);

        for (DiscoverOptions options : List.of(DiscoverOptions.within(world.moment()), DiscoverOptions.knownOnly())) {
            List<AsaLocator> found = world.await(asa.discover(X, options));
            assertThat(found).extracting(AsaLocator::locator).containsExactlyInAnyOrder(ipv6, ipv4, fqdn, uri);
            assertThat(found).allSatisfy(each -> {
                assertThat(each.link()).isEqualTo(link.name());
                assertThat(each.linkIndex()).isEqualTo(link.index());
                assertThat(each.diverted()).isFalse();
                assertThat(each.ttl()).isBetween(TTL.minusSeconds(1), TTL);
            });
        }
        assertThat(world.awaitOne(asa.discover(Y, world.moment())).locator())
                .isInstanceOfSatisfying(Locator.Ipv6.class, own -> {
                    assertThat(own.port())
                            .isEqualTo(world.network.node("node-3").port());
                    assertThat(own.protocol()).isEqualTo(Locator.TCP);
                });
    }

    /** Draws the longest pause each time: 1, 2 and 4 s, each after a timeout of 5 s. */
    @Test
    @Proves({"8990-2.5.5-1", "8990-2.5.5-2", "8991-2.3.5-10"})
    void aRepeatedNegotiationRequestBacksOffExponentially() {
        AsaLocator silent = silentPeer(new ArrayList<>());
        observer.times.clear();
        observer.sessions.clear();
        Throwable failure = world.collect(asa.requestNegotiate(
                                EX3.withValue(1), RequestOptions.to(silent).withTimeout(Duration.ofSeconds(5)))
                        .retryWhen(longestBackoff()))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(observer.order).endsWith("M_REQ_NEG", "M_REQ_NEG", "M_REQ_NEG", "M_REQ_NEG");
        assertThat(observer.pauses()).containsExactly(6L, 7L, 9L);
        assertThat(observer.sessions).doesNotHaveDuplicates();

        world.collect(asa.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(silent).withTimeout(Duration.ofSeconds(5))))
                .awaitFailure();
        world.loop.advance(Duration.ofHours(1));
        assertThat(observer.times).as("without a backoff there is only one try").hasSize(5);
    }

    @Test
    @Proves({"8990-2.5.6.1-3", "8991-2.3.6-3", "8991-4-1"})
    void aRepeatedSynchronizationRequestBacksOffExponentially() {
        AsaLocator deaf = silentPeer(new ArrayList<>());
        observer.times.clear();
        observer.sessions.clear();
        Throwable failure = world.collect(
                        asa.synchronize(EX2, RequestOptions.to(deaf).withTimeout(Duration.ofSeconds(5)))
                                .retryWhen(longestBackoff()))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.NO_LISTENER);
        assertThat(observer.pauses()).containsExactly(1L, 2L, 4L);
        assertThat(observer.sessions).doesNotHaveDuplicates();

        world.collect(asa.synchronize(EX2, RequestOptions.to(deaf).withTimeout(Duration.ofSeconds(5))))
                .awaitFailure();
        world.loop.advance(Duration.ofHours(1));
        assertThat(observer.times).as("without a backoff there is only one try").hasSize(5);
    }

    private Backoff longestBackoff() {
        return new Backoff(3, BackoffTest.PAUSES, node.scheduler(), BackoffTest.LONGEST);
    }

    /** Records the order and the times of sent messages. */
    private final class Sent implements GraspObserver {
        final List<String> order = new ArrayList<>();
        final List<Duration> times = new ArrayList<>();
        final List<SessionId> sessions = new ArrayList<>();
        final List<Discovery> discoveries = new ArrayList<>();

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            order.add(MessageType.name(message.type()));
            times.add(world.loop.now());
            sessions.add(message.session());
            if (message instanceof Discovery discovery) {
                discoveries.add(discovery);
            }
        }

        /** {@return the whole seconds between what is in {@link #times}} */
        List<Long> pauses() {
            return IntStream.range(1, times.size())
                    .mapToObj(i -> times.get(i).minus(times.get(i - 1)).toSeconds())
                    .toList();
        }
    }
}
