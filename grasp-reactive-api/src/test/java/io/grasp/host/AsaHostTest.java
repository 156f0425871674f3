package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.host.HostEvent.ParameterSet;
import io.grasp.host.HostEvent.StateChanged;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a host does with its ASAs, at virtual time: they run on the loop of a simulated node. */
class AsaHostTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Duration MOMENT = Duration.ofMillis(200);

    /** Chooses the longest pauses. */
    private static final class Longest implements RandomGenerator {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }

    private static final HostConfig CONFIG = HostConfig.DEFAULTS
            .withOwnThreads(false)
            .withRandom(Longest::new)
            .withPauses(Duration.ofSeconds(1), Duration.ofSeconds(4));

    /** A node with a host, and another node. */
    private static final class Scene {
        final SimulationRunner run;
        final Grasp node;
        final Grasp other;
        final AsaHost host;
        final List<HostEvent> events = new ArrayList<>();

        Scene(SimulationRunner run, HostConfig config) {
            this.run = run;
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(1)), "node", "other");
            node = run.start("node");
            other = run.start("other");
            host = AsaHost.on(node, config);
            host.events().subscribe(events::add);
        }

        void run(AsaSetup... plan) {
            run.await(host.run(List.of(plan)));
            run.advance(MOMENT);
        }

        HostedAsaInfo info(String name) {
            return run.await(host.asas()).stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        LifeCycleState state(String name) {
            return info(name).state();
        }

        /** {@return the states that were entered, as in "a 1 OPERATIONAL"} */
        List<String> states() {
            return events.stream()
                    .filter(StateChanged.class::isInstance)
                    .map(StateChanged.class::cast)
                    .map(event -> event.name() + " " + event.version() + " " + event.state())
                    .toList();
        }

        List<String> sentences() {
            return events.stream().map(HostEvent::sentence).toList();
        }
    }

    private static void verify(HostConfig config, Consumer<Scene> test) {
        SimulationRunner.verify(1, run -> {
            Scene scene = new Scene(run, config);
            test.accept(scene);
            run.await(scene.host.closeAsync());
            run.await(scene.node
                    .inspection()
                    .status()
                    .doOnNext(status -> assertThat(status.counts().asas()).isZero()));
        });
    }

    private static void verify(Consumer<Scene> test) {
        verify(CONFIG, test);
    }

    private static AsaManifest manifest(String name, String... needs) {
        return AsaManifest.of(name, "1").withNeeds(needs);
    }

    @Test
    void anAsaStartsWhenThoseThatItNeedsAreOperationalAndStopsBeforeThem() {
        verify(scene -> {
            TestAsa slow = new TestAsa(
                    manifest("slow"),
                    context -> Mono.delay(Duration.ofSeconds(2), context.scheduler())
                            .doOnNext(over -> context.ready())
                            .then(Mono.never()));
            scene.run(
                    TestAsa.idle(manifest("last", "middle")).setup(),
                    TestAsa.idle(manifest("middle", "slow")).setup(),
                    slow.setup());
            assertThat(scene.state("last")).isEqualTo(LifeCycleState.WAITING);
            assertThat(scene.info("last").detail()).isEqualTo("for middle");
            assertThat(scene.state("slow")).isEqualTo(LifeCycleState.INSTANTIATED);

            scene.run.advance(Duration.ofSeconds(2));
            scene.run.await(scene.host.run(List.of()));
            scene.run.advance(MOMENT);

            assertThat(scene.states())
                    .containsSubsequence("slow 1 OPERATIONAL", "middle 1 OPERATIONAL", "last 1 OPERATIONAL")
                    .containsSubsequence("last 1 STOPPED", "middle 1 STOPPED", "slow 1 STOPPED")
                    .contains("slow 1 UNDEPLOYED");
        });
    }

    @Test
    void anAsaWhoseNeedsCannotBeMetIsRefusedWithASentence() {
        verify(scene -> {
            scene.run(
                    TestAsa.idle(manifest("a", "b")).setup(),
                    TestAsa.idle(manifest("b", "a")).setup(),
                    TestAsa.idle(manifest("c", "a")).setup(),
                    TestAsa.idle(manifest("d", "nothing")).setup(),
                    TestAsa.idle(manifest("e")).setup());

            assertThat(scene.sentences())
                    .contains(
                            "a 1 is refused: a cannot be started: it needs itself (a needs b needs a)",
                            "c 1 is refused: c cannot be started: it needs a, which cannot be started",
                            "d 1 is refused: d cannot be started: it needs nothing, which the host does not run",
                            "e 1 is operational");
        });
    }

    @Test
    void anAsaGoesOnWithoutOneThatItNeedsAndItsDetailSaysSo() {
        verify(scene -> {
            AsaSetup a = TestAsa.idle(manifest("a", "t")).setup();
            AsaSetup t = TestAsa.idle(manifest("t")).setup();
            scene.run(a, t);
            assertThat(scene.info("a").detail()).isEmpty();

            scene.run(a);
            scene.run(a);
            assertThat(scene.state("a")).isEqualTo(LifeCycleState.OPERATIONAL);
            assertThat(scene.states()).contains("t 1 STOPPED");
            String why = "a cannot be started: it needs t, which the host does not run; it goes on as before";
            assertThat(scene.info("a").detail()).isEqualTo(why);
            assertThat(scene.sentences()).containsOnlyOnce(why);

            AtomicInteger starts = new AtomicInteger();
            TestAsa failing = new TestAsa(manifest("t"), context -> {
                context.ready();
                return starts.getAndIncrement() > 0
                        ? Mono.never()
                        : Mono.delay(Duration.ofMillis(500), context.scheduler())
                                .then(Mono.error(new IllegalStateException("no luck")));
            });
            scene.run(a, failing.setup());
            assertThat(scene.info("a").detail()).isEmpty();
            scene.run.advance(Duration.ofSeconds(1));
            assertThat(scene.info("a").detail()).isEqualTo("it needs t, which is not operational");
            scene.run.advance(Duration.ofSeconds(1));
            assertThat(scene.info("a").detail()).isEmpty();
            assertThat(scene.info("a").starts()).isEqualTo(1);
        });
    }

    @Test
    void anAsaThatFailsIsStartedAgainAfterGrowingPauses() {
        verify(scene -> {
            List<Duration> starts = new ArrayList<>();
            TestAsa failing = new TestAsa(manifest("failing"), context -> {
                starts.add(scene.node.now());
                throw new IllegalStateException("no luck");
            });
            scene.run(failing.setup(), TestAsa.idle(manifest("steady")).setup());
            scene.run.advance(Duration.ofSeconds(12));

            List<Long> pauses = new ArrayList<>();
            for (int i = 1; i < starts.size(); i++) {
                pauses.add(starts.get(i).minus(starts.get(i - 1)).toSeconds());
            }
            assertThat(pauses).containsExactly(1L, 2L, 4L, 4L);
            assertThat(scene.info("failing").lastFailure())
                    .contains("failing has failed: java.lang.IllegalStateException: no luck");
            assertThat(scene.state("failing")).isEqualTo(LifeCycleState.PAUSING);
            assertThat(scene.info("steady").starts()).isEqualTo(1);
        });
    }

    @Test
    void anAsaThatIsNotReadyOrNotWellIsStartedAgain() {
        verify(CONFIG.withReadyWithin(Duration.ofSeconds(5)).withCheckPeriod(Duration.ofSeconds(3)), scene -> {
            TestAsa silent = new TestAsa(manifest("silent"), context -> Mono.never());
            CheckedAsa unwell =
                    new CheckedAsa("unwell", () -> Mono.error(new IllegalStateException("the pool is empty")));
            scene.run(silent.setup(), unwell.setup());
            scene.run.advance(Duration.ofSeconds(5));

            assertThat(scene.sentences())
                    .contains(
                            "silent 1 is pausing: silent was not ready within 5 s",
                            "unwell 1 is pausing: unwell is unhealthy:"
                                    + " java.lang.IllegalStateException: the pool is empty");
        });
    }

    @Test
    void aFloodedPolicySetsParametersAndAValueOutOfBoundsDoesNot() {
        Parameter<Long> most = Parameter.number("most", 10, 1, 100);
        Parameter<Duration> pause = Parameter.duration(
                        "pause", Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(1))
                .withSafeValue(Duration.ofSeconds(30));
        Parameter<Boolean> open = Parameter.flag("open", true);
        List<Long> values = new ArrayList<>();
        verify(scene -> {
            TestAsa asa = new TestAsa(
                    AsaManifest.of("bank", "1").withParameters(most, pause, open),
                    context -> context.values(most)
                            .doOnNext(values::add)
                            .doOnSubscribe(begun -> context.ready())
                            .mergeWith(Mono.never()));
            InstalledAsa code = InstalledAsa.of(() -> asa);
            scene.run(AsaSetup.of(code, Map.of("most", "20")));
            Asa operator = scene.run.await(scene.other.registerAsa("operator"));
            Objective policy = Objective.synchronizable("bank.Params");
            scene.run.await(operator.register(policy));

            flood(scene, operator, policy.withValue(Map.of("most", 50, "pause", "PT5S", "more", 1)));
            flood(scene, operator, policy.withValue(Map.of("most", 5000, "pause", "PT1H", "open", "yes")));
            flood(scene, operator, policy.withValue((Object) "nonsense"));

            assertThat(values).containsExactly(20L, 50L);
            assertThat(scene.info("bank").parameters())
                    .extracting(parameter -> parameter.name() + " " + parameter.value() + " " + parameter.source())
                    .containsExactly("most 50 policy", "pause PT30S policy", "open true initial");
            assertThat(scene.events.stream().filter(ParameterSet.class::isInstance))
                    .extracting(HostEvent::sentence)
                    .contains(
                            "bank 1: most is 50, set by a policy",
                            "bank 1: most is 50, unchanged, because most cannot be 5000: not a whole number of 1 to 100",
                            "bank 1: pause is PT30S, the safe value, because pause cannot be \"PT1H\": not a time of PT0S"
                                    + " to PT1M",
                            "bank 1: open is true, unchanged, because open cannot be \"yes\": not true or false");
            assertThat(scene.sentences())
                    .contains(
                            "bank 1: a flooded policy has unknown parameters, which are ignored: [more]",
                            "bank 1: a flooded policy was ignored, because it is not a map from names to values:"
                                    + " \"nonsense\"");
        });
    }

    @Test
    void aFloodedPolicyDoesNotSetWhatOnlyTheOperatorSets() {
        Parameter<String> place = Parameter.text("place", "here", text -> !text.isEmpty(), "a place")
                .withSafeValue("nowhere")
                .withOperatorOnly();
        verify(scene -> {
            AsaManifest manifest = AsaManifest.of("bank", "1").withParameters(place);
            scene.run(AsaSetup.of(InstalledAsa.of(() -> TestAsa.idle(manifest)), Map.of("place", "there")));
            Asa operator = scene.run.await(scene.other.registerAsa("operator"));
            Objective policy = Objective.synchronizable("bank.Params");
            scene.run.await(operator.register(policy));

            flood(scene, operator, policy.withValue(Map.of("place", "elsewhere")));

            assertThat(scene.info("bank").parameters().get(0).value()).isEqualTo("there");
            assertThat(scene.events.stream().filter(ParameterSet.class::isInstance))
                    .extracting(HostEvent::sentence)
                    .contains("bank 1: place is there, unchanged, because only the operator sets place");
        });
    }

    @Test
    void aPolicyStaysInForceAfterATakeoverAlsoOneOfTheNodeItselfOrOneThatHasExpired() {
        verify(scene -> {
            scene.run(limits("1", 200));
            for (Grasp source : List.of(scene.node, scene.other)) {
                Asa operator = scene.run.await(source.registerAsa("operator"));
                Objective policy = Objective.synchronizable("bank.Params");
                scene.run.await(operator.register(policy));
                String parameter = source == scene.node ? "most" : "least";
                flood(scene, operator, policy.withValue(Map.of(parameter, 120)));
                scene.run.await(operator.deregister());
            }
            scene.run.advance(Duration.ofMinutes(2));
            scene.events.clear();

            scene.run(limits("2", 200));
            assertThat(scene.info("bank").version()).isEqualTo("2");
            assertThat(scene.info("bank").parameters())
                    .extracting(parameter -> parameter.name() + " " + parameter.value() + " " + parameter.source())
                    .containsExactly("most 120 policy", "least 120 policy");
            assertThat(scene.sentences()).contains("bank 2: most is 120, set by a policy");

            scene.run(limits("3", 100));
            assertThat(scene.info("bank").parameters().get(0).value()).isEqualTo("50");
            assertThat(scene.sentences())
                    .contains(
                            "bank 3: most is 50, unchanged, because most cannot be 120: not a whole number of 1 to 100");
        });
    }

    private static AsaSetup limits(String version, long most) {
        AsaManifest manifest = AsaManifest.of("bank", version)
                .withParameters(Parameter.number("most", 50, 1, most), Parameter.number("least", 1, 0, most));
        return TestAsa.idle(manifest).setup();
    }

    private static void flood(Scene scene, Asa operator, Objective policy) {
        scene.run.await(operator.flood(policy, Duration.ofMinutes(1)));
        scene.run.advance(MOMENT);
    }

    @Test
    void aChangedSettingIsAppliedWithoutANewStart() {
        Parameter<Long> most = Parameter.number("most", 10, 1, 100);
        verify(scene -> {
            InstalledAsa code = InstalledAsa.of(
                    () -> TestAsa.idle(AsaManifest.of("bank", "1").withParameters(most)));
            scene.run(AsaSetup.of(code));
            scene.run(AsaSetup.of(code, Map.of("most", "20")));

            assertThat(scene.info("bank").parameters().get(0).value()).isEqualTo("20");
            assertThat(scene.info("bank").starts()).isEqualTo(1);
            assertThatExceptionOfType(HostException.class)
                    .isThrownBy(() -> AsaSetup.of(code, Map.of("most", "2000")))
                    .withMessage("most cannot be 2000: not a whole number of 1 to 100");
            assertThatExceptionOfType(HostException.class)
                    .isThrownBy(() -> AsaSetup.of(code, Map.of("least", "1")))
                    .withMessage("bank has no parameter least; it has most");
        });
    }

    @Test
    void aPlanWithTwoAsasOfOneNameChangesNothing() {
        verify(scene -> {
            scene.run(TestAsa.idle(manifest("a")).setup());
            AsaSetup b = TestAsa.idle(manifest("b")).setup();

            assertThatExceptionOfType(HostException.class)
                    .isThrownBy(() -> scene.run(b, TestAsa.idle(manifest("b")).setup()))
                    .withMessage("the plan has two ASAs named b: of program and of program");
            assertThat(scene.state("a")).isEqualTo(LifeCycleState.OPERATIONAL);
        });
    }

    /** A bank that accepts after a second; its offers say which version it is. */
    private static TestAsa bank(String version, boolean fails) {
        return new TestAsa(
                AsaManifest.of("bank", version).withObjectives("EX3"),
                context -> context.asa()
                        .register(EX3)
                        .then(context.serve(
                                fails ? Mono.error(new IllegalStateException("broken")) : Mono.empty(),
                                context.asa()
                                        .listenNegotiate(
                                                EX3,
                                                negotiation -> negotiation.converse(offers ->
                                                        offers.concatMap(offer -> Mono.just(
                                                                        offer.value()
                                                                                        .as(String.class)
                                                                                        .isEmpty()
                                                                                ? Move.propose(version)
                                                                                : Move.accept())
                                                                .delayElement(
                                                                        Duration.ofMillis(100),
                                                                        context.scheduler())))))));
    }

    /** {@return the version that a new negotiation has reached} */
    private static Mono<String> ask(Asa customer) {
        return customer.negotiate(
                        EX3.withValue((Object) ""),
                        RequestOptions.within(Duration.ofSeconds(5)),
                        offers -> offers.map(offer -> Move.propose(offer.value())))
                .map(AsaHostTest::version);
    }

    private static String version(NegotiationOutcome outcome) {
        return outcome instanceof Accepted accepted
                ? accepted.objective().value().as(String.class)
                : "none: " + outcome;
    }

    @Test
    void aVersionTakesOverUnderAThousandNegotiationsInASecondAndNoneFails() {
        verify(scene -> {
            Asa customer = scene.run.await(scene.other.registerAsa("customer"));
            scene.run.await(customer.register(EX3));
            scene.run(bank("1", false).setup());
            Map<String, Integer> versions = new TreeMap<>();
            AtomicInteger begun = new AtomicInteger();
            scene.run.inBackground(Flux.interval(Duration.ofMillis(1), scene.other.scheduler())
                    .take(2500)
                    .flatMap(tick -> ask(customer).doOnSubscribe(asked -> begun.incrementAndGet()), Integer.MAX_VALUE)
                    .doOnNext(version -> versions.merge(version, 1, Integer::sum)));

            scene.run.advance(Duration.ofSeconds(1));
            scene.run(bank("2", false).setup());
            scene.run.advance(Duration.ofSeconds(3));

            assertThat(begun).hasValue(2500);
            assertThat(versions.keySet()).containsExactly("1", "2");
            assertThat(versions.values().stream().mapToInt(each -> each).sum()).isEqualTo(2500);
            assertThat(versions.get("1")).isBetween(900, 1300);
            assertThat(scene.states())
                    .containsSubsequence(
                            "bank 2 INSTANTIATED",
                            "bank 2 OPERATIONAL",
                            "bank 1 DRAINING",
                            "bank 1 STOPPED",
                            "bank 1 UNDEPLOYED");
            assertThat(scene.info("bank").version()).isEqualTo("2");
        });
    }

    @Test
    void aVersionThatDoesNotBecomeReadyDoesNotTakeOver() {
        verify(CONFIG.withReadyWithin(Duration.ofSeconds(3)), scene -> {
            Asa customer = scene.run.await(scene.other.registerAsa("customer"));
            scene.run.await(customer.register(EX3));
            scene.run(bank("1", false).setup());
            TestAsa second = new TestAsa(AsaManifest.of("bank", "2"), context -> Mono.never());
            scene.run(second.setup());
            scene.run.advance(Duration.ofSeconds(4));

            assertThat(scene.run.await(ask(customer))).isEqualTo("1");
            assertThat(scene.info("bank").version()).isEqualTo("1");
            assertThat(scene.sentences()).contains("bank 2 has not taken over: bank was not ready within 3 s");

            scene.run(bank("3", false).setup());
            scene.run.advance(Duration.ofSeconds(1));
            assertThat(scene.run.await(ask(customer))).isEqualTo("3");
        });
    }

    @Test
    void aVersionThatFailsInsteadOfTakingOverLeavesTheOldOne() {
        Parameter<Long> most = Parameter.number("most", 10, 1, 100);
        List<Long> values = new ArrayList<>();
        verify(scene -> {
            InstalledAsa first = InstalledAsa.of(() -> new TestAsa(
                    AsaManifest.of("bank", "1").withParameters(most),
                    context -> context.serve(context.values(most).doOnNext(values::add))));
            scene.run(AsaSetup.of(first));
            scene.run(bank("2", true).setup());
            scene.run.advance(Duration.ofSeconds(2));

            assertThat(scene.info("bank").starts()).isGreaterThan(2);
            assertThat(scene.info("bank").version()).isEqualTo("1");
            assertThat(scene.info("bank").detail())
                    .isEqualTo("bank 2 has not taken over: bank has failed: java.lang.IllegalStateException: broken");
            assertThat(scene.sentences())
                    .contains("bank 2 has not taken over: bank has failed: java.lang.IllegalStateException: broken");

            scene.run(AsaSetup.of(first, Map.of("most", "20")));
            assertThat(values).containsExactly(10L, 20L);
            assertThat(scene.info("bank").parameters().get(0).value()).isEqualTo("20");
        });
    }

    @Test
    void anExclusiveVersionStartsWhenTheOtherOneHasEnded() {
        verify(scene -> {
            scene.run(bank("1", false).setup());
            TestAsa exclusive = TestAsa.idle(AsaManifest.of("bank", "2").withExclusive(true));
            scene.run(exclusive.setup());

            assertThat(scene.states())
                    .containsSubsequence(
                            "bank 1 DRAINING", "bank 1 STOPPED", "bank 2 INSTANTIATED", "bank 2 OPERATIONAL");
        });
    }

    /** A version whose drain takes half a minute. */
    private static AsaSetup slowToDrain(String version) {
        return AsaSetup.of(InstalledAsa.of(() -> new HostedAsa() {
            private HostContext own;

            @Override
            public AsaManifest manifest() {
                return AsaManifest.of("bank", version);
            }

            @Override
            public Mono<?> start(HostContext context) {
                own = context;
                return context.serve(Mono.never());
            }

            @Override
            public Mono<Void> drain() {
                return Mono.delay(Duration.ofSeconds(30), own.scheduler()).then();
            }
        }));
    }

    @Test
    void aVersionThatDrainsKeepsItsCodeAndTheHostOpen() {
        verify(scene -> {
            AsaSetup once = new TestAsa(
                            manifest("once"), context -> Mono.delay(Duration.ofSeconds(5), context.scheduler()))
                    .setup();
            scene.run(slowToDrain("1"), once);
            AsaSetup second = TestAsa.idle(AsaManifest.of("bank", "2")).setup();
            scene.run(second, once);
            scene.run.advance(Duration.ofSeconds(6));
            assertThat(scene.states())
                    .contains("once 1 STOPPED", "bank 2 OPERATIONAL", "bank 1 DRAINING")
                    .doesNotContain("bank 1 STOPPED", "bank 1 UNDEPLOYED");
            assertThat(scene.info("bank").detail()).isEqualTo("1 drains");

            Disposable closing = scene.run.inBackground(scene.host.closeAsync());
            scene.run.advance(Duration.ofSeconds(10));
            assertThat(closing.isDisposed()).isFalse();
            scene.run.advance(Duration.ofSeconds(20));
            assertThat(scene.states()).containsSubsequence("bank 1 STOPPED", "bank 1 UNDEPLOYED");
        });
    }

    @Test
    void aVersionThatFailsAfterItHasTakenOverIsStartedAgainWhileTheOldOneDrains() {
        verify(scene -> {
            scene.run(slowToDrain("1"));
            AtomicInteger starts = new AtomicInteger();
            TestAsa second = new TestAsa(
                    AsaManifest.of("bank", "2"),
                    context -> context.serve(
                            starts.getAndIncrement() > 0
                                    ? Mono.never()
                                    : Mono.delay(Duration.ofSeconds(1), context.scheduler())
                                            .then(Mono.error(new IllegalStateException("broken")))));
            scene.run(second.setup());
            scene.run.advance(Duration.ofSeconds(4));

            assertThat(scene.states()).doesNotContain("bank 1 STOPPED");
            assertThat(scene.state("bank")).isEqualTo(LifeCycleState.OPERATIONAL);
            assertThat(scene.info("bank").starts()).isEqualTo(3);
        });
    }

    @Test
    void anAsaThatFailsTooOftenInARowIsNotStartedAgain() {
        verify(CONFIG.withRestarts(2), scene -> {
            AsaSetup failing = new TestAsa(manifest("failing"), context -> {
                        throw new IllegalStateException("no luck");
                    })
                    .setup();
            scene.run(failing);
            scene.run.advance(Duration.ofMinutes(1));

            assertThat(scene.info("failing").starts()).isEqualTo(3);
            assertThat(scene.info("failing").failures()).isEqualTo(Map.of(HostException.Kind.FAILED, 3L));
            assertThat(scene.sentences())
                    .contains("failing 1 is stopped: failing has failed: java.lang.IllegalStateException: no luck;"
                            + " it is not started again, because it has failed 3 times in a row");

            scene.run();
            scene.run(failing);
            assertThat(scene.info("failing").starts()).isEqualTo(1);
        });
    }

    @Test
    void anAsaHasABurstOfReportsAndThenTenASecondAndTheOthersAreCounted() {
        verify(scene -> {
            scene.run(new TestAsa(manifest("chatty"), context -> {
                        context.ready();
                        return Flux.interval(Duration.ZERO, Duration.ofMillis(1), context.scheduler())
                                .take(10_000)
                                .doOnNext(tick -> context.report("report " + tick))
                                .thenMany(Mono.never());
                    })
                    .setup());
            scene.run.advance(Duration.ofMillis(9_999));
            assertThat(scene.events)
                    .filteredOn(HostEvent.Reported.class::isInstance)
                    .hasSizeBetween(198, 200);

            scene.run.advance(Duration.ofSeconds(2));
            long leftOut = scene.sentences().stream()
                    .map(Pattern.compile("chatty 1 reports too much: (\\d+) reports were left out")::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(counted -> Long.parseLong(counted.group(1)))
                    .sum();
            assertThat(leftOut).isBetween(9_800L, 9_802L);
        });
    }

    /** {@return an ASA that fails in one way for each requested value, and accepts others} */
    private static TestAsa fragile() {
        return new TestAsa(
                AsaManifest.of("fragile", "1").withObjectives("EX3"),
                context -> context.asa()
                        .register(EX3)
                        .then(context.serve(context.asa().listenNegotiate(EX3, customer -> {
                            String asked = customer.objective().value().as(String.class);
                            if (asked.equals("throw")) {
                                throw new IllegalStateException("no luck");
                            }
                            if (asked.equals("recurse")) {
                                recurse(0);
                            }
                            return customer.converse(offers -> offers.map(offer -> {
                                if (asked.equals("converse")) {
                                    throw new IllegalStateException("no move");
                                }
                                return Move.accept();
                            }));
                        }))));
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static Mono<String> ask(Asa customer, String value) {
        return customer.negotiate(
                        EX3.withValue((Object) value),
                        RequestOptions.within(Duration.ofSeconds(5)),
                        offers -> offers.map(offer -> Move.accept()))
                .map(outcome ->
                        outcome instanceof NegotiationOutcome.Declined declined ? declined.reason() : "accepted");
    }

    @Test
    void aHandlerThatFailsEndsItsSessionAndTheHostNamesAndCountsTheAsaWhichGoesOn() {
        verify(scene -> {
            Asa customer = scene.run.await(scene.other.registerAsa("customer"));
            scene.run.await(customer.register(EX3));
            scene.run(fragile().setup());
            for (String value : List.of("throw", "converse", "recurse")) {
                assertThat(scene.run.await(ask(customer, value))).isEqualTo("internal error");
            }
            assertThat(scene.run.await(ask(customer, "nothing"))).isEqualTo("accepted");

            assertThat(scene.sentences())
                    .filteredOn(sentence -> sentence.startsWith("fragile 1: a handler failed: "))
                    .hasSize(3)
                    .anyMatch(sentence -> sentence.contains("IllegalStateException: no luck"))
                    .anyMatch(sentence -> sentence.contains("IllegalStateException: no move"))
                    .anyMatch(sentence -> sentence.contains("StackOverflowError"));
            HostedAsaInfo info = scene.info("fragile");
            assertThat(info.failures()).isEqualTo(Map.of(HostException.Kind.HANDLER, 3L));
            assertThat(info.lastFailure().orElse("")).contains("a handler failed: ", "StackOverflowError");
            assertThat(info.state()).isEqualTo(LifeCycleState.OPERATIONAL);
            assertThat(info.starts()).isEqualTo(1);
        });
    }

    @Test
    void aSessionThatItsPeerEndsIsNoFailureOfTheAsa() {
        verify(scene -> {
            Asa customer = scene.run.await(scene.other.registerAsa("customer"));
            scene.run.await(customer.register(EX3));
            scene.run(new TestAsa(
                            manifest("patient"),
                            context -> context.asa()
                                    .register(EX3)
                                    .then(context.serve(context.asa()
                                            .listenNegotiate(
                                                    EX3, negotiation -> negotiation.converse(offers -> Mono.never())))))
                    .setup());
            Disposable asked = scene.run.inBackground(ask(customer, "nothing"));
            scene.run.advance(Duration.ofSeconds(1));
            asked.dispose();
            scene.run.advance(Duration.ofSeconds(1));

            assertThat(scene.info("patient").failures()).isEmpty();
            assertThat(scene.sentences()).noneMatch(sentence -> sentence.contains("handler"));
        });
    }

    @Test
    void failuresOfHandlersAreReportedAtABoundedRateAndTheOthersAreCounted() {
        verify(scene -> {
            Asa customer = scene.run.await(scene.other.registerAsa("customer"));
            scene.run.await(customer.register(EX3));
            scene.run(fragile().setup());
            for (int i = 0; i < 100; i++) {
                scene.run.await(ask(customer, "throw"));
            }
            scene.run.advance(Duration.ofMinutes(1));

            assertThat(scene.info("fragile").failures()).isEqualTo(Map.of(HostException.Kind.HANDLER, 100L));
            long told = scene.sentences().stream()
                    .filter(sentence -> sentence.startsWith("fragile 1: a handler failed: "))
                    .count();
            assertThat(told).isBetween(10L, 15L);
            assertThat(
                            scene.sentences().stream()
                                    .map(Pattern.compile(
                                            "fragile 1: (\\d+) more failures of handlers were not reported")::matcher)
                                    .filter(Matcher::matches)
                                    .mapToLong(counted -> Long.parseLong(counted.group(1)))
                                    .sum())
                    .isEqualTo(100 - told);
        });
    }

    @Test
    void anAsaThatHasEndedByItselfIsStartedAgainWhenThePlanHasItAgain() {
        verify(scene -> {
            AsaSetup once = new TestAsa(manifest("once"), context -> Mono.empty()).setup();
            scene.run(once);
            scene.run.advance(Duration.ofMinutes(1));
            scene.run(once);
            scene.run.advance(Duration.ofMinutes(1));
            assertThat(scene.info("once").starts()).isEqualTo(1);
            assertThat(scene.info("once").detail()).isEqualTo("it has ended by itself");

            scene.run();
            scene.run(once);
            scene.run.advance(Duration.ofMinutes(1));
            assertThat(scene.states().stream().filter("once 1 INSTANTIATED"::equals))
                    .hasSize(2);
        });
    }

    @Test
    void anAsaThatDoesNotFinishIsStoppedWithASentence() {
        verify(CONFIG.withDrainWithin(Duration.ofSeconds(2)), scene -> {
            HostedAsa busy = new HostedAsa() {
                @Override
                public AsaManifest manifest() {
                    return AsaManifest.of("busy", "1");
                }

                @Override
                public Mono<?> start(HostContext context) {
                    context.ready();
                    return Mono.never();
                }

                @Override
                public Mono<Void> drain() {
                    return Mono.never();
                }
            };
            scene.run(AsaSetup.of(InstalledAsa.of(() -> busy)));
            scene.run();
            scene.run.advance(Duration.ofSeconds(3));

            assertThat(scene.sentences())
                    .anyMatch(sentence ->
                            sentence.startsWith("busy 1 was stopped before it had finished what was in progress"));
            assertThat(scene.run.await(scene.host.asas())).isEmpty();
        });
    }
}
