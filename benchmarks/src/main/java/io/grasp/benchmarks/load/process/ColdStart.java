package io.grasp.benchmarks.load.process;

import io.grasp.api.Grasp;
import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.substrate.netty.NettySubstrate;

/** The main class of a process that starts a node and prints a line when it is ready. */
final class ColdStart {
    static final String READY = "ready";

    private ColdStart() {}

    /**
     * Starts a node, prints that it is ready, and exits.
     *
     * @param args the link
     */
    public static void main(String[] args) {
        NettySubstrate substrate = NettySubstrate.create(GraspImplementation.network(args[0]));
        try (Grasp grasp = GraspImplementation.required(Grasp.start(GraspImplementation.config(substrate)))) {
            GraspImplementation.required(grasp.links());
            System.out.println(READY);
        }
    }
}
