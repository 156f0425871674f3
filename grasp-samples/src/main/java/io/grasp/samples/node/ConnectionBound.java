package io.grasp.samples.node;

import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the number of connections to a server. A connection beyond the bound is accepted: of the link with the most
 * connections, the client with the most loses its oldest one, so that one client, or one link, cannot keep others out.
 * A client is a neighbor's address on its link. Beyond the links, which count as one, it is a network, because one host
 * there can have all of its addresses. For one event loop.
 */
final class ConnectionBound {
    private static final int IPV4_BYTES = 4;
    /** A /24. */
    private static final int IPV4_NETWORK_BYTES = 3;
    /** A /64. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private static final String THIS_HOST = "this host";
    private static final String BEYOND = "beyond all links";

    private final int maximum;
    private final Neighborhood neighborhood;

    /** The open connections, oldest first, with their clients. */
    private final Map<Channel, Client> open = new LinkedHashMap<>();

    ConnectionBound(int maximum, Neighborhood neighborhood) {
        this.maximum = maximum;
        this.neighborhood = neighborhood;
    }

    /**
     * Adds a connection that was accepted.
     *
     * @param peer its client, {@code null} if it has gone already
     */
    @SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is removed
    void add(Channel accepted, @Nullable SocketAddress peer) {
        open.put(accepted, client(peer));
        accepted.closeFuture().addListener(closed -> open.remove(accepted));
        if (open.size() > maximum) {
            oldestOfTheBusiest().close();
        }
    }

    private Client client(@Nullable SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress known) || known.isUnresolved()) {
            return new Client(BEYOND, "");
        }
        InetAddress address = known.getAddress();
        if (address.isLoopbackAddress()) {
            return new Client(THIS_HOST, address.getHostAddress());
        }
        String near = address.isLinkLocalAddress() ? linkOf(address) : neighborhood.interfaceOf(address);
        if (near != null) {
            return new Client(near, address.getHostAddress());
        }
        byte[] bytes = address.getAddress();
        int network = bytes.length == IPV4_BYTES ? IPV4_NETWORK_BYTES : IPV6_NETWORK_BYTES;
        return new Client(BEYOND, HexFormat.of().formatHex(bytes, 0, network));
    }

    /** {@return the link of a link-local address: that of IPv4 does not name it} */
    private String linkOf(InetAddress linkLocal) {
        if (linkLocal instanceof Inet6Address ipv6 && ipv6.getScopedInterface() != null) {
            return ipv6.getScopedInterface().getName();
        }
        String near = neighborhood.interfaceOf(linkLocal);
        return near == null ? "" : near;
    }

    /** {@return the oldest connection of the client with the most, on the link with the most} */
    private Channel oldestOfTheBusiest() {
        Map<String, Long> ofLinks = counts(Client::link);
        Map<Client, Long> ofClients = counts(Function.identity());
        Long most = Collections.max(ofLinks.values());
        Comparator<Map.Entry<Channel, Client>> byUse = Comparator.comparing(each -> ofClients.get(each.getValue()));
        return open.entrySet().stream()
                .filter(each -> most.equals(ofLinks.get(each.getValue().link())))
                .max(byUse) // the first of equal ones
                .orElseThrow()
                .getKey();
    }

    private <K> Map<K, Long> counts(Function<Client, K> key) {
        return open.values().stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }

    /** @param address its address, or its network if it is beyond the links */
    private record Client(String link, String address) {}
}
