package io.grasp.substrate.netty;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/** Hands on what comes in on one link. */
final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
    private final int maxDatagramBytes;
    private final Events events;

    Receiver(int maxDatagramBytes, Events events) {
        this.maxDatagramBytes = maxDatagramBytes;
        this.events = events;
    }

    /** Who is told. */
    interface Events {
        void received(byte[] message, InetSocketAddress sender);

        void tooLong();

        void failed(Throwable cause);

        void closed();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
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
