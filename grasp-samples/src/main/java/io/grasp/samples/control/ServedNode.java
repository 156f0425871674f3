package io.grasp.samples.control;

import io.grasp.api.Grasp;
import io.grasp.host.AsaHost;
import io.grasp.samples.prefix.manager.PrefixManager;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The node of a command that serves a control API, or none. */
public final class ServedNode {
    private final @Nullable ControlServer server;
    private final Sinks.Empty<Void> stop;

    ServedNode(@Nullable ControlServer server, Sinks.Empty<Void> stop) {
        this.server = server;
        this.stop = stop;
    }

    /**
     * {@return the same work with a node that clients can look into, which also ends when a client stops the command}
     *
     * @param work what the command does with its node
     */
    public <T> Function<Grasp, Mono<T>> with(Function<Grasp, Mono<T>> work) {
        return grasp -> {
            if (server != null) {
                server.routes().serve(grasp);
            }
            return Mono.firstWithSignal(work.apply(grasp), stop.asMono().then(Mono.empty()));
        };
    }

    /** Lets clients look into a prefix manager of the node, and decide about its prefixes; or no longer. */
    public void prefixes(Optional<PrefixManager> manager) {
        if (server != null) {
            server.routes().servePrefixes(manager);
        }
    }

    /** Lets clients look into the host of the node's ASAs, too. */
    public void hosting(AsaHost host) {
        if (server != null) {
            server.routes().serve(host);
        }
    }

    /** {@return the server, which others can share; {@code null} if there is none} */
    public @Nullable ControlServer server() {
        return server;
    }
}
