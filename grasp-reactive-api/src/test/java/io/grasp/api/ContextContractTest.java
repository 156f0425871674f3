package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.micrometer.context.ContextRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The subscriber's Reactor Context reaches every publisher of the user to which an operation subscribes: when it begins,
 * after a change of threads, and when it is cancelled or fails.
 */
@OnDatagramsAndNetty
class ContextContractTest extends ContractTest {
    private static final String KEY = "caller";
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX4 = Objective.negotiable("EX4");
    private static final ThreadLocal<String> THREAD_LOCAL = new ThreadLocal<>();

    /** A place in a publisher, and the content of the context there. */
    private final ConcurrentLinkedQueue<Map.Entry<String, String>> seen = new ConcurrentLinkedQueue<>();

    private Grasp here;
    private Grasp there;
    private Asa initiator;
    private Asa responder;
    private AsaLocator peer;

    /** {@return a thread other than the loop's, if there are others} */
    private Scheduler elsewhere(Grasp node) {
        return substrate.isReal() ? Schedulers.parallel() : node.scheduler();
    }

    @BeforeEach
    void begin() {
        here = world.start();
        there = world.start();
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(there.registerAsa("responder"));
        for (Asa asa : List.of(initiator, responder)) {
            world.await(asa.register(EX2));
            world.await(asa.register(EX4));
            world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION)));
        }
        // The peer offers only after a request, once in each of its turns.
        world.collect(responder
                .listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation
                        .converse(offers ->
                                offers.map(offer -> Move.propose(offer.value().as(Integer.class) / 2)))
                        .onErrorComplete()));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        peer = world.awaitOne(
                initiator.discover(EX3, world.moment().multipliedBy(20)).next());
    }

    @AfterEach
    void forgetThreadLocals() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    }

    private Mono<Void> look(String where) {
        return Mono.deferContextual(context -> {
            seen.add(Map.entry(where, context.getOrDefault(KEY, "nothing")));
            return Mono.empty();
        });
    }

    /** A publisher of the user that reads its context in every place where it can. */
    private <T> Flux<T> looking(Publisher<T> publisher) {
        return Flux.usingWhen(
                look("begin").thenReturn(0),
                begun -> Flux.from(publisher)
                        .concatMap(value -> look("value").thenReturn(value))
                        .delayElements(Duration.ofMillis(1), elsewhere(here))
                        .concatMap(value -> look("elsewhere").thenReturn(value)),
                begun -> look("completed"),
                (begun, failure) -> look("failed"),
                begun -> look("cancelled"));
    }

    private Flux<Move> accepting(Flux<Objective> offers) {
        return looking(offers.map(offer -> Move.accept()));
    }

    private Flux<Move> insisting(Flux<Objective> offers) {
        return looking(offers.map(offer -> Move.propose(8)));
    }

    private Set<String> placesSeen() {
        assertThat(seen).allSatisfy(look -> assertThat(look.getValue()).isEqualTo("it"));
        return Set.copyOf(seen.stream().map(Map.Entry::getKey).toList());
    }

    private <T> Flux<T> asIt(Publisher<T> operation) {
        return Flux.from(operation).contextWrite(context -> context.put(KEY, "it"));
    }

    /** An operation with a conversation that ends after one move. */
    @FunctionalInterface
    private interface Conversing {
        Publisher<?> in(ContextContractTest test);
    }

    private record Named(String name, Conversing operation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> conversations() {
        Objective request = EX3.withValue(8);
        return Stream.of(
                new Named("Asa.negotiate(peer)", test -> test.initiator.negotiate(request, test.peer, test::accepting)),
                new Named(
                        "Asa.negotiate(peer, timeout)",
                        test -> test.initiator.negotiate(request, test.peer, test::accepting)),
                new Named("Asa.negotiate(timeout)", test -> test.initiator.negotiate(request, test::accepting)),
                new Named(
                        "Rapid.negotiate",
                        test -> test.initiator
                                .rapid()
                                .negotiate(request, RequestOptions.within(Duration.ofSeconds(5)), test::accepting)),
                new Named(
                        "Negotiation.converse",
                        test -> test.initiator
                                .requestNegotiate(request, test.peer)
                                .flatMap(negotiation -> negotiation.converse(test::accepting))),
                new Named(
                        "after a retry",
                        test -> Flux.defer(new FailsOnce(
                                        () -> test.initiator.negotiate(request, test.peer, test::accepting)))
                                .retryWhen(test.here.backoff(1))));
    }

    /** Fails once with a failure that can be retried, and then succeeds. */
    private static final class FailsOnce implements Supplier<Publisher<NegotiationOutcome>> {
        private final Supplier<Publisher<NegotiationOutcome>> then;
        private boolean failed;

        FailsOnce(Supplier<Publisher<NegotiationOutcome>> then) {
            this.then = then;
        }

        @Override
        public Publisher<NegotiationOutcome> get() {
            if (failed) {
                return then.get();
            }
            failed = true;
            return Mono.error(GraspException.local(GraspErrorCode.NO_REPLY, "silence"));
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void theContextReachesAConversation(Named conversation) {
        world.await(asIt(conversation.operation().in(this)));
        world.awaitUntil("the end of the moves", () -> seen.size() >= 4);

        assertThat(placesSeen()).contains("begin", "value", "elsewhere").containsAnyOf("completed", "cancelled");
    }

    /** The initiator listens for requests of EX4. */
    private AsaLocator listener() {
        world.await(initiator.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        return world.awaitOne(
                responder.discover(EX4, world.moment().multipliedBy(20)).next());
    }

    @Test
    void theContextReachesAConversationOfAResponder() {
        Collected<?> answered = world.collect(asIt(
                initiator.listenNegotiate(EX4).take(1).flatMap(negotiation -> negotiation.converse(this::accepting))));

        world.await(responder.negotiate(EX4.withValue(8), listener(), offers -> offers.map(offer -> Move.accept())));
        answered.awaitEnd();
        world.awaitUntil("the end of the moves", () -> seen.size() >= 4);

        assertThat(placesSeen()).contains("begin", "value", "elsewhere");
    }

    @Test
    void theContextReachesACancelledConversation() {
        Collected<?> going =
                world.collect(asIt(initiator.negotiate(EX3.withValue(8), peer, offers -> looking(Flux.never()))));
        world.awaitUntil("the first offer", () -> !seen.isEmpty());
        going.cancel();
        world.awaitUntil("the cancel of the moves", () -> seen.size() >= 2);

        assertThat(placesSeen()).contains("begin", "cancelled");
    }

    @Test
    void theContextReachesAFailingConversation() {
        Collected<?> going = world.collect(asIt(initiator.negotiate(EX3.withValue(8), peer, this::insisting)));
        world.awaitUntil("the first moves", () -> seen.size() >= 3);
        world.await(initiator.deregister());
        going.awaitFailure();
        world.awaitUntil(
                "the end of the moves",
                () -> seen.stream()
                        .anyMatch(look -> Set.of("failed", "cancelled").contains(look.getKey())));

        assertThat(placesSeen()).contains("begin", "value", "elsewhere");
    }

    @Test
    void theContextReachesThePublisherOfServedValues() {
        Sinks.Many<ObjectiveValue> values = Sinks.many().unicast().onBackpressureBuffer();
        Collected<Void> serving = world.collect(asIt(responder.listenSynchronize(EX2, looking(values.asFlux()))));
        values.tryEmitNext(ObjectiveValue.of(1));
        world.awaitUntil("the value", () -> seen.size() >= 3);
        serving.cancel();
        world.awaitUntil("the cancel of the values", () -> seen.size() >= 4);

        assertThat(placesSeen()).containsExactlyInAnyOrder("begin", "value", "elsewhere", "cancelled");
    }

    @Test
    void theContextReachesAFailingPublisherOfServedValues() {
        Collected<Void> serving = world.collect(asIt(responder.listenSynchronize(
                EX2,
                looking(Flux.concat(Mono.just(ObjectiveValue.of(1)), Mono.error(new IllegalStateException("no")))))));

        serving.awaitFailure();

        assertThat(placesSeen()).contains("begin", "value", "failed");
    }

    @Test
    void theContextReachesTheItemsOfARawChannel() {
        world.collect(initiator.raw().listen(EX4).flatMap(RawChannel::receive));
        RawChannel channel = world.awaitOne(responder.raw().request(EX4.withValue(0), listener()));

        world.await(asIt(channel.send(looking(Flux.just(ObjectiveValue.of(1), ObjectiveValue.of(2))))));
        world.await(channel.close());

        assertThat(placesSeen()).containsExactlyInAnyOrder("begin", "value", "elsewhere", "completed");
    }

    private record Handled(String name, Handling handling) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A listener with a handler, and an action that makes the handler run. */
    private record Handling(
            Function<ContextContractTest, Publisher<?>> listener,
            Function<ContextContractTest, Publisher<?>> trigger) {}

    static Stream<Handled> handlers() {
        return Stream.of(
                new Handled(
                        "Asa.listenNegotiate",
                        new Handling(
                                test -> test.initiator.listenNegotiate(
                                        EX4, negotiation -> test.looking(negotiation.accept())),
                                test -> test.responder.requestNegotiate(EX4.withValue(1), test.listener()))),
                new Handled(
                        "RawChannel.listen",
                        new Handling(
                                test -> test.initiator.raw().listen(EX4, channel -> test.looking(Mono.just(1))),
                                test -> test.responder.raw().request(EX4.withValue(1), test.listener()))),
                new Handled(
                        "Extensions.messages",
                        new Handling(
                                test -> test.initiator
                                        .extensions()
                                        .messages(200, message -> test.looking(Mono.just(1))),
                                test -> test.responder.extensions().multicast(200))),
                new Handled(
                        "Extensions.options",
                        new Handling(
                                test -> test.initiator.extensions().options(201, option -> test.looking(Mono.just(1))),
                                test -> test.responder.flood(
                                        EX2.withValue(1),
                                        FloodOptions.validFor(Duration.ofMinutes(1))
                                                .withExtension(flood -> ObjectiveValue.of(List.of(201, 1)))))),
                new Handled(
                        "Asa.floods",
                        new Handling(
                                test -> test.initiator.floods("EX2", flooded -> test.looking(Mono.just(1))),
                                test -> test.responder.flood(EX2.withValue(1), Duration.ofMinutes(1)))));
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void theContextReachesAHandler(Handled handled) {
        Collected<?> listening =
                world.collect(asIt(handled.handling().listener().apply(this)));
        world.await(here.load()); // returns after the loop has run, so the ASA listens

        world.await(handled.handling().trigger().apply(this));
        world.awaitUntil("the end of the handler", () -> seen.size() >= 4);

        assertThat(placesSeen()).containsExactlyInAnyOrder("begin", "value", "elsewhere", "completed");
        listening.cancel();
    }

    @Test
    void theContextReachesACancelledHandler() {
        Collected<?> listening =
                world.collect(asIt(initiator.listenNegotiate(EX4, negotiation -> looking(Flux.never()))));
        world.collect(responder.requestNegotiate(EX4.withValue(1), listener()));
        world.awaitUntil("the handler", () -> !seen.isEmpty());
        listening.cancel();
        world.awaitUntil("its cancel", () -> seen.size() >= 2);

        assertThat(placesSeen()).containsExactlyInAnyOrder("begin", "cancelled");
    }

    /** The user's code sees the thread-locals of the subscriber, as Reactor's automatic propagation promises. */
    @Test
    void threadLocalsAreRestoredFromTheContext() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, THREAD_LOCAL);
        Hooks.enableAutomaticContextPropagation();
        try {
            ConcurrentLinkedQueue<String> found = new ConcurrentLinkedQueue<>();
            Runnable look = () -> found.add(String.valueOf(THREAD_LOCAL.get()));
            Collected<?> going = world.collect(asIt(initiator.negotiate(EX3.withValue(8), peer, offers -> {
                look.run(); // the function itself
                return offers.doOnNext(offer -> look.run()) // on the loop, later
                        .delayElements(Duration.ofMillis(1), elsewhere(here))
                        .doOnNext(offer -> look.run())
                        .<Move>map(offer -> Move.propose(8))
                        .skipUntil(move -> false)
                        .doOnRequest(more -> look.run())
                        .doOnCancel(look);
            })));
            world.awaitUntil("an offer", () -> found.size() >= 4);
            going.cancel();
            world.awaitUntil("the cancel", () -> found.size() >= 5);

            assertThat(found).hasSize(5).containsOnly("it");
            assertThat(world.awaitOne(Mono.fromSupplier(() -> String.valueOf(THREAD_LOCAL.get()))
                            .subscribeOn(here.scheduler())))
                    .as("on the loop afterwards")
                    .isEqualTo("null");
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }
    }
}
