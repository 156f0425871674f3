package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The API's contract for negotiation, on every substrate. At the end of each test no resource of its nodes remains. */
@OnEverySubstrate
class NegotiationContractTest extends ContractTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    private Grasp here;
    private Grasp there;
    private Asa initiator;
    private Asa responder;
    private AsaLocator peer;

    @BeforeEach
    void begin() {
        begin(config -> config);
    }

    @AfterEach
    void nothingIsLeft() {
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }

    private void begin(UnaryOperator<GraspConfig> settings) {
        world.end(here, there); // those of an earlier beginning, which divert discoveries to each other
        here = world.start(settings);
        there = world.start(settings);
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(there.registerAsa("responder"));
        world.await(initiator.register(EX3.withDryRun(true)));
        world.await(responder.register(EX3.withDryRun(true)));
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        peer = world.awaitOne(
                initiator.discover(EX3, world.moment().multipliedBy(20)).next());
        listening.cancel();
        world.await(responder.getFlood("EX1")); // returns after the loop has run
    }

    private Objective asking(int sum) {
        return EX3.withValue(sum);
    }

    private static int sum(Objective objective) {
        return objective.value().as(Integer.class);
    }

    private Negotiation takeOne(Collected<Negotiation> listening) {
        return listening.awaitValues(1).get(0);
    }

    private static void assertCode(Throwable failure, GraspErrorCode code) {
        GraspContractTest.assertCode(failure, code);
    }

    // Step by step

    @Test
    @Proves({"8990-2.8.6-2", "8991-2.2.4-1", "8991-2.3.5-1"})
    void aRequestCanBeAcceptedAtOnce() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(47), peer));
        Negotiation theirs = takeOne(listening);

        Negotiation ended = world.awaitOne(theirs.accept());
        Negotiation ours = request.awaitValues(1).get(0);

        assertThat(sum(theirs.objective())).isEqualTo(47);
        assertThat(ours.sessionId()).isEqualTo(theirs.sessionId());
        assertThat(ours.outcome()).hasValueSatisfying(outcome -> {
            assertThat(outcome.by()).isEqualTo(Side.PEER);
            assertThat(sum(((Accepted) outcome).objective())).isEqualTo(47);
        });
        assertThat(ended.outcome())
                .hasValueSatisfying(outcome -> assertThat(outcome.by()).isEqualTo(Side.LOCAL));
        assertCode(world.collect(ours.step(1)).awaitFailure(), GraspErrorCode.NO_SESSION);
        listening.cancel();
    }

    @Test
    @Proves({
        "8990-2.8.7-1",
        "8990-2.8.7-2",
        "8990-2.8.7-3",
        "8991-2.3.5-2",
        "8991-2.3.5-4",
        "8991-2.3.5-7",
        "8991-2.3.5-8",
        "8991-2.3.5-11"
    })
    void offersAlternateWithADecreasingLoopCount() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request =
                world.collect(initiator.requestNegotiate(asking(410).withDryRun(true), peer));
        Negotiation theirs = takeOne(listening);
        assertThat(theirs.objective().loopCount()).isEqualTo(6);
        assertThat(theirs.objective().isDryRun()).isTrue();

        Collected<Negotiation> theirStep = world.collect(theirs.step(80));
        Negotiation ours = request.awaitValues(1).get(0);
        assertThat(sum(ours.objective())).isEqualTo(80);
        assertThat(ours.objective().loopCount()).isEqualTo(5);
        Collected<Negotiation> ourStep = world.collect(ours.step(307));
        theirStep.awaitValues(1);
        assertThat(sum(theirs.objective())).isEqualTo(307);
        assertThat(theirs.objective().loopCount()).isEqualTo(4);
        world.awaitOne(theirs.decline("Insufficient funds"));

        ourStep.awaitValues(1);
        assertThat(ours.outcome()).contains(new Declined("Insufficient funds", Side.PEER));
        assertThat(theirs.outcome()).contains(new Declined("Insufficient funds", Side.LOCAL));
        listening.cancel();
    }

    @Test
    void theInitiatorAcceptsTheLastOfferOfThePeer() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(100), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> theirStep = world.collect(theirs.step(60));
        Negotiation ours = request.awaitValues(1).get(0);

        world.awaitOne(ours.accept());
        theirStep.awaitValues(1);

        for (Negotiation side : List.of(ours, theirs)) {
            assertThat(side.outcome())
                    .hasValueSatisfying(outcome ->
                            assertThat(sum(((Accepted) outcome).objective())).isEqualTo(60));
        }
        listening.cancel();
    }

    @Test
    @Proves("8991-2.3.5-9")
    void movesOutOfTurnFail() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> step = world.collect(theirs.step(2));

        assertCode(world.collect(theirs.step(3)).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        assertCode(world.collect(theirs.accept()).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        assertCode(world.collect(theirs.waitFor(Duration.ofSeconds(1))).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        Negotiation ours = request.awaitValues(1).get(0);
        world.awaitOne(ours.decline(""));
        step.awaitValues(1);
        assertThat(theirs.outcome()).contains(new Declined("", Side.PEER));
        listening.cancel();
    }

    @Test
    @Proves("8991-2.3.5-9")
    void neitherSideCanMoveOutOfTurnOrAfterTheEnd() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> theirStep = world.collect(theirs.step(2));
        Negotiation ours = request.awaitValues(1).get(0);
        assertNoMove(theirs, GraspErrorCode.UNSPECIFIED);
        world.await(ours.waitFor(Duration.ofMinutes(2)));
        Collected<Negotiation> ourStep = world.collect(ours.step(3));
        theirStep.awaitValues(1);
        assertNoMove(ours, GraspErrorCode.UNSPECIFIED);
        assertThat(sum(theirs.objective())).isEqualTo(3);

        world.awaitOne(theirs.accept());
        ourStep.awaitValues(1);
        for (Negotiation ended : List.of(theirs, ours)) {
            assertNoMove(ended, GraspErrorCode.NO_SESSION);
            assertCode(world.collect(ended.decline("late")).awaitFailure(), GraspErrorCode.NO_SESSION);
            assertThat(ended.outcome())
                    .hasValueSatisfying(outcome -> assertThat(outcome).isInstanceOf(Accepted.class));
        }
        listening.cancel();
    }

    private void assertNoMove(Negotiation negotiation, GraspErrorCode code) {
        for (Mono<?> move : List.of(
                negotiation.step(9),
                negotiation.step(ObjectiveValue.of(9), 5),
                negotiation.accept(),
                negotiation.waitFor(Duration.ofSeconds(1)))) {
            assertCode(world.collect(move).awaitFailure(), code);
        }
    }

    @Test
    @Proves({"8990-2.8.7-4", "8991-2.2.4-1", "8991-2.3.5-2", "8991-2.3.5-8", "8991-2.3.2.2-1"})
    void aLoopCountOfZeroEndsTheSession() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request =
                world.collect(initiator.requestNegotiate(asking(1).withLoopCount(1), peer));
        Negotiation theirs = takeOne(listening);

        assertCode(world.collect(theirs.step(2)).awaitFailure(), GraspErrorCode.LOOP_EXHAUSTED);

        assertThat(request.awaitValues(1).get(0).outcome()).contains(new Declined("Loop count exhausted", Side.PEER));
        listening.cancel();
    }

    @Test
    @Proves({"8990-2.8.9-4", "8991-2.3.5-15"})
    void aWaitExtendsTheTimeoutOfThePeer() {
        Duration timeout = world.moment();
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(
                initiator.requestNegotiate(asking(1), RequestOptions.to(peer).withTimeout(timeout)));
        Negotiation theirs = takeOne(listening);

        world.await(theirs.waitFor(timeout.multipliedBy(10)));
        world.await(Mono.delay(timeout.multipliedBy(2), there.scheduler()));
        world.awaitOne(theirs.accept());

        assertThat(request.awaitValues(1).get(0).outcome()).isPresent();
        listening.cancel();
    }

    @Test
    @Proves({"8990-2.8.9-3", "8991-2.2.4-1", "8991-2.3.2.3-2", "8991-2.3.2.2-1"})
    void aNegotiationWithASilentPeerTimesOut() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(
                initiator.requestNegotiate(asking(1), RequestOptions.to(peer).withTimeout(world.moment())));
        Negotiation theirs = takeOne(listening);

        Throwable failure = request.awaitFailure();

        assertCode(failure, GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(failure).hasMessageContaining(world.moment().toMillis() + " ms");
        assertThat(((GraspException) failure).objective()).contains("EX3");
        assertThat(((GraspException) failure).session()).contains(theirs.sessionId());
        // the peer has closed the connection; a real network may report this as a reset
        assertThat(((GraspException) world.collect(theirs.step(1)).awaitFailure()).code())
                .isIn(GraspErrorCode.NO_PEER, GraspErrorCode.NO_NEGOTIATION_REPLY);
        listening.cancel();
    }

    @Test
    @Proves("8991-2.2.4-1")
    void aSilentLocalAsaDeclines() {
        begin(config ->
                config.withTimeouts(Timeouts.DEFAULTS.withOwnMove(world.moment().dividedBy(2))));
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);

        assertThat(request.awaitValues(1).get(0).outcome()).contains(new Declined("No answer in time", Side.PEER));
        assertCode(world.collect(theirs.accept()).awaitFailure(), GraspErrorCode.NO_SESSION);
        listening.cancel();
    }

    @Test
    @Proves({"8990-2.8.6-6", "8991-2.2.4-1", "8991-2.3.5-14", "8991-2.3.2.2-1"})
    void aRequestWithoutAListenerFails() {
        Throwable failure =
                world.collect(initiator.requestNegotiate(asking(1), peer)).awaitFailure();

        assertCode(failure, GraspErrorCode.NO_PEER);
        assertThat(((GraspException) failure).origin()).isEqualTo(GraspException.Origin.PEER);
    }

    @Test
    @Proves({"8990-2.2-3", "8991-2.2.4-1", "8991-2.3.2.2-1"})
    void aRequestToAnUnreachablePeerFails() {
        Locator.Ipv6 real = (Locator.Ipv6) peer.locator();
        AsaLocator nobody = AsaLocator.of(new Locator.Ipv6(real.address(), Locator.TCP, 1));

        Throwable failure =
                world.collect(initiator.requestNegotiate(asking(1), nobody)).awaitFailure();

        assertCode(failure, GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(failure).hasCauseInstanceOf(IOException.class);

        failure = world.collect(initiator.synchronize(Objective.synchronizable("EX2"), nobody))
                .awaitFailure();
        assertCode(failure, GraspErrorCode.SOCKET_ERROR_SYNCH_REQUEST);
        assertThat(failure).hasCauseInstanceOf(IOException.class);
        failure = world.collect(initiator.discover(
                        EX3, DiscoverOptions.within(world.moment()).withPeer(nobody)))
                .awaitFailure();
        assertCode(failure, GraspErrorCode.NO_DISCOVERY_REPLY);
        assertThat(failure).hasMessageContaining("cannot connect to the peer").hasCauseInstanceOf(IOException.class);

        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        world.awaitOne(takeOne(listening).accept());
        request.awaitValues(1);
        listening.cancel();
    }

    /** The example of {@link DiscoverOptions#withPeer}. */
    @Test
    void aDiscoveryAtAPeerThatCannotBeReachedFallsBackToAllNeighbors() {
        Locator.Ipv6 real = (Locator.Ipv6) peer.locator();
        AsaLocator node = AsaLocator.of(new Locator.Ipv6(real.address(), Locator.TCP, 1));
        DiscoverOptions options = DiscoverOptions.within(world.moment()).withoutCached();
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens

        List<AsaLocator> found = world.await(initiator
                .discover(EX3, options.withPeer(node))
                .onErrorResume(GraspException.class, failure -> Flux.empty())
                .switchIfEmpty(initiator.discover(EX3, options)));

        assertThat(found).extracting(AsaLocator::locator).contains(real);
        listening.cancel();
    }

    @Test
    void aRefusedRequestFailsLikeOneWithoutAListener() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));

        world.await(takeOne(listening).refuse());

        assertCode(request.awaitFailure(), GraspErrorCode.NO_PEER);
        listening.cancel();
    }

    @Test
    @Proves({"8991-2.2.4-1", "8991-2.3.7-2", "8991-2.3.2.2-1"})
    void anInvalidFailsTheSessionOfThePeer() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));

        world.await(takeOne(listening).sendInvalid("what?".getBytes(StandardCharsets.UTF_8)));

        Throwable failure = request.awaitFailure();
        assertCode(failure, GraspErrorCode.NO_VALID_STEP);
        assertThat(failure).hasMessageContaining("77686174"); // "what" in hexadecimal
        listening.cancel();
    }

    @Test
    @Proves("8991-4-4")
    void withoutDemandRequestsWaitUpToABound() {
        begin(config -> config.withLimits(Limits.DEFAULTS.withQueuedNegotiations(2)));
        Collected<Negotiation> listening = new Collected<>(world, responder.listenNegotiate(EX3), 0);
        List<Collected<Negotiation>> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            requests.add(world.collect(initiator.requestNegotiate(asking(i), peer)));
        }
        world.awaitUntil("one refusal", () -> requests.stream().anyMatch(Collected::isEnded));
        assertThat(requests.stream().filter(Collected::isEnded)).hasSize(1);

        listening.request(1);
        Negotiation first = takeOne(listening);
        world.awaitOne(first.accept());
        listening.cancel();

        requests.forEach(request -> world.awaitUntil("each to end", request::isEnded));
        assertThat(requests.stream().filter(Collected::isCompleted)).hasSize(1);
        assertThat(requests.stream().map(Collected::failure).filter(failure -> failure != null))
                .hasSize(2)
                .allSatisfy(failure -> assertCode(failure, GraspErrorCode.NO_PEER));
    }

    @Test
    @Proves("8990-2.5.5-5")
    void cancellingARequestClosesItsConnection() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);

        request.cancel();

        world.awaitNoResidue(there);
        assertCode(world.collect(theirs.accept()).awaitFailure(), GraspErrorCode.NO_PEER);
        listening.cancel();
    }

    @Test
    void cancellingARequestBeforeItIsConnectedLeavesNothing() {
        for (int i = 0; i < 20; i++) {
            world.collect(initiator.requestNegotiate(asking(1), peer)).cancel();
        }
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }

    @Test
    void closingANodeFailsItsSessions() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> step = world.collect(theirs.step(5));
        Negotiation ours = request.awaitValues(1).get(0);
        Collected<Negotiation> ourStep = world.collect(ours.step(6));
        step.awaitValues(1);

        world.await(initiator.deregister());

        assertCode(ourStep.awaitFailure(), GraspErrorCode.NO_SESSION);
        world.awaitNoResidue(there);
        listening.cancel();
    }

    // As a conversation

    @Test
    @Proves({"8991-1-3", "8990-2.8.7-1"})
    void aConversationOfBothSidesConcludes() {
        List<Integer> offersSeen = new ArrayList<>();
        Collected<NegotiationOutcome> theirs = world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation ->
                        negotiation.converse(offers -> offers.index().map(offer -> {
                            offersSeen.add(sum(offer.getT2()));
                            return offer.getT1() == 3 ? Move.accept() : Move.propose(10 * (offer.getT1() + 1));
                        }))));

        NegotiationOutcome ours = world.awaitOne(initiator.negotiate(
                asking(100).withLoopCount(20), peer, offers -> offers.map(offer -> Move.propose(100 - sum(offer)))));

        assertThat(((Accepted) ours).by()).isEqualTo(Side.PEER);
        assertThat(sum(((Accepted) ours).objective())).isEqualTo(70);
        NegotiationOutcome other = theirs.awaitEnd().get(0);
        assertThat(((Accepted) other).by()).isEqualTo(Side.LOCAL);
        assertThat(sum(((Accepted) other).objective())).isEqualTo(70);
        assertThat(offersSeen).containsExactly(100, 90, 80, 70);
    }

    @Test
    @Proves("8991-2.2.2-2")
    void sessionsWithOnePeerAreIndependent() {
        int sessions = 200;
        Collected<NegotiationOutcome> theirs = world.collect(responder
                .listenNegotiate(EX3)
                .take(sessions)
                .flatMap(
                        negotiation -> {
                            int asked = sum(negotiation.objective());
                            return negotiation.converse(offers -> offers.map(
                                    offer -> sum(offer) < asked - 1 ? Move.accept() : Move.propose(asked + 1000)));
                        },
                        sessions));

        List<Boolean> matches = world.await(Flux.range(0, sessions)
                .flatMap(
                        i -> initiator
                                .negotiate(
                                        asking(10_000 * i),
                                        peer,
                                        offers -> offers.map(offer -> sum(offer) == 10_000 * i + 1000
                                                ? Move.propose(10_000 * i - (offer.loopCount() > 3 ? 1 : 2))
                                                : Move.decline("mixed up: " + sum(offer))))
                                .map(outcome -> outcome instanceof Accepted accepted
                                        && sum(accepted.objective()) == 10_000 * i - 2),
                        sessions));

        assertThat(matches).hasSize(sessions).containsOnly(true);
        assertThat(theirs.awaitEnd()).hasSize(sessions).allMatch(Accepted.class::isInstance);
    }

    @Test
    void aWaitKeepsTheTurn() {
        Duration timeout = world.moment();
        Collected<NegotiationOutcome> theirs = world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(offers -> offers.concatMap(offer -> Flux.concat(
                        Mono.just(Move.waitFor(timeout.multipliedBy(10))),
                        Mono.delay(timeout.multipliedBy(2), there.scheduler()).thenReturn(Move.accept()))))));

        NegotiationOutcome ours = world.awaitOne(initiator.negotiate(
                asking(7), RequestOptions.to(peer).withTimeout(timeout), offers -> Flux.<Move>never()));

        assertThat(ours).isInstanceOf(Accepted.class);
        assertThat(theirs.awaitEnd()).hasSize(1);
    }

    @Test
    @Proves("8991-2.3.5-9")
    void movesThatCompleteDecline() {
        Collected<NegotiationOutcome> theirs = world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(offers -> offers.map(o -> Move.propose(5)))));

        NegotiationOutcome ours = world.awaitOne(
                initiator.negotiate(asking(9), peer, offers -> offers.take(1).map(offer -> Move.propose(8))));

        assertThat(ours).isEqualTo(new Declined("no further move", Side.LOCAL));
        assertThat(theirs.awaitEnd()).containsExactly(new Declined("no further move", Side.PEER));
    }

    @Test
    void movesThatFailDeclineAndFailTheConversation() {
        IllegalStateException secret = new IllegalStateException("the safe is empty");
        Collected<NegotiationOutcome> theirs = world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(offers -> Flux.error(secret))));

        NegotiationOutcome ours =
                world.awaitOne(initiator.negotiate(asking(9), peer, offers -> offers.map(offer -> Move.accept())));

        assertThat(ours).isEqualTo(new Declined("internal error", Side.PEER));
        assertThat(theirs.awaitFailure()).isInstanceOf(GraspException.class).hasCause(secret);
    }

    @Test
    void aConversationFunctionThatThrowsFails() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        IllegalStateException broken = new IllegalStateException("broken");

        Throwable failure = world.collect(initiator.negotiate(asking(9), peer, offers -> {
                    throw broken;
                }))
                .awaitFailure();

        assertThat(failure).hasCause(broken);
        listening.cancel();
    }

    @Test
    void offersFailWithTheSession() {
        List<Throwable> failures = new ArrayList<>();
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<NegotiationOutcome> ours = world.collect(initiator.negotiate(
                asking(9),
                RequestOptions.to(peer).withTimeout(world.moment()),
                offers -> offers.doOnError(failures::add).map(offer -> Move.accept())));
        takeOne(listening);

        assertCode(ours.awaitFailure(), GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(failures).hasSize(1);
        listening.cancel();
    }

    @Test
    void offersCompleteWithTheOutcome() {
        List<String> signals = new ArrayList<>();
        world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.accept()))));

        world.awaitOne(initiator.negotiate(
                asking(9),
                peer,
                offers -> offers.doOnComplete(() -> signals.add("complete")).map(offer -> Move.accept())));

        assertThat(signals).containsExactly("complete");
    }

    @Test
    void cancellingTheOffersDoesNotEndTheConversation() {
        world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(
                        offers -> offers.map(offer -> sum(offer) == 1 ? Move.accept() : Move.propose(50)))));

        NegotiationOutcome ours = world.awaitOne(initiator.negotiate(
                asking(9),
                peer,
                offers -> offers.take(1).map(offer -> (Move) Move.propose(2)).concatWith(Mono.just(Move.propose(1)))));

        assertThat(ours).isInstanceOf(Accepted.class);
    }

    @Test
    @Proves("8990-2.5.5-5")
    void cancellingTheOutcomeClosesTheConnection() {
        Collected<NegotiationOutcome> theirs = world.collect(responder
                .listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.propose(3)))));
        List<Objective> offered = new ArrayList<>();
        Collected<NegotiationOutcome> ours = world.collect(initiator.negotiate(
                asking(9), peer, offers -> offers.doOnNext(offered::add).then(Mono.<Move>never())));
        world.awaitUntil("an offer", () -> !offered.isEmpty());

        ours.cancel();

        assertCode(theirs.awaitFailure(), GraspErrorCode.NO_PEER);
    }

    @Test
    void movesThatCompleteDuringAnOfferDecline() {
        world.collect(responder
                .listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(o -> Move.propose(5)))));
        IllegalStateException broken = new IllegalStateException("broken");

        // flatMap asks for offers before it is our turn, so these end within the delivery
        assertThat(world.awaitOne(initiator.negotiate(
                        asking(9), peer, offers -> offers.take(1).flatMap(offer -> Mono.<Move>empty()))))
                .isEqualTo(new Declined("no further move", Side.LOCAL));
        assertThat(world.collect(initiator.negotiate(
                                asking(9), peer, offers -> offers.flatMap(offer -> Mono.<Move>error(broken))))
                        .awaitFailure())
                .hasCause(broken);
    }

    @Test
    void anErrorInTheConversationLeavesNothing() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        AssertionError broken = new AssertionError("broken");

        Throwable failure = world.collect(initiator.negotiate(asking(9), peer, offers -> {
                    throw broken;
                }))
                .awaitFailure();

        assertThat(failure).hasCause(broken);
        listening.cancel();
    }

    @Test
    void aPendingMoveFailsOnCancel() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> step = world.collect(theirs.step(5));

        world.await(theirs.cancel());

        assertCode(step.awaitFailure(), GraspErrorCode.NO_SESSION);
        listening.cancel();
    }

    @Test
    @Proves("8991-2.3.5-9")
    void aPendingMoveFailsOnADeclineOrAnInvalid() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> first = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> step = world.collect(theirs.step(5));
        world.awaitOne(theirs.decline("changed my mind"));
        step.awaitEnd();
        assertThat(theirs.outcome()).contains(new Declined("changed my mind", Side.LOCAL));
        first.awaitEnd();

        world.collect(initiator.requestNegotiate(asking(2), peer));
        Negotiation second = listening.awaitValues(2).get(1);
        Collected<Negotiation> secondStep = world.collect(second.step(5));
        world.await(second.sendInvalid(new byte[] {1}));
        assertCode(secondStep.awaitFailure(), GraspErrorCode.INVALID_NEGOTIATE);
        listening.cancel();
    }

    @Test
    void aConversationSetsTheOutcomeOfTheNegotiation() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.collect(initiator.negotiate(asking(1), peer, offers -> offers.map(offer -> Move.accept())));
        Negotiation theirs = takeOne(listening);

        NegotiationOutcome outcome = world.awaitOne(theirs.converse(offers -> offers.map(o -> Move.accept())));

        assertThat(theirs.outcome()).contains(outcome);
        listening.cancel();
    }

    @Test
    void twoAsasOfOneNodeNegotiateWithoutANetwork() {
        Grasp node = world.startAlone();
        Asa banker = world.awaitOne(node.registerAsa("banker"));
        Asa customer = world.awaitOne(node.registerAsa("customer"));
        world.await(banker.register(EX3, RegistrationOptions.DEFAULTS.withOverlap(true)));
        world.await(customer.register(EX3, RegistrationOptions.DEFAULTS.withOverlap(true)));
        Collected<Negotiation> own = world.collect(customer.listenNegotiate(EX3));
        world.collect(banker.listenNegotiate(EX3)
                .take(1)
                .concatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.propose(3)))));

        NegotiationOutcome outcome = world.awaitOne(customer.discover(EX3, world.moment())
                .next()
                .flatMap(found -> customer.negotiate(asking(9), found, offers -> offers.map(offer -> Move.accept()))));

        assertThat(sum(((Accepted) outcome).objective())).isEqualTo(3);
        assertThat(own.values()).as("an ASA does not negotiate with itself").isEmpty();
        own.cancel();
        world.awaitNoResidue(node);
    }

    @Test
    void dryRunsReachTheAsaWhetherOrNotItRegisteredForThem() {
        Grasp node = world.start();
        Asa live = world.awaitOne(node.registerAsa("live"));
        Objective objective = Objective.negotiable("live-only");
        world.await(live.register(objective));
        world.await(initiator.register(objective));
        Collected<Negotiation> listening = world.collect(live.listenNegotiate(objective));
        world.await(live.getFlood("EX1"));

        Collected<Negotiation> request = world.collect(
                initiator.requestNegotiate(objective.withDryRun(true).withValue(1)));
        Negotiation theirs = takeOne(listening);
        assertThat(theirs.objective().isDryRun()).isTrue();
        world.awaitOne(theirs.decline("no dry runs"));

        assertThat(request.awaitValues(1).get(0).outcome()).contains(new Declined("no dry runs", Side.PEER));
        listening.cancel();
        world.awaitNoResidue(node);
    }

    // Loop counts that authors set

    @Test
    void aTransferMayHaveMoreStepsThanTheLoopCount() {
        int blocks = 300;
        Objective bulk = Objective.negotiable("bulk").withLoopCount(4);
        RegistrationOptions raised = RegistrationOptions.DEFAULTS.withRaisedLoopCount(true);
        world.await(initiator.register(bulk, raised));
        world.await(responder.register(bulk, raised));
        Collected<NegotiationOutcome> serving = world.collect(responder
                .listenNegotiate(bulk)
                .flatMap(transfer -> transfer.converse(
                        offers -> offers.index((step, offer) -> Move.propose((Object) step, offer.loopCount() + 2)))));
        List<Integer> loopCounts = new ArrayList<>();
        NegotiationOutcome outcome = world.awaitOne(initiator.negotiate(
                bulk.withValue("file"),
                peer,
                offers -> offers.map(offer -> {
                    loopCounts.add(offer.loopCount());
                    return offer.value().as(Integer.class) == blocks
                            ? Move.accept()
                            : Move.propose((Object) "ACK", offer.loopCount());
                })));

        assertThat(outcome).isInstanceOf(Accepted.class);
        assertThat(loopCounts).hasSize(blocks + 1).startsWith(6, 8, 10).endsWith(255, 255);
        assertThat(serving.awaitValues(1)).hasSize(1);
        serving.cancel();
    }

    @Test
    @Proves("8991-2.3.5-9")
    void stepsOfATransferCanSetTheLoopCount() {
        Objective bulk = Objective.negotiable("bulk").withLoopCount(1);
        RegistrationOptions raised = RegistrationOptions.DEFAULTS.withRaisedLoopCount(true);
        world.await(initiator.register(bulk, raised));
        world.await(responder.register(bulk, raised));
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(bulk));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(bulk.withValue("file"), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> answer = world.collect(theirs.step(ObjectiveValue.of("block"), Integer.MAX_VALUE));
        Negotiation ours = request.awaitValues(1).get(0);

        assertThat(ours.objective().loopCount()).isEqualTo(255);
        assertThat(world.collect(theirs.step(ObjectiveValue.of("another"), 5)).awaitFailure())
                .hasMessageContaining("it is the peer's turn");
        world.awaitOne(ours.accept());
        assertThat(answer.awaitValues(1).get(0).outcome()).isPresent();
        listening.cancel();
    }

    @Test
    @Proves("8990-2.8.7-3")
    void aLoopCountInMovesOfAnOrdinaryObjectiveFails() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<NegotiationOutcome> request = world.collect(initiator.negotiate(
                asking(1), peer, offers -> offers.map(o -> Move.propose((Object) 2, 9))));
        Collected<Negotiation> theirs = world.collect(takeOne(listening).step(3));

        assertThat(request.awaitFailure())
                .hasMessageContaining("not registered with the option that lets its ASA set the loop count");
        assertThat(theirs.awaitValues(1).get(0).outcome()).contains(new Declined("internal error", Side.PEER));
        listening.cancel();
    }

    @Test
    @Proves("8991-2.3.2.4-5")
    void rawCborIsSentInTag24() {
        byte[] raw = {(byte) 0x82, 0x63, 0x4E, 0x5A, 0x44, 0x18, 0x2F}; // ["NZD", 47]
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request =
                world.collect(initiator.requestNegotiate(EX3.withValue(ObjectiveValue.ofRawCbor(raw)), peer));
        Negotiation theirs = takeOne(listening);

        ObjectiveValue value = theirs.objective().value();
        assertThat(value).hasToString("24(h'82634e5a44182f')");
        assertThat(value.isRawCbor()).isTrue();
        assertThat(value.content().bytes()).isEqualTo(raw);
        world.awaitOne(theirs.accept());
        request.awaitValues(1);
        listening.cancel();
    }

    @Test
    void eachSideKnowsTheOtherAndTheLinkToIt() {
        LinkInfo link = world.awaitOne(here.links()).get(0);
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(asking(1), peer));
        Negotiation theirs = takeOne(listening);
        Collected<Negotiation> step = world.collect(theirs.step(2));
        Negotiation ours = request.awaitValues(1).get(0);

        assertThat(new InetSocketAddress(ours.peer().address(), ours.peer().port()))
                .isEqualTo(new InetSocketAddress(
                        peer.locator().address(),
                        Objects.requireNonNull(peer.locator().port())));
        assertThat(theirs.peer().address())
                .isEqualTo(world.awaitOne(here.locators()).initiator());
        assertThat(theirs.peer().port()).isPositive();
        assertThat(ours.peer().link()).isEqualTo(link.name());
        assertThat(theirs.peer().link())
                .isEqualTo(world.awaitOne(there.links()).get(0).name());
        assertThat(List.of(ours.peer(), theirs.peer())).allSatisfy(other -> {
            assertThat(other.linkIndex()).isPositive();
            assertThat(other.local()).isFalse();
        });
        world.awaitOne(ours.accept());
        step.awaitValues(1);
        listening.cancel();
    }

    @Test
    void anAsaOfTheSameNodeIsALocalPeer() {
        Asa neighbor = world.awaitOne(there.registerAsa("neighbor"));
        Objective shared = Objective.negotiable("shared");
        RegistrationOptions overlap = RegistrationOptions.DEFAULTS.withOverlap(true);
        world.await(responder.register(shared, overlap));
        world.await(neighbor.register(shared, overlap));
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(shared));
        Collected<Negotiation> request = world.collect(neighbor.requestNegotiate(shared.withValue(1)));
        Negotiation theirs = takeOne(listening);

        assertThat(theirs.peer().local()).isTrue();
        assertThat(theirs.peer().link()).isEmpty();
        world.awaitOne(theirs.accept());
        assertThat(request.awaitValues(1).get(0).peer().local()).isTrue();
        listening.cancel();
    }
}
