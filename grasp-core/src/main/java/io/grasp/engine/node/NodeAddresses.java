package io.grasp.engine.node;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.Locator;
import io.grasp.model.NodeLocators;
import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Link;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import io.grasp.util.PeerAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of its addresses a node advertises to peers, as the initiator of sessions and in the locators of its
 * ASAs, and at which it serves them. The decision is made for each message, because addresses change.
 *
 * <p>Peers get, in order of preference: the address that the operator advertises; an address of the link in use; an
 * address of a loopback interface; an address of another link that GRASP uses. A deprecated address comes after all
 * others (RFC 6724 section 5 rule 3); within one of these groups, temporary addresses come after stable ones, and then
 * unique local addresses before global ones. The address has the IP version of the link. If there is none, peers get
 * the link's link-local address (RFC 8990 section 2.8.4).
 */
public final class NodeAddresses {
    private final Substrate substrate;
    private final Collection<Link> links;
    private final @Nullable InetAddress advertised;
    private final boolean linkLocalOnly;
    /** Many messages come from one neighbor, one after the other. */
    private @Nullable InetAddress lastNeighbor;

    private TrafficSource lastSource = TrafficSource.ofThisNode();

    /**
     * @param advertised the address that the operator has set for all peers, or {@code null}
     * @param linkLocalOnly whether it advertises and serves only the link-local addresses of its links
     */
    NodeAddresses(
            Substrate substrate, Collection<Link> links, @Nullable InetAddress advertised, boolean linkLocalOnly) {
        this.substrate = substrate;
        this.links = links;
        this.advertised = linkLocalOnly ? null : advertised;
        this.linkLocalOnly = linkLocalOnly;
    }

    /**
     * The address that identifies this node as an initiator. A message has the same one on all links, because nodes
     * recognize duplicates by it. It has 16 bytes if any link uses IPv6, because neighbors there need not accept 4
     * bytes, even if an IPv4 address is advertised.
     */
    public InetAddress initiator() {
        if (advertised != null
                && (advertised instanceof Inet6Address || links.stream().noneMatch(NodeAddresses::speaksIpv6))) {
            return advertised;
        }
        Optional<Link> first = links.stream()
                .min(Comparator.comparing((Link link) -> !speaksIpv6(link)).thenComparing(Link::index));
        return first.map(link -> best(version(link), null).orElseGet(link::linkLocalAddress))
                .or(() -> best(Inet6Address.class, null))
                .map(PeerAddresses::withoutScope)
                .orElseGet(NodeAddresses::loopbackAddress);
    }

    /** {@return whether neighbors on an IPv6 link get an IPv4 address because it is advertised} */
    public boolean givesIpv4(Link link) {
        return advertised instanceof Inet4Address && speaksIpv6(link);
    }

    /**
     * {@return whether the advertised address is known to be the broadcast address of a network, so that no host has
     * it}
     */
    public boolean advertisesBroadcast() {
        return advertised != null && substrate.isBroadcast(advertised);
    }

    /** {@return the locator of this node's ASAs for peers on a link} */
    public Locator onLink(Link link, boolean linkLocal) {
        InetAddress here = link.linkLocalAddress();
        if (linkLocal) {
            return locator(here);
        }
        return locator(
                advertised != null ? advertised : best(version(link), link).orElse(here));
    }

    /** {@return the current locators for peers on each link} */
    public NodeLocators locators() {
        List<NodeLocators.OnLink> onLinks = links.stream()
                .map(link ->
                        new NodeLocators.OnLink(link.name(), link.index(), onLink(link, false), onLink(link, true)))
                .toList();
        return new NodeLocators(substrate.port(), initiator(), onLinks);
    }

    /** {@return the locator of this node's ASAs for a peer that is not known to be on one of the links} */
    public Locator beyondLinks(InetAddress peer) {
        if (advertised != null) {
            return locator(advertised);
        }
        Class<? extends InetAddress> version = peer instanceof Inet4Address ? Inet4Address.class : Inet6Address.class;
        return best(version, null).map(this::locator).orElseGet(this::onNode);
    }

    /** {@return the locator of this node's ASAs for this node itself} */
    public Locator onNode() {
        return locator(
                advertised != null
                        ? advertised
                        : best(Inet6Address.class, null)
                                .or(() -> best(Inet4Address.class, null))
                                .orElseGet(NodeAddresses::loopbackAddress));
    }

    /**
     * Whether peers are served at an address. The operator vouches only for the links in use: an address of another
     * interface is not served (RFC 8990 section 2.5.1), and a link-local address only on its own link.
     *
     * @param local an address of this host; a link-local IPv6 address has its interface as scope
     */
    public boolean serves(InetAddress local) {
        boolean scoped = local instanceof Inet6Address && local.isLinkLocalAddress();
        if (linkLocalOnly) {
            return scoped
                    && links.stream()
                            .anyMatch(link ->
                                    isOn(link, local) && link.linkLocalAddress().equals(local));
        }
        return local.equals(advertised)
                || (scoped
                        ? links.stream().anyMatch(link -> isOn(link, local))
                        : isOnLinks(local) || isOwn(local) || isIpv4OnLinks(local));
    }

    /** A link-local IPv4 address has no scope: it is served only if no interface other than the links has it. */
    private boolean isIpv4OnLinks(InetAddress local) {
        Set<Integer> holders = local.isLinkLocalAddress() ? substrate.holders(local) : Set.of();
        return !holders.isEmpty()
                && holders.stream().allMatch(index -> links.stream().anyMatch(link -> link.index() == index));
    }

    private static boolean isOn(Link link, InetAddress scoped) {
        return ((Inet6Address) scoped).getScopeId() == link.index();
    }

    /** If the loopback interface is a link, all loopback addresses belong to it. */
    private boolean isOnLinks(InetAddress address) {
        return links.stream()
                .map(Link::linkLocalAddress)
                .anyMatch(here -> here.equals(address) || here.isLoopbackAddress() && address.isLoopbackAddress());
    }

    private boolean isOwn(InetAddress address) {
        return candidates().anyMatch(each -> each.address().equals(address));
    }

    /** {@return the locator of this node's ASAs for this node itself, if it has no link} */
    Locator loopback() {
        return locator(loopbackAddress());
    }

    /**
     * Whether a locator leads to this node: it has this node's port and any address of this host, possibly in a name or
     * a URI. This includes addresses of interfaces that GRASP does not use, because connections to them end here too.
     *
     * @param link the link on which the address came, or {@code null} if that is not known: a link-local address may
     *     belong to this node on one link and to a neighbor on another
     */
    public boolean isOurs(Locator locator, @Nullable Link link) {
        InetAddress contained = locator.address();
        if (contained == null || !locator.hasPort(substrate.port())) {
            return false;
        }
        InetAddress address = PeerAddresses.plain(contained);
        if (address.isLinkLocalAddress() && link != null) {
            Set<Integer> holders = substrate.holders(address);
            return link.linkLocalAddress().equals(address)
                    || (address instanceof Inet4Address ? !holders.isEmpty() : holders.contains(link.index()));
        }
        return address.isLoopbackAddress()
                || isOurs(address)
                || !substrate.holders(address).isEmpty();
    }

    /**
     * Whether an address belongs to this host but no node of this host advertises it, because its interfaces are not
     * links of GRASP, for example a container bridge. Another host may have the same address, but a connection would
     * end here.
     */
    boolean isOnUnusedInterface(InetAddress address) {
        InetAddress plain = PeerAddresses.plain(address);
        Set<Integer> holders = substrate.holders(plain);
        return !holders.isEmpty() // usually it is the address of another host
                && !(plain instanceof Inet6Address && plain.isLinkLocalAddress())
                && !serves(plain)
                && holders.stream().noneMatch(substrate::isUsedForGrasp);
    }

    /**
     * {@return whether a connection to an address ends at this host}
     *
     * @param link the link on which the address came, or {@code null} if that is not known
     */
    public boolean isThisHost(@Nullable Link link, InetAddress address) {
        InetAddress plain = PeerAddresses.plain(address);
        if (plain.isLinkLocalAddress() && link != null) {
            return link.linkLocalAddress().equals(plain)
                    || substrate.holders(plain).contains(link.index());
        }
        return plain.isLoopbackAddress() || !substrate.holders(plain).isEmpty();
    }

    /** {@return whether this node currently has the address} */
    public boolean isOurs(InetAddress address) {
        return address.isLinkLocalAddress() || address.isLoopbackAddress()
                ? links.stream().anyMatch(link -> link.linkLocalAddress().equals(address))
                : address.equals(advertised) || isOwn(address);
    }

    /** {@return whether a multicast on a link came from this node: nodes of one host differ in their ports} */
    public boolean isOurs(Link link, InetSocketAddress source) {
        return source.getPort() == substrate.port() && link.linkLocalAddress().equals(source.getAddress());
    }

    /**
     * Whether a link-local locator of this node's ASAs is on a link: its address is this node's address there, or its
     * scope names the link. A locator without any of this node's addresses is on the only link, if there is just one.
     */
    public boolean isOn(Link link, Locator linkLocal) {
        InetAddress address = Objects.requireNonNull(linkLocal.address());
        if (address instanceof Inet6Address ipv6 && ipv6.getScopeId() != 0) {
            return isOn(link, ipv6);
        }
        InetAddress plain = PeerAddresses.plain(address);
        return link.linkLocalAddress().equals(plain) || links.size() == 1;
    }

    /**
     * {@return the link that a peer is on, as far as its address shows it: by its scope or its prefix, or because there
     * is only one link; otherwise {@code null}} For a datagram, whose source may be forged, see
     * {@link #linkOfDatagram}.
     */
    public @Nullable Link linkOf(InetAddress peer) {
        Link scoped = linkOfDatagram(peer);
        if (scoped != null) {
            return scoped;
        }
        Link near = linkOfNeighbor(peer);
        return near == null && links.size() == 1 ? links.iterator().next() : near;
    }

    /**
     * {@return the link that a datagram to this node alone came on, or {@code null} if that is not known} Its source
     * may be forged: any host that can send to this node can use an address with the prefix of any link. Only a
     * link-local IPv6 address identifies the link, by its scope, because the receiving host adds the scope.
     *
     * @param source the source of the datagram
     */
    public @Nullable Link linkOfDatagram(InetAddress source) {
        if (source instanceof Inet6Address && source.isLinkLocalAddress()) {
            for (Link link : links) {
                if (isOn(link, source)) {
                    return link;
                }
            }
        }
        return null;
    }

    /**
     * What is charged for a message on a link, or to this node alone.
     *
     * @param link the link it came on, or {@code null} if that is not known
     * @param address the sender's address
     */
    public TrafficSource sourceOf(@Nullable Link link, InetAddress address) {
        return sourceOf(link, address, link == null ? TrafficSource.NO_LINK : link.share());
    }

    /**
     * {@return what is charged for a connection of a peer, and for what comes on it}
     *
     * @param identity what the peer's certificate says; {@code null} if it is not authenticated
     */
    public TrafficSource sourceOfConnection(InetAddress peer, @Nullable PeerIdentity identity) {
        return identity == null
                ? sourceOfConnection(linkOf(peer), peer)
                : TrafficSource.member(TrafficSource.NO_LINK, identity);
    }

    /**
     * What is charged for a connection of a peer, and for what comes on it. If its address is of no link, it may have
     * come from anywhere, also if there is only one link.
     *
     * @param link the link as {@link #linkOf} returns it
     */
    TrafficSource sourceOfConnection(@Nullable Link link, InetAddress peer) {
        return sourceOf(link, peer, TrafficSource.NO_LINK);
    }

    /** @param beyond the share of the link for an address that is not of the link */
    private TrafficSource sourceOf(@Nullable Link link, InetAddress address, int beyond) {
        if (link == null) {
            return TrafficSource.beyondLink(TrafficSource.NO_LINK, address);
        }
        if (!PeerAddresses.isLinkLocal(address)) {
            return isOnLink(link, address)
                    ? TrafficSource.onLink(link.share(), address)
                    : TrafficSource.beyondLink(beyond, address);
        }
        if (lastSource.link() != link.share() || !address.equals(lastNeighbor)) {
            lastNeighbor = address;
            lastSource = TrafficSource.onLink(link.share(), address);
        }
        return lastSource;
    }

    /** {@return whether a host on the link can have an address: a loopback address only if the link is loopback} */
    public boolean canSendOn(Link link, InetAddress address) {
        return isOnLink(link, address)
                && (link.linkLocalAddress().isLoopbackAddress() || !PeerAddresses.isLoopback(address));
    }

    /** {@return whether an address belongs to a host on the link, as far as the form and the prefixes show it} */
    public boolean isOnLink(Link link, InetAddress address) {
        return PeerAddresses.isLinkLocal(address)
                || PeerAddresses.isLoopback(address)
                || link.isNeighbor(address)
                || candidates().anyMatch(each -> each.linkIndex() == link.index() && each.sharesPrefix(address));
    }

    /**
     * {@return the link of a peer by the longest matching prefix; {@code null} if no link matches, or several do}
     *
     * @param peer an address without a scope
     */
    private @Nullable Link linkOfNeighbor(InetAddress peer) {
        List<NodeAddress> sharing = candidates()
                .filter(each -> each.linkIndex() != 0 && each.sharesPrefix(peer))
                .toList();
        int longest = sharing.stream().mapToInt(NodeAddress::prefixLength).max().orElse(0);
        List<Link> near = links.stream()
                .filter(link -> sharing.isEmpty()
                        ? link.isNeighbor(peer)
                        : sharing.stream()
                                .anyMatch(each -> each.linkIndex() == link.index() && each.prefixLength() == longest))
                .toList();
        return near.size() == 1 ? near.get(0) : null;
    }

    /**
     * The best address for peers.
     *
     * @param link the link of the peers, or {@code null} for all links alike
     */
    private Optional<InetAddress> best(Class<? extends InetAddress> version, @Nullable Link link) {
        return candidates()
                .filter(each -> version.isInstance(each.address()))
                .min(preference(link))
                .map(NodeAddress::address);
    }

    private Stream<NodeAddress> candidates() {
        List<NodeAddress> all = linkLocalOnly ? List.of() : substrate.nodeAddresses();
        return all.stream()
                .filter(each ->
                        each.linkIndex() == 0 || links.stream().anyMatch(link -> link.index() == each.linkIndex()));
    }

    private static Comparator<NodeAddress> preference(@Nullable Link link) {
        return Comparator.comparing(NodeAddress::deprecated)
                .thenComparing(each -> distance(each, link))
                .thenComparing(NodeAddress::temporary)
                .thenComparing(each -> scope(each.address()))
                .thenComparing(each -> each.address().getAddress(), Arrays::compareUnsigned);
    }

    /** {@return how far an address is from the link of the peers} */
    private static int distance(NodeAddress each, @Nullable Link link) {
        if (each.linkIndex() == 0) {
            return 2;
        }
        if (link == null) {
            return 1;
        }
        // IPv4 neighbors know the link's own address.
        return each.linkIndex() != link.index() ? 3 : each.address().equals(link.linkLocalAddress()) ? 0 : 1;
    }

    private static boolean speaksIpv6(Link link) {
        return link.linkLocalAddress() instanceof Inet6Address;
    }

    private static Class<? extends InetAddress> version(Link link) {
        return speaksIpv6(link) ? Inet6Address.class : Inet4Address.class;
    }

    private Locator locator(InetAddress address) {
        return Locator.of(PeerAddresses.withoutScope(address), Locator.TCP, substrate.port());
    }

    /** {@return the rank of a kind of address: unique local, then global, then IPv4} */
    private static int scope(InetAddress address) {
        if (address instanceof Inet6Address) {
            return (address.getAddress()[0] & 0xFE) == 0xFC ? 0 : 1;
        }
        return 2;
    }

    private static Inet6Address loopbackAddress() {
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
