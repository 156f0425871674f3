package io.grasp.substrate.netty;

import io.grasp.util.PeerAddresses;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The local addresses of connections that are being opened, read from Linux because Java does not report them. */
record ConnectingAddresses(Map<InetSocketAddress, InetAddress> locals) {
    /** Peers can make this node connect to any number of addresses with the same hash code. */
    private static final Comparator<InetSocketAddress> ORDER = Comparator.comparing(
                    InetSocketAddress::getAddress, PeerAddresses::compare)
            .thenComparingInt(InetSocketAddress::getPort);

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));

    // linux/include/net/tcp_states.h
    private static final String SYN_SENT = "02";

    /** {@return the known addresses; none if they cannot be read} */
    static ConnectingAddresses read() {
        List<String> lines = new ArrayList<>();
        for (Path table : TABLES) {
            try {
                lines.addAll(Files.readAllLines(table));
            } catch (IOException e) {
                // Not Linux, or one of the two IP versions is missing.
            }
        }
        return parse(lines);
    }

    /**
     * Reads lines of: number, local address and port, remote address and port, state (all in hexadecimal), and more.
     */
    static ConnectingAddresses parse(Iterable<String> lines) {
        Map<InetSocketAddress, InetAddress> locals = new TreeMap<>(ORDER);
        for (String line : lines) {
            String[] fields = line.trim().split(" +", 5);
            if (fields.length > 3 && fields[3].equals(SYN_SENT)) {
                locals.put(socketAddress(fields[2]), socketAddress(fields[1]).getAddress());
            }
        }
        return new ConnectingAddresses(locals);
    }

    /** {@return this machine's address of a connection to a peer; {@code null} if it is not known} */
    @Nullable
    InetAddress local(InetSocketAddress remote) {
        InetAddress to = remote.getAddress();
        InetAddress local = locals.get(new InetSocketAddress(PeerAddresses.withoutScope(to), remote.getPort()));
        return local == null || !(to instanceof Inet6Address ipv6) || !to.isLinkLocalAddress()
                ? local
                : LocalAddress.scoped(local, ipv6.getScopeId());
    }

    /** Reads an address, which is written as 32-bit numbers of this machine's byte order, and a port. */
    private static InetSocketAddress socketAddress(String text) {
        String[] parts = text.split(":", 2);
        byte[] written = HexFormat.of().parseHex(parts[0]);
        ByteBuffer words = ByteBuffer.wrap(written);
        ByteBuffer address = ByteBuffer.allocate(written.length).order(ByteOrder.nativeOrder());
        while (words.hasRemaining()) {
            address.putInt(words.getInt());
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address.array()), Integer.parseInt(parts[1], 16));
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are an IP address", e);
        }
    }
}
