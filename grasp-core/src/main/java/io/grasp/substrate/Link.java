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
     * This node's address on the link by which the neighbors know it: a link-local one with IPv6, any with IPv4.
     *
     * @return the address
     */
    InetAddress linkLocalAddress();

    /**
     * Whether an address that does not name its link is that of a neighbor on this one, as far as this can be told from
     * the address: with IPv4 it has the link's prefix.
     *
     * @param address an address valid beyond one link, or of IPv4
     * @return whether it is known to be
     */
    default boolean isNeighbor(InetAddress address) {
        return false;
    }

    /**
     * The largest message that {@link #multicast} carries, in bytes of CBOR. UDP over IPv6 carries 1232: the least
     * packet that every link takes (1280), less the headers (RFC 8990 section 2.5.3).
     *
     * @return the size, or {@link #UNBOUNDED}
     */
    int maxMulticastBytes();

    /**
     * Whether replies to a multicast come back, as messages, on the link itself. They do on a link made of streams
     * to the neighbors; on a datagram link they come on new connections.
     *
     * @return whether they do
     */
    boolean repliesInBand();

    /** {@return what a user sees of this link: its properties as they are now} */
    default LinkInfo info() {
        return new LinkInfo(name(), index(), linkLocalAddress(), maxMulticastBytes(), repliesInBand());
    }

    /**
     * Sends one message to all neighbors (ALL_GRASP_NEIGHBORS) on this link.
     *
     * @param message the message; MUST NOT be changed afterwards
     * @param sent told when the message has been handed to the network, which is no proof that anybody received it;
     *     may be told before this method returns
     */
    void multicast(byte[] message, Completion sent);
}
