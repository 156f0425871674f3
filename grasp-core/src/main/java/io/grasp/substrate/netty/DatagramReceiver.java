package io.grasp.substrate.netty;

import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.quads.QuadsException;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/** Passes on the datagrams that come in on one link or at one address. */
final class DatagramReceiver extends SimpleChannelInboundHandler<DatagramPacket> {
    /** Netty's default number of reads from a socket before it serves the other sockets. */
    private static final int MAX_DATAGRAMS = 16;

    private final int maxMessageBytes;
    private final MessageCipher cipher;
    private final Predicate<InetAddress> onLink;
    private final Events events;

    /**
     * @param maxMessageBytes the longest message accepted
     * @param cipher decrypts the messages
     * @param onLink whether a datagram from this source came in on this link; other datagrams are for other receivers
     */
    DatagramReceiver(int maxMessageBytes, MessageCipher cipher, Predicate<InetAddress> onLink, Events events) {
        this.maxMessageBytes = maxMessageBytes;
        this.cipher = cipher;
        this.onLink = onLink;
        this.events = events;
    }

    /** Receives the datagrams. */
    interface Events {
        void received(byte[] message, InetSocketAddress sender);

        void dropped(SubstrateDrop reason, InetSocketAddress sender);

        void failed(Throwable cause);

        void closed();
    }

    /**
     * {@return the allocator for a channel's buffers} Each is one byte longer than the longest datagram accepted, so
     * that a truncated datagram is detected.
     */
    static RecvByteBufAllocator buffers(int maxMessageBytes, MessageCipher cipher) {
        return new FixedRecvByteBufAllocator(cipher.encryptedBytes(maxMessageBytes) + 1)
                .maxMessagesPerRead(MAX_DATAGRAMS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        if (!onLink.test(packet.sender().getAddress())) {
            return;
        }
        if (packet.content().readableBytes() > cipher.encryptedBytes(maxMessageBytes)) {
            events.dropped(SubstrateDrop.MESSAGE_TOO_LONG, packet.sender());
            return;
        }
        byte[] message;
        try {
            message = cipher.decrypt(ByteBufUtil.getBytes(packet.content()));
        } catch (QuadsException e) {
            events.dropped(SubstrateDrop.UNDECRYPTABLE, packet.sender());
            return;
        }
        if (message.length > maxMessageBytes) {
            events.dropped(SubstrateDrop.MESSAGE_TOO_LONG, packet.sender());
        } else {
            events.received(message, packet.sender());
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
