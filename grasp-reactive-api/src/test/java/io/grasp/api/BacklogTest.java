package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** The values that wait for subscribers share a memory, by the neighbors that they came from. */
class BacklogTest {
    private static final int CAPACITY = 10;
    private static final TrafficSource NEIGHBOR = new TrafficSource(1, 0, 1);
    private static final TrafficSource OTHER = new TrafficSource(1, 0, 2);
    private static final TrafficSource BEYOND = new TrafficSource(2, 0, 1);

    private final FairPlaces<Runnable> places =
            new FairPlaces<>(CAPACITY, WhenOwnShareIsUsed.REPLACE_OLDEST, Runnable::run);

    private record Value(String key, int number, TrafficSource source, int bytes) {}

    private Backlog<Value> backlog() {
        return new Backlog.Latest<>(Value::key, Value::source, Value::bytes, places);
    }

    private static Value value(String key, int number, TrafficSource source) {
        return new Value(key, number, source, 1);
    }

    private static List<Integer> numbers(Backlog<Value> backlog) {
        List<Integer> numbers = new ArrayList<>();
        for (Value next = backlog.poll(); next != null; next = backlog.poll()) {
            numbers.add(next.number());
        }
        return numbers;
    }

    @Test
    void onlyTheLatestValueOfAKeyWaitsAtThePlaceOfTheFirst() {
        Backlog<Value> backlog = backlog();
        backlog.add(value("a", 1, NEIGHBOR));
        backlog.add(value("b", 2, NEIGHBOR));
        backlog.add(value("c", 3, NEIGHBOR));
        backlog.add(value("a", 4, NEIGHBOR));
        backlog.add(value("b", 5, NEIGHBOR));
        assertThat(places.used()).isEqualTo(2);
        assertThat(numbers(backlog)).containsExactly(4, 5, 3);
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(places.used()).isZero();
    }

    @Test
    void valuesComeInTheirOrderWhenTheOldestHasLeft() {
        Backlog<Value> backlog = backlog();
        backlog.add(value("a", 1, NEIGHBOR));
        backlog.add(value("b", 2, NEIGHBOR));
        assertThat(backlog.poll()).extracting(Value::number).isEqualTo(1);
        backlog.add(value("a", 3, NEIGHBOR));
        assertThat(numbers(backlog)).containsExactly(2, 3);
    }

    @Test
    void aValueThatIsTakenAtOnceNeedsNoPlace() {
        Backlog<Value> backlog = backlog();
        backlog.add(new Value("a", 1, NEIGHBOR, 2 * CAPACITY));
        assertThat(places.used()).isZero();
        assertThat(numbers(backlog)).containsExactly(1);
    }

    @Test
    void aNeighborThatFillsTheMemoryOfAllSubscribersDisplacesOnlyItsOwnValues() {
        Backlog<Value> slow = backlog();
        Backlog<Value> slower = backlog();
        for (Backlog<Value> each : List.of(slow, slower)) {
            each.add(value("first", 0, NEIGHBOR));
            each.add(value("other", -1, OTHER));
            each.add(value("beyond", -2, BEYOND));
        }
        for (int i = 1; i <= 100; i++) {
            slow.add(value("slow" + i, i, NEIGHBOR));
            slower.add(value("slower" + i, i, NEIGHBOR));
        }
        assertThat(places.used()).isEqualTo(CAPACITY);
        assertThat(numbers(slow)).containsExactly(0, -1, -2, 98, 99, 100);
        assertThat(numbers(slower)).containsExactly(0, -1, -2, 98, 99, 100);
    }

    @Test
    void aValueThatDoesNotFitIsLeftOut() {
        Backlog<Value> backlog = backlog();
        backlog.add(value("a", 1, NEIGHBOR));
        backlog.add(value("b", 2, NEIGHBOR));
        backlog.add(new Value("b", 3, NEIGHBOR, CAPACITY + 1));
        assertThat(places.used()).isZero();
        assertThat(numbers(backlog)).containsExactly(1);
    }

    @Test
    void aSubscriberThatGoesFreesItsPlaces() {
        Backlog<Value> backlog = backlog();
        for (int i = 0; i < 3; i++) {
            backlog.add(value("" + i, i, NEIGHBOR));
        }
        backlog.clear();
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(places.used()).isZero();
    }

    @Test
    void aCancelledSubscriberKeepsNothing() {
        VirtualLoop loop = new VirtualLoop();
        Backlog<Value> backlog = backlog();
        BaseSubscriber<Value> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                // requests nothing
            }
        };
        new LoopFlux<Value>(loop, () -> backlog, emitter -> {
                    for (int i = 0; i < 3; i++) {
                        emitter.next(value("" + i, i, NEIGHBOR));
                    }
                    return () -> {};
                })
                .subscribe(subscriber);
        loop.advance(Duration.ofMillis(1));
        assertThat(places.used()).isEqualTo(2);
        subscriber.cancel();
        loop.advance(Duration.ofMillis(1));
        assertThat(places.used()).isZero();
    }
}
