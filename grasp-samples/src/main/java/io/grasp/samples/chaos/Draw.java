package io.grasp.samples.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** What is left to chance. Only methods that give the same on every JDK are used. */
final class Draw {
    private final SplittableRandom random;

    Draw(long seed) {
        this(new SplittableRandom(seed));
    }

    private Draw(SplittableRandom random) {
        this.random = random;
    }

    /** {@return another one, so that what it is used for does not shift what this one gives} */
    Draw split() {
        return new Draw(random.split());
    }

    long seed() {
        return random.nextLong();
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** {@return a number from 0 to the highest} */
    double upTo(double highest) {
        return random.nextDouble() * highest;
    }

    /** {@return a number, both ends included} */
    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    Duration millis(int least, int most) {
        return Duration.ofMillis(between(least, most));
    }

    /** {@return a time from zero to just before another} */
    Duration before(Duration end) {
        return Duration.ofNanos((long) (random.nextDouble() * end.toNanos()));
    }

    <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** {@return some of them, each with this probability} */
    <T> List<T> some(List<T> of, double probability) {
        return of.stream().filter(each -> chance(probability)).toList();
    }

    /** {@return so many of them, or all if there are fewer} */
    <T> List<T> sample(List<T> of, int most) {
        List<T> copy = new ArrayList<>(of);
        for (int i = copy.size(); i > 1; i--) {
            Collections.swap(copy, i - 1, random.nextInt(i));
        }
        return List.copyOf(copy.subList(0, Math.min(most, copy.size())));
    }
}
