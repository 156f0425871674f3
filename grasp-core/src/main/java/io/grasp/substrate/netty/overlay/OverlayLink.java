package io.grasp.substrate.netty.overlay;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.netty.member.Member;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The point-to-point link with one neighbor. */
final class OverlayLink implements Link {
    private final String name;
    private final int index;
    private final int share;
    private final Member member;
    private final int maxBytes;

    OverlayLink(String name, int index, int share, Member member, int maxBytes) {
        this.name = name;
        this.index = index;
        this.share = share;
        this.member = member;
        this.maxBytes = maxBytes;
    }

    Member member() {
        return member;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int share() {
        return share;
    }

    /** {@return this node's address of the newest connection, whatever its scope} */
    @Override
    public InetAddress linkLocalAddress() {
        return onLink(member.local().getAddress());
    }

    /** {@return the neighbor's address of that connection} */
    private InetAddress neighbor() {
        return onLink(member.remote().getAddress());
    }

    /** {@return whether the neighbor has an address in a connection that is open, perhaps a former one} */
    boolean hasNeighbor(InetAddress address) {
        return member.isAt(address);
    }

    /** A link-local address is on this link, whichever interface of the host it is on. */
    InetAddress onLink(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), address.isLinkLocalAddress() ? index : -1);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }

    @Override
    public boolean isNeighbor(InetAddress address) {
        return !address.isLinkLocalAddress() && hasNeighbor(address);
    }

    @Override
    public int maxMulticastBytes() {
        return maxBytes;
    }

    @Override
    public boolean repliesInBand() {
        return true;
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        if (message.length > maxBytes) {
            sent.done(new IllegalArgumentException(
                    "a message of " + message.length + " bytes is longer than " + maxBytes));
        } else {
            member.send(message, sent);
        }
    }

    /** {@return the return path of a message that the neighbor has sent} */
    ReplyPath replyPath() {
        InetSocketAddress source = new InetSocketAddress(neighbor(), member.port());
        PeerIdentity identity = member.identity();
        return new ReplyPath() {
            @Override
            public InetSocketAddress source() {
                return source;
            }

            @Override
            public PeerIdentity neighborIdentity() {
                return identity;
            }

            @Override
            public Runnable reply(byte[] message, Completion sent) {
                multicast(message, sent);
                return () -> {};
            }
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
