package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.MulticastGroup;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpServer;

/** Opens channels on ALL_GRASP_NEIGHBORS of an interface, with bare Netty and with bare Reactor Netty. */
final class MulticastChannels {
    /** The length of the stack's datagram buffers. */
    private static final int MAX_BYTES = 2049;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private MulticastChannels() {}

    /** Passes each datagram to a consumer on Netty's loop, and then releases it. */
    static void listen(EventLoopGroup loop, String link, int port, Consumer<DatagramPacket> each)
            throws SocketException {
        NetworkInterface on = NetworkInterface.getByName(link);
        NioDatagramChannel channel = (NioDatagramChannel) new Bootstrap()
                .group(loop)
                .channelFactory(() -> new NioDatagramChannel(SocketProtocolFamily.INET6))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_BYTES))
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        each.accept(packet);
                    }
                })
                .bind(MulticastGroup.group(on, port))
                .syncUninterruptibly()
                .channel();
        channel.joinGroup(MulticastGroup.group(on, port).getAddress(), on, null).syncUninterruptibly();
    }

    /** Passes each datagram to a consumer on Reactor Netty's loop, and then releases it. */
    static Connection listen(LoopResources loop, String link, int port, Consumer<DatagramPacket> each)
            throws SocketException {
        NetworkInterface on = NetworkInterface.getByName(link);
        return UdpServer.create()
                .runOn(loop, SocketProtocolFamily.INET6)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_BYTES))
                .bindAddress(() -> MulticastGroup.group(on, port))
                .handle((in, out) -> in.join(MulticastGroup.group(on, port).getAddress(), on)
                        .thenMany(in.receiveObject().cast(DatagramPacket.class).doOnNext(each))
                        .then())
                .bindNow(TIMEOUT);
    }
}
