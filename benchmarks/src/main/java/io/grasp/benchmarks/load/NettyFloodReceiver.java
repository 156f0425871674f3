package io.grasp.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.NetworkInterface;
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
        NetworkInterface on = NetworkInterface.getByName(link);
        NioDatagramChannel channel = (NioDatagramChannel) new Bootstrap()
                .group(loop)
                .channelFactory(() -> new NioDatagramChannel(SocketProtocolFamily.INET6))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2049)) // as the stack's
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        taken.lazySet(taken.get() + 1);
                    }
                })
                .bind(Multicasting.group(on, port))
                .syncUninterruptibly()
                .channel();
        channel.joinGroup(Multicasting.group(on, port).getAddress(), on, null).syncUninterruptibly();
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
