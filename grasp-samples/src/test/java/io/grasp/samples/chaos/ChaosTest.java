package io.grasp.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosFailure;
import io.grasp.simulation.chaos.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random networks with random faults. */
class ChaosTest {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final int TOGETHER = 150;
    private static final int EACH = 8;
    private static final int BESIDE_ADVERSARIES = 12;

    static Stream<Set<Fault>> oneByOne() {
        return Stream.concat(Stream.of(Set.of()), Stream.of(Fault.values()).map(Set::of));
    }

    @Test
    void allRulesHoldUnderFaultsOfAllKinds() {
        ChaosCounts counts = ChaosCounts.NONE;
        Set<Fault> seen = EnumSet.noneOf(Fault.class);
        for (int seed = 0; seed < TOGETHER; seed++) {
            RandomAsasResult result = verify(config(seed));
            counts = counts.plus(result.counts());
            seen.addAll(result.run().faults());
        }

        assertThat(seen).containsExactly(Fault.values());
        assertThat(counts.floods()).isGreaterThan(TOGETHER);
        assertThat(counts.locatorsFound()).isGreaterThan(TOGETHER);
        assertThat(counts.accepted()).isGreaterThan(TOGETHER);
        assertThat(counts.declined()).isPositive();
        assertThat(counts.synchronizations()).isGreaterThan(TOGETHER);
    }

    @ParameterizedTest
    @MethodSource("oneByOne")
    void allRulesHoldUnderFaultsOfOneKind(Set<Fault> faults) {
        for (int seed = 0; seed < EACH; seed++) {
            verify(config(1000 + seed).withFaults(faults));
        }
    }

    @Test
    void allRulesHoldBesideAdversaries() {
        ChaosCounts counts = ChaosCounts.NONE;
        for (int seed = 0; seed < BESIDE_ADVERSARIES; seed++) {
            counts = counts.plus(
                    verify(config(2000 + seed).withAdversaries(1 + seed % 3)).counts());
        }

        assertThat(counts.attacks()).isGreaterThan(1000);
        assertThat(counts.forged()).isPositive();
        assertThat(counts.accepted()).isPositive();
        assertThat(verify(config(2000).withAdversaries(1)).run().hash())
                .isEqualTo(verify(config(2000).withAdversaries(1)).run().hash());
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        RandomAsasResult first = verify(config(5));
        RandomAsasResult again = verify(config(5));

        assertThat(again.run().hash()).isEqualTo(first.run().hash());
        assertThat(again.counts()).isEqualTo(first.counts());
        assertThat(verify(config(6)).run().hash()).isNotEqualTo(first.run().hash());
    }

    @Test
    void runsInSeveralThreadsAreIndependent() throws ExecutionException, InterruptedException {
        List<Long> seeds = List.of(11L, 12L, 13L, 14L, 15L, 16L);
        List<String> oneByOne =
                seeds.stream().map(seed -> verify(config(seed)).run().hash()).toList();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<RandomAsasResult>> atOnce = new ArrayList<>();
            seeds.forEach(seed -> atOnce.add(threads.submit(() -> verify(config(seed)))));
            for (int i = 0; i < seeds.size(); i++) {
                assertThat(atOnce.get(i).get().run().hash()).isEqualTo(oneByOne.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Fails if the protocol's messages change, or the decisions of a seed: then insert the new hashes. */
    @ParameterizedTest
    @CsvSource({
        "1, 165d742cc0166ae2aadc0bd3d730629ba37ac533ec4d2cf488ed24bb293c5e76",
        "2, ae4aeb877f11eacd0219d04e723c5fe98df074cb6abaec201beeb2cfea429d94",
    })
    void aRunHasItsPinnedHash(long seed, String hash) {
        assertThat(verify(config(seed)).run().hash()).isEqualTo(hash);
    }

    private static ChaosConfig config(long seed) {
        return ChaosConfig.seeded(seed).withDuration(SHORT);
    }

    static RandomAsasResult verify(ChaosConfig config) {
        return verify(config, RandomAsas.USUAL_INTENSITY);
    }

    /** A run that must pass; if not, the failure has the seed and the end of the trace. */
    static RandomAsasResult verify(ChaosConfig config, int intensity) {
        RandomAsasResult result = RandomAsas.run(config, intensity);
        if (!result.run().passed()) {
            throw new ChaosFailure(result.run());
        }
        return result;
    }
}
