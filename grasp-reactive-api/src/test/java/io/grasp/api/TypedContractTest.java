package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.GraspException.Origin;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveCodec;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.model.TypedObjective;
import io.grasp.model.UnknownFields;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** An ASA with a typed objective sees only values of its type. At the end of each test no resource remains. */
@OnDatagramsAndNetty
class TypedContractTest extends ContractTest {
    record Offer(String currency, int amount) {}

    private static final Objective PLAIN = Objective.negotiable("EX3");
    private static final TypedObjective<Offer> EX3 = TypedObjective.negotiable("EX3", Offer.class);
    private static final TypedObjective<Integer> EX1 = TypedObjective.synchronizable("EX1", Integer.class);

    /** The events reported to the observers of both nodes. */
    private final List<GraspException> failed = new CopyOnWriteArrayList<>();

    private final List<String> unknown = new CopyOnWriteArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<GraspException> hooked = new CopyOnWriteArrayList<>();
    private final List<Throwable> dropped = new CopyOnWriteArrayList<>();
    private final ListenOptions options = ListenOptions.DEFAULTS.withOnFailure(hooked::add);
    private Grasp here;
    private Grasp there;
    private Asa gray;
    private Asa briggs;

    @BeforeEach
    void begin() {
        Hooks.onErrorDropped(dropped::add);
        here = world.start(config -> config.withObserver(observer()));
        there = world.start(config -> config.withObserver(observer()));
        gray = world.awaitOne(here.registerAsa("Gray"));
        briggs = world.awaitOne(there.registerAsa("Briggs"));
        for (Asa asa : List.of(gray, briggs)) {
            world.await(asa.typed(EX3).register());
            world.await(asa.typed(EX1).register(RegistrationOptions.DEFAULTS.withOverlap(true)));
        }
    }

    @AfterEach
    void nothingIsLeft() {
        try {
            world.awaitNoResidue(here);
            world.awaitNoResidue(there);
            assertThat(dropped).isEmpty();
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private GraspObserver observer() {
        return new GraspObserver() {
            @Override
            public void handlerFailed(GraspException failure) {
                failed.add(failure);
            }

            @Override
            public void unknownFields(String objective, List<String> fields) {
                unknown.add(objective + fields);
            }

            @Override
            public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
                received.add(HexFormat.of().formatHex(encoded));
            }
        };
    }

    private AsaLocator peer() {
        world.await(briggs.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        return world.awaitOne(
                gray.discover(PLAIN, world.moment().multipliedBy(20)).next());
    }

    /** The peer that serves EX1, once the first value has reached the loop. */
    private AsaLocator server() {
        return world.awaitOne(gray.typed(EX1)
                .discover(world.moment().multipliedBy(20))
                .next()
                .repeatWhenEmpty(50, again -> again.delayElements(Duration.ofMillis(20), here.scheduler())));
    }

    /** Offers half of the requested sum, and passes on the outcome. */
    private Collected<Void> listen(List<TypedOutcome<Offer>> outcomes) {
        return world.collect(briggs.typed(EX3)
                .listenNegotiate(
                        negotiation -> negotiation
                                .converse(offers -> offers.map(asked -> asked.propose(half(asked.value()))))
                                .doOnNext(outcomes::add),
                        options));
    }

    private static Offer half(Offer offer) {
        return new Offer(offer.currency(), offer.amount() / 2);
    }

    private static Offer nzd(int amount) {
        return new Offer("NZD", amount);
    }

    private static Map<String, Object> fields(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

    /** The M_END with an O_DECLINE for a reason, with any Session ID. */
    private void assertDeclineReceived(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        String head = text.length < 24 ? "%02x".formatted(0x60 + text.length) : "78%02x".formatted(text.length);
        assertThat(received)
                .filteredOn(message -> message.startsWith("8306"))
                .singleElement()
                .asString()
                .matches("8306(1a.{8}|19.{4}|18..|..)821866" + head
                        + HexFormat.of().formatHex(text));
    }

    private static void assertUnfit(Throwable failure, String objective, String where) {
        assertThat(failure).isInstanceOfSatisfying(GraspException.class, unfit -> {
            assertThat(unfit.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
            assertThat(unfit.origin()).isEqualTo(Origin.PEER);
            assertThat(unfit.objective()).contains(objective);
            assertThat(unfit).hasMessageContaining(where);
        });
    }

    private void assertStillAnswers(AsaLocator peer) {
        assertThat(world.awaitOne(gray.typed(EX3).negotiate(nzd(8), peer, offers -> offers.map(TypedOffer::accept))))
                .isEqualTo(new TypedOutcome.Accepted<>(
                        nzd(4), PLAIN.withLoopCount(5).withValue(nzd(4)), Side.LOCAL));
    }

    @Test
    void offersAndMovesAreOfTheType() {
        List<TypedOutcome<Offer>> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listen(outcomes);
        List<TypedOffer<Offer>> seen = new CopyOnWriteArrayList<>();

        TypedOutcome<Offer> outcome = world.awaitOne(gray.typed(EX3.withLoopCount(9))
                .negotiate(
                        nzd(100),
                        RequestOptions.to(peer()),
                        offers -> offers.doOnNext(seen::add)
                                .map(offer -> seen.size() == 2 ? offer.accept() : offer.propose(nzd(80)))));

        assertThat(outcome)
                .isEqualTo(new TypedOutcome.Accepted<>(
                        nzd(40), PLAIN.withLoopCount(6).withValue(nzd(40)), Side.LOCAL));
        assertThat(outcome.agreed()).contains(nzd(40));
        assertThat(seen).extracting(TypedOffer::value).containsExactly(nzd(50), nzd(40));
        assertThat(seen).extracting(TypedOffer::loopCount).containsExactly(8, 6);
        assertThat(seen).extracting(TypedOffer::isDryRun).containsOnly(false);
        world.awaitUntil("the outcome there", () -> !outcomes.isEmpty());
        assertThat(outcomes)
                .containsExactly(new TypedOutcome.Accepted<>(
                        nzd(40), PLAIN.withLoopCount(6).withValue(nzd(40)), Side.PEER));
        assertThat(failed).isEmpty();
        listening.cancel();
    }

    @Test
    void dryRunIsSeenAndDeclineIsAnOutcome() {
        List<TypedOffer<Offer>> requests = new CopyOnWriteArrayList<>();
        List<TypedOutcome<Offer>> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = world.collect(briggs.typed(EX3).listenNegotiate(negotiation -> {
            requests.add(negotiation.offer());
            return negotiation
                    .converse(offers -> offers.map(offer -> offer.decline("no dry runs")))
                    .doOnNext(outcomes::add);
        }));

        TypedOutcome<Offer> outcome = world.awaitOne(
                gray.typed(EX3.withDryRun(true)).negotiate(nzd(100), peer(), offers -> offers.map(TypedOffer::accept)));

        assertThat(outcome).isEqualTo(new TypedOutcome.Declined<>("no dry runs", Side.PEER));
        assertThat(outcome.agreed()).isEmpty();
        assertThat(requests).extracting(TypedOffer::isDryRun).containsExactly(true);
        world.awaitUntil("the outcome there", () -> !outcomes.isEmpty());
        assertThat(outcomes).containsExactly(new TypedOutcome.Declined<>("no dry runs", Side.LOCAL));
        listening.cancel();
    }

    @Test
    void aNegotiationFindsItsPeerAndContinuesAfterAWait() {
        Collected<Void> listening = world.collect(briggs.typed(EX3)
                .listenNegotiate(negotiation -> negotiation.converse(offers -> offers.concatMap(asked -> Flux.concat(
                        Mono.just(asked.waitFor(Duration.ofSeconds(60))),
                        Mono.just(asked.propose(half(asked.value())))
                                .delayElement(Duration.ofMillis(50), there.scheduler()))))));
        peer();

        assertThat(world.awaitOne(gray.typed(EX3).negotiate(nzd(6), offers -> offers.map(TypedOffer::accept)))
                        .agreed())
                .contains(nzd(3));
        listening.cancel();
    }

    static Stream<Arguments> whatDoesNotFit() {
        return Stream.of(
                Arguments.of(5, "invalid value", "the value cannot be read as "),
                Arguments.of(List.of("NZD", 5), "invalid value", "the value cannot be read as "),
                Arguments.of(fields("currency", "NZD"), "missing field at /amount", "at /amount: "),
                Arguments.of(
                        fields("currency", "NZD", "amount", 5, "color", 1), "unknown field at /color", "at /color: "),
                Arguments.of(fields("currency", "NZD", "amount", 5.5), "invalid value at /amount", "at /amount: "),
                Arguments.of(fields("currency", "NZD", "amount", "5"), "invalid value at /amount", "at /amount: "),
                Arguments.of(fields("currency", "NZD", "amount", 1L << 40), "invalid value at /amount", "at /amount: "),
                Arguments.of(fields("currency", null, "amount", 5), "invalid value at /currency", "at /currency: "),
                Arguments.of(
                        ObjectiveValue.ofRawCbor(ObjectiveValue.of(fields("currency", "NZD"))
                                .item()
                                .bytes()),
                        "missing field at /amount",
                        "at /amount: "));
    }

    @ParameterizedTest
    @MethodSource("whatDoesNotFit")
    void requestThatDoesNotFitIsDeclinedAndReported(Object value, String reason, String where) {
        List<TypedOutcome<Offer>> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = listen(outcomes);
        AsaLocator peer = peer();

        NegotiationOutcome outcome = world.awaitOne(
                gray.negotiate(PLAIN.withValue(value), peer, offers -> offers.map(offer -> Move.accept())));

        assertThat(outcome).isEqualTo(new Declined(reason, Side.PEER));
        assertDeclineReceived(reason);
        world.awaitUntil("the failure", () -> !hooked.isEmpty());
        assertThat(failed).isEqualTo(hooked).singleElement().satisfies(failure -> {
            assertUnfit(failure, "EX3", where);
            assertThat(failure.session()).isPresent();
        });
        assertThat(outcomes).isEmpty();
        assertStillAnswers(peer);
        listening.cancel();
    }

    @Test
    void laterOfferThatDoesNotFitIsDeclinedAndReported() {
        List<Throwable> ends = new CopyOnWriteArrayList<>();
        Collected<Void> listening = world.collect(briggs.typed(EX3)
                .listenNegotiate(
                        negotiation -> negotiation.converse(
                                offers -> offers.doOnError(ends::add).map(asked -> asked.propose(half(asked.value())))),
                        options));
        AsaLocator peer = peer();

        NegotiationOutcome outcome = world.awaitOne(gray.negotiate(
                PLAIN.withValue(nzd(8)),
                peer,
                offers -> offers.map(offer -> Move.propose(fields("currency", "NZD", "amount", null)))));

        assertThat(outcome).isEqualTo(new Declined("invalid value at /amount", Side.PEER));
        world.awaitUntil("the failure", () -> !hooked.isEmpty());
        assertThat(failed)
                .isEqualTo(hooked)
                .singleElement()
                .satisfies(failure -> assertUnfit(failure, "EX3", "/amount"));
        assertThat(ends).singleElement().satisfies(failure -> assertUnfit(failure, "EX3", "/amount"));
        assertStillAnswers(peer);
        listening.cancel();
    }

    /** The ways in which a caller may handle the first answer of a peer. */
    private enum Caller {
        NEGOTIATES {
            @Override
            Mono<?> ask(TypedAsa<Offer> asa, AsaLocator peer) {
                return asa.negotiate(nzd(8), peer, offers -> offers.map(TypedOffer::accept));
            }
        },
        REQUESTS {
            @Override
            Mono<?> ask(TypedAsa<Offer> asa, AsaLocator peer) {
                return asa.requestNegotiate(nzd(8), peer).flatMap(TypedNegotiation::accept);
            }
        };

        abstract Mono<?> ask(TypedAsa<Offer> asa, AsaLocator peer);
    }

    @ParameterizedTest
    @EnumSource(Caller.class)
    void answerThatDoesNotFitIsDeclinedAndAnError(Caller caller) {
        List<NegotiationOutcome> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = world.collect(briggs.listenNegotiate(
                PLAIN,
                negotiation -> negotiation
                        .converse(offers -> offers.map(asked -> Move.propose(fields("currency", "NZD"))))
                        .doOnNext(outcomes::add)));

        Throwable failure = world.collect(caller.ask(gray.typed(EX3), peer())).awaitFailure();

        assertUnfit(failure, "EX3", "at /amount: ");
        assertThat(((GraspException) failure).session()).isPresent();
        world.awaitUntil("the outcome there", () -> !outcomes.isEmpty());
        assertThat(outcomes).containsExactly(new Declined("missing field at /amount", Side.PEER));
        assertDeclineReceived("missing field at /amount");
        assertThat(failed).isEmpty();
        listening.cancel();
    }

    /** Counter-offers that fit, and a last one that does not. */
    private Collected<Void> offerThenNonsense(List<NegotiationOutcome> outcomes) {
        return world.collect(briggs.listenNegotiate(
                PLAIN,
                negotiation -> negotiation
                        .converse(offers -> offers.index(
                                (turn, asked) -> turn == 0 ? Move.propose(nzd(4)) : Move.propose("nonsense")))
                        .doOnNext(outcomes::add)));
    }

    @Test
    void answerToAStepThatDoesNotFitIsDeclinedAndAnError() {
        List<NegotiationOutcome> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = offerThenNonsense(outcomes);
        TypedNegotiation<Offer> negotiation = world.awaitOne(gray.typed(EX3).requestNegotiate(nzd(8), peer()));
        assertThat(negotiation.offer().value()).isEqualTo(nzd(4));

        Throwable failure = world.collect(negotiation.step(nzd(7))).awaitFailure();

        assertUnfit(failure, "EX3", "the value cannot be read as ");
        assertThat(((GraspException) failure).session()).contains(negotiation.sessionId());
        world.awaitUntil("the outcome there", () -> !outcomes.isEmpty());
        assertThat(outcomes).containsExactly(new Declined("invalid value", Side.PEER));
        listening.cancel();
    }

    @Test
    void anOfferThatDoesNotFitIsNotAcceptedByAMoveMadeInAdvance() {
        List<NegotiationOutcome> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = offerThenNonsense(outcomes);

        Throwable failure = world.collect(gray.typed(EX3)
                        .negotiate(nzd(8), peer(), offers -> Flux.just(TypedMove.propose(nzd(7)), TypedMove.accept())))
                .awaitFailure();

        assertUnfit(failure, "EX3", "the value cannot be read as ");
        world.awaitUntil("the outcome there", () -> !outcomes.isEmpty());
        assertThat(outcomes).containsExactly(new Declined("invalid value", Side.PEER));
        listening.cancel();
    }

    @Test
    void stepsAreOfTheType() {
        List<TypedOutcome<Offer>> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = world.collect(briggs.typed(EX3)
                .listenNegotiate(negotiation -> negotiation
                        .waitFor(Duration.ofSeconds(60))
                        .then(negotiation.step(half(negotiation.offer().value())))
                        .flatMap(answered -> answered.offer().value().amount() < 90
                                ? answered.accept()
                                : answered.decline("too much"))
                        .doOnNext(ended -> outcomes.add(ended.outcome().orElseThrow()))));
        AsaLocator peer = peer();

        TypedNegotiation<Offer> negotiation = world.awaitOne(gray.typed(EX3).requestNegotiate(nzd(100), peer));
        assertThat(negotiation.offer().value()).isEqualTo(nzd(50));
        assertThat(negotiation.outcome()).isEmpty();
        TypedNegotiation<Offer> ended = world.awaitOne(negotiation.step(nzd(80)));

        assertThat(ended).isSameAs(negotiation);
        assertThat(ended.outcome().flatMap(TypedOutcome::agreed)).contains(nzd(80));
        world.awaitUntil("the outcome there", () -> !outcomes.isEmpty());
        assertThat(outcomes).singleElement().satisfies(outcome -> {
            assertThat(outcome.agreed()).contains(nzd(80));
            assertThat(outcome.by()).isEqualTo(Side.LOCAL);
        });
        listening.cancel();
    }

    @Test
    void stepWithALoopCountNeedsARegistrationForItAndOneWithATimeoutDoesNot() {
        Collected<Void> listening = listenWith(
                offers -> offers.map(offer -> offer.value().amount() == 80 ? offer.accept() : offer.propose(nzd(1))));
        TypedNegotiation<Offer> negotiation = world.awaitOne(gray.typed(EX3).requestNegotiate(nzd(100), peer()));
        assertThat(negotiation.peer()).isEqualTo(negotiation.untyped().peer());

        GraspContractTest.assertCode(
                world.collect(negotiation.step(nzd(70), 9)).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        assertThatIllegalArgumentException().isThrownBy(() -> negotiation.step(nzd(70), Duration.ZERO));
        TypedNegotiation<Offer> ended = world.awaitOne(negotiation.step(nzd(80), Duration.ofSeconds(30)));

        assertThat(ended.outcome().flatMap(TypedOutcome::agreed)).contains(nzd(80));
        listening.cancel();
    }

    @Test
    void stepOutOfTurnDoesNotChangeWhatIsAgreed() {
        Collected<Void> listening = world.collect(briggs.typed(EX3)
                .listenNegotiate(negotiation -> negotiation
                        .step(nzd(1))
                        .delayElement(Duration.ofMillis(50), there.scheduler())
                        .flatMap(TypedNegotiation::accept)));
        TypedNegotiation<Offer> negotiation = world.awaitOne(gray.typed(EX3).requestNegotiate(nzd(100), peer()));

        Collected<TypedNegotiation<Offer>> first = world.collect(negotiation.step(nzd(80)));
        GraspContractTest.assertCode(
                world.collect(negotiation.step(nzd(70))).awaitFailure(), GraspErrorCode.UNSPECIFIED);

        assertThat(first.awaitValues(1).get(0).outcome().flatMap(TypedOutcome::agreed))
                .contains(nzd(80));
        listening.cancel();
    }

    @Test
    void requestMayBeAcceptedAtOnce() {
        Collected<Void> listening = world.collect(briggs.typed(EX3)
                .listenNegotiate(negotiation -> negotiation.converse(offers -> offers.map(TypedOffer::accept))));
        AsaLocator peer = peer();

        assertThat(world.awaitOne(gray.typed(EX3)
                                .negotiate(nzd(8), peer, offers -> Flux.error(new AssertionError("no offer"))))
                        .agreed())
                .contains(nzd(8));
        TypedNegotiation<Offer> negotiation = world.awaitOne(gray.typed(EX3).requestNegotiate(nzd(9), peer));
        assertThat(negotiation.offer().value()).isEqualTo(nzd(9));
        assertThat(negotiation.outcome().flatMap(TypedOutcome::agreed)).contains(nzd(9));
        listening.cancel();
    }

    @Test
    void agreedValueIsTheOneThatWasProposedThoughTheCodecDoesNotReadIt() {
        TypedObjective<String> oneWay = TypedObjective.negotiable(
                "EX3", ObjectiveCodec.of((String text) -> ObjectiveValue.of(nzd(text.length())), value -> {
                    throw new IllegalStateException("not read");
                }));
        Collected<Void> listening = world.collect(briggs.typed(EX3)
                .listenNegotiate(negotiation -> negotiation.converse(offers -> offers.map(TypedOffer::accept))));

        assertThat(world.awaitOne(gray.typed(oneWay).negotiate("five!", peer(), offers -> Flux.never()))
                        .agreed())
                .contains("five!");
        listening.cancel();
    }

    @Test
    void unknownFieldsAreReportedOrIgnoredAsTheObjectiveSays() {
        Object value = fields("currency", "NZD", "amount", 8, "color", 1, "note", List.of());
        for (UnknownFields policy : List.of(UnknownFields.REPORT, UnknownFields.IGNORE)) {
            Collected<Void> listening = world.collect(briggs.typed(EX3.withUnknownFields(policy))
                    .listenNegotiate(negotiation ->
                            negotiation.converse(offers -> offers.map(asked -> asked.propose(half(asked.value()))))));

            NegotiationOutcome outcome = world.awaitOne(
                    gray.negotiate(PLAIN.withValue(value), peer(), offers -> offers.map(offer -> Move.accept())));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(EX3.valueOf(accepted.objective()))
                                    .isEqualTo(nzd(4)));
            assertThat(unknown).containsExactly("EX3[/color, /note]");
            listening.cancel();
            world.awaitTurn();
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void rawCborIsUnderstoodAndSpoken() {
        TypedObjective<Offer> raw =
                TypedObjective.negotiable("EX3", ObjectiveCodec.of(Offer.class).asRawCbor());
        Collected<Void> listening = listen(new CopyOnWriteArrayList<>());

        TypedOutcome<Offer> outcome =
                world.awaitOne(gray.typed(raw).negotiate(nzd(8), peer(), offers -> offers.map(TypedOffer::accept)));

        assertThat(outcome.agreed()).contains(nzd(4));
        assertThat(received).anyMatch(message -> message.startsWith("8303") && message.contains("d818"));
        listening.cancel();
    }

    @Test
    void valueThatCannotBeWrittenIsAnErrorAndIsNotSent() {
        TypedObjective<Integer> odd = TypedObjective.negotiable(
                "EX3",
                ObjectiveCodec.of(
                        number -> {
                            if (number % 2 == 0) {
                                throw new IllegalStateException("even");
                            }
                            return ObjectiveValue.of(nzd(number));
                        },
                        value -> value.as(Offer.class).amount()));
        List<NegotiationOutcome> outcomes = new CopyOnWriteArrayList<>();
        Collected<Void> listening = world.collect(briggs.listenNegotiate(
                PLAIN,
                negotiation -> negotiation
                        .converse(offers -> offers.map(asked -> Move.propose(nzd(3))))
                        .doOnNext(outcomes::add)));
        AsaLocator peer = peer();

        Throwable unsent = world.collect(gray.typed(odd).negotiate(4, peer, offers -> Flux.never()))
                .awaitFailure();
        GraspContractTest.assertCode(unsent, GraspErrorCode.CBOR_FAIL);
        assertThat(unsent).hasMessage("CBOR decode failure [EX3]: the codec cannot write the value: even");
        TypedNegotiation<Integer> negotiation = world.awaitOne(gray.typed(odd).requestNegotiate(5, peer));
        GraspContractTest.assertCode(world.collect(negotiation.step(4)).awaitFailure(), GraspErrorCode.CBOR_FAIL);
        assertThat(world.awaitOne(negotiation.accept()).outcome().flatMap(TypedOutcome::agreed))
                .contains(3);
        Throwable moves = world.collect(
                        gray.typed(odd).negotiate(5, peer, offers -> offers.map(offer -> offer.propose(4))))
                .awaitFailure();

        GraspContractTest.assertCode(moves, GraspErrorCode.UNSPECIFIED);
        assertThat(moves).hasCauseInstanceOf(GraspException.class);
        world.awaitUntil("two outcomes there", () -> outcomes.size() == 2);
        assertThat(outcomes.get(1)).isEqualTo(new Declined("internal error", Side.PEER));
        assertThatNullPointerException().isThrownBy(() -> gray.typed(odd).requestNegotiate(null));
        listening.cancel();
    }

    @Test
    void cancellingANegotiationLeavesNothing() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        Collected<Void> listening = world.collect(briggs.typed(EX3).listenNegotiate(negotiation -> {
            begun.incrementAndGet();
            return negotiation
                    .converse(offers -> offers.concatMap(offer -> Mono.<TypedMove<Offer>>never()))
                    .doOnCancel(cancelled::incrementAndGet);
        }));
        AsaLocator peer = peer();
        Collected<?> asking =
                world.collect(gray.typed(EX3).negotiate(nzd(8), peer, offers -> offers.map(TypedOffer::accept)));
        Collected<?> other = world.collect(gray.typed(EX3).requestNegotiate(nzd(8), peer));
        world.awaitUntil("two requests", () -> begun.get() == 2);

        asking.cancel();
        other.cancel();

        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
        listening.cancel();
        assertThat(asking.isEnded()).isFalse();
        assertThat(other.isEnded()).isFalse();
    }

    private void flood(Asa asa, Object value, int port) {
        world.await(asa.flood(
                List.of(new TaggedObjective(
                        EX1.objective().withValue(ObjectiveValue.of(value)), Locator.tcp("2001:db8::1", port))),
                FloodOptions.validFor(Duration.ofMinutes(5))));
    }

    @Test
    void floodsThatDoNotFitAreReportedAndLeftOut() {
        Collected<FloodedObjective> all = world.collect(gray.floods("EX1"));
        flood(briggs, "nonsense", 1);
        flood(briggs, 2, 2);
        all.awaitValues(2);
        all.cancel();
        Collected<TypedFlood<Integer>> watching = world.collect(gray.typed(EX1).floods());
        watching.awaitValues(1);
        assertThat(failed).hasSize(1);

        flood(briggs, 2.5, 3);
        world.await(briggs.typed(EX1)
                .flood(4, Locator.tcp("2001:db8::1", 4), FloodOptions.validFor(Duration.ofMinutes(5))));
        watching.awaitValues(2);

        assertThat(watching.values()).extracting(TypedFlood::value).containsExactly(2, 4);
        assertThat(watching.values().get(1).flooded().locator()).isEqualTo(Locator.tcp("2001:db8::1", 4));
        assertThat(watching.isEnded()).isFalse();
        assertThat(failed)
                .hasSize(2)
                .allSatisfy(failure -> assertUnfit(failure, "EX1", "the value cannot be read as "));
        assertThat(world.await(gray.typed(EX1).getFlood()))
                .extracting(TypedFlood::value)
                .containsExactly(2, 4);
        assertThat(failed).hasSize(4);
        watching.cancel();
    }

    @Test
    void handlerOfFloodsSeesThoseThatFit() {
        List<Integer> handled = new CopyOnWriteArrayList<>();
        Collected<Void> watching = world.collect(gray.typed(EX1)
                .floods(flooded -> Mono.fromRunnable(() -> handled.add(flooded.value())), options));

        flood(briggs, List.of(), 1);
        world.await(briggs.typed(EX1).flood(2, Duration.ofMinutes(5)));

        world.awaitUntil("a flood", () -> !handled.isEmpty());
        assertThat(handled).containsExactly(2);
        assertThat(failed)
                .isEqualTo(hooked)
                .singleElement()
                .satisfies(failure -> assertUnfit(failure, "EX1", "cannot be read as "));
        watching.cancel();
    }

    @Test
    void floodedValueThatDoesNotFitIsPassedOver() {
        Collected<FloodedObjective> all = world.collect(gray.floods("EX1"));
        TypedSynchronizationResponder<Integer> serving =
                world.awaitOne(briggs.typed(EX1).listenSynchronize(7));
        flood(briggs, "nonsense", 1);
        all.awaitValues(1);

        assertThat(world.awaitOne(gray.typed(EX1).synchronize())).isEqualTo(7);

        assertThat(failed)
                .singleElement()
                .satisfies(failure -> assertUnfit(failure, "EX1", "the value cannot be read as "));
        flood(briggs, 8, 2);
        flood(briggs, 9, 3);
        flood(briggs, "more nonsense", 4);
        all.awaitValues(4);
        all.cancel();
        assertThat(world.awaitOne(gray.typed(EX1).synchronize())).isEqualTo(9);
        assertThat(failed).hasSize(2);
        world.await(serving.stop());
    }

    @Test
    void valuesAreServedAsTheyCome() {
        Sinks.Many<Integer> values = Sinks.many().unicast().onBackpressureBuffer();
        Collected<Void> serving = world.collect(briggs.typed(EX1).listenSynchronize(values.asFlux()));
        values.tryEmitNext(1);
        AsaLocator peer = server();

        assertThat(world.awaitOne(gray.typed(EX1).synchronize(peer))).isEqualTo(1);
        values.tryEmitNext(2);
        world.awaitTurn();

        assertThat(world.awaitOne(gray.typed(EX1).synchronize(RequestOptions.to(peer))))
                .isEqualTo(2);
        serving.cancel();
    }

    @Test
    void aServedValueCanBeChanged() {
        TypedSynchronizationResponder<Integer> serving =
                world.awaitOne(briggs.typed(EX1).listenSynchronize(1));
        AsaLocator peer = server();
        assertThat(world.awaitOne(gray.typed(EX1).synchronize(peer))).isEqualTo(1);

        world.await(serving.update(2));

        assertThat(world.awaitOne(gray.typed(EX1).synchronize(peer))).isEqualTo(2);
        world.await(serving.stop());
        assertThat(world.collect(serving.update(3)).awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_LISTENER));
    }

    @Test
    void eachRequestGetsItsOwnValueOrIsRefused() {
        AtomicInteger requests = new AtomicInteger();
        Collected<Void> serving = world.collect(briggs.typed(EX1)
                .listenSynchronize(
                        request -> requests.incrementAndGet() == 2 ? Optional.empty() : Optional.of(requests.get())));
        AsaLocator peer = server();

        assertThat(world.awaitOne(gray.typed(EX1).synchronize(peer))).isEqualTo(1);
        assertThat(world.collect(gray.typed(EX1).synchronize(peer)).awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_LISTENER));
        assertThat(world.awaitOne(gray.typed(EX1).synchronize(peer))).isEqualTo(3);
        serving.cancel();
    }

    /** Reactor does not pass these errors to a subscriber, so without a conversion the call would never end. */
    @ParameterizedTest
    @MethodSource("errorsOfCodecs")
    void errorOfACodecEndsTheCall(Error error) {
        Function<Object, Object> broken = any -> {
            throw error;
        };
        TypedObjective<Integer> unwritable = TypedObjective.negotiable(
                "EX3", ObjectiveCodec.of(number -> (ObjectiveValue) broken.apply(number), value -> 1));
        TypedObjective<Integer> unreadable = TypedObjective.negotiable(
                "EX3", ObjectiveCodec.of(ObjectiveValue::of, value -> (Integer) broken.apply(value)));
        Collected<Void> listening = world.collect(briggs.listenNegotiate(
                PLAIN, negotiation -> negotiation.converse(offers -> offers.map(asked -> Move.propose(3)))));
        AsaLocator peer = peer();

        for (TypedObjective<Integer> objective : List.of(unwritable, unreadable)) {
            Throwable failure = world.collect(here.security()
                            .flatMap(then -> gray.typed(objective).negotiate(4, peer, offers -> Flux.never())))
                    .awaitFailure();

            GraspContractTest.assertCode(failure, GraspErrorCode.CBOR_FAIL);
            assertThat(failure)
                    .hasMessageEndingWith("the codec failed: " + error)
                    .hasRootCause(error);
        }
        listening.cancel();
    }

    private static Stream<Error> errorsOfCodecs() {
        return Stream.of(new NoClassDefFoundError("org/example/Missing"), new StackOverflowError());
    }

    @Test
    void servedValueThatDoesNotFitIsAnError() {
        SynchronizationResponder responder =
                world.awaitOne(briggs.listenSynchronize(EX1.objective().withValue(List.of(1, "two"))));
        AsaLocator peer = server();

        assertUnfit(
                world.collect(gray.typed(EX1).synchronize(peer)).awaitFailure(), "EX1", "the value cannot be read as ");
        assertUnfit(world.collect(gray.typed(EX1).synchronize()).awaitFailure(), "EX1", "the value cannot be read as ");
        world.await(responder.stop());
    }

    @Test
    void optionalValueMayBeAbsent() {
        TypedObjective<Optional<Integer>> maybe = TypedObjective.synchronizable(
                "EX1", ObjectiveCodec.of(Integer.class).optional());
        TypedSynchronizationResponder<Optional<Integer>> serving =
                world.awaitOne(briggs.typed(maybe).listenSynchronize(Optional.empty()));
        AsaLocator peer = server();

        assertThat(world.awaitOne(gray.typed(maybe).synchronize(peer))).isEmpty();
        assertUnfit(world.collect(gray.typed(EX1).synchronize(peer)).awaitFailure(), "EX1", "null");
        world.await(serving.stop());
    }

    @Test
    void rapidModeIsOfTheTypeToo() {
        RegistrationOptions rapid = RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION);
        Asa bank = world.awaitOne(there.registerAsa("bank"));
        TypedObjective<Offer> ex4 = TypedObjective.negotiable("EX4", Offer.class);
        TypedObjective<Integer> ex5 = TypedObjective.synchronizable("EX5", Integer.class);
        world.await(bank.typed(ex4).register(rapid));
        world.await(bank.typed(ex5).register(rapid));
        world.await(gray.typed(ex4).register());
        Collected<Void> listening = world.collect(bank.typed(ex4)
                .listenNegotiate(negotiation ->
                        negotiation.converse(offers -> offers.map(asked -> asked.propose(half(asked.value()))))));
        TypedSynchronizationResponder<Integer> serving =
                world.awaitOne(bank.typed(ex5).listenSynchronize(5));

        assertThat(world.awaitOne(gray.typed(ex4).rapid().negotiate(nzd(8), offers -> offers.map(TypedOffer::accept)))
                        .agreed())
                .contains(nzd(4));
        assertThat(world.awaitOne(gray.typed(ex5).rapid().synchronize())).isEqualTo(5);
        TypedNegotiation<Offer> negotiation =
                world.awaitOne(gray.typed(ex4).rapid().requestNegotiate(nzd(6)));
        assertThat(negotiation.offer().value()).isEqualTo(nzd(3));
        world.await(negotiation.decline("no"));
        assertThat(world.awaitOne(gray.rapid()
                        .negotiate(ex4.objective().withValue(7), offers -> offers.map(offer -> Move.accept()))))
                .isEqualTo(new Declined("invalid value", Side.PEER));
        listening.cancel();
        world.await(serving.stop());
    }

    @Test
    void objectiveIsDeregistered() {
        Collected<Void> listening = listen(new CopyOnWriteArrayList<>());

        world.await(briggs.typed(EX3).deregister());

        assertThat(listening.awaitEnd()).isEmpty();
        assertThat(briggs.typed(EX3).objective()).isSameAs(EX3);
    }

    /** {@link TypedNegotiation#untyped} offers 60 after a typed request of 100; the peer accepts. */
    @Test
    void outcomeHasTheValueThatWasOfferedWithoutATypeAndAccepted() {
        Collected<Void> listening = listenWith(
                offers -> offers.map(offer -> offer.value().amount() == 60 ? offer.accept() : offer.propose(nzd(20))));

        TypedNegotiation<Offer> ended = world.awaitOne(gray.typed(EX3)
                .requestNegotiate(nzd(100), peer())
                .flatMap(answered -> answered.untyped().step(nzd(60)).thenReturn(answered)));

        assertThat(ended.outcome().flatMap(TypedOutcome::agreed)).contains(nzd(60));
        listening.cancel();
    }

    /** The peer offers 50 after an untyped offer of 70, and this side accepts it. */
    @Test
    void outcomeHasThePeersOfferThatWasReceivedWithoutAType() {
        Collected<Void> listening = listenWith(offers ->
                offers.map(offer -> offer.propose(nzd(offer.value().amount() == 70 ? 50 : 40))));

        TypedNegotiation<Offer> ended = world.awaitOne(gray.typed(EX3)
                .requestNegotiate(nzd(100), peer())
                .flatMap(answered -> answered.untyped().step(nzd(70)).thenReturn(answered))
                .flatMap(TypedNegotiation::accept));

        assertThat(ended.outcome().flatMap(TypedOutcome::agreed)).contains(nzd(50));
        listening.cancel();
    }

    @Test
    void outcomeFailsIfTheValueOfferedWithoutATypeDoesNotFit() {
        Collected<Void> listening = world.collect(briggs.listenNegotiate(
                PLAIN,
                negotiation -> negotiation.converse(offers ->
                        offers.index().map(each -> each.getT1() == 0 ? Move.propose(nzd(20)) : Move.accept()))));

        TypedNegotiation<Offer> ended = world.awaitOne(gray.typed(EX3)
                .requestNegotiate(nzd(100), peer())
                .flatMap(answered -> answered.untyped().step("no offer").thenReturn(answered)));

        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(ended::outcome)
                .matches(failure -> failure.code() == GraspErrorCode.CBOR_FAIL);
        listening.cancel();
    }

    private Collected<Void> listenWith(TypedConversation<Offer> conversation) {
        return world.collect(briggs.typed(EX3).listenNegotiate(negotiation -> negotiation.converse(conversation)));
    }
}
