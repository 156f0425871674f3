package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes whose clocks are not the network's. */
class SimClockTest extends SimFixture {
    private final List<String> ran = new ArrayList<>();

    private void lan() {
        link("lan", LinkKind.DATAGRAM, DELAYED, "a", "b");
        start("a", "b");
    }

    /** Arms a timer of a node. */
    private void wakeIn(String node, Duration delay, String what) {
        Loop own = node(node).loop();
        loop.run(() -> own.wakeAt(
                own.nanoTime() + delay.toNanos(), () -> ran.add(network.now().toMillis() + " " + what)));
    }

    @Test
    void aFastClockFiresTimersEarly() {
        lan();
        node("a").setClock(Duration.ZERO, 2.0);
        wakeIn("a", Duration.ofSeconds(10), "fast");
        wakeIn("b", Duration.ofSeconds(10), "true");
        loop.runUntilIdle();
        assertThat(ran).containsExactly("5000 fast", "10000 true");
        assertThat(node("a").loop().nanoTime()).isEqualTo(Duration.ofSeconds(20).toNanos());
    }

    @Test
    void changingAClockMovesItsTimersAndNeverItsTimeBack() {
        lan();
        wakeIn("a", Duration.ofSeconds(10), "timer");
        loop.advance(Duration.ofSeconds(4));
        node("a").setClock(Duration.ZERO, 0.5);
        loop.advance(Duration.ofSeconds(4)); // the clock shows 6 s
        node("a").setClock(Duration.ofSeconds(-100), 1.0);
        assertThat(node("a").loop().nanoTime()).isEqualTo(Duration.ofSeconds(6).toNanos());
        loop.runUntilIdle();
        assertThat(ran).containsExactly("12000 timer");
        wakeIn("a", Duration.ofSeconds(30), "far");
        node("a").setClock(Duration.ofSeconds(60), 1.0);
        loop.runUntilIdle();
        assertThat(ran).containsExactly("12000 timer", "12000 far");
        assertThatIllegalArgumentException().isThrownBy(() -> node("a").setClock(Duration.ZERO, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> node("a").setClock(Duration.ZERO, Double.NaN));
    }
}
