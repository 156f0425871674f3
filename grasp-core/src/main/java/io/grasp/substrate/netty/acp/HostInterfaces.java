package io.grasp.substrate.netty.acp;

import io.grasp.util.PeerAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A snapshot of this host's interfaces, without the loopback interface.
 *
 * @param up those that are up, by name, with their link-local IPv6 addresses, the lowest first
 */
record HostInterfaces(Map<String, List<VirtualInterface>> up) {
    static HostInterfaces read() throws SocketException {
        Map<String, List<VirtualInterface>> up = new TreeMap<>();
        for (NetworkInterface each : all()) {
            if (each.isUp() && !each.isLoopback()) {
                up.put(each.getName(), linkLocals(each, Collections.list(each.getInetAddresses())));
            }
        }
        return new HostInterfaces(up);
    }

    private static List<NetworkInterface> all() throws SocketException {
        List<NetworkInterface> all = new ArrayList<>();
        try {
            NetworkInterface.getNetworkInterfaces().asIterator().forEachRemaining(all::add);
        } catch (SocketException e) {
            // Java throws this if no interface is up.
            if (!"No network interfaces configured".equals(e.getMessage())) {
                throw e;
            }
        }
        return all;
    }

    private static List<VirtualInterface> linkLocals(NetworkInterface on, List<InetAddress> addresses) {
        return addresses.stream()
                .filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress())
                .sorted(Comparator.comparing(PeerAddresses::withoutScope, PeerAddresses::compare))
                .map(address -> new VirtualInterface(
                        on.getName(), on.getIndex(), NeighborAddress.scoped(address, on.getIndex())))
                .toList();
    }

    /** {@return the names of interfaces that are up} */
    List<String> names(Predicate<String> included) {
        return up.keySet().stream().filter(included).toList();
    }

    /** {@return the identities that an interface can have as a link; none if it is not up or has no address} */
    List<VirtualInterface> identities(String name) {
        return up.getOrDefault(name, List.of());
    }
}
