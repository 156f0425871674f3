package io.grasp.benchmarks.load.workload;

import java.util.concurrent.atomic.AtomicLong;

/** Receives the multicasts of one link, and counts them. */
public abstract class FloodReceiver implements AutoCloseable {
    private final int port;
    private final AtomicLong received = new AtomicLong();

    protected FloodReceiver(int port) {
        this.port = port;
    }

    /** {@return the UDP port on which it listens} */
    public final int port() {
        return port;
    }

    /** Counts one received multicast. Called only on the receiver's loop. */
    protected final void countOne() {
        received.lazySet(received.get() + 1);
    }

    /** {@return the number of multicasts received} May be called on any thread. */
    public final long received() {
        return received.get();
    }

    @Override
    public abstract void close();
}
