package io.grasp.benchmarks.load;

import java.util.concurrent.atomic.AtomicLong;

/** Takes the multicasts of one link, and counts them. */
abstract class FloodReceiver implements AutoCloseable {
    private final int port;
    private final AtomicLong taken = new AtomicLong();

    FloodReceiver(int port) {
        this.port = port;
    }

    /** {@return the UDP port that it listens at} */
    final int port() {
        return port;
    }

    /** One more has been taken. Called on the receiver's loop alone. */
    final void took() {
        taken.lazySet(taken.get() + 1);
    }

    /** {@return how many it has taken} May be asked for on any thread. */
    final long taken() {
        return taken.get();
    }

    @Override
    public abstract void close();
}
