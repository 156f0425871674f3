package io.grasp.benchmarks.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Bare Netty: datagrams are read and counted. */
final class NettyFloodReceiver implements FloodReceiver {
    private final int port;
    private final AtomicLong taken = new AtomicLong();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    NettyFloodReceiver(String link, int port) throws SocketException {
        this.port = port;
        Multicasting.listen(loop, link, port, packet -> taken.lazySet(taken.get() + 1));
    }

    @Override
    public String name() {
        return "Netty";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long taken() {
        return taken.get();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
