package io.grasp.benchmarks.load.process;

import io.grasp.benchmarks.load.ceiling.NettyDiscoveryResponder;
import io.grasp.benchmarks.load.ceiling.NettyImplementation;
import io.grasp.benchmarks.load.ceiling.ReactorDiscoveryResponder;
import io.grasp.benchmarks.load.ceiling.ReactorImplementation;
import io.grasp.benchmarks.load.grasp.GraspDiscoveryResponder;
import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.benchmarks.load.grasp.SecuredNodes;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.grasp.benchmarks.load.workload.MulticastGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The implementations that can be measured. Each runs in its own process. */
public enum ImplementationKind {
    GRASP("GRASP"),
    GRASP_STREAMS("GRASP, TLS with streams"),
    GRASP_TLS("GRASP, TLS without streams"),
    NETTY("Netty"),
    NETTY_CLOSING("Netty, closing at once"),
    REACTOR_NETTY("Reactor Netty"),
    GRASP_RESPONDER("GRASP"),
    NETTY_RESPONDER("Netty"),
    REACTOR_RESPONDER("Reactor Netty");

    private final String title;

    ImplementationKind(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    /**
     * Starts the implementation in this process.
     *
     * @param links the link, for {@link #GRASP_STREAMS} and {@link #GRASP_TLS} instead the directory with their
     *     identities, and for {@link #GRASP_RESPONDER} a second link, where a node supports the objective
     */
    public LocalImplementation start(List<String> links) throws IOException {
        String link = links.get(0);
        return switch (this) {
            case GRASP -> GraspImplementation.start(link);
            case GRASP_STREAMS -> GraspImplementation.startSecured(Path.of(link), SecuredNodes.STREAMS_PORT, true);
            case GRASP_TLS -> GraspImplementation.startSecured(Path.of(link), SecuredNodes.CONNECTIONS_PORT, false);
            case NETTY -> new NettyImplementation(true);
            case NETTY_CLOSING -> new NettyImplementation(false);
            case REACTOR_NETTY -> new ReactorImplementation();
            case GRASP_RESPONDER -> new GraspDiscoveryResponder(link, links.get(1), MulticastGroup.GRASP_PORT);
            case NETTY_RESPONDER -> new NettyDiscoveryResponder(link, MulticastGroup.NETTY_PORT);
            case REACTOR_RESPONDER -> new ReactorDiscoveryResponder(link, MulticastGroup.REACTOR_PORT);
        };
    }
}
