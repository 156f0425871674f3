package io.grasp.samples.scenario;

import io.grasp.api.Grasp;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * When a workload acts on one node: every period, from a random moment in the first one.
 *
 * @param start when the first period begins
 * @param every the period
 * @param count how often the workload acts; {@code Long.MAX_VALUE} for the whole run
 */
record Schedule(Duration start, Duration every, long count) {
    private static final double NANOS_PER_MILLI = 1e6;

    static Schedule of(@Nullable Duration start, @Nullable Duration every, @Nullable Integer count) {
        Duration period = every == null ? Duration.ofSeconds(1) : every;
        if (period.isZero()) {
            throw new IllegalArgumentException("every must be above 0");
        }
        if (count != null && count < 0) {
            throw new IllegalArgumentException("count must not be negative");
        }
        return new Schedule(start == null ? Duration.ZERO : start, period, count == null ? Long.MAX_VALUE : count);
    }

    /** {@return the numbers of the actions, from 0, at their times} A slow action delays none of the others. */
    Flux<Long> on(Grasp node, RandomGenerator random) {
        Duration phase = Duration.ofNanos((long) (random.nextDouble() * every.toNanos()));
        return Flux.interval(start.plus(phase), every, node.scheduler())
                .onBackpressureDrop()
                .take(count);
    }

    static double millis(Duration time) {
        return time.toNanos() / NANOS_PER_MILLI;
    }
}
