package io.grasp.samples.transfer;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Spaces out data so that it does not exceed a rate. Confined to the thread of the scheduler. */
final class RateLimit {
    private final long bytesPerSecond;
    private final Scheduler time;
    private long freeAtNanos;

    RateLimit(long bytesPerSecond, Scheduler time) {
        this.bytesPerSecond = bytesPerSecond;
        this.time = time;
        this.freeAtNanos = time.now(TimeUnit.NANOSECONDS);
    }

    /** {@return completes when this many more bytes may pass} Those before them have taken their time by then. */
    Mono<Void> take(long bytes) {
        if (bytesPerSecond == TransferLimits.UNLIMITED || bytes == 0) {
            return Mono.empty();
        }
        return Mono.defer(() -> {
            long now = time.now(TimeUnit.NANOSECONDS);
            long start = Math.max(now, freeAtNanos);
            freeAtNanos = start + Math.round(bytes * 1e9 / bytesPerSecond);
            return start == now
                    ? Mono.empty()
                    : Mono.delay(Duration.ofNanos(start - now), time).then();
        });
    }
}
