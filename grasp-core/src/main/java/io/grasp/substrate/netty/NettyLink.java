package io.grasp.substrate.netty;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An interface with UDP multicast.
 *
 * @param cipher encrypts multicasts
 * @param identity the identity of the link
 * @param longestMulticast the longest message to the group, in bytes of CBOR; it follows the interface's MTU
 * @param receiver receives datagrams to the group on this interface only
 * @param sender sends for this link only; replies come to its port
 * @param group the destination of multicasts: group, interface and port
 * @param membershipListed whether the system lists the membership in the group, so that its loss can be detected
 */
record NettyLink(
        NettyLoop loop,
        MessageCipher cipher,
        LinkIdentity identity,
        AtomicInteger longestMulticast,
        Channel receiver,
        Channel sender,
        InetSocketAddress group,
        boolean membershipListed)
        implements Link {
    @Override
    public String name() {
        return identity.name();
    }

    @Override
    public int index() {
        return identity.index();
    }

    @Override
    public InetAddress linkLocalAddress() {
        return identity.linkLocalAddress();
    }

    @Override
    public boolean isNeighbor(InetAddress address) {
        return identity.isIpv4() && identity.sharesPrefix(address);
    }

    @Override
    public int maxMulticastBytes() {
        return longestMulticast.get();
    }

    @Override
    public boolean repliesInBand() {
        return false;
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        int longest = maxMulticastBytes();
        if (message.length > longest) {
            sent.done(new IOException(message.length + " bytes do not fit in one datagram of " + longest));
        } else if (!receiver.isOpen()) {
            sent.done(new IOException("link " + name() + " is closed"));
        } else if (!sender.isWritable()) {
            sent.done(new IOException("the network is too slow: too many datagrams are waiting to be sent"));
        } else {
            sender.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(cipher.encrypt(message)), group))
                    .addListener(written -> loop.run(() -> {
                        loop.failsBy(written.cause());
                        sent.done(written.cause());
                    }));
        }
    }
}
