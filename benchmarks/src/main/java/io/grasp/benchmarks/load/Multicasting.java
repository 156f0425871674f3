package io.grasp.benchmarks.load;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** ALL_GRASP_NEIGHBORS on an interface. */
final class Multicasting {
    private static final String GROUP = "ff020000000000000000000000000013";

    private Multicasting() {}

    static InetSocketAddress group(NetworkInterface on, int port) {
        try {
            return new InetSocketAddress(
                    Inet6Address.getByAddress(null, HexFormat.of().parseHex(GROUP), on.getIndex()), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
