package io.grasp.substrate;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The security and transport substrate of one GRASP instance (RFC 8990 section 2.5.1). All methods but {@link #loop}
 * are called on the loop.
 */
public interface Substrate {
    /** {@return the loop that this substrate runs on} */
    Loop loop();

    /**
     * Brings the links up. {@link SubstrateListener#linkUp} is called for every link that can be used before
     * {@code started} is told.
     *
     * @param listener told what happens from now on
     * @param started told when the substrate can be used, with whatever links it has; or why it cannot be used at all
     */
    void start(SubstrateListener listener, Completion started);

    /** {@return the protection of the links now} */
    Security security();

    /**
     * This node's addresses that are valid beyond one link, in no particular order: those of the interfaces that are
     * links now, and those of loopback interfaces. An address of an interface that is no link MUST NOT be among them,
     * nor one that is still being checked for duplicates, or has failed that check. They may change at any time.
     *
     * @return the addresses; none on a node with link-local addresses only
     */
    List<NodeAddress> nodeAddresses();

    /**
     * Whether an IPv4 address is the broadcast address, or the address, of a network that this node is on: then no host
     * has it.
     *
     * @param address an address
     * @return whether it is known to be
     */
    default boolean isBroadcast(InetAddress address) {
        return false;
    }

    /**
     * The interfaces of this host that have an address, also those that are no links and those that are down: a
     * connection to the address ends at this host, whatever interface it is on. Only a link-local IPv6 address leads
     * elsewhere on other interfaces.
     *
     * @param address an address
     * @return their indexes, that of {@link NodeAddress#linkIndex} for the addresses of this node; none if the address
     *     is no address of this host
     */
    default Set<Integer> holders(InetAddress address) {
        return nodeAddresses().stream()
                .filter(each -> each.address().equals(address))
                .map(NodeAddress::linkIndex)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether some node of this host may use an interface as a link.
     *
     * @param index the interface's index
     * @return whether it may; {@code false} only if it is known that none does
     */
    default boolean isUsedForGrasp(int index) {
        return true;
    }

    /** {@return the port at which this node accepts connections, 0 if it accepts none} */
    int port();

    /**
     * Opens a connection. It can be written to and closed at once; {@link ConnectionListener#opened} or
     * {@link ConnectionListener#closed} follows.
     *
     * @param locator whom to connect to
     * @param linkIndex the index of the link that a link-local address is on, 0 for any other address
     * @param listener told what happens on the connection
     * @return the connection
     */
    Connection connect(Locator locator, int linkIndex, ConnectionListener listener);

    /**
     * Whether {@link #connect} takes names. They need not be inside the secure domain (RFC 8990 section 3), so that it
     * does so only where the operator has said that it may.
     *
     * @return whether it does
     */
    default boolean resolvesNames() {
        return false;
    }

    /**
     * Closes every link, every connection and every port. The listeners of connections are told; no link is reported
     * down. Closing again only tells {@code closed}.
     *
     * @param closed told when nothing is open any more
     */
    void close(Completion closed);
}
