package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.DiscoveryClient;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/**
 * Bare Netty without GRASP: for each datagram it opens a connection to the sender, and sends as many bytes as a
 * response has. The sender of the datagram closes first.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the client notices
public final class NettyDiscoveryResponder implements LocalImplementation {
    private final DiscoveryClient client;
    private final int port;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /**
     * One bootstrap for all connections, each with its own handler: everything is on one loop. Netty sets TCP_NODELAY
     * by default.
     */
    private final Bootstrap connecting =
            new Bootstrap().group(loop).channel(NioSocketChannel.class).disableResolver();

    public NettyDiscoveryResponder(String link, int port) throws SocketException {
        this.client = new DiscoveryClient(link);
        this.port = port;
        MulticastChannels.listen(loop, link, port, packet -> {
            ByteBuf content = packet.content();
            answer(packet.sender(), content.getInt(content.readerIndex() + DiscoveryClient.SESSION_OFFSET));
        });
    }

    private void answer(InetSocketAddress sender, int session) {
        connecting
                .handler(new Answering(Unpooled.wrappedBuffer(DiscoveryClient.answer(session))))
                .connect(sender);
    }

    @Override
    public void begin(ClosedLoop sessions) {
        client.begin(sessions, port);
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        client.close();
    }

    private static final class Answering extends ChannelInboundHandlerAdapter {
        private final ByteBuf answer;

        Answering(ByteBuf answer) {
            this.answer = answer;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(answer);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
