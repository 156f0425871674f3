package io.grasp.engine;

import io.grasp.model.Locator;
import io.grasp.substrate.Link;
import io.grasp.substrate.Substrate;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of its addresses a node shows: as the initiator of a session and as the place of its ASAs. */
final class NodeAddresses {
    private static final Comparator<InetAddress> BY_PREFERENCE = Comparator.comparingInt(NodeAddresses::rank)
            .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

    private final Substrate substrate;
    private final Collection<Link> links;
    private final @Nullable InetAddress configured;
    private final boolean linkLocalOnly;

    /** @param linkLocalOnly whether it shows nothing that is valid beyond one link */
    NodeAddresses(
            Substrate substrate, Collection<Link> links, @Nullable InetAddress configured, boolean linkLocalOnly) {
        this.substrate = substrate;
        this.links = links;
        this.configured = linkLocalOnly ? null : configured;
        this.linkLocalOnly = linkLocalOnly;
    }

    /** {@return the address that names this node as an initiator: set, ULA, global, else link-local} */
    InetAddress initiator() {
        if (configured != null) {
            return configured;
        }
        return beyondOneLink()
                .or(() -> links.stream().map(Link::linkLocalAddress).findFirst())
                .map(NodeAddresses::withoutScope)
                .orElseGet(NodeAddresses::loopback);
    }

    /** {@return where ASAs of this node are reached from a link} */
    Locator onLink(Link link, boolean linkLocal) {
        InetAddress here = link.linkLocalAddress();
        if (linkLocal) {
            return locator(here);
        }
        if (here instanceof Inet4Address) { // nobody on the link need speak IPv6
            return locator(
                    here.isLinkLocalAddress()
                            ? beyondOneLink(Inet4Address.class).orElse(here)
                            : here);
        }
        return locator(beyondOneLink().orElse(here));
    }

    /** {@return where ASAs of this node are reached from itself} */
    Locator onNode() {
        return locator(beyondOneLink().orElseGet(NodeAddresses::loopback));
    }

    boolean isOurs(Locator locator) {
        InetAddress address = address(locator);
        return address != null
                && Integer.valueOf(substrate.port()).equals(locator.port())
                && (address.isLoopbackAddress() || isOurs(address));
    }

    /** {@return whether this node has the address now} */
    boolean isOurs(InetAddress address) {
        return address.isLinkLocalAddress() || address.isLoopbackAddress()
                ? links.stream().anyMatch(link -> link.linkLocalAddress().equals(address))
                : substrate.addresses().contains(address);
    }

    /** {@return whether a multicast on a link came from this node: several nodes of a host differ in their ports} */
    boolean isOurs(Link link, InetSocketAddress source) {
        return source.getPort() == substrate.port() && link.linkLocalAddress().equals(source.getAddress());
    }

    static @Nullable InetAddress address(Locator locator) {
        if (locator instanceof Locator.Ipv6 ipv6) {
            return ipv6.address();
        }
        return locator instanceof Locator.Ipv4 ipv4 ? ipv4.address() : null;
    }

    static boolean isLinkLocal(Locator locator) {
        InetAddress address = address(locator);
        return address != null && address.isLinkLocalAddress();
    }

    private Optional<InetAddress> beyondOneLink() {
        return beyondOneLink(InetAddress.class);
    }

    private Optional<InetAddress> beyondOneLink(Class<? extends InetAddress> version) {
        List<InetAddress> addresses = linkLocalOnly ? List.of() : substrate.addresses();
        return addresses.stream().filter(version::isInstance).min(BY_PREFERENCE);
    }

    private Locator locator(InetAddress address) {
        if (address instanceof Inet6Address ipv6) {
            return new Locator.Ipv6(withoutScope(ipv6), Locator.TCP, substrate.port());
        }
        return new Locator.Ipv4((Inet4Address) address, Locator.TCP, substrate.port());
    }

    private static int rank(InetAddress address) {
        if (address instanceof Inet6Address) {
            return (address.getAddress()[0] & 0xFE) == 0xFC ? 0 : 1;
        }
        return 2;
    }

    private static InetAddress withoutScope(InetAddress address) {
        return address instanceof Inet6Address ipv6 ? withoutScope(ipv6) : address;
    }

    private static Inet6Address withoutScope(Inet6Address address) {
        return ipv6(address.getAddress());
    }

    private static Inet6Address loopback() {
        byte[] address = new byte[16];
        address[15] = 1;
        return ipv6(address);
    }

    private static Inet6Address ipv6(byte[] address) {
        try {
            return Inet6Address.getByAddress(null, address, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
