package io.grasp.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/**
 * The locators of a node at one moment. They follow the addresses of its interfaces: what is made of
 * them, such as the tag of a flooded objective or an explicit locator, holds as long as the addresses do. The locator
 * of an ASA that listens at a port of its own has the address of the node's.
 *
 * @param port the port at which the node accepts GRASP connections, 0 if it accepts none
 * @param initiator the address that names the node as the initiator of its sessions
 * @param links the locators on each link that is up, in the order in which they came up
 */
public record NodeLocators(int port, InetAddress initiator, List<OnLink> links) {
    public NodeLocators {
        Objects.requireNonNull(initiator, "initiator");
        links = List.copyOf(links);
    }

    /**
     * The locators of a node on one link.
     *
     * @param name the link's name, such as {@code eth0}
     * @param index its index
     * @param locator the locator of the node's ASAs in answers to discoveries that come on the link
     * @param linkLocal the same with the node's own address on the link, for objectives that are
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
