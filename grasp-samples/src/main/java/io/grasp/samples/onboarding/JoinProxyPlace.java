package io.grasp.samples.onboarding;

import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.util.AddressText;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * Where a join proxy accepts pledges.
 *
 * @param address its link-local address, with the index of the link
 * @param port the TCP port
 * @param link the name of the link
 */
public record JoinProxyPlace(Inet6Address address, int port, String link) {
    /** Checks the components. */
    public JoinProxyPlace {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(link, "link");
    }

    /** The place of a flooded proxy, see {@link JoinObjectives#isProxyForTcp}. */
    static JoinProxyPlace of(FloodedObjective flooded) {
        Locator.Ipv6 locator = (Locator.Ipv6) Objects.requireNonNull(flooded.locator());
        try {
            Inet6Address scoped =
                    Inet6Address.getByAddress(null, locator.address().getAddress(), flooded.linkIndex());
            return new JoinProxyPlace(scoped, locator.port(), flooded.link());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 16 bytes", e);
        }
    }

    /** {@return the place for a socket} */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** {@return the address with the name of the link, as {@code fe80::1%eth0}} */
    public String addressText() {
        String text = AddressText.of(address);
        int zone = text.indexOf('%');
        return (zone < 0 ? text : text.substring(0, zone)) + "%" + link;
    }

    @Override
    public String toString() {
        return "[" + addressText() + "]:" + port;
    }
}
