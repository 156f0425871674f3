package io.grasp.benchmarks.attack;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * Sends datagrams to ALL_GRASP_NEIGHBORS on a link, or to one node, from one address and port. Not thread-safe.
 */
final class MulticastSender implements AutoCloseable {
    static final String GROUP = "ff02::13";
    private static final String IPV4_GROUP = "224.0.0.119";
    static final int PORT = 7017;

    private final DatagramChannel channel;
    private final InetSocketAddress destination;

    /**
     * Sends multicasts.
     *
     * @param from the source, where an unspecified address lets the system choose, and port 0 means any; its IP version
     *     is that of the multicasts
     */
    MulticastSender(String link, InetSocketAddress from) throws IOException {
        this(link, from, new InetSocketAddress(group(link, from.getAddress()), PORT));
    }

    private MulticastSender(String link, InetSocketAddress from, InetSocketAddress destination) throws IOException {
        boolean ipv4 = from.getAddress() instanceof Inet4Address;
        this.destination = destination;
        channel = DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, link(link));
        channel.bind(from);
    }

    /** {@return a sender to GRASP_LISTEN_PORT of one node} */
    static MulticastSender unicast(String link, InetSocketAddress from, InetAddress to) throws IOException {
        return new MulticastSender(link, from, new InetSocketAddress(to, PORT));
    }

    private static InetAddress group(String link, InetAddress from) throws IOException {
        return from instanceof Inet4Address
                ? InetAddress.getByName(IPV4_GROUP)
                : Inet6Address.getByAddress(
                        null, group().getAddress(), link(link).getIndex());
    }

    static NetworkInterface link(String name) throws IOException {
        NetworkInterface on = NetworkInterface.getByName(name);
        if (on == null) {
            throw new IOException("there is no interface " + name);
        }
        return on;
    }

    static InetAddress group() throws IOException {
        return InetAddress.getByName(GROUP);
    }

    void send(byte[] message) throws IOException {
        channel.send(ByteBuffer.wrap(message), destination);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
