package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.inspection.PageRequest;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The effects of a registration and of its withdrawal (RFC 8991 section 2.3.3), on every substrate. At the end of each
 * test no resource of its nodes remains.
 */
@OnDatagramsAndNetty
class RegistrationContractTest extends ContractTest {
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX4 = Objective.negotiable("EX4");
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final RegistrationOptions SHOWN = RegistrationOptions.DEFAULTS.withDiscoverable(true);

    private Asa asa(Grasp node, String name, Objective... objectives) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        for (Objective objective : objectives) {
            world.await(asa.register(objective));
        }
        return asa;
    }

    private void assertFails(Publisher<?> call, GraspErrorCode code) {
        GraspContractTest.assertCode(world.collect(call).awaitFailure(), code);
    }

    /** Repeats the discovery of an objective until it is found or the time is over. */
    private AsaLocator place(Asa seeker, Objective objective) {
        return world.awaitOne(
                seeker.discover(objective, world.moment().multipliedBy(20)).next());
    }

    /** The locators that are found now, without the cache. */
    private List<AsaLocator> answering(Asa seeker, Objective objective) {
        return world.await(
                seeker.discover(objective, DiscoverOptions.within(aWhile()).withoutCached()));
    }

    private Duration aWhile() {
        return world.moment().dividedBy(4);
    }

    // A successor

    @Test
    void aDrainedAsaFinishesWhatWaitsForItAndItsSuccessorGetsTheRest() {
        Grasp node = world.start();
        Asa first = asa(node, "bank", EX3);
        Asa customer = asa(world.start(), "customer", EX3);
        Sinks.Empty<Void> gate = Sinks.empty();
        Collected<Void> listening = world.collect(first.listenNegotiate(
                EX3,
                negotiation -> gate.asMono().then(negotiation.accept()),
                ListenOptions.DEFAULTS.withConcurrency(1)));
        RequestOptions options = RequestOptions.to(place(customer, EX3)).withTimeout(HOUR);
        Collected<Negotiation> handled = world.collect(customer.requestNegotiate(EX3.withValue(1), options));
        Collected<Negotiation> queued = world.collect(customer.requestNegotiate(EX3.withValue(2), options));
        world.awaitOne(node.inspection()
                .objectives(PageRequest.FIRST)
                .filter(page ->
                        page.entries().get(0).negotiationListeners().get(0).backlog() == 1)
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(10), node.scheduler())));

        Asa second = world.awaitOne(first.registerSuccessor());
        assertFails(first.registerSuccessor(), GraspErrorCode.DUPLICATE_ASA);
        world.await(second.register(EX3));
        Collected<Negotiation> newer = world.collect(second.listenNegotiate(EX3));
        Collected<Void> draining = world.collect(first.drain());
        Collected<Negotiation> late = world.collect(customer.requestNegotiate(EX3.withValue(3), options));
        Negotiation taken = newer.awaitValues(1).get(0);
        assertThat(taken.objective().value()).hasToString("3");
        assertThat(List.of(handled, queued, listening, draining)).noneMatch(Collected::isEnded);

        gate.tryEmitEmpty();
        for (Collected<Negotiation> each : List.of(handled, queued)) {
            assertThat(each.awaitEnd().get(0).outcome()).get().isInstanceOf(Accepted.class);
        }
        listening.awaitEnd();
        draining.awaitEnd();
        world.await(first.deregister());
        world.awaitOne(taken.accept());
        assertThat(late.awaitEnd().get(0).outcome()).get().isInstanceOf(Accepted.class);
        newer.cancel();
        world.awaitNoResidue(node);
    }

    @Test
    void theFloodsOfASuccessorStayWhenItsPredecessorGoes() {
        Grasp node = world.start();
        Asa first = asa(node, "clock", EX2);
        world.await(first.flood(EX2.withValue(1), TTL));
        Asa second = world.awaitOne(first.registerSuccessor());
        world.await(second.register(EX2));
        world.await(first.drain());
        assertThat(world.await(second.getFlood("EX2"))).hasSize(1);
        world.await(second.flood(EX2.withValue(2), TTL));

        world.await(first.deregister());

        assertThat(world.await(second.getFlood("EX2")))
                .extracting(flooded -> flooded.objective().value().toString())
                .containsExactly("2");
    }

    // While it is registered

    @Test
    @Proves({"8991-2.2.1-1", "8991-2.2.3-2"})
    void anAsaCanRunSeveralOperationsAtOnce() {
        Grasp node = world.start();
        Asa asa = asa(node, "one", EX2, EX3, EX4);
        Asa other = asa(world.start(), "other", EX2, EX3, EX4);
        Asa third = asa(world.start(), "third", EX3);
        world.awaitOne(other.listenSynchronize(EX2.withValue("v")));
        Collected<Negotiation> theirs = world.collect(other.listenNegotiate(EX4));
        AsaLocator peer = place(asa, EX4);

        Collected<AsaLocator> discovering = world.collect(asa.discover(Objective.discoverable("nowhere"), HOUR));
        Collected<FloodedObjective> watching = world.collect(asa.floods("EX2"));
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        Collected<Negotiation> asking = world.collect(
                asa.requestNegotiate(EX4.withValue(1), RequestOptions.to(peer).withTimeout(HOUR)));
        Negotiation asked = theirs.awaitValues(1).get(0);
        Collected<Negotiation> thirds =
                world.collect(third.requestNegotiate(EX3.withValue(2), RequestOptions.within(HOUR)));
        Negotiation taken = listening.awaitValues(1).get(0);
        assertThat(world.awaitOne(node.load()).sessions())
                .as("the discovery and two negotiations")
                .isEqualTo(3);

        assertThat(world.awaitOne(asa.synchronize(EX2, peer)).value()).hasToString("\"v\"");
        world.await(other.flood(EX2.withValue(3), TTL));
        assertThat(watching.awaitValues(1)).hasSize(1);
        world.awaitOne(asked.accept());
        assertThat(asking.awaitEnd().get(0).outcome()).get().isInstanceOf(Accepted.class);
        world.awaitOne(taken.accept());
        assertThat(thirds.awaitEnd().get(0).outcome()).get().isInstanceOf(Accepted.class);
        assertThat(List.of(discovering, watching, listening)).noneMatch(Collected::isEnded);
        List.of(discovering, watching, listening, theirs).forEach(Collected::cancel);
        world.awaitNoResidue(node);
    }

    @Test
    @Proves("8991-2.3.3-5")
    void anObjectiveWithoutAListenerIsNotDiscovered() {
        Grasp node = world.start();
        Asa responder = asa(node, "responder", EX2, EX3);
        world.await(responder.register(Objective.discoverable("X"), SHOWN));
        Asa neighbor = asa(node, "neighbor");
        Asa seeker = asa(world.start(), "seeker");
        AsaLocator place = place(seeker, Objective.discoverable("X"));
        Collected<Void> valueless = world.collect(responder.listenSynchronize(EX2, Flux.never()));
        for (Objective objective : List.of(EX2, EX3)) {
            assertThat(answering(seeker, objective)).isEmpty();
            assertThat(world.await(seeker.discover(
                            objective, DiscoverOptions.within(aWhile()).withPeer(place))))
                    .isEmpty();
            assertThat(world.await(neighbor.discover(objective, DiscoverOptions.knownOnly())))
                    .isEmpty();
        }
        valueless.cancel();

        world.awaitOne(responder.listenSynchronize(EX2.withValue(1)));
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        for (Objective objective : List.of(EX2, EX3)) {
            place(seeker, objective);
            assertThat(world.await(seeker.discover(
                                    objective,
                                    DiscoverOptions.within(world.moment()).withPeer(place))
                            .take(1)))
                    .hasSize(1);
            assertThat(world.await(neighbor.discover(objective, DiscoverOptions.knownOnly())))
                    .hasSize(1);
        }
        listening.cancel();
    }

    @Test
    @Proves({"8990-2.8.5-3", "8991-2.3.3-6"})
    void responsesHaveATimeToLiveOfAMinuteUnlessTheAsaChoosesAnother() {
        List<Long> ttls = new CopyOnWriteArrayList<>();
        Grasp node = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                if (message instanceof Response response) {
                    ttls.add(response.ttlMillis());
                }
            }
        }));
        Asa responder = asa(node, "responder", EX3);
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.await(responder.register(EX4, SHOWN));
        world.await(responder.register(EX2, SHOWN.withTtl(Duration.ofSeconds(7))));
        Asa seeker = asa(world.start(), "seeker");
        Asa neighbor = asa(node, "neighbor");
        Map<Objective, Long> expected = new LinkedHashMap<>();
        expected.put(EX3, 60L);
        expected.put(EX4, 60L);
        expected.put(EX2, 7L);

        expected.forEach((objective, seconds) -> {
            Duration ttl = Duration.ofSeconds(seconds);
            assertThat(place(seeker, objective).ttl()).isBetween(ttl.minusSeconds(1), ttl);
            assertThat(place(neighbor, objective).ttl()).isEqualTo(ttl);
        });
        assertThat(ttls).containsExactly(60_000L, 60_000L, 7_000L);
        listening.cancel();
    }

    // The end of listening

    @Test
    @Proves({"8991-2.3.5-13", "8991-2.3.5-14"})
    void twoListenersEndIndependently() {
        Grasp node = world.start();
        Asa responder = asa(node, "responder", EX3, EX4);
        Asa seeker = asa(world.start(), "seeker", EX3, EX4);
        Collected<Negotiation> first = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> second = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> other = world.collect(responder.listenNegotiate(EX4));
        AsaLocator peer = place(seeker, EX3);
        Collected<Negotiation> one = world.collect(seeker.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(peer).withTimeout(HOUR)));
        Collected<Negotiation> two = world.collect(seeker.requestNegotiate(
                EX3.withValue(2), RequestOptions.to(peer).withTimeout(HOUR)));
        Negotiation taken = first.awaitValues(1).get(0);
        second.awaitValues(1);

        first.cancel();
        world.awaitTurn();
        Collected<Negotiation> three = world.collect(seeker.requestNegotiate(
                EX3.withValue(3), RequestOptions.to(peer).withTimeout(HOUR)));
        assertThat(second.awaitValues(2)).hasSize(2);
        second.cancel();
        world.awaitTurn();
        assertFails(
                seeker.requestNegotiate(
                        EX3.withValue(4), RequestOptions.to(peer).withTimeout(HOUR)),
                GraspErrorCode.NO_PEER);
        assertThat(answering(seeker, EX3)).isEmpty();
        place(seeker, EX4);

        world.awaitOne(taken.accept());
        second.values().forEach(negotiation -> world.awaitOne(negotiation.accept()));
        List.of(one, two, three)
                .forEach(request -> assertThat(request.awaitEnd())
                        .singleElement()
                        .satisfies(ended -> assertThat(ended.outcome()).isPresent()));
        other.cancel();
    }

    @Test
    @Proves("8991-2.3.3-11")
    void deregisteringAnObjectiveEndsItsListenersAndKeepsItsSessions() {
        Grasp node = world.start();
        Asa responder = asa(node, "responder", EX2, EX3, EX4);
        Asa neighbor = asa(node, "neighbor");
        Asa seeker = asa(world.start(), "seeker", EX3, EX4);
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Void> handling = world.collect(responder.listenNegotiate(EX3, Negotiation::accept));
        Collected<RawChannel> channels = world.collect(responder.raw().listen(EX3));
        Collected<Negotiation> stays = world.collect(responder.listenNegotiate(EX4));
        Collected<Void> serving = world.collect(responder.listenSynchronize(EX2, Flux.just(ObjectiveValue.of(1))));
        world.await(responder.flood(EX2.withValue(2), TTL));
        AsaLocator place = place(seeker, EX3);
        Collected<Negotiation> request = world.collect(seeker.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(place).withTimeout(HOUR)));
        Negotiation taken = listening.awaitValues(1).get(0);

        world.await(responder.deregister("EX3"));
        world.await(responder.deregister("EX2"));

        listening.awaitEnd();
        handling.awaitEnd();
        channels.awaitEnd();
        serving.awaitEnd();
        for (Objective gone : List.of(EX2, EX3)) {
            assertThat(answering(seeker, gone)).isEmpty();
            assertThat(world.await(neighbor.discover(gone, DiscoverOptions.knownOnly())))
                    .isEmpty();
        }
        assertThat(world.await(neighbor.getFlood("EX2"))).isEmpty();
        assertFails(responder.flood(EX2.withValue(3), TTL), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(seeker.synchronize(EX2, place), GraspErrorCode.NO_LISTENER);
        assertFails(
                seeker.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(place).withTimeout(HOUR)),
                GraspErrorCode.NO_PEER);
        world.awaitOne(taken.accept());
        assertThat(request.awaitEnd().get(0).outcome()).isPresent();
        place(seeker, EX4);
        assertThat(stays.isEnded()).isFalse();
        stays.cancel();
        world.await(neighbor.register(EX3));
    }

    // The end of ASAs

    @Test
    @Proves({"8991-2.3.3-3", "8991-2.3.3-10"})
    void deregisteringAnAsaEndsAllItsOperations() {
        Grasp node = world.start();
        Grasp there = world.start();
        Objective raw = Objective.negotiable("raw");
        Asa leaving = asa(node, "leaving", EX2, EX3, EX4, raw);
        Asa staying = asa(node, "staying");
        Asa peer = asa(there, "peer", EX2, EX3, EX4, raw);
        Collected<Negotiation> asked = world.collect(peer.listenNegotiate(EX4));
        Collected<RawChannel> channels = world.collect(peer.raw().listen(raw));
        Collected<Negotiation> listening = world.collect(leaving.listenNegotiate(EX3));
        SynchronizationResponder serving = world.awaitOne(leaving.listenSynchronize(EX2.withValue(1)));
        AsaLocator here = place(peer, EX3);
        AsaLocator away = place(leaving, EX4);

        Map<String, Collected<?>> failing = new LinkedHashMap<>();
        Collected<Negotiation> request = world.collect(
                peer.requestNegotiate(EX3.withValue(1), RequestOptions.to(here).withTimeout(HOUR)));
        Negotiation taken = listening.awaitValues(1).get(0);
        failing.put("a step as responder", world.collect(taken.step(2)));
        Negotiation theirTurn = request.awaitValues(1).get(0);
        failing.put(
                "a request",
                world.collect(leaving.requestNegotiate(
                        EX4.withValue(1), RequestOptions.to(away).withTimeout(HOUR))));
        Negotiation ofRequest = asked.awaitValues(1).get(0);
        failing.put(
                "a conversation",
                world.collect(leaving.negotiate(
                        EX4.withValue(2), RequestOptions.to(away).withTimeout(HOUR), o -> Flux.never())));
        asked.awaitValues(2);
        Collected<NegotiationOutcome> thinking = world.collect(peer.negotiate(
                EX3.withValue(3),
                RequestOptions.to(here).withTimeout(HOUR),
                offers -> offers.map(offer -> Move.accept())));
        failing.put(
                "its own turn", world.collect(listening.awaitValues(2).get(1).converse(o -> Flux.never())));
        RawChannel channel = world.awaitOne(leaving.raw().request(raw.withValue(1), away));
        failing.put("a raw channel", world.collect(channel.receive()));
        RawChannel ofPeer = channels.awaitValues(1).get(0);
        failing.put("a discovery", world.collect(leaving.discover(Objective.discoverable("nowhere"), HOUR)));
        failing.put(
                "a search for a value",
                world.collect(leaving.synchronize(Objective.synchronizable("none"), RequestOptions.within(HOUR))));
        Collected<FloodedObjective> watching = world.collect(leaving.floods("EX2"));
        Collected<Void> handling = world.collect(leaving.floods("EX2", flooded -> Mono.empty()));
        Collected<FloodedObjective> watchingStill = world.collect(staying.floods("EX2"));
        world.await(leaving.flood(EX2.withValue(4), TTL));
        watching.awaitValues(1);
        assertThat(answering(peer, Objective.discoverable("nowhere"))).isEmpty(); // a moment passes

        world.await(leaving.deregister());

        listening.awaitEnd();
        watching.awaitEnd();
        handling.awaitEnd();
        failing.forEach((what, operation) -> assertThat(operation.awaitFailure())
                .as(what)
                .isInstanceOf(GraspException.class)
                .extracting("code")
                .isEqualTo(GraspErrorCode.NO_SESSION));
        assertFails(serving.update(ObjectiveValue.of(2)), GraspErrorCode.NO_LISTENER);
        for (Publisher<?> ofOthers : List.of(theirTurn.step(3), ofRequest.step(3), ofPeer.receive())) {
            Collected<?> noticed = world.collect(ofOthers);
            world.awaitUntil("the peer to notice", noticed::isEnded);
        }
        assertThat(thinking.awaitFailure()).isInstanceOf(GraspException.class);
        assertThat(world.await(staying.getFlood("EX2"))).isEmpty();
        assertThat(watchingStill.isEnded()).as("of another ASA").isFalse();
        assertFails(peer.synchronize(EX2, here), GraspErrorCode.NO_LISTENER);
        assertThat(answering(peer, EX3)).isEmpty();
        List.of(watchingStill, asked, channels).forEach(Collected::cancel);
        world.awaitNoResidue(node);
        world.awaitNoResidue(there);
        asa(node, "leaving", EX2, EX3, EX4, raw);
    }

    @Test
    @Proves("8991-2.3.3-3")
    void cancellingARegistrationDeregistersTheAsa() {
        Grasp node = world.start();
        Collected<Asa> undelivered =
                new Collected<>(world, node.registerAsa("one").flux(), 0);
        assertFails(node.registerAsa("one"), GraspErrorCode.DUPLICATE_ASA);
        undelivered.cancel();
        asa(node, "one");

        Collected<Asa> unstarted =
                new Collected<>(world, node.registerAsa("two").flux(), 0);
        unstarted.cancel();
        asa(node, "two");
        assertThat(undelivered.values()).isEmpty();
        assertThat(unstarted.values()).isEmpty();
    }

    /** However the use of an ASA ends, the ASA is deregistered at the end. */
    @Test
    @Proves("8991-2.3.3-3")
    void anAsaIsDeregisteredWhenItsScopeEnds() {
        Grasp node = world.start();
        Asa seeker = asa(world.start(), "seeker");
        IllegalStateException crash = new IllegalStateException("crash");
        Map<String, Function<Asa, Publisher<Void>>> lives = new LinkedHashMap<>();
        lives.put("completes", asa -> Mono.empty());
        lives.put("fails", asa -> Mono.error(crash));
        lives.put("throws", asa -> {
            throw crash;
        });
        lives.put("is cancelled", asa -> Mono.never());

        lives.forEach((how, life) -> {
            Sinks.Empty<Void> go = Sinks.empty();
            Collected<Negotiation> living = world.collect(Flux.usingWhen(
                    node.registerAsa("one"),
                    asa -> asa.register(EX3)
                            .then(asa.register(EX2))
                            .then(asa.flood(EX2.withValue(1), TTL))
                            .thenMany(asa.listenNegotiate(EX3)
                                    .takeUntilOther(go.asMono().then(Mono.defer(() -> Mono.from(life.apply(asa)))))),
                    Asa::deregister));
            place(seeker, EX3);
            go.tryEmitEmpty();
            if (how.equals("is cancelled")) {
                living.cancel();
                world.awaitTurn();
            } else {
                world.awaitUntil(how, living::isEnded);
            }

            assertThat(answering(seeker, EX3)).as(how).isEmpty();
            Asa successor = asa(node, "one", EX2, EX3);
            assertThat(world.await(successor.getFlood("EX2"))).as(how).isEmpty();
            world.await(successor.deregister());
        });
    }

    @Test
    @Proves({"8991-2.3.3-3", "8991-2.3.3-10"})
    void theAsasOfAClosedNodeAreNotDiscovered() {
        Grasp node = world.start();
        Asa responder = asa(node, "responder", EX2, EX3);
        Asa seeker = asa(world.start(), "seeker", EX3);
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.awaitOne(responder.listenSynchronize(EX2.withValue(1)));
        AsaLocator place = place(seeker, EX3);
        Collected<Negotiation> request = world.collect(seeker.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(place).withTimeout(HOUR)));
        listening.awaitValues(1);

        world.await(node.closeAsync());

        listening.awaitEnd();
        assertThat(request.awaitFailure()).isInstanceOf(GraspException.class);
        assertThat(answering(seeker, EX2)).isEmpty();
        assertThat(answering(seeker, EX3)).isEmpty();
        assertFails(
                seeker.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(place).withTimeout(HOUR)),
                GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertFails(
                seeker.synchronize(EX2, RequestOptions.to(place).withTimeout(HOUR)),
                GraspErrorCode.SOCKET_ERROR_SYNCH_REQUEST);
    }

    // After its node was closed

    @Test
    void anAsaThatIsDeregisteredAfterUseCompletesWhenItsNodeIsClosed() {
        Grasp node = world.start();
        Collected<Void> serving = world.collect(Mono.usingWhen(
                node.registerAsa("provider"),
                asa -> asa.register(EX3).then(asa.listenNegotiate(EX3, negotiation -> Mono.never())),
                Asa::deregister));
        Asa other = asa(node, "other", EX2);
        SynchronizationResponder responder = world.awaitOne(other.listenSynchronize(EX2.withValue(1)));

        world.end(node);

        assertThat(serving.awaitEnd()).isEmpty();
        world.await(other.deregister("EX2"));
        world.await(other.deregister());
        world.await(responder.stop());
    }
}
