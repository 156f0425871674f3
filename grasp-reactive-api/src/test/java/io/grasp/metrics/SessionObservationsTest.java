package io.grasp.metrics;

import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SchedulerLoop;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.micrometer.common.KeyValue;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Sessions as observations, at a StepVerifier's virtual time. */
class SessionObservationsTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    /** A bound in real time for operations that do not end. */
    private static final Duration BOUND = Duration.ofMinutes(1);

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private final List<SessionObservationContext> ended = new ArrayList<>();

    SessionObservationsTest() {
        registry.observationConfig().observationHandler(new ObservationHandler<SessionObservationContext>() {
            @Override
            public void onStop(SessionObservationContext context) {
                ended.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof SessionObservationContext;
            }
        });
    }

    /** A customer and a banker with configured answers, both observed. */
    private <T> Flux<T> onLink(Flux<Move> answer, BiFunction<Grasp, Asa, Flux<T>> work) {
        SimNetwork network = SimNetwork.create(new SchedulerLoop(Schedulers.parallel()), 1);
        SimNode left = network.node("left");
        SimNode right = network.node("right");
        network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(10), left, right);
        GraspObserver observations = new SessionObservations(registry);
        return Flux.usingWhen(
                start(left, observations).zipWith(start(right, observations)),
                nodes -> {
                    Flux<?> banker = nodes.getT2()
                            .registerAsa("banker")
                            .flatMapMany(asa -> asa.register(EX3).thenMany(asa.listenNegotiate(EX3)))
                            .flatMap(negotiation -> negotiation.converse(offers -> offers.concatMap(offer -> answer)))
                            .onErrorComplete();
                    return nodes.getT1()
                            .registerAsa("customer")
                            .flatMapMany(asa -> asa.register(EX3).thenMany(work.apply(nodes.getT1(), asa)))
                            .takeUntilOther(banker.ignoreElements().then(Mono.never()));
                },
                nodes -> nodes.getT1().closeAsync().then(nodes.getT2().closeAsync()));
    }

    private static Mono<Grasp> start(SimNode node, GraspObserver observer) {
        return Grasp.start(GraspConfig.defaults().withSubstrate(() -> node).withObserver(observer));
    }

    private static Flux<Object> bargain(Asa asa, Duration timeout) {
        return asa.discover(EX3, Duration.ofSeconds(1))
                .next()
                .flatMapMany(peer -> asa.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(peer).withTimeout(timeout)))
                .then(Mono.empty())
                .flux();
    }

    private SessionObservationContext ended(SessionInfo.Kind kind, SessionInfo.Role role) {
        List<SessionObservationContext> found = ended.stream()
                .filter(context ->
                        context.session().kind() == kind && context.session().role() == role)
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void aNegotiationIsAnObservationOnEitherSide() {
        StepVerifier.withVirtualTime(() -> onLink(
                        Flux.just(Move.waitFor(Duration.ofMinutes(1)), Move.accept()),
                        (node, asa) -> bargain(asa, Duration.ofMinutes(1))))
                .thenAwait(Duration.ofMinutes(2))
                .expectComplete()
                .verify(BOUND);

        for (SessionInfo.Role role : SessionInfo.Role.values()) {
            SessionObservationContext context = ended(SessionInfo.Kind.NEGOTIATION, role);
            assertThat(context.getContextualName()).isEqualTo("negotiation EX3");
            assertThat(context.getLowCardinalityKeyValues())
                    .containsExactlyInAnyOrder(
                            KeyValue.of("kind", "negotiation"),
                            KeyValue.of("role", role.name().toLowerCase(Locale.ROOT)),
                            KeyValue.of("outcome", "accepted"));
            assertThat(context.getHighCardinalityKeyValues())
                    .containsExactlyInAnyOrder(
                            KeyValue.of("objective", "EX3"),
                            KeyValue.of(
                                    "session",
                                    Long.toString(context.session().id().value())));
            assertThat(context.getError()).isNull();
        }
        assertThat(registry).hasNumberOfObservationsWithNameEqualTo("grasp.session", 3);
        assertThat(ended).hasSize(3);
    }

    @Test
    void aTimeoutIsTheErrorOfTheObservation() {
        StepVerifier.withVirtualTime(() -> onLink(Flux.never(), (node, asa) -> bargain(asa, Duration.ofSeconds(10))))
                .thenAwait(Duration.ofSeconds(20))
                .expectError(GraspException.class)
                .verify(BOUND);

        SessionObservationContext failed = ended(SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR);
        assertThat(failed.getError()).isInstanceOf(GraspException.class);
        assertThat(failed.getLowCardinalityKeyValue("outcome").getValue()).isEqualTo("failed");
        assertThat(registry).doesNotHaveAnyRemainingCurrentObservation();
    }

    @Test
    void aCancelledSessionEndsItsObservation() {
        StepVerifier.withVirtualTime(() -> onLink(Flux.never(), (node, asa) -> bargain(asa, Duration.ofMinutes(1))))
                .thenAwait(Duration.ofSeconds(20))
                .thenCancel()
                .verify(BOUND);

        SessionObservationContext cancelled = ended(SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR);
        assertThat(cancelled.getLowCardinalityKeyValue("outcome").getValue()).isEqualTo("cancelled");
        assertThat(cancelled.getError()).isNull();
    }

    @Test
    void theObservationInTheReactorContextIsTheParentOfASession() {
        Observation parent = Observation.start("parent", registry);
        StepVerifier.withVirtualTime(() -> onLink(
                                Flux.just(Move.accept()), (node, asa) -> bargain(asa, Duration.ofMinutes(1)))
                        .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, parent)))
                .thenAwait(Duration.ofMinutes(2))
                .expectComplete()
                .verify(BOUND);

        assertThat(ended(SessionInfo.Kind.DISCOVERY, SessionInfo.Role.INITIATOR).getParentObservation())
                .isSameAs(parent);
        assertThat(ended(SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR)
                        .getParentObservation())
                .isSameAs(parent);
        assertThat(ended(SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.RESPONDER)
                        .getParentObservation())
                .as("a session that a peer begins")
                .isNull();
        assertThat(registry.getCurrentObservation())
                .as("remaining on the thread")
                .isNull();
    }

    /** A thread-local that cannot be set is an error for the subscriber, not silence. */
    @Test
    void aThreadLocalThatCannotBeSetFailsTheCall() {
        String key = "broken";
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        key,
                        () -> null,
                        value -> {
                            throw new IllegalStateException("cannot set " + value);
                        },
                        () -> {});
        try {
            StepVerifier.withVirtualTime(() -> onLink(
                            Flux.never(),
                            (node, asa) -> bargain(asa, Duration.ofMinutes(1))
                                    .contextWrite(context -> context.put(key, "it"))))
                    .expectErrorMessage("cannot set it")
                    .verify(BOUND);
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor(key);
        }
    }

    @Test
    void aCustomConventionNamesTheObservations() {
        SessionObservationConvention own = new SessionObservationConvention() {
            @Override
            public String getName() {
                return "my.session";
            }
        };
        GraspObserver observer = new SessionObservations(registry, own).ofNode(() -> 0, Runnable::run);
        SessionInfo session =
                new SessionInfo(new SessionId(1), SessionInfo.Kind.DISCOVERY, SessionInfo.Role.INITIATOR, "x");

        observer.sessionStarted(session);

        assertThat(registry).hasObservationWithNameEqualTo("my.session").that().hasBeenStarted();
    }

    @Test
    void noObservationIsMadeWithoutHandlers() {
        assertThat(new SessionObservations(ObservationRegistry.NOOP).ofNode(() -> 0, Runnable::run))
                .isSameAs(GraspObserver.NONE);
    }
}
