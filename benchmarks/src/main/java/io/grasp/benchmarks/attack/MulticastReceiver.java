package io.grasp.benchmarks.attack;

import io.grasp.cbor.CborLimits;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;

/** Receives the messages that other nodes multicast on one link. Not thread-safe. */
final class MulticastReceiver implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final DatagramChannel channel;
    private final NetworkInterface on;
    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
    private final ByteBuffer buffer = ByteBuffer.allocate(CborLimits.DEFAULT.maxBytes());

    /** A message and its sender. */
    record Received(GraspMessage message, InetSocketAddress from) {}

    MulticastReceiver(String link) throws IOException {
        on = MulticastSender.link(link);
        channel = DatagramChannel.open(StandardProtocolFamily.INET6);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        channel.bind(new InetSocketAddress(MulticastSender.PORT));
        channel.join(MulticastSender.group(), on);
    }

    /** Waits for the next well-formed message. */
    Received receive() throws IOException {
        while (true) {
            buffer.clear();
            InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
            // The system delivers the group's datagrams from all links that any socket of the host has joined on.
            if (((Inet6Address) from.getAddress()).getScopeId() == on.getIndex()) {
                try {
                    return new Received(decoder.decode(Arrays.copyOf(buffer.array(), buffer.position())), from);
                } catch (MalformedMessageException e) {
                    // another node's error
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
