package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SecureIdsTest {
    private static final int MANY = 1000;

    @Test
    void noNumberComesAgain() {
        RandomGenerator ids = SecureIds.create();
        RandomGenerator others = SecureIds.create();
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            assertThat(seen.add(ids.nextLong())).isTrue();
            assertThat(seen.add(others.nextLong())).isTrue();
        }
        assertThat(seen).doesNotContain(0L); // what a number leaves behind
    }

    @Test
    void everyBitIsUsed() {
        RandomGenerator ids = SecureIds.create();
        int ones = 0;
        int zeros = 0;
        for (int i = 0; i < MANY; i++) {
            int id = ids.nextInt();
            ones |= id;
            zeros |= ~id;
        }
        assertThat(ones).isEqualTo(-1);
        assertThat(zeros).isEqualTo(-1);
    }
}
