package io.grasp.substrate.sim;

import io.grasp.model.Locator;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The node that a locator leads to, and the route to it.
 *
 * @param target the node that has the address
 * @param port the port to connect to
 * @param route the route to it
 * @param source the caller's address as the target sees it
 * @param local the address connected to, as the target knows it
 * @param linkLocal whether the addresses are valid on one link only
 */
record ResolvedPeer(SimNode target, int port, Route route, InetAddress source, InetAddress local, boolean linkLocal) {
    /**
     * Finds the node.
     *
     * @param own the caller's address to use, or {@code null} for its first one
     * @throws IOException if the locator leads to no node
     */
    static ResolvedPeer resolve(SimNode caller, Locator locator, int linkIndex, @Nullable InetAddress own)
            throws IOException {
        InetSocketAddress remote = remote(locator, linkIndex);
        InetAddress address = remote.getAddress();
        if (address == null) {
            throw new UnknownHostException(locator + " has no address");
        }
        if (!locator.isForSessions()) {
            throw new NoRouteToHostException(locator + " has transport protocol " + locator.protocol() + ", not TCP");
        }
        return address.isLinkLocalAddress()
                ? onLink(caller, address, remote.getPort(), linkIndex)
                : beyond(caller, address, remote.getPort(), own);
    }

    /** Finds the node that has an address. */
    static ResolvedPeer resolve(SimNode caller, InetAddress address, int linkIndex) throws IOException {
        return resolve(caller, Locator.of(address, Locator.TCP, 0), linkIndex, null);
    }

    /** {@return the index of the link as the target sees it, 0 unless the addresses are valid on one link only} */
    int linkIndex() {
        return linkLocal ? ((Inet6Address) local).getScopeId() : 0;
    }

    /** {@return the locator as a socket address; a link-local address is scoped, a name is not resolved} */
    static InetSocketAddress remote(Locator locator, int linkIndex) {
        int port = Objects.requireNonNullElse(locator.port(), 0);
        if (locator instanceof Locator.Ipv6 ipv6) {
            boolean scoped = ipv6.address().isLinkLocalAddress() && linkIndex > 0;
            return new InetSocketAddress(
                    scoped ? SimAddresses.scoped(ipv6.address(), linkIndex) : ipv6.address(), port);
        }
        if (locator instanceof Locator.Ipv4 ipv4) {
            return new InetSocketAddress(ipv4.address(), port);
        }
        return InetSocketAddress.createUnresolved(locator.toString(), port);
    }

    private static ResolvedPeer onLink(SimNode caller, InetAddress address, int port, int linkIndex)
            throws IOException {
        Attachment from = caller.attachment(linkIndex);
        Attachment to =
                from == null || from.link().isDown() ? null : from.link().neighbor(address);
        if (from != null && to != null) {
            InetAddress source = SimAddresses.scoped(from.linkLocalAddress(), to.index());
            return new ResolvedPeer(
                    to.node(), port, Route.direct(from, to), source, SimAddresses.scoped(address, to.index()), true);
        }
        throw new NoRouteToHostException(
                caller + " has no neighbor " + AddressText.of(address) + " on link " + linkIndex);
    }

    private static ResolvedPeer beyond(SimNode caller, InetAddress address, int port, @Nullable InetAddress own)
            throws IOException {
        SimNode target = caller.owner(address);
        Route route = target == null ? null : route(caller, target);
        InetAddress source = caller.addresses().stream()
                .filter(each -> each.getClass() == address.getClass())
                .filter(each -> own == null || each.equals(own))
                .findFirst()
                .orElse(null);
        if (target == null || route == null || source == null) {
            throw new NoRouteToHostException("no route from " + caller + " to " + AddressText.of(address));
        }
        return new ResolvedPeer(target, port, route, source, address, false);
    }

    /** Faults are silent: if only faults block the route, the caller must try in order to find out. */
    private static @Nullable Route route(SimNode caller, SimNode target) {
        Route usable = RouteSearch.usable(caller, target);
        return usable != null ? usable : RouteSearch.physical(caller, target);
    }
}
