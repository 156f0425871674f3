package io.grasp.simulation.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grasp.api.Grasp;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.simulation.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Chaos for the ASAs of users: correct ones pass, inserted defects are found, and failures can be repeated. */
class ChaosTest {
    private static final ChaosConfig STAR = ChaosConfig.seeded(1)
            .withTopology("star:4")
            .withDuration(Duration.ofSeconds(10))
            .withCalm(Duration.ofSeconds(60));

    private static final ChaosConfig QUIET = STAR.withTopology("chain:2").withFaults(Set.of());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void soundAsaPasses(long seed) {
        ChaosResult result = Chaos.verify(STAR.withSeed(seed), Bank::new);

        assertThat(result.passed()).isTrue();
        assertThat(result.complaints()).isEmpty();
        assertThat(result.trace().count()).isPositive();
    }

    @Test
    void sameSeedGivesSameRun() {
        ChaosResult first = Chaos.run(STAR, Bank::new);
        ChaosResult again = Chaos.run(STAR, Bank::new);
        ChaosResult other = Chaos.run(STAR.withSeed(2), Bank::new);

        assertThat(again.hash()).isEqualTo(first.hash());
        assertThat(again.script()).isEqualTo(first.script());
        assertThat(other.hash()).isNotEqualTo(first.hash());
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void recordedScriptRepeatsTheRun(long seed) {
        ChaosConfig config = STAR.withSeed(seed).withTopology("ring:5");
        ChaosResult random = Chaos.run(config, Bank::new);
        String recorded = random.script().orElseThrow().toString();

        ChaosResult scripted = Chaos.run(config.withScript(FaultScript.parse(recorded)), Bank::new);

        assertThat(scripted.hash()).isEqualTo(random.hash());
        assertThat(scripted.script()).isEqualTo(random.script());
        assertThat(scripted.faults()).isEqualTo(random.faults());
    }

    @Test
    void listenerThatOneErrorEndsIsFoundAndRepeatedWithAFewFaults() {
        long seed = IntStream.rangeClosed(1, 20)
                .filter(each -> !Chaos.run(STAR.withSeed(each), Bank.ClosesOnAnError::new)
                        .passed())
                .findFirst()
                .orElseThrow();
        ChaosFailure failure = catchThrowableOfType(
                ChaosFailure.class, () -> Chaos.verify(STAR.withSeed(seed), Bank.ClosesOnAnError::new));

        String script = failure.result().config().script().orElseThrow().toString();
        int before = Chaos.run(STAR.withSeed(seed), Bank.ClosesOnAnError::new)
                .script()
                .orElseThrow()
                .size();
        assertThat(failure.result().config().script().orElseThrow().size()).isLessThan(Math.min(5, before));
        assertThat(failure)
                .hasMessageContaining("seed " + seed + " on star:4")
                .hasMessageContaining(ChaosRun.ASAS_RUN + ": n0: the ASAs failed with")
                .hasMessageContaining(".withSeed(" + seed + "L).withScript(FaultScript.parse(\"" + script + "\"))");

        ChaosResult repeated =
                Chaos.run(STAR.withSeed(seed).withScript(FaultScript.parse(script)), Bank.ClosesOnAnError::new);
        assertThat(repeated.hash()).isEqualTo(failure.result().hash());
        assertThat(repeated.violations()).extracting(Violation::invariant).contains(ChaosRun.ASAS_RUN);
        assertThat(Chaos.run(STAR.withSeed(seed).withScript(FaultScript.parse(script)), Bank::new)
                        .passed())
                .isTrue();
    }

    @Test
    void traceOfAFailureEndsWhereTheFirstRuleWasViolated() {
        ChaosFailure failure = catchThrowableOfType(
                ChaosFailure.class,
                () -> Chaos.verify(
                        QUIET,
                        () -> planned(run -> run.at(Duration.ofMillis(1500), () -> run.violated("rule", "seen")))));

        assertThat(failure)
                .hasMessageContaining("rule: seen (noticed at 1.500 s)")
                .hasMessageContaining("Injected faults:\n  none");
        List<String> lines = failure.getMessage().lines().toList();
        assertThat(Double.parseDouble(lines.get(lines.size() - 1).strip().split(" ")[0]))
                .isLessThanOrEqualTo(1.5);
        assertThat(failure.result().violations())
                .containsExactly(new Violation("rule", Duration.ofMillis(1500), "seen"));
    }

    @Test
    void asasOfEachLifeAreEndedWithTheRun() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        ChaosConfig config = STAR.withScript(FaultScript.parse("1 crash n3; 2 start n3; 3 close n3; 4 start n3"));

        Chaos.verify(
                config,
                () -> new Bank.With(
                        3,
                        node -> Mono.never()
                                .doOnSubscribe(subscription -> begun.incrementAndGet())
                                .doFinally(how -> ended.incrementAndGet())));

        assertThat(begun).hasValue(3);
        assertThat(ended).hasValue(3);
    }

    @Test
    void operationMustEndUnlessItsNodeCrashes() {
        Consumer<ChaosRun> waitForEver = run ->
                run.at(Duration.ofSeconds(1), () -> run.operation(run.nodes().get(1), "wait", Mono.never()));

        assertThat(violationsOf(QUIET, waitForEver))
                .containsExactly(ChaosRun.OPERATIONS_END + ": n1: wait, begun at 1000 ms, has not ended");
        assertThat(violationsOf(QUIET.withScript(FaultScript.parse("2 crash n1; 3 start n1")), waitForEver))
                .isEmpty();
        assertThat(violationsOf(QUIET, run -> run.background(run.nodes().get(1), "wait", Mono.never())))
                .isEmpty();
    }

    @Test
    void operationMayFailAsFaultsMakeIt() {
        GraspException timeout = GraspException.local(GraspErrorCode.NO_REPLY, "late");
        Exception defect = new IllegalStateException("a defect");

        assertThat(violationsOf(QUIET, run -> run.operation(run.nodes().get(0), "ask", Mono.error(timeout))))
                .isEmpty();
        assertThat(violationsOf(QUIET, run -> run.operation(run.nodes().get(0), "ask", Mono.error(defect))))
                .singleElement()
                .asString()
                .startsWith(ChaosRun.ERRORS + ": n0: ask failed with " + defect);
    }

    @Test
    void asasThatFailWhileTheirNodeIsUpAreReported() {
        assertThat(Chaos.run(QUIET, () -> new Bank.With(0, node -> Flux.error(new IllegalStateException("a defect"))))
                        .violations())
                .extracting(Violation::invariant)
                .contains(ChaosRun.ASAS_RUN);
    }

    @Test
    void anExceptionOfTheWorkloadStopsTheRunAndIsTheCause() {
        IllegalStateException thrown = new IllegalStateException("a defect");
        AssertionError failed = new AssertionError("expected something else");

        ChaosFailure inATask = catchThrowableOfType(
                ChaosFailure.class,
                () -> Chaos.verify(QUIET, () -> planned(run -> run.at(Duration.ZERO, () -> sneak(thrown)))));
        assertThat(inATask).hasCause(thrown).hasMessageContaining("a defect");

        ChaosFailure inTheCheck = catchThrowableOfType(
                ChaosFailure.class,
                () -> Chaos.verify(QUIET, () -> new ChaosWorkload() {
                    @Override
                    public Publisher<?> started(ChaosNode node, Grasp grasp) {
                        return Mono.empty();
                    }

                    @Override
                    public void recovered(ChaosRun run) {
                        throw failed;
                    }
                }));
        assertThat(inTheCheck).hasCause(failed);
        assertThat(inTheCheck.result().failure()).containsSame(failed);
    }

    @Test
    void shrinkingTakesNoMoreRunsThanItMay() {
        AtomicInteger runs = new AtomicInteger();
        ChaosResult failed = Chaos.run(STAR, () -> planned(run -> run.violated("rule", "seen")));

        ChaosResult shrunk = Chaos.shrink(
                failed,
                () -> {
                    runs.incrementAndGet();
                    return planned(run -> {
                        if (run.config().script().orElseThrow().size() > 5) {
                            run.violated("rule", "seen");
                        }
                    });
                },
                7);

        assertThat(runs).hasValue(7);
        assertThat(shrunk.passed()).isFalse();
        assertThat(Chaos.shrink(failed, Bank::new, 0)).isSameAs(failed);
        assertThatIllegalArgumentException().isThrownBy(() -> Chaos.shrink(failed, Bank::new, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Chaos.shrink(Chaos.run(QUIET, Bank::new), Bank::new, 1))
                .withMessage("the run passed: there is nothing to shrink");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 crash n4", "1 down n0-n9", "1 disconnect n9 n0-n1", "10 crash n0"})
    void scriptMustFitTheRun(String script) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Chaos.run(STAR.withScript(FaultScript.parse(script)), Bank::new))
                .withMessageMatching("there is no (node|link) .*|fault '10 crash n0' is not within .*");
    }

    private static List<String> violationsOf(ChaosConfig config, Consumer<ChaosRun> plan) {
        return Chaos.run(config, () -> planned(plan)).violations().stream()
                .map(violation -> violation.invariant() + ": " + violation.what())
                .toList();
    }

    private static ChaosWorkload planned(Consumer<ChaosRun> plan) {
        return new Bank() {
            @Override
            public void plan(ChaosRun run) {
                plan.accept(run);
            }
        };
    }

    private static void sneak(RuntimeException thrown) {
        throw thrown;
    }
}
