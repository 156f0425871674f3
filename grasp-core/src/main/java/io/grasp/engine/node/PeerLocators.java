package io.grasp.engine.node;

import io.grasp.model.Locator;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.substrate.Substrate;
import io.grasp.util.PeerAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which locators from peers are accepted. A locator that leads to this node itself, or to no peer, is dropped
 * on receipt, so that it is never connected to, cached or passed on.
 */
public final class PeerLocators {
    /** The name for loopback addresses on every host (RFC 6761 section 6.3). */
    private static final String LOCALHOST = "localhost";

    /** The domains of Multicast DNS, whose names mean something on one link only (RFC 6762 section 12). */
    private static final List<String> MULTICAST_DNS = List.of(
            "local", "254.169.in-addr.arpa", "8.e.f.ip6.arpa", "9.e.f.ip6.arpa", "a.e.f.ip6.arpa", "b.e.f.ip6.arpa");

    private static final int MAX_NAME = 254;
    private static final Pattern NAME = Pattern.compile("(?:[\\p{L}\\p{M}\\p{N}_-]{1,63}\\.)*"
            + "(?!(?:\\d+|0[xX]\\p{XDigit}*)\\.?$)[\\p{L}\\p{M}\\p{N}_-]{1,63}\\.?");

    private final Substrate substrate;
    private final Collection<Link> links;
    private final NodeAddresses addresses;
    private final boolean loopbackAdvertised;
    private final boolean ipv4Nat;

    /**
     * @param advertised the address that the operator wants peers to get everywhere, or {@code null}
     * @param ipv4Nat whether the network translates IPv4 addresses, which then mean nothing elsewhere
     */
    PeerLocators(
            Substrate substrate,
            Collection<Link> links,
            NodeAddresses addresses,
            @Nullable InetAddress advertised,
            boolean ipv4Nat) {
        this.substrate = substrate;
        this.links = links;
        this.addresses = addresses;
        this.loopbackAdvertised = advertised != null && advertised.isLoopbackAddress();
        this.ipv4Nat = ipv4Nat;
    }

    /**
     * Whether a locator can lead to a peer of this node. A loopback address can if the locator came on a link that is a
     * loopback interface, or if the operator advertises a loopback address. Another node of this host has another port,
     * and an address of an interface that GRASP uses. A link-local address cannot be used if its link is not known.
     *
     * @param link the link on which the locator came, or {@code null} if that is not known
     * @param path where it came from
     */
    public boolean isBelieved(Locator locator, @Nullable Link link, MessagePath path) {
        return isBelieved(locator, link, isLoopbackBelieved(link, path));
    }

    /**
     * Whether a resolved address of a name can belong to a peer. It is checked like a locator whose link is not known.
     * A loopback address is accepted if the operator advertises one, or if loopback interfaces are the only links,
     * because the name may have come from any link.
     *
     * @param resolved the address and the port
     */
    public boolean isBelieved(InetSocketAddress resolved) {
        boolean loopback =
                loopbackAdvertised || !links.isEmpty() && links.stream().allMatch(PeerLocators::isLoopback);
        return isBelieved(Locator.of(resolved.getAddress(), Locator.TCP, resolved.getPort()), null, loopback);
    }

    private boolean isBelieved(Locator locator, @Nullable Link link, boolean loopback) {
        InetAddress address = locator.address();
        return isPlace(locator, loopback)
                && (link != null || !locator.isLinkLocal())
                && !addresses.isOurs(locator, link)
                && (address == null || PeerAddresses.isLoopback(address) || !addresses.isOnUnusedInterface(address));
    }

    /** {@return whether a locator can lead to a peer from other hosts} */
    public boolean isPlace(Locator locator) {
        return isPlace(locator, false);
    }

    /**
     * {@return whether a locator can lead to a peer on other links than its own} A loopback address can if the operator
     * advertises one: then all nodes are on this host.
     */
    public boolean isPlaceBeyondLink(Locator locator) {
        return !locator.isLinkLocal() && isPlace(locator, loopbackAdvertised);
    }

    /**
     * {@return whether an O_DIVERT may contain a locator, which must mean the same everywhere (RFC 8990 section 2.9.5)}
     */
    public boolean mayDivertTo(Locator locator) {
        return !locator.isLinkLocal() && isPlace(locator) && !isMulticastDns(locator) && !(ipv4Nat && isIpv4(locator));
    }

    private static boolean isMulticastDns(Locator locator) {
        String name = locator.hostName();
        return name != null && MULTICAST_DNS.stream().anyMatch(domain -> isWithin(name, domain));
    }

    private static boolean isIpv4(Locator locator) {
        InetAddress address = locator.address();
        return address != null && PeerAddresses.plain(address) instanceof Inet4Address;
    }

    /** {@return whether an address can belong to a peer, seen from other hosts} */
    public boolean isPlace(InetAddress address) {
        return PeerAddresses.isPeer(address) && !substrate.isBroadcast(PeerAddresses.plain(address));
    }

    private boolean isPlace(Locator locator, boolean loopback) {
        boolean noPort = Objects.equals(locator.port(), 0)
                && (Objects.equals(locator.protocol(), Locator.TCP) || Objects.equals(locator.protocol(), Locator.UDP));
        return !noPort && isHost(locator, loopback);
    }

    private boolean isHost(Locator locator, boolean loopback) {
        String name = locator.hostName();
        InetAddress address = name == null ? locator.address() : PeerAddresses.ofHost(name);
        if (address != null) {
            return loopback && PeerAddresses.isLoopback(address) || isPlace(address);
        }
        return name == null || isName(name) && (loopback || !isWithin(name, LOCALHOST));
    }

    /**
     * Whether a host can have a name. The last label must not be a number: resolvers read such a name as an IPv4
     * address ({@code 127.1}). Letters of all scripts and underscores are allowed, as in DNS.
     */
    private static boolean isName(String name) {
        return name.length() <= MAX_NAME && NAME.matcher(name).matches();
    }

    /** {@return whether a name, in any case and with or without the dot of the root, is a domain or within it} */
    private static boolean isWithin(String name, String domain) {
        String lower = name.toLowerCase(Locale.ROOT);
        String relative = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return relative.equals(domain) || relative.endsWith("." + domain);
    }

    /** On a connection the link is inferred, so only the peer's address shows that the peer is on this host. */
    private boolean isLoopbackBelieved(@Nullable Link link, MessagePath path) {
        if (loopbackAdvertised) {
            return true;
        }
        InetSocketAddress peer = path.peer();
        boolean here = path.kind() == MessagePath.Kind.LINK || peer != null && isOfHost(peer.getAddress());
        return here && (link == null ? links.stream().anyMatch(PeerLocators::isLoopback) : isLoopback(link));
    }

    private boolean isOfHost(@Nullable InetAddress peer) {
        return peer != null
                && (peer.isLoopbackAddress() || !substrate.holders(peer).isEmpty());
    }

    private static boolean isLoopback(Link link) {
        return link.linkLocalAddress().isLoopbackAddress();
    }
}
