package io.grasp.samples.console;

import io.grasp.samples.text.HostPort;
import io.grasp.security.NodeIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a console is served, and to which clients.
 *
 * @param place the address; an empty host means the loopback address, port 0 any free port
 * @param token what a browser must show, {@code null} for nothing
 * @param identity the identity by which it is served with TLS to clients that show a certificate of the same domain,
 *     {@code null} to serve it without TLS; not closed by the console
 */
public record ConsoleSettings(
        InetSocketAddress place,
        @Nullable ConsoleToken token,
        @Nullable NodeIdentity identity) {
    /** Only users of this host can connect to a loopback address. */
    void requireProtection(InetAddress host) {
        if (!host.isLoopbackAddress() && token == null && identity == null) {
            throw new IllegalStateException("Cannot serve the console at " + HostPort.text(place)
                    + ", where other hosts can connect: pass --console-token-file, or --console-tls with a certificate;"
                    + " or omit the host and forward the port, as by ssh -L");
        }
    }

    @Override
    public String toString() {
        return "ConsoleSettings[" + HostPort.text(place) + ", " + (token == null ? "no token" : "token") + ", "
                + (identity == null ? "no TLS" : "TLS") + "]";
    }
}
