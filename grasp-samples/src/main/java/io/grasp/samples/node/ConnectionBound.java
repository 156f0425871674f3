package io.grasp.samples.node;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the number of connections to a server. A connection beyond the bound is accepted: the client with the most
 * connections loses its oldest one, so that one client cannot keep others out. A client is an address of this host or
 * of a link, and otherwise a network, because one host can have all of its addresses. For one event loop.
 */
final class ConnectionBound {
    private static final int IPV4_BYTES = 4;
    /** A /24. */
    private static final int IPV4_NETWORK_BYTES = 3;
    /** A /64. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private final int maximum;

    /** The open connections, oldest first, with their clients. */
    private final Map<Channel, String> open = new LinkedHashMap<>();

    ConnectionBound(int maximum) {
        this.maximum = maximum;
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

    private static String client(@Nullable SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress known) || known.isUnresolved()) {
            return "";
        }
        InetAddress address = known.getAddress();
        if (address.isLoopbackAddress() || address.isLinkLocalAddress()) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes, 0, bytes.length == IPV4_BYTES ? IPV4_NETWORK_BYTES : IPV6_NETWORK_BYTES);
    }

    /** {@return the oldest of the connections whose clients have as many as any other} */
    private Channel oldestOfTheBusiest() {
        Map<String, Long> counts =
                open.values().stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        Long most = Collections.max(counts.values());
        return open.entrySet().stream()
                .filter(each -> most.equals(counts.get(each.getValue())))
                .findFirst()
                .orElseThrow()
                .getKey();
    }
}
