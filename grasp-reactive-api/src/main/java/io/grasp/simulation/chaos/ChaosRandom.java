package io.grasp.simulation.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random decisions that depend only on the seed of a run, and are the same on every JDK. The decisions for one purpose
 * do not affect those for another if each purpose has its own instance, made by {@link #split}. Not thread-safe.
 */
public final class ChaosRandom {
    private final SplittableRandom random;

    ChaosRandom(long seed) {
        this(new SplittableRandom(seed));
    }

    private ChaosRandom(SplittableRandom random) {
        this.random = random;
    }

    /** {@return a new instance, for another purpose} */
    public ChaosRandom split() {
        return new ChaosRandom(random.split());
    }

    long seed() {
        return random.nextLong();
    }

    /**
     * {@return true with the given probability, which is 0 to 1}
     *
     * @param probability 0 to 1
     */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /**
     * {@return a number from 0 to just below the given one}
     *
     * @param highest the bound, not included
     */
    public double upTo(double highest) {
        return random.nextDouble() * highest;
    }

    /**
     * {@return a number from {@code least} to {@code most}, both included}
     *
     * @param least the least value
     * @param most the greatest value
     */
    public int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    /**
     * {@return a duration of {@code least} to {@code most} whole milliseconds, both included}
     *
     * @param least the least value
     * @param most the greatest value
     */
    public Duration millis(int least, int most) {
        return Duration.ofMillis(between(least, most));
    }

    /**
     * {@return a duration from zero to just below the given one}
     *
     * @param end the bound, not included
     */
    public Duration before(Duration end) {
        return Duration.ofNanos((long) (random.nextDouble() * end.toNanos()));
    }

    /**
     * {@return one element of a list, which must not be empty}
     *
     * @param of the list
     * @param <T> the type of the elements
     */
    public <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /**
     * {@return the elements of a list in their order, each with the given probability}
     *
     * @param of the list
     * @param probability 0 to 1
     * @param <T> the type of the elements
     */
    public <T> List<T> some(List<T> of, double probability) {
        return of.stream().filter(each -> chance(probability)).toList();
    }

    /**
     * {@return at most {@code most} elements of a list, in random order}
     *
     * @param of the list
     * @param most the greatest value
     * @param <T> the type of the elements
     */
    public <T> List<T> sample(List<T> of, int most) {
        List<T> copy = new ArrayList<>(of);
        for (int i = copy.size(); i > 1; i--) {
            Collections.swap(copy, i - 1, random.nextInt(i));
        }
        return List.copyOf(copy.subList(0, Math.min(most, copy.size())));
    }
}
