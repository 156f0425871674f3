package io.grasp.benchmarks.attack;

import java.io.IOException;
import java.time.Duration;

/** Legitimate traffic: exchanges that succeed or not. */
interface Traffic extends AutoCloseable {
    /**
     * Begins an exchange.
     *
     * @param number counts the exchanges from 0
     * @param success is called on success, on any thread, at most once
     */
    void begin(int number, Runnable success) throws IOException;

    /** {@return the time within which an exchange must succeed} */
    default Duration patience() {
        return Duration.ofSeconds(2);
    }

    @Override
    void close() throws IOException;
}
