package io.grasp.substrate.netty.acp;

import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A neighbor on an interface of an Autonomic Control Plane, for diagnostics.
 *
 * @param link the name of the interface
 * @param address its link-local address, and the port at which it accepts connections; port 0 if that is not known
 * @param connected whether there is a connection with it
 * @param failure why the last attempt to connect to it failed, or the last connection ended, in a sentence;
 *     {@code null} while it is connected, and if there is none
 */
public record AcpNeighbor(
        String link,
        InetSocketAddress address,
        boolean connected,
        @Nullable String failure) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
