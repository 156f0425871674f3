package io.grasp.benchmarks.load;

import java.util.concurrent.atomic.AtomicLong;

/** Receives the multicasts of one link, and counts them. */
abstract class FloodReceiver implements AutoCloseable {
    private final int port;
    private final AtomicLong taken = new AtomicLong();

    FloodReceiver(int port) {
        this.port = port;
    }

    /** {@return the UDP port on which it listens} */
    final int port() {
        return port;
    }

    /** Counts one more. Called only on the receiver's loop. */
    final void took() {
        taken.lazySet(taken.get() + 1);
    }

    /** {@return the number of multicasts received} May be called on any thread. */
    final long taken() {
        return taken.get();
    }

    @Override
    public abstract void close();
}
