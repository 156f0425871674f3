package io.grasp.benchmarks.load;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
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
final class GraspDiscoveryResponder implements LocalImplementation {
    /** The discovered objective. */
    static final String OBJECTIVE = "EX9";

    private static final Objective EX9 = Objective.negotiable(OBJECTIVE);
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(2);

    private final DiscoveryClient asker;
    private final int port;
    private final Grasp supporter;
    private final Grasp knower;

    GraspDiscoveryResponder(String askingLink, String otherLink, int port) throws SocketException {
        this.asker = new DiscoveryClient(askingLink, OBJECTIVE);
        this.port = port;
        supporter = GraspImplementation.required(Grasp.start(config(port, otherLink)));
        Asa supporting = GraspImplementation.required(supporter.registerAsa("supporter"));
        RegistrationOptions discoverable =
                RegistrationOptions.DEFAULTS.withDiscoverable(true).withTtl(Duration.ofHours(1));
        GraspImplementation.required(supporting.register(EX9, discoverable).thenReturn(true));
        knower = GraspImplementation.required(Grasp.start(config(port, askingLink, otherLink)));
        Asa knowing = GraspImplementation.required(knower.registerAsa("knower"));
        GraspImplementation.required(knowing.discover(EX9, LONGEST_SEARCH).next());
    }

    private static GraspConfig config(int port, String... links) {
        NettyConfig network =
                GraspImplementation.network(links[0]).withLinks(links).withMulticastPort(port);
        return GraspImplementation.config(NettySubstrate.create(network));
    }

    @Override
    public void hold(ClosedLoop sessions) {
        asker.hold(sessions, port);
    }

    @Override
    public void close() {
        knower.close();
        supporter.close();
        asker.close();
    }
}
