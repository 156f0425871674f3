package io.grasp.samples.node;

import io.grasp.neighbors.DullNeighborSource;
import io.grasp.samples.text.HostPort;
import io.grasp.samples.text.IpAddress;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options of a node whose links are TLS connections with its neighbors. */
final class OverlayOptions extends CommandOptions {
    private static final String DEFAULT_PORT = ":" + OverlayConfig.DEFAULT_PORT;

    @Option(
            names = "--neighbor",
            paramLabel = "HOST[:PORT]",
            description = "Connect to this neighbor by TLS; may be repeated. An IPv6 address with a port is"
                    + " [ADDRESS]:PORT. Default port: 7017.")
    private List<String> neighbors = List.of();

    @Option(
            names = "--bind",
            paramLabel = "[ADDRESS:]PORT",
            converter = HostPort.class,
            description = "Accept TLS connections of neighbors and peers there; 0 is any free port."
                    + " With --neighbor or --find-neighbors the default is 7017.")
    private @Nullable InetSocketAddress bind;

    @Option(
            names = "--find-neighbors",
            paramLabel = "NAME",
            description =
                    "Find neighbors on this interface by DULL floods of AN_ACP (RFC 8994 section 6.4), and connect"
                            + " to them by TLS; may be repeated.")
    private List<String> searched = List.of();

    private boolean anyPort;

    OverlayOptions() {}

    /** {@return whether the user has chosen such a node} */
    boolean isGiven() {
        return bind != null || isSearching();
    }

    /** {@return whether the node looks for neighbors, and does not only wait for those that connect to it} */
    boolean isSearching() {
        return !neighbors.isEmpty() || !searched.isEmpty();
    }

    /** {@return the interfaces on which it looks for neighbors} */
    List<String> searched() {
        return searched;
    }

    /** {@return the port at which it accepts connections, 0 for any} */
    int port() {
        return anyPort ? 0 : bind == null ? OverlayConfig.DEFAULT_PORT : bind.getPort();
    }

    /** Lets it use any port: neighbors do not connect to it, but it connects to those that it finds. */
    void useAnyPort() {
        anyPort = true;
    }

    /**
     * {@return the settings}
     *
     * @throws ParameterException if an option is wrong
     */
    OverlayConfig config() {
        OverlayConfig config = OverlayConfig.defaults();
        neighbors.forEach(this::requireBrackets);
        try {
            config = config.withNeighbors(neighbors);
        } catch (IllegalArgumentException e) {
            throw wrong("--neighbor: " + e.getMessage());
        }
        int port = port();
        config = config.withPort(port);
        if (bind != null) {
            if (!bind.getHostString().isEmpty()) {
                config = onAddress(config, bind.getHostString());
            }
        }
        for (String link : searched) {
            if (port == 0 && !anyPort) {
                throw wrong("--find-neighbors needs a port in --bind: neighbors have to know it");
            }
            config = config.withNeighborSource(DullNeighborSource.on(link));
        }
        return config;
    }

    /** Refuses an IPv6 address that seems to end in the port: it would be taken as part of the address. */
    private void requireBrackets(String neighbor) {
        int colon = neighbor.lastIndexOf(':');
        if (!neighbor.startsWith("[") && neighbor.indexOf(':') < colon && neighbor.endsWith(DEFAULT_PORT)) {
            throw wrong("--neighbor: is " + OverlayConfig.DEFAULT_PORT + " in " + neighbor + " the port? Write ["
                    + neighbor.substring(0, colon) + "]" + DEFAULT_PORT + ", or [" + neighbor
                    + "] if it belongs to the address");
        }
    }

    private OverlayConfig onAddress(OverlayConfig config, String address) {
        if (!searched.isEmpty()) {
            throw wrong("--find-neighbors needs --bind without an address: neighbors connect to link-local ones");
        }
        try {
            return config.withAddresses(new IpAddress().convert(address));
        } catch (TypeConversionException e) {
            throw wrong("--bind: " + e.getMessage());
        }
    }
}
