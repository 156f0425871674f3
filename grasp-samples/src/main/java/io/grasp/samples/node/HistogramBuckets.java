package io.grasp.samples.node;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.time.Duration;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Gives timers the buckets from which quantiles are computed: few, and the same for all, so that they can be added. */
final class HistogramBuckets implements MeterFilter {
    private static final double MILLI = Duration.ofMillis(1).toNanos();

    @Override
    public @Nullable DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        return id.getType() == Meter.Type.TIMER
                ? DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(DoubleStream.of(0.1, 1, 10, 100, 1_000, 10_000, 60_000)
                                .map(millis -> millis * MILLI)
                                .toArray())
                        .build()
                        .merge(config)
                : config;
    }
}
