package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Calls on a real network from a non-blocking thread of Reactor, on which BlockHound makes blocking calls fail. */
class NettyNonBlockingTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective RAW = Objective.negotiable("raw");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration BUSY = Duration.ofSeconds(10);

    private final NettyWorld world = new NettyWorld();
    private final List<Object> signals = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @AfterEach
    void close() {
        world.close();
    }

    /**
     * The loops of both nodes are busy meanwhile, so a call that waited for one would never return. The start of a node has
     * its own loop, and is tested next.
     */
    @Test
    @Proves("8991-2.2.1-3")
    void noCallWaitsWhileTheLoopIsBusy() throws InterruptedException {
        Grasp there = world.start();
        Asa server = world.awaitOne(there.registerAsa("server"));
        world.await(server.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        world.await(server.register(RAW));
        Collected<Negotiation> taken = world.collect(server.listenNegotiate(EX3));
        Collected<RawChannel> channels = world.collect(server.raw().listen(RAW));
        Grasp here = world.start();
        Asa client = world.awaitOne(here.registerAsa("client"));
        world.await(client.register(EX3));
        world.await(client.register(RAW));
        world.await(client.register(EX2));
        SynchronizationResponder responder = world.awaitOne(client.listenSynchronize(EX2.withValue(1)));
        AsaLocator peer = world.awaitOne(client.discover(EX3, BOUND).next());
        Collected<Negotiation> asked = world.collect(client.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(peer).withTimeout(BOUND)));
        Negotiation theirs = taken.awaitValues(1).get(0);
        Collected<RawChannel> channel = world.collect(client.raw().request(RAW.withValue(2), peer));
        RawChannel raw = channel.awaitValues(1).get(0);
        channels.awaitValues(1);

        EveryCall calls = new EveryCall(EX3.withValue(3), peer).with(Asa.class, client);
        List<Object> handles =
                List.of(client, client.rapid(), client.raw(), theirs, responder, raw, client.extensions(), here);
        handles.forEach(calls::of); // loads the classes
        List<String> made = new ArrayList<>();
        try (Busy one = new Busy(here);
                Busy other = new Busy(there)) {
            Mono.fromRunnable(() -> handles.forEach(handle -> calls.of(handle).forEach((call, result) -> {
                        made.add(call);
                        if (result instanceof Publisher<?> publisher && !call.startsWith("Grasp.start[")) {
                            subscribe(call, publisher).dispose();
                        }
                    })))
                    .subscribeOn(Schedulers.parallel())
                    .block(BOUND);
            assertThat(signals).as("no signal before the loop runs").isEmpty();
            assertThat(List.of(one, other)).allMatch(Busy::isBusy);
        }
        assertThat(made)
                .contains(
                        "Asa.deregister[]",
                        "Rapid.synchronize[Objective, RequestOptions]",
                        "Negotiation.step[Object]",
                        "Negotiation.cancel[]",
                        "SynchronizationResponder.stop[]",
                        "RawChannel.send[Object]",
                        "Grasp.startOnSharedLoop[GraspConfig]",
                        "Grasp.registerAsa[String]",
                        "Grasp.links[]",
                        "Grasp.load[]",
                        "Grasp.closeAsync[]");
        List.of(asked, taken, channels).forEach(Collected::cancel);
    }

    /** Blocking work runs neither on these threads nor on the shared loop of another node. */
    @Test
    @Proves("8991-2.2.1-3")
    void aNodeStartsAndClosesOnANonBlockingThread() {
        List<String> blocked = new CopyOnWriteArrayList<>();
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults().withLinks(NettyWorld.LINK).withAssumeSecure(true))
                .withRandom(() -> {
                    blocked.add(parkForAWhile());
                    return SecureIds.create();
                });
        Flux<AsaLocator> session = Flux.usingWhen(
                Grasp.start(config),
                node -> node.startOnSharedLoop(config)
                        .flatMap(beside -> beside.registerAsa("one"))
                        .publishOn(Schedulers.parallel())
                        .flatMapMany(asa -> asa.register(EX2)
                                .publishOn(Schedulers.parallel())
                                .then(asa.listenSynchronize(EX2.withValue(1)))
                                .thenMany(asa.discover(EX3, Duration.ofMillis(1)))),
                Grasp::closeAsync);
        assertThat(session.subscribeOn(Schedulers.parallel()).collectList().block(BOUND))
                .isEmpty();
        assertThat(blocked).hasSize(2).allSatisfy(thread -> assertThat(thread).startsWith("boundedElastic"));
    }

    @Test
    void aStartCancelledOnANonBlockingThreadLeavesNothing() {
        GraspConfig config =
                GraspConfig.defaults().withNetwork(NettyConfig.defaults().withoutLinks());
        List<Grasp> given = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 20; i++) {
            Mono.fromRunnable(() ->
                            Grasp.start(config).doOnNext(given::add).subscribe().dispose())
                    .subscribeOn(Schedulers.parallel())
                    .block(BOUND);
        }
        given.forEach(Grasp::close); // nodes that started before the cancel
    } // the world checks that no loop remains

    private static String parkForAWhile() {
        LockSupport.parkNanos(1000);
        return Thread.currentThread().getName();
    }

    private Disposable subscribe(String call, Publisher<?> publisher) {
        return Flux.from(publisher)
                .subscribe(
                        value -> signals.add(call + " gave " + value),
                        failure -> signals.add(call + " failed: " + failure),
                        () -> signals.add(call + " completed"));
    }

    /** Keeps a node's loop from turning, for a bounded time; not by waiting, which BlockHound makes fail there. */
    private static final class Busy implements AutoCloseable {
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile boolean busy = true;

        Busy(Grasp node) throws InterruptedException {
            node.scheduler().schedule(this::run);
            begun.await();
        }

        private void run() {
            begun.countDown();
            long begin = System.nanoTime();
            while (busy) {
                if (System.nanoTime() - begin > BUSY.toNanos()) {
                    busy = false;
                }
            }
        }

        boolean isBusy() {
            return busy;
        }

        @Override
        public void close() {
            busy = false;
        }
    }
}
