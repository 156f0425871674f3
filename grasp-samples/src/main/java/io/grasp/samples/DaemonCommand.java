package io.grasp.samples;

import io.grasp.engine.GraspObserver;
import io.grasp.substrate.Link;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reactor.core.publisher.Mono;

/** Runs a node without an ASA. */
@Command(name = "daemon", description = "Runs a node without an ASA, until it is stopped.")
final class DaemonCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    DaemonCommand() {}

    @Override
    public Integer call() {
        Output output = network.output();
        GraspObserver observer = new GraspObserver() {
            @Override
            public void linkUp(Link link) {
                output.result(
                        new LinkEvent("up", link.name(), link.linkLocalAddress().getHostAddress()),
                        "Link " + link.name() + " is up at "
                                + link.linkLocalAddress().getHostAddress());
            }

            @Override
            public void linkDown(Link link) {
                output.result(new LinkEvent("down", link.name(), null), "Link " + link.name() + " is down");
            }

            @Override
            public void linkFailed(String link, Throwable cause) {
                output.result(
                        new LinkEvent("failed", link, Failures.oneLine(cause)),
                        "Link " + link + " failed: " + Failures.oneLine(cause));
            }
        };
        network.withNode(observer, grasp -> Mono.never());
        return 0;
    }

    private record LinkEvent(
            String event, String link, @Nullable String detail) {}
}
