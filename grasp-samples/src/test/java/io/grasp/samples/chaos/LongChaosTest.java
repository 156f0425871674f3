package io.grasp.samples.chaos;

import io.grasp.simulation.chaos.ChaosConfig;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A longer version of {@link ChaosTest}: other seeds, larger networks, longer runs, busier ASAs. */
@Tag("long")
class LongChaosTest {
    /** Beyond the seeds of the short tests. */
    private static final long FIRST = 1_000_000;

    @Test
    void allRulesHoldForAThousandSeeds() {
        verify(ChaosConfig.seeded(FIRST), 1000);
    }

    @Test
    void allRulesHoldInNetworksOfAHundredNodes() {
        verify(ChaosConfig.seeded(FIRST).withNodes(100), 50);
    }

    @Test
    void allRulesHoldDuringAnHourOfFaults() {
        verify(ChaosConfig.seeded(FIRST).withDuration(Duration.ofHours(1)), 20);
    }

    @Test
    void allRulesHoldAtTheHighestIntensity() {
        verify(ChaosConfig.seeded(FIRST), RandomAsas.MOST_INTENSE, 100);
    }

    @Test
    void allRulesHoldBesideAdversaries() {
        verify(ChaosConfig.seeded(FIRST).withAdversaries(2), 150);
        verify(ChaosConfig.seeded(FIRST).withAdversaries(8), 20);
    }

    private static void verify(ChaosConfig config, int seeds) {
        verify(config, RandomAsas.USUAL_INTENSITY, seeds);
    }

    private static void verify(ChaosConfig config, int intensity, int seeds) {
        for (int i = 0; i < seeds; i++) {
            ChaosTest.verify(config.withSeed(FIRST + i), intensity);
        }
    }
}
