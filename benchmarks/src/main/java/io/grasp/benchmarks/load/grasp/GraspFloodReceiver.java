package io.grasp.benchmarks.load.grasp;

import io.grasp.api.Grasp;
import io.grasp.benchmarks.load.workload.FloodReceiver;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.netty.NettySubstrate;

/** A node that stores floods in its cache. */
public final class GraspFloodReceiver extends FloodReceiver {
    private final Grasp grasp;

    public GraspFloodReceiver(String link, int port) {
        super(port);
        NettySubstrate substrate =
                NettySubstrate.create(GraspImplementation.network(link).withMulticastPort(port));
        grasp = GraspImplementation.required(Grasp.start(
                GraspImplementation.config(substrate).withObserver(new GraspObserver() {
                    @Override
                    public void floodProcessed(MessageInfo flood, MessagePath path) {
                        countOne();
                    }
                })));
    }

    @Override
    public void close() {
        grasp.close();
    }
}
