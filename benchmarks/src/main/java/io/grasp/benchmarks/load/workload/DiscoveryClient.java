package io.grasp.benchmarks.load.workload;

import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
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
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Sends M_DISCOVERY and receives M_RESPONSE on connections to the same port. It closes these connections first, as a
 * node does. It uses bare Netty, and is the same for all responders.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed request becomes a missing answer
public final class DiscoveryClient implements AutoCloseable {
    /** The discovered objective. */
    public static final String OBJECTIVE = "EX9";

    /** The offset of a four-byte Session ID in a message. */
    public static final int SESSION_OFFSET = 3;

    private static final int FIRST_SESSION = 0x4000_0000;
    private static final byte[] ANSWER = MessageEncoder.encode(new Response(
            SampleMessages.SESSION,
            SampleMessages.INITIATOR,
            0xFFFF_FFFFL,
            List.of(new GraspOption.Divert(List.of(SampleMessages.LOCATOR))),
            null));
    private static final long PATIENCE_MILLIS = 500;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<Integer, ClosedLoop.Slot> pending = new HashMap<>();
    private final NetworkInterface on;
    private final byte[] request;
    private final Channel sender;
    private int session = FIRST_SESSION;

    /** {@return the bytes of an answer, for responders without this stack} */
    public static byte[] answer(int session) {
        byte[] answer = ANSWER.clone();
        ByteBuffer.wrap(answer).putInt(SESSION_OFFSET, session);
        return answer;
    }

    public DiscoveryClient(String link) throws SocketException {
        on = NetworkInterface.getByName(link);
        request = SampleMessages.discovery(FIRST_SESSION, OBJECTIVE);
        Channel server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Answer());
                    }
                })
                .bind(new InetSocketAddress("::", 0))
                .syncUninterruptibly()
                .channel();
        sender = new Bootstrap()
                .group(loop)
                .channelFactory(() -> new NioDatagramChannel(SocketProtocolFamily.INET6))
                .option(ChannelOption.IP_MULTICAST_IF, on)
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {}
                })
                .bind(new InetSocketAddress("::", ((InetSocketAddress) server.localAddress()).getPort()))
                .syncUninterruptibly()
                .channel();
    }

    /** Sends discoveries to a port of the multicast group, one after the other. */
    public void begin(ClosedLoop sessions, int port) {
        InetSocketAddress to = MulticastGroup.group(on, port);
        loop.execute(() -> sessions.start(slot -> send(slot, to)));
    }

    private void send(ClosedLoop.Slot slot, InetSocketAddress to) {
        int id = session++;
        pending.put(id, slot);
        ByteBuf message = Unpooled.copiedBuffer(request);
        message.setInt(SESSION_OFFSET, id);
        sender.writeAndFlush(new DatagramPacket(message, to));
        loop.schedule(() -> ended(id, false), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ended(int id, boolean success) {
        ClosedLoop.Slot slot = pending.remove(id);
        if (slot != null) {
            slot.ended(success);
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Answer extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            int id = bytes.getInt(bytes.readerIndex() + SESSION_OFFSET);
            bytes.release();
            ended(id, true);
            context.close();
        }
    }
}
