package io.grasp.substrate;

import io.grasp.model.InterfaceInfo;
import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.model.Security;
import io.grasp.model.SubstrateInfo;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The security and transport substrate of one GRASP instance (RFC 8990 section 2.5.1). All methods except {@link #loop}
 * are called on the loop.
 */
public interface Substrate {
    /** {@return the loop that this substrate runs on} */
    Loop loop();

    /**
     * Brings the links up. {@link SubstrateListener#linkUp} is called for every usable link before {@code started} is
     * called.
     *
     * @param listener receives all events from now on
     * @param started called when the substrate can be used, with the links it has then, which may be none; or with the
     *     reason why it cannot be used at all
     */
    void start(SubstrateListener listener, Completion started);

    /** {@return the current protection of the links} */
    Security security();

    /**
     * This node's addresses that are valid beyond one link, in no particular order: those of the interfaces that are
     * links now, and those of loopback interfaces. They MUST NOT include an address of an interface that is not a link,
     * or an address that is still being checked for duplicates or has failed that check. They may change at any time.
     *
     * @return the addresses; none on a node with link-local addresses only
     */
    List<NodeAddress> nodeAddresses();

    /**
     * Whether an IPv4 address is the broadcast address or the network address of a network that this node is on, so
     * that no host has it.
     *
     * @param address an address
     * @return whether it is known to be one
     */
    default boolean isBroadcast(InetAddress address) {
        return false;
    }

    /**
     * The interfaces of this host that have an address, including interfaces that are not links or are down. A
     * connection to such an address ends at this host, whichever interface has it. Only a link-local IPv6 address can
     * belong to another host on another interface.
     *
     * @param address an address
     * @return their indexes, for the addresses of this node that of {@link NodeAddress#linkIndex}; none if this host
     *     does not have the address
     */
    default Set<Integer> holders(InetAddress address) {
        return nodeAddresses().stream()
                .filter(each -> each.address().equals(address))
                .map(NodeAddress::linkIndex)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether a node of this host may be using an interface as a link.
     *
     * @param index the interface's index
     * @return {@code false} only if it is known that no node does
     */
    default boolean isUsedForGrasp(int index) {
        return true;
    }

    /**
     * {@return the most memory that this substrate takes, whatever peers send} The objects of connections count in the
     * engine, with the sessions that they belong to ({@link io.grasp.config.Limits#worstCase}).
     */
    default MemoryNeed worstCase() {
        return MemoryNeed.NONE;
    }

    /**
     * Whether a node of this host may have a port: it sends datagrams from the port at which it accepts connections.
     *
     * @param port the port
     * @return {@code false} only if it is known that the port is not bound for both UDP and TCP
     */
    default boolean mayBeNode(int port) {
        return true;
    }

    /** {@return whether {@link #mayBeNode} knows which ports are bound} */
    default boolean knowsBoundPorts() {
        return false;
    }

    /**
     * Whether the substrate may open one more connection for a reply to a datagram. The engine asks before each such
     * reply. If not, it first gives up one whose connection is open: the substrate cannot know whose it should be.
     *
     * @return {@code false} if all connections for replies, or the file descriptors for them, are in use
     */
    default boolean hasRoomForReply() {
        return true;
    }

    /**
     * Whether the substrate may open one more connection that begins a session in reply to a datagram. The engine asks
     * before it begins the session, and before it opens the connection.
     *
     * @return {@code false} if the file descriptors for that are in use: some are left for own requests
     */
    default boolean hasRoomForSessionInReply() {
        return true;
    }

    /** {@return what an operator sees of this substrate; by default the name of its class} */
    default SubstrateInfo describe() {
        return new SubstrateInfo(getClass().getSimpleName(), List.of());
    }

    /**
     * What an operator sees of the links: those that are up, under the names of their {@link Link}s, and the interfaces
     * and neighbors that are none, with the reasons. It may be called often, and must not block.
     *
     * @return the interfaces and neighbors; by default none, so that the operator sees only the links that are up
     */
    default List<InterfaceInfo> interfaces() {
        return List.of();
    }

    /** {@return the port at which this node accepts connections, 0 if it accepts none} */
    int port();

    /** {@return how many connections of peers this node accepts at one time} It does not change. */
    default int maxAcceptedConnections() {
        return Integer.MAX_VALUE;
    }

    /**
     * Opens a connection. The caller may write to it and close it at once; {@link ConnectionListener#opened} or
     * {@link ConnectionListener#closed} follows.
     *
     * @param locator the locator to connect to
     * @param linkIndex the index of the link that a link-local address is on, 0 for any other address
     * @param listener receives the events of the connection
     * @return the connection
     */
    Connection connect(Locator locator, int linkIndex, ConnectionListener listener);

    /**
     * Whether {@link #connect} accepts names. A name need not be inside the secure domain (RFC 8990 section 3), so
     * names are accepted only if the operator permits it.
     *
     * @return whether names are accepted
     */
    default boolean resolvesNames() {
        return false;
    }

    /**
     * Closes every link, every connection and every port. The listeners of connections are notified; no link is
     * reported down. Closing again only calls {@code closed}.
     *
     * @param closed called when nothing is open any more
     */
    void close(Completion closed);
}
