package io.grasp.benchmarks.load;

/** Those that hold sessions over TCP. */
enum ContenderKind {
    GRASP("GRASP"),
    NETTY("Netty"),
    NETTY_CLOSING("Netty, closing at once"),
    REACTOR_NETTY("Reactor Netty");

    private final String title;

    ContenderKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    LocalContender start(String link) {
        return switch (this) {
            case GRASP -> GraspContender.start(link);
            case NETTY -> new NettyContender(true);
            case NETTY_CLOSING -> new NettyContender(false);
            case REACTOR_NETTY -> new ReactorContender();
        };
    }
}
