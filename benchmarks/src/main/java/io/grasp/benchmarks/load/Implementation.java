package io.grasp.benchmarks.load;

import java.time.Duration;

/** A client and a server, each on one loop, that hold sessions with each other. */
interface Implementation extends AutoCloseable {
    /** {@return its name, for the table} */
    String name();

    /**
     * Holds sessions, each followed by another, until the time is up.
     *
     * @param exchange what a session is
     * @param atOnce how many at once
     * @param time how long
     */
    Tally hold(Exchange exchange, int atOnce, Duration time) throws InterruptedException;

    @Override
    void close();
}
