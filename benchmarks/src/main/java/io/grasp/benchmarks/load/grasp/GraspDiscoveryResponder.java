package io.grasp.benchmarks.load.grasp;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.DiscoveryClient;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettySubstrate;
import java.net.SocketException;
import java.time.Duration;

/**
 * A node on two links that answers discoveries on the first link from its cache by O_DIVERT: a node on the second link
 * supports the objective.
 */
public final class GraspDiscoveryResponder implements LocalImplementation {
    private static final Objective EX9 = Objective.negotiable(DiscoveryClient.OBJECTIVE);
    private static final Duration SEARCH_TIME = Duration.ofSeconds(2);

    private final DiscoveryClient client;
    private final int port;
    private final Grasp supportingNode;
    private final Grasp cachingNode;

    public GraspDiscoveryResponder(String clientLink, String otherLink, int port) throws SocketException {
        this.client = new DiscoveryClient(clientLink);
        this.port = port;
        supportingNode = GraspImplementation.required(Grasp.start(config(port, otherLink)));
        Asa supportingAsa = GraspImplementation.required(supportingNode.registerAsa("Briggs"));
        RegistrationOptions discoverable =
                RegistrationOptions.DEFAULTS.withDiscoverable(true).withTtl(Duration.ofHours(1));
        GraspImplementation.required(supportingAsa.register(EX9, discoverable).thenReturn(true));
        cachingNode = GraspImplementation.required(Grasp.start(config(port, clientLink, otherLink)));
        Asa cachingAsa = GraspImplementation.required(cachingNode.registerAsa("Gray"));
        GraspImplementation.required(cachingAsa.discover(EX9, SEARCH_TIME).next());
    }

    private static GraspConfig config(int port, String... links) {
        NettyConfig network =
                GraspImplementation.network(links[0]).withLinks(links).withMulticastPort(port);
        return GraspImplementation.config(NettySubstrate.create(network));
    }

    @Override
    public void begin(ClosedLoop sessions) {
        client.begin(sessions, port);
    }

    @Override
    public void close() {
        cachingNode.close();
        supportingNode.close();
        client.close();
    }
}
