package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.util.GrowingPauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.retry.Retry;

class BackoffTest {
    private static final GraspException SILENCE = GraspException.local(GraspErrorCode.NO_SYNCH_REPLY, "silence");

    static final GrowingPauses PAUSES = new GrowingPauses(Duration.ofSeconds(1), Duration.ofSeconds(10));

    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final List<Long> tries = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Always draws the maximum. */
    static final RandomGenerator LONGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            throw new AssertionError("only bounded draws");
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private Retry backoff(int attempts, RandomGenerator random) {
        return new Backoff(attempts, PAUSES, scheduler, random);
    }

    private void fail(Throwable failure, Retry retry) {
        Mono.defer(() -> {
                    tries.add(scheduler.now(TimeUnit.MILLISECONDS));
                    return Mono.error(failure);
                })
                .retryWhen(retry)
                .subscribe(value -> {}, failures::add);
        scheduler.advanceTimeBy(Duration.ofHours(1));
    }

    @Test
    @Proves({"8990-2.5.4.3-7", "8991-4-1"})
    void pausesDoubleUpToTheirBound() {
        fail(SILENCE, backoff(6, LONGEST));

        assertThat(tries).containsExactly(0L, 1_000L, 3_000L, 7_000L, 15_000L, 25_000L, 35_000L);
        assertThat(failures).containsExactly(SILENCE);
    }

    @Test
    void pausesAreRandomized() {
        fail(SILENCE, backoff(6, new Random(1)));

        assertThat(tries).hasSize(7).doesNotContain(1_000L, 3_000L, 7_000L);
        assertThat(tries.get(6)).isBetween(1L, 35_000L);
    }

    @Test
    @Proves("8991-4-1")
    void failuresOfTheNetworkAreRetried() {
        fail(GraspException.transport(GraspErrorCode.SOCKET_ERROR_STEP, "reset"), backoff(2, LONGEST));

        assertThat(tries).hasSize(3);
    }

    @Test
    void failuresThatARetryCannotHelpAreNotRetried() {
        GraspException misuse = GraspException.local(GraspErrorCode.NOT_NEGOTIABLE, "misuse");
        IllegalStateException other = new IllegalStateException("the user's own");
        fail(misuse, backoff(5, LONGEST));
        fail(other, backoff(5, LONGEST));

        assertThat(tries).hasSize(2);
        assertThat(failures).containsExactly(misuse, other);
    }

    @Test
    void cancellingEndsThePause() {
        var going = Mono.error(SILENCE).retryWhen(backoff(5, LONGEST)).subscribe(value -> {}, failures::add);
        assertThat(scheduler.getScheduledTaskCount()).isPositive();
        going.dispose();
        scheduler.advanceTimeBy(Duration.ofHours(1));

        assertThat(failures).isEmpty();
    }

    @Test
    @Proves("8991-4-1")
    void aNodeHasABackoff() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            Grasp node = world.start();
            int[] count = {0};
            Mono<Integer> third = Mono.fromSupplier(() -> {
                if (++count[0] < 3) {
                    throw SILENCE;
                }
                return count[0];
            });

            assertThat(world.awaitOne(third.retryWhen(node.backoff(2)))).isEqualTo(3);
            count[0] = 0;
            assertThat(world.collect(third.retryWhen(node.backoff(1))).awaitFailure())
                    .isSameAs(SILENCE);
            assertThatThrownBy(() -> node.backoff(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @Proves({"8991-4-1", "8990-2.5.6.1-3", "8990-2.5.4.3-7", "8990-2.5.5-2", "8991-2.3.5-10", "8991-2.3.6-3"})
    void theBackoffOfANodeIsExponential() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            Grasp node = world.start(config -> config.withRandom(() -> LONGEST));
            List<Duration> times = new ArrayList<>();
            Mono<Object> silent = Mono.defer(() -> {
                times.add(Duration.ofNanos(world.loop.nanoTime()));
                return Mono.error(SILENCE);
            });
            world.collect(silent.retryWhen(node.backoff(8))).awaitFailure();

            assertThat(IntStream.range(1, times.size())
                            .mapToObj(i -> times.get(i).minus(times.get(i - 1)).toSeconds()))
                    .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        }
    }

    /** There is no neighbor, so each call fails after its unanswered discoveries. */
    @Test
    @Proves("8991-4-1")
    void eachCallThatFindsNoPeerCanBeRetriedWithTheBackoff() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            Objective ex3 = Objective.negotiable("EX3").withValue(1);
            Objective ex2 = Objective.synchronizable("EX2");
            Grasp node =
                    world.start(config -> config.withRandom(() -> new DefaultNodeTest.LongestPauses(new Random(1))));
            Asa asa = world.awaitOne(node.registerAsa("asa"));
            world.await(asa.register(ex3));
            Duration second = Duration.ofSeconds(1);
            GraspException nothing = GraspException.local(GraspErrorCode.NO_DISCOVERY_REPLY, "nothing was found");
            Map<String, Publisher<?>> calls = Map.of(
                    "discover", asa.discover(ex3, second).switchIfEmpty(Mono.error(nothing)),
                    "requestNegotiate", asa.requestNegotiate(ex3, RequestOptions.within(second)),
                    "negotiate", asa.negotiate(ex3, RequestOptions.within(second), offers -> Mono.never()),
                    "synchronize", asa.synchronize(ex2, RequestOptions.within(second)));
            calls.forEach((call, publisher) -> {
                List<Duration> begun = new ArrayList<>();
                List<Duration> failed = new ArrayList<>();
                Flux<?> tried = Flux.defer(() -> {
                            begun.add(world.loop.now());
                            return publisher;
                        })
                        .doOnError(failure -> failed.add(world.loop.now()));
                world.collect(tried.retryWhen(node.backoff(4))).awaitFailure();

                assertThat(IntStream.range(1, begun.size())
                                .mapToObj(i ->
                                        begun.get(i).minus(failed.get(i - 1)).toSeconds()))
                        .as(call)
                        .containsExactly(1L, 2L, 4L, 8L);
            });
        }
    }
}
