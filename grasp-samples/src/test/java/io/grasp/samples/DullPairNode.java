package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A protected node that serves {@code colour}, and a DULL instance in the same process, on another link; the process
 * fails as soon as one of them does.
 */
final class DullPairNode {
    private DullPairNode() {}

    /** Arguments: the protected link, the DULL link. */
    public static void main(String[] args) {
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults().withLinks(args[0]).withAssumeSecure(true));
        Grasp node = Grasp.start(config).block();
        Grasp dull = Grasp.start(GraspConfig.dull(args[1], "AN_ACP")).block();
        Asa server = node.registerAsa("server").block();
        Objective colour = Objective.synchronizable("colour");
        server.register(colour).block();
        Asa listener = dull.registerAsa("listener").block();
        Flux.merge(
                        server.listenSynchronize(colour, Flux.just("red").concatWith(Flux.never())),
                        listener.floods("AN_ACP"),
                        Mono.fromRunnable(() -> System.out.println("ready")),
                        node.onClose(),
                        dull.onClose())
                .blockLast();
    }
}
