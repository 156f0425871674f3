package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.Await;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Versions of an ASA take over from each other on a real link, under load. */
@Tag("long")
class LongTakeoverTest extends HostedNode {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final int RATE = 1000;
    private static final int VERSIONS = 15;
    private static final Duration EACH = Duration.ofSeconds(2);
    /** Fewer than one peer may have at a time, also when the machine stalls. */
    private static final int AT_ONCE = 128;

    private static AsaSetup bank(int version) {
        return new TestAsa(
                        AsaManifest.of("bank", Integer.toString(version)),
                        context -> context.asa()
                                .register(EX3)
                                .then(context.serve(context.asa()
                                        .listenNegotiate(
                                                EX3,
                                                customer ->
                                                        customer.converse(offers -> offers.concatMap(offer -> Mono.just(
                                                                        offer.value()
                                                                                                .as(Integer.class)
                                                                                        == 0
                                                                                ? Move.propose(version)
                                                                                : Move.accept())
                                                                .delayElement(
                                                                        Duration.ofMillis(20),
                                                                        context.scheduler())))))))
                .setup();
    }

    @Test
    void noneOfAThousandNegotiationsInASecondFails(TestReporter reporter) {
        Grasp other = startNode();
        try {
            run(bank(1));
            awaitState("bank", LifeCycleState.OPERATIONAL);
            Asa customer = other.registerAsa("customer").block(BOUND);
            customer.register(EX3).block(BOUND);
            AsaLocator place =
                    customer.discover(EX3, Duration.ofSeconds(5)).next().block(BOUND);
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            Set<Integer> versions = new ConcurrentSkipListSet<>();
            AtomicInteger agreed = new AtomicInteger();
            int count = (int) (VERSIONS * EACH.toSeconds() * RATE);

            Mono<Void> load = Flux.interval(Duration.ofMillis(10), Schedulers.parallel())
                    .onBackpressureBuffer()
                    .concatMapIterable(tick -> Collections.nCopies(RATE / 100, tick))
                    .take(count)
                    .flatMap(
                            each -> customer.negotiate(
                                            EX3.withValue(0),
                                            RequestOptions.to(place).withTimeout(Duration.ofSeconds(10)),
                                            offers -> offers.map(offer -> Move.propose(offer.value())))
                                    .doOnNext(outcome -> {
                                        versions.add(((Accepted) outcome)
                                                .objective()
                                                .value()
                                                .as(Integer.class));
                                        agreed.incrementAndGet();
                                    })
                                    .onErrorResume(failure -> {
                                        failures.add(failure);
                                        return Mono.empty();
                                    }),
                            AT_ONCE)
                    .then();
            Mono<Void> releases = Flux.range(2, VERSIONS - 1)
                    .concatMap(version -> host.run(List.of(bank(version))).delaySubscription(EACH))
                    .then();
            long begun = System.nanoTime();
            Mono.when(load, releases).block(EACH.multipliedBy(5 * VERSIONS));
            reporter.publishEntry(
                    "negotiations in a second",
                    Long.toString(agreed.get() * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun)));

            assertThat(failures).isEmpty();
            assertThat(agreed).hasValue(count);
            assertThat(versions).hasSize(VERSIONS);
            Await.until("the last version alone", () -> registered().size() == 1);
        } finally {
            other.closeAsync().block(BOUND);
        }
    }
}
