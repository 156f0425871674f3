package com.example.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.recipes.Pool.Lease;
import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The recipes in docs/recipes.md. */
class RecipesTest {
    private static final LinkConditions LAN = LinkConditions.PERFECT.withDelay(Duration.ofMillis(5));

    private static <T> TypedAsa<T> asa(SimulationRunner run, Grasp node, String name, TypedObjective<T> objective) {
        return run.await(
                node.registerAsa(name).flatMap(asa -> asa.typed(objective).register()));
    }

    private static Asa asa(SimulationRunner run, Grasp node, String name) {
        return run.await(node.registerAsa(name)
                .flatMap(asa -> asa.register(Transfer.FILE).thenReturn(asa)));
    }

    @Test
    void theSecondChoiceIsAnotherProviderAndThenTheStandardRate() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "mean", "broken", "good", "home");
            Grasp home = run.start("home");
            TypedAsa<Integer> customer = asa(run, home, "customer", Fallback.RATE);
            long begin = run.simulation().now().toSeconds();
            assertThat(run.await(Fallback.rate(home, customer, 10, 2)))
                    .as("without a provider")
                    .isEqualTo(2);
            assertThat(run.simulation().now().toSeconds() - begin)
                    .as("four tries of 5 s")
                    .isBetween(20L, 35L);

            TypedAsa<Integer> mean = asa(run, run.start("mean"), "mean", Fallback.RATE);
            run.inBackground(
                    mean.listenNegotiate(each -> each.converse(offers -> offers.map(asked -> asked.propose(1)))));
            TypedAsa<Integer> broken = asa(run, run.start("broken"), "broken", Fallback.RATE);
            run.inBackground(broken.listenNegotiate(each -> Mono.error(new IllegalStateException("broken"))));
            assertThat(run.await(Fallback.rate(home, customer, 10, 2)))
                    .as("with a mean and a broken one")
                    .isEqualTo(2);
            assertThat(run.await(Fallback.rateOfAny(customer, 10))).isNull();

            TypedAsa<Integer> good = asa(run, run.start("good"), "good", Fallback.RATE);
            run.inBackground(good.listenNegotiate(each -> each.converse(offers -> offers.map(TypedOffer::accept))));
            assertThat(run.await(Fallback.rateOfAny(customer, 10))).isEqualTo(10);
        });
    }

    @Test
    void oneAsaAsksSeveralTimesAtOnce() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "home");
            TypedAsa<Integer> provider = asa(run, run.start("core"), "provider", Fallback.RATE);
            run.inBackground(provider.listenNegotiate(each -> each.converse(
                    offers -> offers.map(asked -> asked.value() <= 10 ? asked.accept() : asked.propose(10)))));
            Grasp home = run.start("home");

            for (int times = 0; times < 2; times++) {
                assertThat(run.awaitAll(SeveralRequests.ask(home, List.of(5, 10, 11))))
                        .extracting(TypedOutcome::agreed)
                        .containsExactlyInAnyOrder(Optional.of(5), Optional.of(10), Optional.empty());
            }
        });
    }

    @Test
    void aBoundedProviderServesFourCustomersAtATimeAndLetsTwoWait() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "home");
            Grasp core = run.await(run.simulation().start("core", BoundedProvider::bounded));
            AtomicInteger served = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            run.inBackground(BoundedProvider.serve(
                    asa(run, core, "provider", Fallback.RATE),
                    rate -> Mono.delay(Duration.ofSeconds(10), core.scheduler())
                            .doOnSubscribe(begun -> most.accumulateAndGet(served.incrementAndGet(), Math::max))
                            .doFinally(end -> served.decrementAndGet())
                            .thenReturn(rate < 8)));
            TypedAsa<Integer> customer = asa(run, run.start("home"), "customer", Fallback.RATE);

            List<String> results = run.awaitAll(Flux.range(1, 8)
                    .flatMap(rate -> customer.negotiate(rate, offers -> Flux.never())
                            .map(outcome -> outcome.agreed().isPresent() ? "agreed" : "declined")
                            .onErrorResume(GraspException.class, refused -> Mono.just("refused"))));

            assertThat(most).hasValue(4);
            assertThat(results).hasSize(8).filteredOn("refused"::equals).hasSize(2);
        });
    }

    @Test
    void aFullProviderIsAskedAgainLater() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "full", "home");
            Grasp home = run.start("home");
            TypedAsa<Integer> customer = asa(run, home, "customer", Fallback.RATE);
            List<Duration> asked = new ArrayList<>();
            AtomicInteger full = new AtomicInteger(3);
            List<Integer> rates = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            Fallback.rateWhenFree(home, customer, 10).subscribe(rates::add, failures::add);
            run.advance(Duration.ofSeconds(20)); // so the first search, of 9 s, finds no provider
            TypedAsa<Integer> provider = asa(run, run.start("full"), "provider", Fallback.RATE);
            run.inBackground(provider.listenNegotiate(each -> each.converse(offers -> offers.map(offer -> {
                asked.add(run.simulation().now());
                return full.getAndDecrement() > 0 ? offer.decline("full") : offer.accept();
            }))));

            run.runUntil(() -> !rates.isEmpty() || !failures.isEmpty(), Duration.ofMinutes(5));
            assertThat(failures).isEmpty();
            assertThat(rates).containsExactly(10);
            assertThat(asked).hasSize(4);
            assertThat(asked.get(3).minus(asked.get(0)).toSeconds()).isBetween(35L, 105L);

            full.set(Integer.MAX_VALUE);
            Duration begin = run.simulation().now();
            assertThatThrownBy(() -> run.await(Fallback.rateWhenFree(home, customer, 10)))
                    .hasRootCauseInstanceOf(TimeoutException.class);
            assertThat(run.simulation().now().minus(begin)).isEqualTo(Duration.ofMinutes(5));
        });
    }

    @Test
    void aPoolKeepsTheOldLeaseUntilTheNewOneIsAgreedOn() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "edge");
            Pool pool = pool(run);
            TypedAsa<Lease> edge = asa(run, run.start("edge"), "edge", Pool.OBJECTIVE);

            assertThat(negotiate(run, edge, 4)).isEqualTo(4);
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(4, 6);
            assertThat(negotiate(run, edge, 6))
                    .as("the old 4 are free only afterwards")
                    .isEqualTo(6);
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(6, 4);
            assertThat(negotiate(run, edge, 9))
                    .as("4 are offered, and not enough")
                    .isZero();
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(6, 4);
            assertThat(negotiate(run, edge, 0)).isZero();
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(0, 10);
        });
    }

    @Test
    void aFullPoolIsFreeAgainWhenALeaseIsNotRenewed() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "edge", "other");
            Pool pool = pool(run);
            TypedAsa<Lease> edge = asa(run, run.start("edge"), "edge", Pool.OBJECTIVE);
            assertThat(negotiate(run, edge, 10)).isEqualTo(10);
            run.advance(Duration.ofMinutes(50));
            assertThat(negotiate(run, edge, 10)).as("renewed").isEqualTo(10);
            run.advance(Duration.ofMinutes(50));
            TypedAsa<Lease> other = asa(run, run.start("other"), "other", Pool.OBJECTIVE);
            assertThat(run.await(other.negotiate(new Lease("other", 1), offers -> Flux.never())))
                    .isEqualTo(new TypedOutcome.Declined<>("full", Side.PEER));

            run.advance(Duration.ofMinutes(11));
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(0, 10);
        });
    }

    private static Pool pool(SimulationRunner run) {
        Grasp core = run.start("core");
        Pool pool = new Pool(core, 10, Duration.ofHours(1));
        run.inBackground(pool.serve(asa(run, core, "pool", Pool.OBJECTIVE)));
        return pool;
    }

    /** Asks for units, and declines fewer; returns what was agreed on. */
    private static int negotiate(SimulationRunner run, TypedAsa<Lease> edge, int units) {
        TypedOutcome<Lease> outcome = run.await(
                edge.negotiate(new Lease("edge", units), offers -> offers.map(offer -> offer.decline("too few"))));
        run.advance(Duration.ofMillis(10)); // for the last message
        return outcome.agreed().map(Lease::units).orElse(0);
    }

    @Test
    void aPoolTakesBackWhatItOfferedToACustomerThatCrashes() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "edge");
            Pool pool = pool(run);
            TypedAsa<Lease> edge = asa(run, run.start("edge"), "edge", Pool.OBJECTIVE);
            AtomicInteger offered = new AtomicInteger();
            Disposable thinking = edge.negotiate(
                            new Lease("edge", 20),
                            offers -> offers.doOnNext(
                                            offer -> offered.set(offer.value().units()))
                                    .concatMap(offer -> Mono.never()))
                    .subscribe(outcome -> {}, failure -> {});
            run.runUntil(() -> offered.get() > 0, Duration.ofSeconds(5));
            assertThat(List.of(offered.get(), pool.free())).containsExactly(10, 0);

            run.network().node("edge").crash();
            thinking.dispose();
            run.runUntil(() -> pool.free() > 0, Duration.ofMinutes(2));
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(0, 10);
        });
    }

    @Test
    void aNegativeNumberOfUnitsIsDeclined() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "edge");
            Pool pool = pool(run);
            Objective bad = Pool.OBJECTIVE.objective().withValue(Map.of("holder", "edge", "units", -5));
            Asa edge = asa(run, run.start("edge"), "edge");

            NegotiationOutcome outcome =
                    run.await(edge.register(bad).then(edge.negotiate(bad, offers -> Flux.never())));
            assertThat(outcome).isEqualTo(new NegotiationOutcome.Declined("invalid value", Side.PEER));
            assertThat(pool.free()).isEqualTo(10);
        });
    }

    @Test
    void aDryRunReservesNothing() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "edge");
            Pool pool = pool(run);
            TypedAsa<Lease> edge = asa(run, run.start("edge"), "edge", Pool.OBJECTIVE.withDryRun(true));

            assertThat(negotiate(run, edge, 4)).isEqualTo(4);
            assertThat(List.of(pool.heldBy("edge"), pool.free())).containsExactly(0, 10);
        });
    }

    @Test
    void nodesFollowAnAnnouncedValueAlsoIfTheyStartLater() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "early", "late");
            Grasp core = run.start("core");
            AtomicReference<String> server = new AtomicReference<>("one");
            TypedAsa<String> announcer = asa(run, core, "announcer", Announcement.LOG_SERVER);
            List<String> early = follow(run, "early");
            Disposable announcing =
                    run.inBackground(Announcement.announce(core, announcer, server::get, Duration.ofSeconds(30)));
            run.advance(Duration.ofSeconds(25));
            List<String> late = follow(run, "late");
            run.advance(Duration.ofSeconds(8));
            assertThat(List.of(early, late)).containsExactly(List.of("use one"), List.of("use one"));

            server.set("two");
            run.advance(Duration.ofSeconds(10));
            assertThat(early).containsExactly("use one", "stop one", "use two");
            announcing.dispose();
            run.advance(Duration.ofSeconds(31));
            TypedAsa<String> reader = run.await(
                            run.simulation().running("late").orElseThrow().registerAsa("reader"))
                    .typed(Announcement.LOG_SERVER);
            assertThat(run.awaitAll(reader.getFlood()))
                    .as("after its time to live")
                    .isEmpty();
        });
    }

    private static List<String> follow(SimulationRunner run, String node) {
        List<String> log = new ArrayList<>();
        Asa asa = run.await(run.start(node).registerAsa("follower"));
        run.inBackground(Announcement.follow(
                asa.typed(Announcement.LOG_SERVER),
                server -> Flux.never()
                        .doOnSubscribe(begun -> log.add("use " + server))
                        .doOnCancel(() -> log.add("stop " + server))));
        return log;
    }

    @Test
    void aFileIsTransferredWholeOrNotAtAll() {
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        SimulationRunner.verify(1, run -> {
            SimLink lan = run.link("lan", LAN.withBandwidth(8_000_000), "core", "edge");
            Asa server = asa(run, run.start("core"), "server");
            AtomicInteger requests = new AtomicInteger();
            run.inBackground(Transfer.serve(server, name -> {
                requests.incrementAndGet();
                return name.equals("image") ? content : null;
            }));
            Grasp edge = run.start("edge");
            Asa client = asa(run, edge, "client");

            assertThat(run.await(Transfer.fetch(edge, client, "image"))).isEqualTo(content);
            assertThatThrownBy(() -> run.await(Transfer.fetch(edge, client, "other")))
                    .as("its handler has failed")
                    .isInstanceOf(GraspException.class)
                    .hasMessageContaining("connection reset by");

            List<Throwable> failures = new ArrayList<>();
            Transfer.fetch(edge, client, "image").subscribe(whole -> {}, failures::add);
            run.advance(Duration.ofMillis(90));
            lan.down();
            run.runUntil(() -> !failures.isEmpty(), Duration.ofMinutes(5));
            assertThat(failures).singleElement().isInstanceOf(TimeoutException.class);
            assertThat(requests).hasValue(3);
        });
    }

    @Test
    void anAsaThatFailsStartsAgainBesideTheOthersOfItsNode() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LAN, "core", "home");
            Grasp core = run.start("core");
            AtomicInteger starts = new AtomicInteger();
            run.inBackground(SeveralAsas.run(
                    core,
                    Map.of(
                            "rates",
                            asa -> asa.typed(Fallback.RATE)
                                    .register()
                                    .flatMap(rate -> rate.listenNegotiate(
                                            each -> each.converse(offers -> offers.map(TypedOffer::accept)))),
                            "announcer",
                            asa -> asa.typed(Announcement.LOG_SERVER).register().flatMap(server -> {
                                if (starts.incrementAndGet() < 3) {
                                    return Mono.error(new IllegalStateException("no value yet"));
                                }
                                return Announcement.announce(core, server, () -> "one", Duration.ofSeconds(30));
                            }))));
            Grasp home = run.start("home");
            TypedAsa<Integer> customer = asa(run, home, "customer", Fallback.RATE);

            assertThat(run.await(Fallback.rateOfAny(customer, 10))).isEqualTo(10);
            run.advance(Duration.ofSeconds(10));
            assertThat(starts).hasValue(3);
            TypedAsa<String> reader = run.await(home.registerAsa("reader")).typed(Announcement.LOG_SERVER);
            assertThat(run.awaitAll(reader.getFlood()))
                    .singleElement()
                    .satisfies(flood -> assertThat(flood.value()).isEqualTo("one"));
        });
    }
}
