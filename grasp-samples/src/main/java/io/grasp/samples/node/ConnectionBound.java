package io.grasp.samples.node;

import io.netty.channel.Channel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Bounds the number of connections to a server. A connection beyond the bound is accepted: the address with the most
 * connections loses its oldest one, so that one client cannot keep others out. For one event loop.
 */
final class ConnectionBound {
    private final int maximum;

    /** The open connections, oldest first, with the address of the client. */
    private final Map<Channel, String> open = new LinkedHashMap<>();

    ConnectionBound(int maximum) {
        this.maximum = maximum;
    }

    /** Adds a connection that was accepted from an address. */
    @SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is removed
    void add(Channel accepted, String address) {
        open.put(accepted, address);
        accepted.closeFuture().addListener(closed -> open.remove(accepted));
        if (open.size() > maximum) {
            oldestOfTheBusiest().close();
        }
    }

    /** {@return the oldest of the connections whose addresses have as many as any other} */
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
