package io.grasp.substrate;

import java.util.concurrent.atomic.AtomicInteger;

/** A completion that records its result, and fails if it is called twice. */
final class TestCompletion implements Completion {
    private final Bench bench;
    private final String what;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Throwable failure;

    TestCompletion(Bench bench, String what) {
        this.bench = bench;
        this.what = what;
    }

    @Override
    public void done(Throwable newFailure) {
        bench.completion("completion of " + what);
        failure = newFailure;
        if (calls.incrementAndGet() > 1) {
            bench.violation("completion of " + what + " called again");
        }
    }

    boolean isDone() {
        return calls.get() > 0;
    }

    /** {@return the failure, or {@code null} for success} */
    Throwable awaitFailure() {
        bench.await("completion of " + what, this::isDone);
        return failure;
    }
}
