package io.grasp.benchmarks.load;

import java.io.IOException;
import java.util.List;

/** The measured contenders, each in its own process. */
enum ContenderKind {
    GRASP("GRASP"),
    NETTY("Netty"),
    NETTY_CLOSING("Netty, closing at once"),
    REACTOR_NETTY("Reactor Netty"),
    GRASP_ANSWERER("GRASP"),
    NETTY_ANSWERER("Netty"),
    REACTOR_ANSWERER("Reactor Netty");

    private final String title;

    ContenderKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** @param links the link, and for GRASP_ANSWERER a second link, where a node supports the objective */
    LocalContender start(List<String> links) throws IOException {
        String link = links.get(0);
        return switch (this) {
            case GRASP -> GraspContender.start(link);
            case NETTY -> new NettyContender(true);
            case NETTY_CLOSING -> new NettyContender(false);
            case REACTOR_NETTY -> new ReactorContender();
            case GRASP_ANSWERER -> new GraspAnswerer(link, links.get(1), Multicasting.GRASP_PORT);
            case NETTY_ANSWERER -> new NettyAnswerer(link, Multicasting.NETTY_PORT);
            case REACTOR_ANSWERER -> new ReactorAnswerer(link, Multicasting.REACTOR_PORT);
        };
    }
}
