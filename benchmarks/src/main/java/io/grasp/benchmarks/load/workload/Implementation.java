package io.grasp.benchmarks.load.workload;

import java.time.Duration;

/** A client and a server, each on its own loop, that run sessions with each other. */
public interface Implementation extends AutoCloseable {
    /** {@return its name, for the table} */
    String name();

    /**
     * Runs sessions, each followed by another, until the time is up.
     *
     * @param exchange the messages of a session
     * @param atOnce the number of concurrent sessions
     * @param time the duration
     */
    RunResult run(Exchange exchange, int atOnce, Duration time) throws InterruptedException;

    @Override
    void close();
}
