package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The oracle of the fuzz test on generated items, whole and damaged. */
class RandomItemsTest {
    private static final int ROUNDS = 5_000;

    @Test
    void generatedItemsAreWellFormed() throws CborException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] item = CborGenerator.item(random, 5);
            CborScanner.requireSingleItem(item, 0, item.length, CborLimits.UNBOUNDED);
            CborOracle.check(item);
        }
    }

    @Test
    void damagedItemsAreReadAsTheOracleReadsThem() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] item = CborGenerator.item(random, 4);
            for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
                item[random.nextInt(item.length)] = (byte) random.nextInt();
            }
            CborOracle.check(Arrays.copyOf(item, item.length + random.nextInt(3)));
        }
    }

    @Test
    void randomBytesAreReadAsTheOracleReadsThem() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] noise = new byte[random.nextInt(24)];
            random.nextBytes(noise);
            CborOracle.check(noise);
        }
    }

    @Test
    void theSameSeedGivesTheSameItem() {
        assertThat(CborGenerator.item(new SplittableRandom(4), 5))
                .isEqualTo(CborGenerator.item(new SplittableRandom(4), 5));
    }
}
