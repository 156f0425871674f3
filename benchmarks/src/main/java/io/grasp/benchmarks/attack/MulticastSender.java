package io.grasp.benchmarks.attack;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Sends datagrams to ALL_GRASP_NEIGHBORS on a link, from one address and port. Not thread-safe. */
final class MulticastSender implements AutoCloseable {
    static final String GROUP = "ff02::13";
    static final int PORT = 7017;

    private final DatagramChannel channel;
    private final InetSocketAddress group;

    /** @param from the source, where an unspecified address lets the system choose, and port 0 means any */
    MulticastSender(String link, InetSocketAddress from) throws IOException {
        NetworkInterface on = link(link);
        group = new InetSocketAddress(Inet6Address.getByAddress(null, group().getAddress(), on.getIndex()), PORT);
        channel = DatagramChannel.open(StandardProtocolFamily.INET6);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
        channel.bind(from);
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
        channel.send(ByteBuffer.wrap(message), group);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
