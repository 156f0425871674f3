package com.example.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.TypedOutcome;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.simulation.Simulation;
import io.grasp.simulation.SimulationConfig;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The two ASAs on a simulated link, at virtual time: minutes take milliseconds. */
class BandwidthTest {
    @Test
    void theCustomerGetsWhatItAsksFor() {
        StepVerifier.withVirtualTime(() ->
                        onALink((core, edge) -> Customer.request(edge, 80).takeUntilOther(Provider.serve(core, 100))))
                .thenAwait(Duration.ofSeconds(10))
                .assertNext(outcome -> assertThat(outcome.agreed()).contains(new Bandwidth(80)))
                .verifyComplete();
    }

    @Test
    void theCustomerTakesHalfButNotLess() {
        StepVerifier.withVirtualTime(() -> onALink((core, edge) -> Flux.just(200, 201)
                        .concatMap(mbits -> Customer.request(edge, mbits))
                        .takeUntilOther(Provider.serve(core, 100))))
                .thenAwait(Duration.ofSeconds(10))
                .assertNext(outcome -> assertThat(outcome.agreed()).contains(new Bandwidth(100)))
                .expectNext(new TypedOutcome.Declined<>("less than half", Side.LOCAL))
                .verifyComplete();
    }

    @Test
    void aBadValueIsDeclinedAndTheProviderGoesOn() {
        Objective nonsense = Objective.negotiable("example.com:bandwidth").withValue("a lot");
        StepVerifier.withVirtualTime(() -> onALink((core, edge) -> Mono.usingWhen(
                                edge.registerAsa("confused"),
                                asa -> asa.register(nonsense).then(asa.negotiate(nonsense, offers -> Flux.never())),
                                Asa::deregister)
                        .cast(Object.class)
                        .concatWith(Customer.request(edge, 80).map(TypedOutcome::agreed))
                        .takeUntilOther(Provider.serve(core, 100))))
                .thenAwait(Duration.ofSeconds(10))
                .expectNext(new NegotiationOutcome.Declined("invalid value", Side.PEER))
                .expectNext(Optional.of(new Bandwidth(80)))
                .verifyComplete();
    }

    @Test
    void theCustomerFindsAProviderThatStartsLater() {
        StepVerifier.withVirtualTime(() -> onALink((core, edge) -> Customer.request(edge, 80)
                        .takeUntilOther(
                                Provider.serve(core, 100).delaySubscription(Duration.ofSeconds(6), core.scheduler()))))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(6))
                .thenAwait(Duration.ofSeconds(20))
                .assertNext(outcome -> assertThat(outcome.agreed()).contains(new Bandwidth(80)))
                .verifyComplete();
    }

    @Test
    void withoutAProviderTheCustomerGivesUp() {
        StepVerifier.withVirtualTime(() -> onALink((core, edge) -> Customer.request(edge, 80)))
                .thenAwait(Duration.ofMinutes(1))
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                GraspException.class,
                                grasp -> assertThat(grasp.code()).isEqualTo(GraspErrorCode.NO_DISCOVERY_REPLY)));
    }

    /** Starts two nodes, and closes them at the end; then nothing may be left of their sessions. */
    private static <T> Flux<T> onALink(BiFunction<Grasp, Grasp, Publisher<T>> scene) {
        Simulation simulation = Simulation.on(Schedulers.parallel(), SimulationConfig.seeded(1));
        simulation.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(20)), "core", "edge");
        return Flux.usingWhen(
                Mono.zip(simulation.start("core"), simulation.start("edge")),
                nodes -> scene.apply(nodes.getT1(), nodes.getT2()),
                nodes -> simulation.closeAsync());
    }
}
