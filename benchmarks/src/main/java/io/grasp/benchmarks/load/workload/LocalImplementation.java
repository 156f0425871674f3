package io.grasp.benchmarks.load.workload;

import java.time.Duration;

/** An implementation that runs in this process. */
public interface LocalImplementation extends Implementation {
    /**
     * Begins one session after the other. Called from any thread.
     *
     * @param sessions the sessions to run, and their counters
     */
    void begin(ClosedLoop sessions);

    /** {@inheritDoc} Only implementations in their own process appear in a table. */
    @Override
    default String name() {
        return getClass().getSimpleName();
    }

    @Override
    default RunResult run(Exchange exchange, int atOnce, Duration time) throws InterruptedException {
        return run(new ClosedLoop(exchange, atOnce, time));
    }

    /** Runs sessions, perhaps at a fixed rate, if the implementation supports that. */
    default RunResult run(ClosedLoop sessions) throws InterruptedException {
        begin(sessions);
        return sessions.await();
    }
}
