package io.grasp.benchmarks.attack;

import java.io.IOException;

/** Legitimate traffic: exchanges that succeed or not. */
interface Traffic extends AutoCloseable {
    /**
     * Begins an exchange.
     *
     * @param number counts the exchanges from 0
     * @param success is called on success, on any thread, at most once
     */
    void begin(int number, Runnable success) throws IOException;

    @Override
    void close() throws IOException;
}
