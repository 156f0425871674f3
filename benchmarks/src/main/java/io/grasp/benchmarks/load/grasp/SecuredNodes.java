package io.grasp.benchmarks.load.grasp;

import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.nio.file.Path;

/** What the nodes of the measurements of secured sessions have in common. */
public final class SecuredNodes {
    /** The port at which the responder of a measurement with streams accepts connections. */
    public static final int STREAMS_PORT = 7117;

    /** The port of a measurement with a connection for each session. */
    public static final int CONNECTIONS_PORT = 7118;

    /** The names of the files with the identities in the directory of a run. */
    public static final String RESPONDER = "responder.p12";

    public static final String INITIATOR = "initiator.p12";
    public static final String STORM = "storm.p12";
    public static final String OUTSIDER = "outsider.p12";

    private static final int MANY = 10_000;

    private SecuredNodes() {}

    /** Creates the identities of a run. */
    public static void issue(Path directory) throws IOException {
        BenchmarkDomain domain = new BenchmarkDomain("benchmarks.example");
        domain.issue(directory.resolve(RESPONDER), 1);
        domain.issue(directory.resolve(INITIATOR), 2);
        domain.issue(directory.resolve(STORM), 3);
        new BenchmarkDomain("benchmarks.example").issue(directory.resolve(OUTSIDER), 4);
    }

    /** Opens an identity of a run. */
    public static Identity identity(Path file) throws IOException {
        try {
            return Identity.open(IdentityConfig.pkcs12(file, BenchmarkDomain.PASSWORD));
        } catch (IdentityException e) {
            throw new IOException(e);
        }
    }

    /** {@return the settings of a node} The limits of sessions are far above what is measured, and so are those of
     * handshakes if each session needs one. */
    static OverlayConfig overlay(int port, boolean streams) {
        OverlayConfig config = OverlayConfig.defaults()
                .withPort(port)
                .withStreams(streams)
                .withMaxNeighbors(MANY)
                .withMaxSessions(MANY, MANY);
        return streams ? config : config.withMaxHandshakes(MANY, MANY);
    }
}
