package io.grasp.benchmarks.load;

/** A client and a server, each on one loop, that hold sessions with each other. */
interface Contender extends AutoCloseable {
    /** {@return its name, for the table} */
    String name();

    /**
     * Begins one session after the other. Called from any thread.
     *
     * @param sessions what to hold, and who counts
     */
    void hold(ClosedLoop sessions);

    @Override
    void close();
}
