package io.grasp.samples.text;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Peer;
import io.grasp.util.AddressText;
import io.grasp.util.PrintableText;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * The address of a node that is not authenticated. A link-local address is that of another node on another link, so it
 * includes the link by its name, which remains the same after a restart, unlike its index.
 *
 * @param address the address
 * @param link the name of the link, empty if the address is valid on all links
 */
public record NodeAddress(InetAddress address, String link) {
    /** Checks the components, and omits a link that does not matter. */
    public NodeAddress {
        Objects.requireNonNull(address, "address");
        link = address.isLinkLocalAddress() ? link : "";
    }

    /** {@return the address of a peer} */
    public static NodeAddress of(Peer peer) {
        return new NodeAddress(peer.address(), peer.link());
    }

    /** {@return the address of a locator that has one} */
    public static Optional<NodeAddress> of(AsaLocator found) {
        if (found.locator() instanceof Locator.Ipv6 ipv6) {
            return Optional.of(new NodeAddress(ipv6.address(), found.link()));
        }
        return found.locator() instanceof Locator.Ipv4 ipv4
                ? Optional.of(new NodeAddress(ipv4.address(), found.link()))
                : Optional.empty();
    }

    /** {@return such as {@code fe80::1%eth0} or {@code 2001:db8::1}} */
    @Override
    public String toString() {
        return AddressText.of(address) + (link.isEmpty() ? "" : "%" + PrintableText.of(link));
    }
}
