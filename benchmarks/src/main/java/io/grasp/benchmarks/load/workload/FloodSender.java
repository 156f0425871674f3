package io.grasp.benchmarks.load.workload;

import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.wire.MessageEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/** Floods objectives in turn as fast as it can; each flood is a new session. */
public final class FloodSender implements AutoCloseable {
    private static final int SESSION_OFFSET = 3;
    private static final int FIRST_SESSION = 0x4000_0000;
    private static final int CLOCK_EVERY = 64;

    private final DatagramChannel channel;
    private final NetworkInterface on;
    private final List<ByteBuffer> messages = new ArrayList<>();
    private int session = FIRST_SESSION;
    private int next;

    public FloodSender(String link, int objectives) throws IOException {
        on = NetworkInterface.getByName(link);
        channel = DatagramChannel.open(StandardProtocolFamily.INET6);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
        for (int i = 0; i < objectives; i++) {
            byte[] message = MessageEncoder.encode(SampleMessages.flood(FIRST_SESSION, "EX" + i, 6));
            messages.add(ByteBuffer.allocateDirect(message.length).put(message));
        }
    }

    /** Sends for a while on the calling thread; {@return the number of floods sent} */
    public long send(int port, long nanos) throws IOException {
        InetSocketAddress to = MulticastGroup.group(on, port);
        long end = System.nanoTime() + nanos;
        long sent = 0;
        while (System.nanoTime() - end < 0) {
            for (int i = 0; i < CLOCK_EVERY; i++) {
                sent += sendOne(to);
            }
        }
        return sent;
    }

    private int sendOne(InetSocketAddress to) throws IOException {
        ByteBuffer message = messages.get(next);
        next = next + 1 == messages.size() ? 0 : next + 1;
        message.putInt(SESSION_OFFSET, session++).flip();
        message.limit(message.capacity());
        return channel.send(message, to) > 0 ? 1 : 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
