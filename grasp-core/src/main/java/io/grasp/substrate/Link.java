package io.grasp.substrate;

import io.grasp.model.LinkInfo;
import java.net.InetAddress;

/** An interface that GRASP runs on. All methods are called on the loop. */
public interface Link {
    /** The largest multicast payload of a link that does not bound it. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** {@return the link's name, such as {@code eth0}; unique in the substrate at any one time} */
    String name();

    /** {@return the link's index, above 0; unique, and not used again for another link while the substrate runs} */
    int index();

    /**
     * The share of this node's resources that the link uses. Several links to one peer have one share, so that a peer
     * gets no more by making several links, or one link again and again.
     *
     * @return the index of the link, or of another link, up or down, to the same peer; by default each link has its own
     *     share
     */
    default int share() {
        return index();
    }

    /**
     * This node's address on the link, by which its neighbors know it: link-local with IPv6, any address with IPv4. On
     * a link that consists of connections with one neighbor, it is the address of this end of the newest, and changes
     * while the link is up when another connection takes the place of the former.
     *
     * @return the address
     */
    InetAddress linkLocalAddress();

    /**
     * Whether an address without a scope belongs to a neighbor on this link, as far as the substrate knows: for
     * example, an IPv4 address has the link's prefix.
     *
     * @param address an address valid beyond one link, or of IPv4
     * @return whether it is known to belong to a neighbor
     */
    default boolean isNeighbor(InetAddress address) {
        return false;
    }

    /**
     * The largest message that {@link #multicast} carries, in bytes of CBOR. UDP over IPv6 carries 1232 bytes: the
     * packet size that every link supports (1280) minus the headers (RFC 8990 section 2.5.3).
     *
     * @return the size, or {@link #UNBOUNDED}
     */
    int maxMulticastBytes();

    /**
     * Whether replies to a multicast come back as messages on the link itself. They do on a link that consists of
     * streams to the neighbors; on a datagram link they come on new connections.
     *
     * @return whether replies come back on the link
     */
    boolean repliesInBand();

    /**
     * Whether the link carries messages of a type, to all neighbors or as a reply in band. RFC 8994 section 6.9.2 lets
     * the links of an Autonomic Control Plane carry discoveries, their responses and floods only.
     *
     * @param type the number of the message type
     * @return whether {@link #multicast} and {@link ReplyPath#reply} accept it; by default every link carries all types
     */
    default boolean carries(int type) {
        return true;
    }

    /** {@return what a user sees of this link: its properties as they are now} */
    default LinkInfo info() {
        return new LinkInfo(name(), index(), linkLocalAddress(), maxMulticastBytes(), repliesInBand());
    }

    /**
     * Sends one message to all neighbors (ALL_GRASP_NEIGHBORS) on this link.
     *
     * @param message the message; MUST NOT be changed afterwards
     * @param sent called when the message has been handed to the network, which does not prove that a neighbor received
     *     it; may be called before this method returns
     */
    void multicast(byte[] message, Completion sent);
}
