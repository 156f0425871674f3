package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SchedulerLoop;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Nodes that crash, sleep and start again, as seen through the API. */
class SimFaultsGraspTest {
    private static final Objective X = Objective.discoverable("X");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimNode left = network.node("left");
    private final SimNode right = network.node("right");

    private static Mono<Grasp> start(SimNode node) {
        return Grasp.start(GraspConfig.defaults().withSubstrate(() -> node));
    }

    /** A node on which the objective can be discovered. */
    private static Mono<Grasp> responder(SimNode node) {
        return start(node)
                .flatMap(grasp -> grasp.registerAsa("responder")
                        .flatMap(asa -> asa.register(X, RegistrationOptions.DEFAULTS.withDiscoverable(true)))
                        .thenReturn(grasp));
    }

    private static Flux<AsaLocator> discover(Grasp grasp, String asaName) {
        return grasp.registerAsa(asaName)
                .flatMapMany(
                        asa -> asa.discover(X, DiscoverOptions.within(SECOND).withoutCached()));
    }

    private <T> List<T> await(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        boolean[] completed = {false};
        Flux.from(publisher).subscribe(values::add, failures::add, () -> completed[0] = true);
        assertThat(loop.runUntil(() -> completed[0] || !failures.isEmpty(), Duration.ofMinutes(30)))
                .isTrue();
        assertThat(failures).isEmpty();
        return values;
    }

    @Test
    void aNewInstanceReplacesACrashedNode() {
        network.link("lan", LinkKind.DATAGRAM, LinkConditions.PERFECT.withDelay(Duration.ofMillis(10)), left, right);
        Grasp initiator = await(start(left)).get(0);
        Grasp first = await(responder(right)).get(0);
        assertThat(await(discover(initiator, "one"))).hasSize(1);

        right.crash();
        assertThat(await(discover(initiator, "two"))).isEmpty();
        assertThatThrownBy(() -> first.registerAsa("late").block()).isInstanceOf(GraspException.class);
        await(first.closeAsync());

        Grasp second = await(responder(right)).get(0);
        assertThat(await(discover(initiator, "three"))).hasSize(1);
        await(second.closeAsync());
        Grasp third = await(responder(right)).get(0);
        assertThat(await(discover(initiator, "four"))).hasSize(1);
        close(initiator, third);
    }

    @Test
    void aSleepingNodeIsNotFoundUntilItIsAwake() {
        network.link("lan", LinkKind.STREAM, LinkConditions.PERFECT.withDelay(Duration.ofMillis(10)), left, right);
        Grasp initiator = await(start(left)).get(0);
        Grasp responder = await(responder(right)).get(0);
        right.suspend();
        assertThat(await(discover(initiator, "one"))).isEmpty();
        right.resume();
        assertThat(await(discover(initiator, "two"))).hasSize(1);
        close(initiator, responder);
    }

    private void close(Grasp... nodes) {
        for (Grasp node : nodes) {
            await(node.closeAsync());
        }
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
        assertThat(network.pendingDeliveries()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aCrashFollowsTheTimeOfAVirtualTimeVerifier() {
        StepVerifier.withVirtualTime(() -> {
                    SimNetwork onScheduler = SimNetwork.create(new SchedulerLoop(Schedulers.parallel()), 1);
                    SimNode here = onScheduler.node("here");
                    SimNode there = onScheduler.node("there");
                    onScheduler.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(10), here, there);
                    return start(here)
                            .flatMapMany(initiator -> responder(there)
                                    .doOnNext(responder -> there.crash())
                                    .then(discover(initiator, "one").count())
                                    .concatWith(responder(there)
                                            .flatMap(responder -> discover(initiator, "two")
                                                    .count()
                                                    .flatMap(found -> responder
                                                            .closeAsync()
                                                            .thenReturn(found))))
                                    .concatWith(initiator.closeAsync().then(Mono.empty())));
                })
                .expectSubscription()
                .thenAwait(SECOND.plusMillis(100))
                .expectNext(0L)
                .thenAwait(SECOND.plusMillis(100))
                .expectNext(1L)
                .thenAwait(SECOND)
                .verifyComplete();
    }
}
