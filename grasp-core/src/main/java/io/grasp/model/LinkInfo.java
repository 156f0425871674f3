package io.grasp.model;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.Objects;

/**
 * A link of a node, as it was when this value was made.
 *
 * @param name its name, such as {@code eth0}
 * @param index its index, above 0; an {@link AsaLocator#linkIndex} names the link by it
 * @param linkLocalAddress the node's address on the link, by which its neighbors know it: link-local with IPv6, any
 *     address with IPv4
 * @param maxMulticastBytes the longest message that a multicast on it carries, in bytes of CBOR;
 *     {@link Integer#MAX_VALUE} if the link does not bound it
 * @param repliesInBand whether replies to a multicast come back on the link itself, as on a link that consists of
 *     streams to the neighbors
 */
public record LinkInfo(
        String name, int index, InetAddress linkLocalAddress, int maxMulticastBytes, boolean repliesInBand) {
    /** Checks the components. */
    public LinkInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(linkLocalAddress, "linkLocalAddress");
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
