package io.grasp.benchmarks.load;

import io.grasp.api.Grasp;
import io.grasp.engine.GraspObserver;
import io.grasp.engine.MessagePath;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.wire.Flood;
import java.util.concurrent.atomic.AtomicLong;

/** A node that takes floods into its cache. */
final class GraspFloodReceiver implements FloodReceiver {
    private final int port;
    private final AtomicLong taken = new AtomicLong();
    private final Grasp grasp;

    GraspFloodReceiver(String link, int port) {
        this.port = port;
        NettySubstrate substrate =
                NettySubstrate.create(GraspContender.network(link).withMulticastPort(port));
        grasp = GraspContender.required(Grasp.start(GraspContender.config(substrate)
                .withObserver(new GraspObserver() {
                    @Override
                    public void floodProcessed(Flood flood, MessagePath path) {
                        taken.lazySet(taken.get() + 1); // the loop alone writes it
                    }
                })));
    }

    @Override
    public String name() {
        return "GRASP";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long taken() {
        return taken.get();
    }

    @Override
    public void close() {
        grasp.close();
    }
}
