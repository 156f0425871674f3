package io.grasp.benchmarks.load.ceiling;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * The least that a session between two threads takes: one thread sends a few bytes over an open TCP connection, another
 * returns them, and each waits for the other. Most of it is what it takes to wake a thread.
 */
public final class RoundTrips {
    private static final int BYTES = 64;

    private RoundTrips() {}

    /** Measures for some time; {@return the durations in nanoseconds} */
    public static Histogram measure(Duration time) throws IOException, InterruptedException {
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel other = server.accept()) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            other.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Thread echo = new Thread(() -> echo(other), "echo");
            echo.start();
            Histogram durations = new Histogram(3);
            ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
            long end = System.nanoTime() + time.toNanos();
            for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
                buffer.clear();
                client.write(buffer);
                buffer.clear();
                client.read(buffer);
                durations.recordValue(System.nanoTime() - begin);
            }
            client.close();
            echo.join();
            return durations;
        }
    }

    private static void echo(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        try {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                channel.write(buffer);
                buffer.clear();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the connection has failed", e);
        }
    }
}
