package io.grasp.substrate;

import io.grasp.model.LinkWarning;
import io.grasp.model.Security;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Told what happens on a substrate. All methods are called on the loop, and never from within a call of the engine
 * into the substrate.
 */
public interface SubstrateListener {
    /**
     * A link can be used.
     *
     * @param link the link
     */
    void linkUp(Link link);

    /**
     * A link can no longer be used. Connections over it end on their own account, with a {@link LinkLostException}
     * where this node has lost its address with it.
     *
     * @param link a link that was up
     */
    void linkDown(Link link);

    /**
     * Something failed on a link, or in preparing it; the other links go on.
     *
     * @param name the link's name
     * @param cause what failed
     */
    void linkFailed(String name, Throwable cause);

    /**
     * Something about a link deserves attention; it can be used all the same.
     *
     * @param name the link's name
     * @param warning the kind
     * @param detail one sentence for a person
     */
    default void linkWarning(String name, LinkWarning warning, String detail) {}

    /**
     * A message came in from a neighbor: to all neighbors, or, where replies are {@linkplain Link#repliesInBand() in
     * band}, to this node alone. A node may receive its own.
     *
     * @param link the link it came on
     * @param message exactly what was sent; the listener may keep it, the substrate MUST NOT change it
     * @param replyPath the way back to the sender
     */
    void linkMessage(Link link, byte[] message, ReplyPath replyPath);

    /**
     * A message came in from a peer to this node alone, and not on a connection: to one of its addresses and
     * GRASP_LISTEN_PORT (RFC 8990 section 2.8.4).
     *
     * @param message exactly what was sent; the listener may keep it, the substrate MUST NOT change it
     * @param replyPath the way back to the sender
     */
    default void unicastMessage(byte[] message, ReplyPath replyPath) {}

    /**
     * Whether peers are served at an address. A host may have more addresses than those that GRASP uses, and what was
     * sent to another one does not come from where the operator vouches for the peers (RFC 8990 section 2.5.1). Before
     * the substrate takes a connection, or a message that came to this node alone and not on a connection, it MUST ask
     * for the address that it was sent to. If that is not served, it MUST find out whether addresses have changed
     * lately, ask once more, and then drop it unread and report {@link SubstrateDrop#NOT_SERVED}.
     *
     * @param local the address; a link-local one of IPv6 has the index of its link as scope
     * @return whether peers are served there; all are, unless a listener knows better
     */
    default boolean serves(InetAddress local) {
        return true;
    }

    /**
     * Whether a connection to an address that a name stands for may be opened. Any name may have any address (RFC 8990
     * section 3): before the substrate connects to one that it has looked up, it MUST ask.
     *
     * @param resolved the address, and the port to connect to
     * @return whether a peer of this node can be there; by default the form of the address decides, and an address
     *     that is valid on one link only is refused
     */
    default boolean isPeer(InetSocketAddress resolved) {
        InetAddress address = resolved.getAddress();
        return PeerAddresses.isPeer(address) && !PeerAddresses.isLinkLocal(address);
    }

    /**
     * A peer has opened a connection to this node, at an address where it is {@linkplain #serves served}.
     *
     * @param connection the connection
     * @return who is told what happens on it
     */
    ConnectionListener accepted(Connection connection);

    /**
     * A connection of a peer could not be accepted: there are no file descriptors left, say. The peer waits, and
     * accepting is tried again; this is called for each attempt that fails, at most once a second.
     *
     * @param cause what failed
     */
    default void acceptFailed(Throwable cause) {}

    /**
     * The links' protection has changed.
     *
     * @param security what it is now
     */
    void securityChanged(Security security);

    /**
     * The substrate has dropped something.
     *
     * @param reason what, and why
     */
    default void dropped(SubstrateDrop reason) {}
}
