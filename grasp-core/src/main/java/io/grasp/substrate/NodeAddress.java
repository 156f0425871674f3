package io.grasp.substrate;

import java.net.InetAddress;
import java.util.Objects;

/**
 * An address of this node that is valid beyond one link, and what the substrate knows of it. Where nothing is known, as
 * of most IPv4 addresses, it is neither deprecated nor temporary.
 *
 * @param address the address, without scope
 * @param linkIndex the index of the link whose interface has it; 0 if it stands on a loopback interface that is no
 *     link, where a router's, or an Autonomic Control Plane's, stable address stands
 * @param deprecated whether it is valid still, but should not be used for anything new (RFC 4862 section 5.5.4)
 * @param temporary whether it will be replaced soon by another one for the sake of privacy (RFC 8981)
 */
public record NodeAddress(InetAddress address, int linkIndex, boolean deprecated, boolean temporary) {
    public NodeAddress {
        Objects.requireNonNull(address, "address");
    }
}
