package io.grasp.benchmarks.load;

import java.io.IOException;
import java.util.List;

/** The measured implementations, each in its own process. */
enum ImplementationKind {
    GRASP("GRASP"),
    NETTY("Netty"),
    NETTY_CLOSING("Netty, closing at once"),
    REACTOR_NETTY("Reactor Netty"),
    GRASP_ANSWERER("GRASP"),
    NETTY_ANSWERER("Netty"),
    REACTOR_ANSWERER("Reactor Netty");

    private final String title;

    ImplementationKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** @param links the link, and for GRASP_ANSWERER a second link, where a node supports the objective */
    LocalImplementation start(List<String> links) throws IOException {
        String link = links.get(0);
        return switch (this) {
            case GRASP -> GraspImplementation.start(link);
            case NETTY -> new NettyImplementation(true);
            case NETTY_CLOSING -> new NettyImplementation(false);
            case REACTOR_NETTY -> new ReactorImplementation();
            case GRASP_ANSWERER -> new GraspDiscoveryResponder(link, links.get(1), MulticastChannels.GRASP_PORT);
            case NETTY_ANSWERER -> new NettyDiscoveryResponder(link, MulticastChannels.NETTY_PORT);
            case REACTOR_ANSWERER -> new ReactorDiscoveryResponder(link, MulticastChannels.REACTOR_PORT);
        };
    }
}
