package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.GraspObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A listener with a handler continues after any failure of one session or message. At the end of each test no resource remains. */
@OnDatagramsAndNetty
class HandlersContractTest extends ContractTest {
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final int M_GREETING = 200;
    private static final int O_REMARK = 201;

    private final List<GraspException> observed = new CopyOnWriteArrayList<>();
    private final List<GraspException> hooked = new CopyOnWriteArrayList<>();
    /** Errors that Reactor drops or that are thrown on the loop. */
    private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

    private final Thread.UncaughtExceptionHandler handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
    private final AtomicInteger begun = new AtomicInteger();
    private final ListenOptions options = ListenOptions.DEFAULTS.withOnFailure(hooked::add);
    private Grasp here;
    private Grasp there;
    private Asa initiator;
    private Asa responder;

    @BeforeEach
    void begin() {
        Hooks.onErrorDropped(dropped::add);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> dropped.add(failure));
        here = world.start(config -> config.withLimits(Limits.DEFAULTS.withConnectionsPerPeer(1000)));
        there = world.start(config -> config.withLimits(Limits.DEFAULTS.withConnectionsPerPeer(1000))
                .withObserver(new GraspObserver() {
                    @Override
                    public void handlerFailed(GraspException failure) {
                        observed.add(failure);
                    }
                }));
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(there.registerAsa("responder"));
        for (Asa asa : List.of(initiator, responder)) {
            world.await(asa.register(EX2));
            world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withOverlap(true)));
        }
    }

    @AfterEach
    void nothingIsLeft() {
        Hooks.resetOnErrorDropped();
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
        assertThat(dropped).isEmpty();
        assertThat(observed).containsExactlyElementsOf(hooked);
    }

    private Collected<Void> listen(Function<Negotiation, Publisher<?>> handler) {
        return world.collect(responder.listenNegotiate(
                EX3,
                negotiation -> {
                    begun.incrementAndGet();
                    return handler.apply(negotiation);
                },
                options));
    }

    private AsaLocator peer() {
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        return world.awaitOne(
                initiator.discover(EX3, world.moment().multipliedBy(20)).next());
    }

    private static Publisher<?> half(Negotiation negotiation) {
        return negotiation.converse(offers ->
                offers.map(offer -> Move.propose(offer.value().as(Integer.class) / 2)));
    }

    private Mono<NegotiationOutcome> ask(AsaLocator peer, Object value) {
        return initiator.negotiate(EX3.withValue(value), peer, offers -> offers.map(offer -> Move.accept()));
    }

    private void assertStillAnswers(AsaLocator peer) {
        assertThat(world.awaitOne(ask(peer, 8)))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.objective().value().as(Integer.class))
                                .isEqualTo(4));
    }

    @Test
    void aValueThatCannotBeDecodedEndsItsSessionOnly() {
        Collected<Void> listening = listen(HandlersContractTest::half);
        AsaLocator peer = peer();

        assertThat(world.awaitOne(ask(peer, List.of("no", "sum"))))
                .isEqualTo(new Declined("internal error", Side.PEER));

        assertStillAnswers(peer);
        assertThat(hooked).hasSize(1);
        assertThat(hooked.get(0).objective()).contains("EX3");
        assertThat(hooked.get(0).session()).isPresent();
        assertThat(hooked.get(0)).hasCauseInstanceOf(RuntimeException.class);
        listening.cancel();
        world.awaitNoResidue(there);
    }

    private record Failing(String name, Function<Negotiation, Publisher<?>> handler) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final IllegalStateException BROKEN = new IllegalStateException("broken");

    static Stream<Failing> failingHandlers() {
        return Stream.of(
                new Failing("throws", negotiation -> {
                    throw BROKEN;
                }),
                new Failing("throws an AssertionError", negotiation -> {
                    throw new AssertionError();
                }),
                new Failing("throws a LinkageError", negotiation -> {
                    throw new NoClassDefFoundError("gone");
                }),
                new Failing("throws a StackOverflowError", negotiation -> {
                    throw new StackOverflowError();
                }),
                new Failing("returns null", negotiation -> null),
                new Failing("fails", negotiation -> Mono.error(BROKEN)),
                new Failing("fails in its subscribe", negotiation -> subscriber -> {
                    throw BROKEN;
                }),
                new Failing(
                        "fails in an operator",
                        negotiation -> Flux.just(1).map(one -> {
                            throw BROKEN;
                        })),
                new Failing(
                        "asks for time and fails",
                        negotiation ->
                                negotiation.waitFor(Duration.ofSeconds(1)).then(Mono.error(BROKEN))),
                new Failing("moves that fail", negotiation -> negotiation.converse(offers -> Flux.error(BROKEN))),
                new Failing("fails with an exception that has no text", negotiation -> Mono.error(new Unspeakable())),
                new Failing(
                        "moves that fail with an exception that has no text",
                        negotiation -> negotiation.converse(offers -> Flux.error(new Unspeakable()))),
                new Failing(
                        "a conversation that throws a LinkageError",
                        negotiation -> negotiation.converse(offers -> {
                            throw new NoClassDefFoundError("gone");
                        })),
                new Failing(
                        "a conversation that throws a StackOverflowError",
                        negotiation -> negotiation.converse(offers -> {
                            throw new StackOverflowError();
                        })),
                new Failing(
                        "moves that throw a LinkageError",
                        negotiation -> negotiation.converse(offers -> offers.map(HandlersContractTest::missing))),
                new Failing(
                        "moves that throw a StackOverflowError",
                        negotiation -> negotiation.converse(offers -> offers.map(HandlersContractTest::endless))),
                new Failing(
                        "moves that throw when asked for",
                        negotiation -> negotiation.converse(
                                offers -> Flux.defer(() -> Flux.range(0, 3)).map(HandlersContractTest::endless))),
                new Failing(
                        "an operator that throws a StackOverflowError",
                        negotiation -> Flux.just(1).map(HandlersContractTest::endless)),
                new Failing(
                        "asks for time and throws a StackOverflowError",
                        negotiation ->
                                negotiation.waitFor(Duration.ofSeconds(1)).then(Mono.fromRunnable(() -> endless(1)))),
                new Failing(
                        "hears of an outcome and throws a LinkageError",
                        negotiation -> negotiation.decline("internal error").map(HandlersContractTest::missing)));
    }

    /** Fails again when it is described. */
    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new AssertionError("no text");
        }
    }

    private static Move missing(Object any) {
        throw new NoClassDefFoundError("gone");
    }

    private static Move endless(Object any) {
        throw new StackOverflowError();
    }

    @Test
    void aDelayedErrorEndsItsSessionOnly() {
        Collected<Void> listening = listen(negotiation -> begun.get() > 1
                ? half(negotiation)
                : Mono.delay(Duration.ofMillis(10), there.scheduler()).map(HandlersContractTest::endless));
        AsaLocator peer = peer();

        assertThat(world.awaitOne(ask(peer, 8))).isEqualTo(new Declined("internal error", Side.PEER));

        assertStillAnswers(peer);
        assertThat(hooked).hasSize(1);
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void anErrorOfTheMovesDeclinesAndIsReported() {
        Collected<Void> listening = listen(HandlersContractTest::half);
        AsaLocator peer = peer();

        Throwable failure = world.collect(initiator.negotiate(
                        EX3.withValue(8), peer, offers -> offers.map(HandlersContractTest::endless)))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.UNSPECIFIED);
        assertThat(failure).hasCauseInstanceOf(StackOverflowError.class);
        assertStillAnswers(peer);
        listening.cancel();
        world.awaitNoResidue(there);
        world.awaitNoResidue(here);
    }

    @Test
    void anErrorOfServedValuesEndsTheirService() {
        Collected<?> serving =
                world.collect(responder.listenSynchronize(EX2, Flux.just(1, 2).map(value -> {
                    if (value == 2) {
                        throw new NoClassDefFoundError("gone");
                    }
                    return ObjectiveValue.of((Object) value);
                })));

        assertThat(serving.awaitFailure()).isInstanceOf(NoClassDefFoundError.class);
        world.awaitNoResidue(there);
    }

    @ParameterizedTest
    @MethodSource("failingHandlers")
    void aFailingHandlerEndsItsSessionOnly(Failing failing) {
        AtomicInteger sessions = new AtomicInteger();
        Collected<Void> listening = listen(negotiation ->
                sessions.getAndIncrement() < 2 ? failing.handler().apply(negotiation) : half(negotiation));
        AsaLocator peer = peer();

        for (int i = 0; i < 2; i++) {
            assertThat(world.awaitOne(ask(peer, 8))).isEqualTo(new Declined("internal error", Side.PEER));
        }

        assertStillAnswers(peer);
        assertThat(hooked)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure.session()).isPresent())
                .allSatisfy(failure -> assertThat(failure).hasCauseInstanceOf(Throwable.class));
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void aHandlerThatDoesNothingRefusesTheSession() {
        Collected<Void> listening = listen(negotiation -> Mono.empty());

        Throwable failure = world.collect(ask(peer(), 8)).awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.NO_PEER);
        assertThat(hooked).isEmpty();
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void aHandlerThatCompletesEarlyDeclines() {
        Collected<Void> listening =
                listen(negotiation -> negotiation.step(ObjectiveValue.of(1)).then());

        NegotiationOutcome outcome = world.awaitOne(
                initiator.negotiate(EX3.withValue(8), peer(), offers -> offers.map(offer -> Move.propose(7))));

        assertThat(outcome).isEqualTo(new Declined("no further move", Side.PEER));
        assertThat(hooked).isEmpty();
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void aLostPeerEndsItsSessionOnly() {
        Collected<Void> listening = listen(HandlersContractTest::half);
        AsaLocator peer = peer();
        Collected<Negotiation> gone = world.collect(initiator.requestNegotiate(EX3.withValue(8), peer));
        world.await(gone.awaitValues(1).get(0).cancel());
        world.awaitUntil("the failure", () -> !hooked.isEmpty());

        assertStillAnswers(peer);

        assertThat(hooked).hasSize(1);
        assertThat(hooked.get(0).session()).contains(gone.values().get(0).sessionId());
        listening.cancel();
        world.awaitNoResidue(there);
    }

    static Stream<Failing> handlersThatWaitForSomethingElse() {
        return Stream.of(
                new Failing("waits", negotiation -> Mono.never()),
                new Failing(
                        "waits before it accepts", negotiation -> Mono.never().then(negotiation.accept())),
                new Failing(
                        "asks for time and waits",
                        negotiation ->
                                negotiation.waitFor(Duration.ofMinutes(1)).then(Mono.never())));
    }

    @ParameterizedTest
    @MethodSource("handlersThatWaitForSomethingElse")
    void aWaitingHandlerEndsWithItsSession(Failing waiting) {
        List<String> ended = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listenOneByOne(negotiation -> begun.get() == 1
                ? Mono.from(waiting.handler().apply(negotiation)).doOnCancel(() -> ended.add("cancelled"))
                : half(negotiation));
        AsaLocator peer = peer();
        Collected<Negotiation> asked = world.collect(initiator.requestNegotiate(EX3.withValue(8), peer));
        world.awaitUntil("the session", () -> begun.get() == 1);
        world.await(there.load());

        asked.cancel();

        assertStillAnswers(peer);
        assertThat(ended).containsExactly("cancelled");
        assertThat(hooked).hasSize(1);
        assertThat(hooked.get(0).session()).isPresent();
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void aDeclineOutOfTurnEndsAWaitingHandler() {
        List<String> ended = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listenOneByOne(negotiation -> begun.get() == 1
                ? negotiation.step(ObjectiveValue.of(1)).then(Mono.never().doOnCancel(() -> ended.add("cancelled")))
                : half(negotiation));
        AsaLocator peer = peer();
        Negotiation asked = world.awaitOne(initiator.requestNegotiate(EX3.withValue(8), peer));
        Collected<Negotiation> step = world.collect(asked.step(ObjectiveValue.of(2)));
        world.await(there.load());

        world.await(asked.decline("out of time"));

        step.awaitEnd();
        assertStillAnswers(peer);
        assertThat(ended).containsExactly("cancelled");
        assertThat(hooked).hasSize(1);
        assertThat(hooked.get(0)).hasMessageContaining("out of time");
        listening.cancel();
        world.awaitNoResidue(there);
    }

    static Stream<Failing> handlersThatKnowOfTheEnd() {
        return Stream.of(
                new Failing(
                        "is notified of the failure",
                        negotiation -> negotiation
                                .converse(offers -> Flux.never())
                                .then()
                                .onErrorComplete()),
                new Failing(
                        "is notified of the failure of its step",
                        negotiation ->
                                negotiation.step(ObjectiveValue.of(1)).then().onErrorComplete()),
                new Failing("has accepted", negotiation -> negotiation.accept()),
                new Failing("has cancelled", negotiation -> negotiation.cancel()),
                new Failing("has refused", negotiation -> negotiation.refuse()),
                new Failing("finds it invalid", negotiation -> negotiation.sendInvalid(new byte[0])),
                new Failing(
                        "has closed its raw channel",
                        negotiation -> negotiation.raw().flatMap(RawChannel::close)));
    }

    @ParameterizedTest
    @MethodSource("handlersThatKnowOfTheEnd")
    void aHandlerThatHasSeenTheEndContinues(Failing knowing) {
        List<String> ended = new CopyOnWriteArrayList<>();
        Sinks.Empty<Void> go = Sinks.empty();
        Collected<Void> listening =
                listen(negotiation -> Flux.from(knowing.handler().apply(negotiation))
                        .then(go.asMono()
                                .doOnSubscribe(subscription -> ended.add("session"))
                                .doOnSuccess(done -> ended.add("handler"))));
        world.collect(initiator.requestNegotiate(EX3.withValue(8), peer()));
        world.awaitUntil("the session", () -> begun.get() == 1);
        world.await(there.load());

        world.await(initiator.deregister());
        world.awaitUntil("the end of the session", () -> ended.size() == 1);
        world.awaitNoResidue(there);
        world.await(there.load());
        go.tryEmitEmpty();

        world.awaitUntil("the end of the handler", () -> ended.size() == 2);
        assertThat(hooked).isEmpty();
        listening.cancel();
    }

    private Collected<Void> listenOneByOne(Function<Negotiation, Publisher<?>> handler) {
        return world.collect(responder.listenNegotiate(
                EX3,
                negotiation -> {
                    begun.incrementAndGet();
                    return handler.apply(negotiation);
                },
                options.withConcurrency(1)));
    }

    @Test
    void manyHandlersRunAtOnce() {
        int many = 300; // more than the default concurrency of Reactor's flatMap
        Sinks.Empty<Void> go = Sinks.empty();
        Collected<Void> listening = listen(negotiation -> go.asMono().then(Mono.defer(negotiation::accept)));
        AsaLocator peer = peer();
        Collected<NegotiationOutcome> asked = world.collect(Flux.range(0, many).flatMap(i -> ask(peer, i), many));
        world.awaitUntil("all sessions", () -> begun.get() == many);
        go.tryEmitEmpty();

        assertThat(asked.awaitEnd()).hasSize(many).allMatch(Accepted.class::isInstance);
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    @Proves("8991-4-4")
    void theConcurrencyOfHandlersIsBounded() {
        List<Sinks.Empty<Void>> waiting = new CopyOnWriteArrayList<>();
        Collected<Void> listening = world.collect(responder.listenNegotiate(
                EX3,
                negotiation -> {
                    Sinks.Empty<Void> go = Sinks.empty();
                    waiting.add(go);
                    return go.asMono().then(Mono.defer(negotiation::accept));
                },
                options.withConcurrency(2)));
        AsaLocator peer = peer();
        Collected<NegotiationOutcome> asked = world.collect(Flux.range(0, 5).flatMap(i -> ask(peer, i)));
        world.awaitUntil("two", () -> waiting.size() == 2);
        world.await(Mono.delay(world.moment().dividedBy(4), here.scheduler()));
        assertThat(waiting).hasSize(2);
        for (int i = 0; i < 5; i++) {
            int next = i;
            world.awaitUntil("the next", () -> waiting.size() > next);
            assertThat(waiting.size()).isLessThanOrEqualTo(i + 2);
            waiting.get(i).tryEmitEmpty();
        }

        assertThat(asked.awaitEnd()).hasSize(5);
        assertThatThrownBy(() -> ListenOptions.DEFAULTS.withConcurrency(0))
                .isInstanceOf(IllegalArgumentException.class);
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void cancellingStopsListeningAndEndsTheSessions() {
        List<String> ended = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listen(negotiation -> Mono.never().doOnCancel(() -> ended.add("cancelled")));
        AsaLocator peer = peer();
        Collected<NegotiationOutcome> asked = world.collect(ask(peer, 1).mergeWith(ask(peer, 2)));
        Collected<Negotiation> step = world.collect(initiator.requestNegotiate(EX3.withValue(1), peer));
        world.awaitUntil("the sessions", () -> begun.get() == 3);

        listening.cancel();

        GraspContractTest.assertCode(asked.awaitFailure(), GraspErrorCode.NO_PEER);
        step.awaitFailure();
        world.awaitNoResidue(there);
        assertThat(ended).containsExactly("cancelled", "cancelled", "cancelled");
        GraspContractTest.assertCode(world.collect(ask(peer, 3)).awaitFailure(), GraspErrorCode.NO_PEER);
        assertThat(hooked).isEmpty();
        assertThat(listening.isEnded()).isFalse();
    }

    @Test
    void sessionsContinueAfterTheirObjectiveIsDeregistered() {
        Sinks.Empty<Void> go = Sinks.empty();
        Collected<Void> listening = listen(negotiation -> go.asMono().then(Mono.defer(negotiation::accept)));
        AsaLocator peer = peer();
        Collected<NegotiationOutcome> asked = world.collect(ask(peer, 1));
        world.awaitUntil("the session", () -> begun.get() == 1);

        world.await(responder.deregister("EX3"));
        world.await(there.load());
        assertThat(listening.isEnded()).isFalse();
        go.tryEmitEmpty();

        assertThat(asked.awaitEnd()).hasOnlyElementsOfType(Accepted.class);
        listening.awaitEnd();
    }

    /** Handlers that wait for something other than their session, and one that is notified of its end. */
    private Collected<Void> listenForEver(List<String> ended) {
        AtomicInteger sessions = new AtomicInteger();
        Collected<Void> listening = listen(negotiation -> sessions.getAndIncrement() == 0
                ? negotiation.converse(offers -> Flux.never())
                : Mono.never().doOnCancel(() -> ended.add("cancelled")));
        AsaLocator peer = peer();
        world.collect(ask(peer, 1));
        world.collect(ask(peer, 2));
        world.awaitUntil("the sessions", () -> begun.get() == 2);
        return listening;
    }

    @Test
    @Proves("8991-2.3.3-10")
    void theListenerCompletesWithItsAsa() {
        List<String> ended = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listenForEver(ended);

        world.await(responder.deregister());

        listening.awaitEnd();
        assertThat(ended).containsExactly("cancelled");
        assertThat(hooked).hasSize(1);
        world.awaitNoResidue(there);
    }

    @Test
    void theListenerCompletesWithItsNode() {
        List<String> ended = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listenForEver(ended);

        world.await(there.closeAsync());

        listening.awaitEnd();
        assertThat(ended).containsExactly("cancelled");
        assertThat(hooked).hasSize(1);
    }

    @Test
    void theListenerFailsAsTheFluxFormDoes() {
        GraspContractTest.assertCode(
                world.collect(responder.listenNegotiate(EX2, HandlersContractTest::half))
                        .awaitFailure(),
                GraspErrorCode.NOT_NEGOTIABLE);
        world.await(responder.deregister());
        GraspContractTest.assertCode(
                world.collect(responder.listenNegotiate(EX3, HandlersContractTest::half))
                        .awaitFailure(),
                GraspErrorCode.NO_ASA);
        world.await(there.closeAsync());
        assertThat(world.collect(responder.listenNegotiate(EX3, HandlersContractTest::half))
                        .awaitFailure())
                .isInstanceOf(GraspException.class);
    }

    @Test
    void aHandlerCanContinueInARawChannel() {
        AtomicInteger sessions = new AtomicInteger();
        Collected<Void> listening = listen(negotiation -> negotiation
                .raw()
                .flatMap(channel -> sessions.getAndIncrement() == 0
                        ? Mono.error(BROKEN)
                        : channel.send(ObjectiveValue.of("hello"))));
        AsaLocator peer = peer();

        RawChannel first = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        GraspContractTest.assertCode(world.collect(first.receive()).awaitFailure(), GraspErrorCode.NO_SOCKET);
        RawChannel second = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        assertThat(world.await(second.receive())).containsExactly(ObjectiveValue.of("hello"));

        assertThat(hooked).hasSize(1);
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void aFailingRawChannelDoesNotAffectOthers() {
        Collected<Void> listening = world.collect(responder
                .raw()
                .listen(
                        EX3,
                        channel -> channel.receive()
                                .concatMap(item -> channel.send(ObjectiveValue.of(item.as(Integer.class) + 1))),
                        options));
        AsaLocator peer = peer();

        RawChannel bad = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        world.await(bad.send(ObjectiveValue.of(List.of("no", "number"))));
        GraspContractTest.assertCode(world.collect(bad.receive()).awaitFailure(), GraspErrorCode.NO_SOCKET);
        RawChannel good = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        world.await(good.send(ObjectiveValue.of(1)));
        assertThat(world.awaitOne(good.receive().take(1)).as(Integer.class)).isEqualTo(2);
        Collected<ObjectiveValue> rest = world.collect(good.receive());

        listening.cancel();
        GraspContractTest.assertCode(rest.awaitFailure(), GraspErrorCode.NO_SOCKET);
        assertThat(hooked).hasSize(1);
        assertThat(hooked.get(0).objective()).contains("EX3");
        world.awaitNoResidue(there);
    }

    /** A peer's data, and its end of the connection, wait in the network while nothing reads. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anIdleRawChannelEndsItsWaitingHandler(boolean begunAsNegotiation) {
        Grasp impatient = world.start(config -> config.withObserver(new GraspObserver() {
                    @Override
                    public void handlerFailed(GraspException failure) {
                        observed.add(failure);
                    }
                })
                .withTimeouts(Timeouts.DEFAULTS.withRawIdle(world.moment())));
        Asa waiting = world.awaitOne(impatient.registerAsa("waiting"));
        Objective objective = Objective.negotiable("EX4");
        world.await(waiting.register(objective));
        world.await(initiator.register(objective));
        List<String> ended = new CopyOnWriteArrayList<>();
        Mono<?> forEver = Mono.never().doOnCancel(() -> ended.add("cancelled"));
        Collected<Void> listening = world.collect(
                begunAsNegotiation
                        ? waiting.listenNegotiate(
                                objective, negotiation -> negotiation.raw().then(forEver), options.withConcurrency(1))
                        : waiting.raw().listen(objective, channel -> forEver, options.withConcurrency(1)));
        world.await(waiting.getFlood("EX1"));
        AsaLocator peer = world.awaitOne(
                initiator.discover(objective, world.moment().multipliedBy(20)).next());
        for (int i = 1; i <= 2; i++) {
            int sessions = i;
            RawChannel channel = world.awaitOne(initiator.raw().request(objective.withValue(1), peer));
            world.awaitUntil("the end of the handler", () -> ended.size() == sessions && hooked.size() == sessions);
            world.await(channel.close());
        }

        GraspContractTest.assertCode(hooked.get(0), GraspErrorCode.NO_REPLY);
        listening.cancel();
        world.awaitNoResidue(impatient);
    }

    @Test
    void aMessageThatCannotBeDecodedDoesNotAffectOthers() {
        Collected<Void> greeted = world.collect(responder
                .extensions()
                .messages(
                        M_GREETING,
                        message -> message.reply(
                                "hello " + message.message().options().get(0).as(Integer.class)),
                        options));
        world.await(there.load());
        Collected<IncomingMessage> answers =
                world.collect(initiator.extensions().messages(M_GREETING));
        world.await(here.load());

        world.await(initiator.extensions().multicast(M_GREETING));
        world.await(initiator.extensions().multicast(M_GREETING, ObjectiveValue.of(List.of())));
        world.await(initiator.extensions().multicast(M_GREETING, ObjectiveValue.of(7)));

        List<String> heard = new ArrayList<>();
        world.awaitUntil("an answer", () -> {
            heard.clear();
            answers.values().stream()
                    .map(answer -> answer.message().options())
                    .filter(content -> !content.isEmpty())
                    .forEach(content -> heard.add(content.get(0).toString()));
            return heard.stream().anyMatch(text -> text.contains("hello 7"));
        });
        assertThat(hooked)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure.session()).isPresent());
        greeted.cancel();
        answers.cancel();
    }

    @Test
    void anOptionOrFloodThatCannotBeDecodedDoesNotAffectOthers() {
        List<Integer> remarks = new CopyOnWriteArrayList<>();
        List<Integer> values = new CopyOnWriteArrayList<>();
        Collected<Void> options = world.collect(responder
                .extensions()
                .options(
                        O_REMARK,
                        received -> Mono.fromRunnable(() -> remarks.add(
                                ObjectiveValue.ofItem(received.option()).as(int[].class)[1])),
                        this.options));
        Collected<Void> floods = world.collect(responder.floods(
                "EX2",
                flooded -> Mono.fromRunnable(
                        () -> values.add(flooded.objective().value().as(Integer.class))),
                this.options));
        world.await(there.load());

        for (Object each : List.of(List.of("none"), 5)) {
            world.await(initiator.flood(
                    EX2.withValue(each),
                    FloodOptions.validFor(Duration.ofMinutes(1))
                            .withExtension(message -> ObjectiveValue.of(List.of(O_REMARK, each)))));
        }

        world.awaitUntil("both", () -> !remarks.isEmpty() && !values.isEmpty());
        assertThat(remarks).containsExactly(5);
        assertThat(values).containsExactly(5);
        assertThat(hooked).hasSize(2);
        world.await(responder.deregister());
        floods.awaitEnd();
        options.cancel();
    }

    @Test
    void anExceptionOfAHookDoesNotEndTheListener() {
        Collected<Void> listening = world.collect(responder.listenNegotiate(
                EX3, HandlersContractTest::half, options.withConcurrency(1).withOnFailure(failure -> {
                    hooked.add(failure);
                    throw BROKEN;
                })));
        AsaLocator peer = peer();

        assertThat(world.awaitOne(ask(peer, List.of("no", "sum")))).isInstanceOf(Declined.class);

        assertStillAnswers(peer);
        assertThat(dropped).as("reported").containsExactly(BROKEN);
        dropped.clear();
        listening.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    void aHandlerThatBlocksFailsAndTheListenerGoesOn() {
        Collected<Void> listening = listen(negotiation -> negotiation.converse(offers -> offers.map(offer -> {
            boolean blocks = offer.value().as(Integer.class) == 1;
            return blocks ? Move.propose(initiator.getFlood("EX1").collectList().block()) : Move.accept();
        })));
        AsaLocator peer = peer();

        assertThat(world.awaitOne(ask(peer, 1))).isEqualTo(new Declined("internal error", Side.PEER));
        assertThat(world.awaitOne(ask(peer, 2))).isInstanceOf(Accepted.class);
        assertThat(hooked)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasRootCauseInstanceOf(IllegalStateException.class)
                        .hasStackTraceContaining("not supported in thread"));
        listening.cancel();
    }
}
