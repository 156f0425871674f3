package io.grasp.samples.transfer;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Spaces out data so that it does not exceed a rate. It may be used on any thread. */
final class RateLimit {
    private final long bytesPerSecond;
    private final Scheduler time;
    private final AtomicLong freeAtNanos;

    RateLimit(long bytesPerSecond, Scheduler time) {
        this.bytesPerSecond = bytesPerSecond;
        this.time = time;
        this.freeAtNanos = new AtomicLong(time.now(TimeUnit.NANOSECONDS));
    }

    /**
     * Lets data pass when those before it have had their time.
     *
     * @param bytes its length
     * @param data the data
     * @return the data
     */
    <T> Mono<T> pass(long bytes, T data) {
        if (bytesPerSecond == TransferLimits.UNLIMITED) {
            return Mono.just(data);
        }
        return Mono.defer(() -> {
            long now = time.now(TimeUnit.NANOSECONDS);
            long takes = Math.round(bytes * 1e9 / bytesPerSecond);
            long start = Math.max(now, freeAtNanos.getAndUpdate(free -> Math.max(now, free) + takes));
            return start == now
                    ? Mono.just(data)
                    : Mono.delay(Duration.ofNanos(start - now), time).thenReturn(data);
        });
    }
}
