package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventCollectorTest {
    private static final Duration GATHERING = Duration.ofMillis(10);
    private static final Duration PERIOD = Duration.ofMillis(500);

    private Duration now = Duration.ofSeconds(7);
    private final EventCollector<Integer> collector = new EventCollector<>(() -> now.toNanos(), 3, PERIOD, GATHERING);

    private record Batch(List<Integer> events, long skipped) {}

    private void add(int event) {
        if (collector.hasRoom()) {
            collector.add(event);
        }
    }

    @Test
    void theFirstEventAfterAQuietTimeComesSoonAndTheNextOnesAfterThePeriod() {
        assertThat(collector.isCollecting()).isFalse();
        assertThat(collector.begin()).isEqualTo(GATHERING);
        assertThat(collector.isCollecting()).isTrue();
        add(1);
        assertThat(collector.take(Batch::new)).isEqualTo(new Batch(List.of(1), 0));
        assertThat(collector.isCollecting()).isFalse();

        now = now.plusMillis(100);
        assertThat(collector.begin()).isEqualTo(Duration.ofMillis(400));
        assertThat(collector.take(Batch::new)).isEqualTo(new Batch(List.of(), 0));
    }

    @Test
    void eventsBeyondTheRateAreCounted() {
        collector.begin();
        for (int event = 1; event <= 5; event++) {
            add(event);
        }
        assertThat(collector.take(Batch::new)).isEqualTo(new Batch(List.of(1, 2, 3), 2));

        now = now.plusSeconds(1);
        collector.begin();
        add(6);
        assertThat(collector.take(Batch::new)).isEqualTo(new Batch(List.of(6), 0));
    }

    @Test
    void aBatchThatIsNotTakenIsBounded() {
        collector.begin();
        for (int event = 0; event < 100; event++) {
            add(event);
            now = now.plusSeconds(1);
        }
        Batch batch = collector.take(Batch::new);
        assertThat(batch.events()).hasSize(6).startsWith(0, 1, 2);
        assertThat(batch.skipped()).isEqualTo(94);
    }
}
