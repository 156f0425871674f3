package io.grasp.model;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/**
 * The locators of a node at one moment. They change with the addresses of its interfaces: a value made from them, such
 * as the tag of a flooded objective or an explicit locator, is valid only as long as the addresses exist. An ASA that
 * listens at a port of its own has a locator with the same address and that port.
 *
 * @param port the port at which the node accepts GRASP connections, 0 if it accepts none
 * @param initiator the address that names the node as the initiator of its sessions
 * @param links the locators on each link that is up, in the order in which they came up
 */
public record NodeLocators(int port, InetAddress initiator, List<OnLink> links) {
    /** Checks and copies the components. */
    public NodeLocators {
        Objects.requireNonNull(initiator, "initiator");
        links = List.copyOf(links);
    }

    /**
     * The locators of a node on one link.
     *
     * @param name the link's name, such as {@code eth0}
     * @param index its index
     * @param locator the locator of the node's ASAs in responses to discoveries that come in on the link
     * @param linkLocal the same with the node's own address on the link, for objectives that are registered as local:
     *     link-local with IPv6, any address with IPv4
     */
    public record OnLink(String name, int index, Locator locator, Locator linkLocal) {
        /** Checks the components. */
        public OnLink {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(locator, "locator");
            Objects.requireNonNull(linkLocal, "linkLocal");
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
