package io.grasp.benchmarks.load.workload;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** ALL_GRASP_NEIGHBORS, with a port for each implementation. */
public final class MulticastGroup {
    // One port for each implementation, so that none receives datagrams for another.
    public static final int GRASP_PORT = 7117;
    public static final int NETTY_PORT = 7118;
    public static final int REACTOR_PORT = 7119;

    private static final String GROUP = "ff020000000000000000000000000013";

    private MulticastGroup() {}

    /** {@return the group with a port, on an interface} */
    public static InetSocketAddress group(NetworkInterface on, int port) {
        try {
            return new InetSocketAddress(
                    Inet6Address.getByAddress(null, HexFormat.of().parseHex(GROUP), on.getIndex()), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
