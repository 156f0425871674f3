package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SchedulerLoop;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** A network built inside the supplier of a StepVerifier runs at its virtual time, with no other set-up. */
class VirtualTimeTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    /** A bound in real time for the expected events. */
    private static final Duration BOUND = Duration.ofSeconds(30);

    /** Two nodes on a link, and operations on them. */
    private static <T> Flux<T> onLink(BiFunction<Grasp, Grasp, Flux<T>> work) {
        SimNetwork network = SimNetwork.create(new SchedulerLoop(Schedulers.parallel()), 1);
        SimNode left = network.node("left");
        SimNode right = network.node("right");
        network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(10), left, right);
        return Flux.usingWhen(
                start(left).zipWith(start(right)),
                nodes -> work.apply(nodes.getT1(), nodes.getT2()),
                nodes -> nodes.getT1().closeAsync().then(nodes.getT2().closeAsync()));
    }

    private static Mono<Grasp> start(SimNode node) {
        return Grasp.start(GraspConfig.defaults().withSubstrate(() -> node));
    }

    @Test
    @Proves("8990-2.5.4.3-5")
    void aDiscoveryEndsAtItsTimeout() {
        StepVerifier.withVirtualTime(() -> onLink((left, right) ->
                        left.registerAsa("asa").flatMapMany(asa -> asa.discover(EX3, Duration.ofHours(2)))))
                .expectSubscription()
                .expectNoEvent(Duration.ofHours(2))
                .thenAwait(Duration.ofSeconds(1))
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void aDiscoveryEmitsEachLocatorWhenItArrives() {
        StepVerifier.withVirtualTime(() -> onLink((left, right) -> right.registerAsa("responder")
                        .flatMap(asa -> asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)))
                        .then(left.registerAsa("initiator"))
                        .flatMapMany(asa -> asa.discover(EX3, Duration.ofMinutes(5)))
                        .map(AsaLocator::diverted)))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(1))
                .expectNext(false)
                .thenAwait(Duration.ofMinutes(5))
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    @Proves({"8990-2.5.5-4", "8990-2.8.6-3"})
    void aNegotiationTimesOutAfterAMinute() {
        StepVerifier.withVirtualTime(() -> onLink((left, right) -> {
                    Flux<Negotiation> listening = right.registerAsa("silent")
                            .flatMapMany(asa -> asa.register(EX3).thenMany(asa.listenNegotiate(EX3)));
                    return left.registerAsa("initiator")
                            .flatMapMany(asa -> asa.register(EX3).thenMany(asa.requestNegotiate(EX3.withValue(1))))
                            .takeUntilOther(listening.ignoreElements());
                }))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(60))
                .thenAwait(Duration.ofSeconds(2))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                GraspException.class,
                                e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_NEGOTIATION_REPLY)))
                .verify(BOUND);
    }

    @Test
    void aNegotiationOfTwoNodesRunsAtVirtualTime() {
        StepVerifier.withVirtualTime(() -> onLink((left, right) -> {
                    Flux<NegotiationOutcome> banker = right.registerAsa("banker")
                            .flatMapMany(asa -> asa.register(EX3).thenMany(asa.listenNegotiate(EX3)))
                            .flatMap(negotiation ->
                                    negotiation.converse(offers -> offers.concatMap(offer -> Flux.concat(
                                            Mono.just(Move.waitFor(Duration.ofMinutes(5))),
                                            Mono.delay(Duration.ofMinutes(4)).thenReturn(Move.accept())))));
                    Flux<Boolean> customer = left.registerAsa("customer")
                            .flatMapMany(asa -> asa.register(EX3)
                                    .thenMany(asa.discover(EX3, Duration.ofSeconds(1)))
                                    .next()
                                    .flatMap(peer -> asa.negotiate(EX3.withValue(1), peer, offers -> Flux.never())))
                            .map(Accepted.class::isInstance);
                    return customer.takeUntilOther(banker.ignoreElements());
                }))
                .expectSubscription()
                .expectNoEvent(Duration.ofMinutes(4))
                .thenAwait(Duration.ofMinutes(1))
                .expectNext(true)
                .expectComplete()
                .verify(BOUND);
    }
}
