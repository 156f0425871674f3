package io.grasp.benchmarks.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/** Bare Netty: datagrams are read and counted. */
final class NettyFloodReceiver extends FloodReceiver {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    NettyFloodReceiver(String link, int port) throws SocketException {
        super(port);
        MulticastChannels.listen(loop, link, port, packet -> took());
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
