package io.grasp.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/**
 * What a node tells others of where it is, at one moment. It follows the addresses of the node's interfaces: what is built of
 * it, such as the tag of a flooded objective or an explicit locator, holds as long as these do. The locator of an ASA that
 * listens at a port of its own has the address of the node's.
 *
 * @param port the port at which the node accepts GRASP connections, 0 if it accepts none
 * @param initiator the address that names the node as the initiator of its sessions
 * @param links what is told on each link that is up, in the order in which they came up
 */
public record NodeLocators(int port, InetAddress initiator, List<OnLink> links) {
    public NodeLocators {
        Objects.requireNonNull(initiator, "initiator");
        links = List.copyOf(links);
    }

    /**
     * What a node tells on one link.
     *
     * @param name the link's name, such as {@code eth0}
     * @param index its index
     * @param locator where discoveries that come on it are told that the node's ASAs are
     * @param linkLocal the same by the node's own address on the link, which is what is told of an objective that is
     *     registered as local; link-local with IPv6, any with IPv4
     */
    public record OnLink(String name, int index, Locator locator, Locator linkLocal) {
        public OnLink {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(locator, "locator");
            Objects.requireNonNull(linkLocal, "linkLocal");
        }
    }
}
