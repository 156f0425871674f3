package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for events on other threads, for a bounded time. */
public final class Await {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("timed out waiting for %s", what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    public static <T> T result(String what, CompletableFuture<T> future) {
        until(what, future::isDone);
        return future.join();
    }
}
