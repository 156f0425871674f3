package io.grasp.engine.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final List<String> displaced = new ArrayList<>();
    private final FairQueue<String> queue = new FairQueue<>(10, displaced::add);

    private static TrafficSource source(int link, int host) {
        return new TrafficSource(link, 0xfe80L << 48, host);
    }

    private void offer(int link, int host, String... elements) {
        for (String element : elements) {
            queue.offer(source(link, host), element);
        }
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        for (String next = queue.poll(); next != null; next = queue.poll()) {
            all.add(next);
        }
        return all;
    }

    @Test
    void elementsOfOneSourceKeepTheirOrder() {
        offer(1, 1, "a", "b", "c");

        assertThat(all()).containsExactly("a", "b", "c");
        assertThat(queue.size()).isZero();
    }

    @Test
    void linksAndTheirSourcesAreServedInTurn() {
        offer(1, 1, "a1", "a2", "a3");
        offer(1, 2, "b1");
        offer(2, 1, "c1", "c2");

        assertThat(all()).containsExactly("a1", "c1", "b1", "c2", "a2", "a3");
    }

    /** A source that waits again after it was served comes after the others. */
    @Test
    void newElementsOfAServedSourceWaitForTheOthers() {
        offer(1, 1, "a1", "a2");
        offer(1, 2, "b1", "b2");
        assertThat(queue.poll()).isEqualTo("a1");
        offer(1, 1, "a3");

        assertThat(all()).containsExactly("b1", "a2", "b2", "a3");
    }

    @Test
    void aLinkThatIsNotReadyKeepsItsTurn() {
        offer(1, 1, "a1", "a2");
        offer(2, 1, "b1", "b2");
        assertThat(queue.waits(1)).isTrue();
        assertThat(queue.waits(3)).isFalse();

        assertThat(queue.poll(link -> link == 2)).isEqualTo("b1");
        assertThat(queue.poll(link -> link == 3)).isNull();
        assertThat(all()).containsExactly("a1", "b2", "a2");
        assertThat(queue.waits(1)).isFalse();
    }

    @Test
    void fullQueueRefusesItsLongestSource() {
        IntStream.range(0, 10).forEach(i -> offer(1, 1, "a" + i));

        assertThat(queue.offer(source(1, 1), "one more")).isFalse();
        assertThat(displaced).isEmpty();
    }

    @Test
    void fullQueueDisplacesTheOldestOfTheLongestSource() {
        IntStream.range(0, 10).forEach(i -> offer(1, 1, "a" + i));

        assertThat(queue.offer(source(1, 2), "b")).isTrue();
        assertThat(queue.offer(source(2, 1), "c")).isTrue();

        assertThat(displaced).containsExactly("a0", "a1");
        assertThat(all()).startsWith("a2", "c", "b", "a3").hasSize(10);
    }

    @Test
    void nothingIsLostOrServedTwice() {
        SplittableRandom random = new SplittableRandom(7);
        List<String> accepted = new ArrayList<>();
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String element = "e" + i;
            if (queue.offer(source(1 + random.nextInt(2), random.nextInt(3)), element)) {
                accepted.add(element);
            }
            if (random.nextInt(4) == 0) {
                String next = queue.poll();
                assertThat(next).isNotNull();
                served.add(next);
            }
            assertThat(queue.size()).isLessThanOrEqualTo(10);
        }
        served.addAll(all());
        served.addAll(displaced);
        assertThat(served).containsExactlyInAnyOrderElementsOf(accepted);
    }
}
