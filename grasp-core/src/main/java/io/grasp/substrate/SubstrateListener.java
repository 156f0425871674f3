package io.grasp.substrate;

import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkWarning;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a substrate. All methods are called on the loop, and never from within a call of the engine
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
     * A link can no longer be used. Connections over it end separately, with a {@link LinkLostException} if this node
     * has lost its address along with the link.
     *
     * @param link a link that was up
     */
    void linkDown(Link link);

    /**
     * Something failed on a link, or while the link was being prepared. The other links are not affected.
     *
     * @param name the link's name
     * @param cause the failure
     */
    void linkFailed(String name, Throwable cause);

    /**
     * Something about a link deserves attention. The link can still be used.
     *
     * @param name the link's name
     * @param warning the kind
     * @param detail one sentence for the operator
     */
    default void linkWarning(String name, LinkWarning warning, String detail) {}

    /**
     * A neighbor sent a message: to all neighbors or, if replies are {@linkplain Link#repliesInBand() in band}, to this
     * node alone. A node may receive its own multicasts.
     *
     * @param link the link it came on
     * @param message the bytes exactly as sent; the listener may keep them, the substrate MUST NOT change them
     * @param replyPath the return path to the sender
     */
    void linkMessage(Link link, byte[] message, ReplyPath replyPath);

    /**
     * A peer sent a message to this node alone, not on a connection but to one of its addresses and GRASP_LISTEN_PORT
     * (RFC 8990 section 2.8.4).
     *
     * @param message the bytes exactly as sent; the listener may keep them, the substrate MUST NOT change them
     * @param replyPath the return path to the sender; a link-local IPv6 source has the index of the link that the
     *     message came on as scope
     */
    default void unicastMessage(byte[] message, ReplyPath replyPath) {}

    /**
     * Whether peers are served at an address. A host may have addresses that GRASP does not use, and the operator does
     * not vouch for peers that send to them (RFC 8990 section 2.5.1). Before the substrate accepts a connection, or a
     * {@linkplain #unicastMessage unicast message}, it MUST ask this for the destination address. If the address is not
     * served, the substrate MUST check whether addresses have changed recently, ask once more, and if the answer is
     * still no, drop the connection or message unread and report {@link SubstrateDrop#NOT_SERVED}.
     *
     * @param local the address; a link-local IPv6 address has the index of its link as scope
     * @return whether peers are served there; by default they are, at every address
     */
    default boolean serves(InetAddress local) {
        return true;
    }

    /**
     * Whether a connection to a resolved address may be opened. A name can resolve to any address (RFC 8990 section 3):
     * before the substrate connects to an address that it has looked up, it MUST ask this.
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
     * @return the listener that receives the events of the connection
     */
    ConnectionListener accepted(Connection connection);

    /**
     * The substrate has as many connections of peers as it may have, and one more peer connects. The listener may abort
     * one of them, which the substrate MUST no longer count, and MUST then accept the new one. Otherwise it drops the
     * new one and reports the reason.
     *
     * @param peer the address of the peer that connects
     * @param identity what the peer's certificate says, on a substrate that authenticates its peers; otherwise
     *     {@code null}. What such a peer has is counted by its certificate, and not by its address
     * @param reason why the substrate may not have more
     * @return whether a connection has been aborted
     */
    default boolean makesRoom(InetSocketAddress peer, @Nullable PeerIdentity identity, SubstrateDrop reason) {
        return false;
    }

    /**
     * A connection of a peer could not be accepted, for example because no file descriptors are left. The peer waits,
     * and the substrate tries again. Called for each failed attempt, at most once per second.
     *
     * @param cause the failure
     */
    default void acceptFailed(Throwable cause) {}

    /**
     * The links' protection has changed.
     *
     * @param security the new protection
     */
    void securityChanged(Security security);

    /**
     * The state of this node's own certificate has changed, or deserves attention. Reported once at the start, if the
     * substrate uses one.
     *
     * @param status the state
     */
    default void identityChanged(IdentityStatus status) {}

    /**
     * A peer could not be authenticated, or has lost its authentication; its connection is closed.
     *
     * @param reason the kind of failure
     * @param peer the address of the peer
     * @param identity what the peer's certificate says, if the peer was authenticated before; otherwise {@code null}
     * @param detail one sentence for the operator
     */
    default void peerRefused(
            PeerRefusal reason, InetSocketAddress peer, @Nullable PeerIdentity identity, String detail) {}

    /**
     * The substrate has dropped something.
     *
     * @param reason what was dropped, and why
     * @param link the link that it came on, {@code null} if the substrate does not know it
     * @param peer the address that it came from, with the index of its link as scope if it is a link-local IPv6 one;
     *     {@code null} if the substrate does not know it
     * @param identity what the certificate of the neighbor or peer says, if it is authenticated; otherwise
     *     {@code null}. Such a peer is counted by its certificate, and not by its address
     */
    default void dropped(
            SubstrateDrop reason,
            @Nullable Link link,
            @Nullable InetSocketAddress peer,
            @Nullable PeerIdentity identity) {}
}
