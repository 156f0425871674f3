package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.FloodReceiver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/** Bare Netty without GRASP: reads and counts datagrams. */
public final class NettyFloodReceiver extends FloodReceiver {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    public NettyFloodReceiver(String link, int port) throws SocketException {
        super(port);
        MulticastChannels.listen(loop, link, port, packet -> countOne());
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
