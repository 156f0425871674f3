package io.grasp.model;

import java.net.InetAddress;
import java.util.Objects;

/**
 * A link of a node, as it was when it was asked for.
 *
 * @param name its name, such as {@code eth0}
 * @param index its index, above 0; an {@link AsaLocator#linkIndex} names the link by it
 * @param linkLocalAddress the node's address by which the neighbors know it: a link-local one with IPv6, any with IPv4
 * @param maxMulticastBytes the longest message that a multicast on it carries, in bytes of CBOR;
 *     {@link Integer#MAX_VALUE} if the link does not bound it
 * @param repliesInBand whether replies to a multicast come back on the link itself, as they do where it is made of
 *     streams to the neighbors
 */
public record LinkInfo(
        String name, int index, InetAddress linkLocalAddress, int maxMulticastBytes, boolean repliesInBand) {
    public LinkInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(linkLocalAddress, "linkLocalAddress");
    }
}
