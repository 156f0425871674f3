package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Bare Netty without GRASP: it opens the same connections, sends the same number of bytes, and closes in the same way.
 * The server closes first, as a responder does.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure becomes a failed session
public final class NettyImplementation implements LocalImplementation {
    private final boolean halfCloses;
    private final EventLoopGroup server = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoopGroup client = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /**
     * One bootstrap for all connections, each with its own handler: everything is on one loop. Netty sets TCP_NODELAY
     * by default on both sides.
     */
    private final Bootstrap connecting =
            new Bootstrap().group(client).channel(NioSocketChannel.class).disableResolver();

    private volatile List<Integer> lengths = List.of(1, 1);
    private final InetSocketAddress address;

    /**
     * @param halfCloses whether the server first ends its own direction and closes when it sees the client's end, as
     *     this stack does so that no sent bytes are lost; otherwise it closes at once
     */
    public NettyImplementation(boolean halfCloses) {
        this.halfCloses = halfCloses;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(server)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfCloses)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Server(lengths));
                    }
                });
        Channel bound = bootstrap
                .bind(new InetSocketAddress(NetUtil.LOCALHOST6, 0))
                .syncUninterruptibly()
                .channel();
        address = (InetSocketAddress) bound.localAddress();
    }

    @Override
    public void begin(ClosedLoop sessions) {
        List<Integer> newLengths = sessions.exchange().lengths();
        lengths = newLengths;
        client.execute(() -> sessions.start(slot -> connect(slot, newLengths)));
    }

    private void connect(ClosedLoop.Slot slot, List<Integer> newLengths) {
        connecting.handler(new Client(newLengths, slot)).connect(address).addListener(opened -> {
            if (!opened.isSuccess()) {
                slot.ended(false);
            }
        });
    }

    @Override
    public void close() {
        client.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        server.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Counts received bytes, and sends the next message when it has received a complete one. */
    private abstract static class EndpointHandler extends ChannelInboundHandlerAdapter {
        private final List<Integer> lengths;
        private int next;
        private int read;

        EndpointHandler(List<Integer> lengths) {
            this.lengths = lengths;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            read += bytes.readableBytes();
            bytes.release();
            if (read == lengths.get(next)) {
                read = 0;
                next++;
                if (next == lengths.size()) {
                    completed(context);
                } else {
                    sendNext(context);
                }
            }
        }

        void sendNext(ChannelHandlerContext context) {
            byte[] bytes = new byte[lengths.get(next++)];
            boolean last = next == lengths.size();
            context.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(written -> {
                if (last) {
                    completed(context);
                }
            });
        }

        /** The last message of the session has been received, or has been flushed. */
        abstract void completed(ChannelHandlerContext context);

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private final class Server extends EndpointHandler {
        Server(List<Integer> lengths) {
            super(lengths);
        }

        @Override
        void completed(ChannelHandlerContext context) {
            if (halfCloses) {
                ((SocketChannel) context.channel()).shutdownOutput();
            } else {
                context.close();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                context.close();
            }
        }
    }

    private static final class Client extends EndpointHandler {
        private final ClosedLoop.Slot slot;
        private boolean done;

        Client(List<Integer> lengths, ClosedLoop.Slot slot) {
            super(lengths);
            this.slot = slot;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            sendNext(context);
        }

        @Override
        void completed(ChannelHandlerContext context) {
            ended(true);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended(false);
        }

        private void ended(boolean success) {
            if (!done) {
                done = true;
                slot.ended(success);
            }
        }
    }
}
