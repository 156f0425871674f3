package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The threads of signals if a node runs on Netty's loop. It needs no link. */
class NettyThreadTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private final GraspConfig config =
            GraspConfig.defaults().withNetwork(NettyConfig.defaults().withoutLinks());

    @Test
    @Proves("8991-2.2.1-3")
    void signalsComeOnTheLoopAndPublishOnMovesThem() {
        try (Grasp grasp = Grasp.start(config).block(BOUND)) {
            Mono<String> onLoop = grasp.registerAsa("one").map(asa -> thread());
            Mono<String> taken = grasp.registerAsa("two")
                    .publishOn(Schedulers.boundedElastic())
                    .map(asa -> thread());

            assertThat(onLoop.block(BOUND)).startsWith("grasp-loop");
            assertThat(taken.block(BOUND)).startsWith("boundedElastic");
        }
    }

    @Test
    void blockingOnTheLoopFails() {
        try (Grasp grasp = Grasp.start(config).block(BOUND)) {
            assertThatThrownBy(() -> grasp.registerAsa("one")
                            .map(asa -> asa.getFlood("EX1").blockFirst())
                            .block(BOUND))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not supported in thread grasp-loop");
            assertThatThrownBy(
                            () -> grasp.links().doOnNext(links -> grasp.close()).block(BOUND))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closeAsync");
        }
    }

    @Test
    void blockHoundDetectsBlockingCallsOnTheLoop() {
        try (Grasp grasp = Grasp.start(config).block(BOUND)) {
            assertThatThrownBy(() ->
                            grasp.links().doOnNext(links -> parkForAWhile()).block(BOUND))
                    .hasStackTraceContaining("Blocking call!");
        }
    }

    private static void parkForAWhile() {
        try {
            new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closingLeavesNoThread() {
        AtomicReference<Thread> loop = new AtomicReference<>();
        Grasp grasp = Grasp.start(config).block(BOUND);
        grasp.links().doOnNext(links -> loop.set(Thread.currentThread())).block(BOUND);
        assertThat(loop.get().isAlive()).isTrue();

        grasp.close();
        grasp.close();

        assertThat(join(loop.get())).isFalse();
        assertThatThrownBy(() -> grasp.registerAsa("late").block(BOUND)).hasMessageContaining("the node is closed");
    }

    @Test
    void aCancelledStartLeavesNothing() {
        List<Grasp> given = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 20; i++) {
            Grasp.start(config).doOnNext(given::add).subscribe().dispose();
        }
        given.forEach(Grasp::close); // nodes that started before the cancel
        assertNoLoopIsLeft();
    }

    @Test
    void cancellingAfterTheNodeWasEmittedKeepsIt() {
        try (Grasp grasp = Grasp.start(config).flux().next().block(BOUND)) {
            assertThat(grasp.registerAsa("one").flux().next().block(BOUND).name())
                    .isEqualTo("one");
        }
    }

    @Test
    void aFailedStartLeavesNothing() {
        GraspConfig wrong = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults().withLinks("nosuchlink0").withAssumeSecure(true));

        assertThatThrownBy(() -> Grasp.start(wrong).block(BOUND)).hasMessageContaining("nosuchlink0");
        assertNoLoopIsLeft();
    }

    private static void assertNoLoopIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("grasp-loop"))
                        .filter(NettyThreadTest::join))
                .isEmpty();
    }

    @Test
    void asasOfOneNodeCommunicateWithoutANetwork() {
        Objective objective = Objective.synchronizable("EX2");
        try (Grasp grasp = Grasp.start(config).block(BOUND)) {
            String value = grasp.registerAsa("server")
                    .flatMap(server ->
                            server.register(objective).then(server.listenSynchronize(objective.withValue("here"))))
                    .then(grasp.registerAsa("client"))
                    .flatMap(client -> client.synchronize(objective))
                    .map(found -> found.value().as(String.class))
                    .block(BOUND);

            assertThat(value).isEqualTo("here");
        }
    }

    /** Waits a bounded time for the end of a thread. */
    private static boolean join(Thread thread) {
        try {
            thread.join(BOUND.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return thread.isAlive();
    }

    private static String thread() {
        return Thread.currentThread().getName();
    }
}
