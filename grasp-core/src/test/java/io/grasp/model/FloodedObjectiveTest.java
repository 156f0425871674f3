package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FloodedObjectiveTest {
    private static FloodedObjective flooded(Duration ttl, long expiresNanos) {
        return new FloodedObjective(
                Objective.synchronizable("EX1"), null, InetAddress.getLoopbackAddress(), "lan", 1, ttl, expiresNanos);
    }

    @Test
    void expiresAtItsTime() {
        FloodedObjective flooded =
                flooded(Duration.ofSeconds(10), Duration.ofSeconds(25).toNanos());

        assertThat(flooded.expires()).isEqualTo(Duration.ofSeconds(25));
        assertThat(flooded.isExpired(Duration.ofSeconds(25).minusNanos(1))).isFalse();
        assertThat(flooded.isExpired(Duration.ofSeconds(25))).isTrue();
    }

    @Test
    void indefiniteOneNeverExpires() {
        FloodedObjective flooded = flooded(FloodedObjective.INDEFINITE, AsaLocator.INDEFINITE_NANOS);

        assertThat(flooded.expires()).isEqualTo(FloodedObjective.INDEFINITE);
        assertThat(flooded.isExpired(Duration.ofNanos(Long.MAX_VALUE))).isFalse();
    }
}
