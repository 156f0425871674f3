package io.grasp.benchmarks.load;

/** Takes the multicasts of one link. */
interface FloodReceiver extends AutoCloseable {
    /** {@return its name, for the table} */
    String name();

    /** {@return the UDP port that it listens at} */
    int port();

    /** {@return how many it has taken} May be asked for on any thread. */
    long taken();

    @Override
    void close();
}
