package io.grasp.substrate.netty.member;

import io.grasp.model.AcpNodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Receives what happens on the links with members. All methods are called on the loop. */
public interface MemberLinks {
    /** For a substrate whose links are something else. */
    MemberLinks NONE = new MemberLinks() {};

    /**
     * A member has become a neighbor.
     *
     * @param member the member
     */
    default void up(Member member) {}

    /**
     * A member is no longer a neighbor.
     *
     * @param member the member
     */
    default void down(Member member) {}

    /**
     * A member is not known to be at a place any more where this node has found it, though it may still be a neighbor.
     *
     * @param member the member
     * @param place the address and port
     */
    default void left(Member member, InetSocketAddress place) {}

    /**
     * Whether this node looks for a member as its neighbor: it has found it, but the member did not accept it.
     *
     * @param member the member
     * @return whether it does
     */
    default boolean isSought(Member member) {
        return false;
    }

    /**
     * A neighbor has sent a message.
     *
     * @param member the neighbor
     * @param message the bytes exactly as sent
     */
    default void message(Member member, byte[] message) {}

    /**
     * The index of the link on which a peer with a link-local address is.
     *
     * @param peer the peer's name
     * @param address its address, with the interface as its scope
     * @return the index, 0 if there is no link with this peer
     */
    default int indexOf(AcpNodeName peer, InetAddress address) {
        return 0;
    }

    /**
     * Two nodes that run at the same time have one name, so one of them uses the other's certificate.
     *
     * @param one a member
     * @param other another one; {@code null} if it is this node
     */
    default void sameName(Member one, @Nullable Member other) {}

    /**
     * The node's identity has become good, so that connections can be opened, or is no longer good.
     *
     * @param good whether it is good
     */
    default void identityIs(boolean good) {}

    /** Addresses of this host may have changed: an address that is not served is asked about once more after this. */
    default void lookAgain() {}
}
