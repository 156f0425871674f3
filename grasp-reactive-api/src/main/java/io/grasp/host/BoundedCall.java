package io.grasp.host;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A call of code of an ASA that may not return, on a thread of its own. */
final class BoundedCall<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    private BoundedCall(String name, Supplier<? extends T> call, Consumer<? super T> late) {
        this.thread = new Thread(() -> run(call, late), name);
        thread.setDaemon(true);
    }

    /**
     * Begins a call.
     *
     * @param name the name of the thread
     * @param call the call
     * @param late receives, on that thread, a result that comes too late
     */
    static <T> BoundedCall<T> of(String name, Supplier<? extends T> call, Consumer<? super T> late) {
        BoundedCall<T> begun = new BoundedCall<>(name, call, late);
        begun.thread.start();
        return begun;
    }

    private void run(Supplier<? extends T> call, Consumer<? super T> late) {
        T value;
        try {
            value = call.get();
        } catch (Throwable e) { // whatever code of an ASA throws
            result.completeExceptionally(e);
            return;
        }
        if (!result.complete(value)) {
            late.accept(value);
        }
    }

    /**
     * Waits for the end of the call. Blocks.
     *
     * @param longest how long; then the thread is interrupted
     * @return the result
     * @throws TimeoutException if the call has not returned in time, or the caller is interrupted
     */
    T await(Duration longest) throws TimeoutException {
        try {
            return result.get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw abandoned();
        } catch (TimeoutException e) {
            throw abandoned();
        }
    }

    private TimeoutException abandoned() {
        result.cancel(false);
        thread.interrupt();
        return new TimeoutException();
    }
}
