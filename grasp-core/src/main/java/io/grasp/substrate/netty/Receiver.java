package io.grasp.substrate.netty;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/** Hands on what comes in on one link. */
final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
    /** As many as Netty takes by default from a socket before it looks after the others. */
    private static final int MAX_DATAGRAMS = 16;

    private final int maxDatagramBytes;
    private final Predicate<InetAddress> onLink;
    private final Events events;

    /** @param onLink whether a datagram from this source came in on this link; others are for other receivers */
    Receiver(int maxDatagramBytes, Predicate<InetAddress> onLink, Events events) {
        this.maxDatagramBytes = maxDatagramBytes;
        this.onLink = onLink;
        this.events = events;
    }

    /** Who is told. */
    interface Events {
        void received(byte[] message, InetSocketAddress sender);

        void tooLong();

        void failed(Throwable cause);

        void closed();
    }

    /**
     * {@return what makes the buffers of a channel: of one byte more than is taken, so that a datagram that was cut is
     * known}
     */
    static RecvByteBufAllocator buffers(int maxDatagramBytes) {
        return new FixedRecvByteBufAllocator(maxDatagramBytes + 1).maxMessagesPerRead(MAX_DATAGRAMS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        if (!onLink.test(packet.sender().getAddress())) {
            return;
        }
        if (packet.content().readableBytes() > maxDatagramBytes) {
            events.tooLong();
        } else {
            events.received(ByteBufUtil.getBytes(packet.content()), packet.sender());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        events.failed(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        events.closed();
    }
}
