package io.grasp.substrate.sim;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.Loops;
import io.grasp.util.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attachment of a node to a link: the link as seen by the node.
 *
 * <pre>
 *              the link is up and the node runs: reported
 *  --&gt; DOWN ----------------------------------------------&gt; UP
 *       ^                                                   | |
 *       |   the link goes down: reported                    | |
 *       +---------------------------------------------------+ |
 *       |   the node is closed or crashes: not reported       |
 *       +-----------------------------------------------------+
 *
 *  DOWN, UP --- detach: connections end, reported if it was UP --&gt; DETACHED
 * </pre>
 */
final class Attachment implements Link {
    private static final double NANOS_TIMES_BITS = 8e9;

    private final SimNode node;
    private final SimLink link;
    private final int index;
    private boolean attached = true;
    private boolean up;
    private long busyUntil;
    private @Nullable Set<SimConnection> connections;
    private @Nullable Map<Attachment, LinkStream> streams;

    Attachment(SimNode node, SimLink link, int index) {
        this.node = node;
        this.link = link;
        this.index = index;
    }

    SimNode node() {
        return node;
    }

    SimLink link() {
        return link;
    }

    /** {@return whether the node is, physically, still on the link} */
    boolean isAttached() {
        return attached;
    }

    /** {@return whether the node's substrate has been notified that the link is up, and may use it} */
    boolean isUp() {
        return up;
    }

    /**
     * A node of the link is a neighbor with any of its addresses, as if this node had a route to them on the link,
     * except those of a network behind it.
     */
    @Override
    public boolean isNeighbor(InetAddress address) {
        SimNode owner = node.owner(address);
        return owner != null && owner != node && owner.isOnLinks(address) && link.attachmentOf(owner) != null;
    }

    /** {@return whether no partition separates the two attachments} */
    boolean reaches(Attachment other) {
        return node.group() == other.node.group();
    }

    /** Notifies the node's substrate that the link is up, unless it has gone down again. */
    void raise() {
        if (attached && !up && !link.isDown() && node.isRunning()) {
            up = true;
            node.context().observers().publish(Kind.LINK_UP, node.name(), name(), "");
            node.listener().linkUp(this);
        }
    }

    void detach() {
        attached = false;
        fall();
        severConnections(false);
    }

    /** Notifies the node's substrate that the link is down, if the substrate could use it. */
    void fall() {
        if (lower()) {
            node.context().observers().publish(Kind.LINK_DOWN, node.name(), name(), "");
            node.notifyLater(listener -> listener.linkDown(this));
        }
    }

    /** Stops use of the link; {@return whether it was in use} */
    boolean lower() {
        boolean was = up;
        up = false;
        stopStreams();
        return was;
    }

    /** Ends the connections that run over the attachment, or only those that cannot take another path. */
    void severConnections(boolean linkLocalOnly) {
        if (connections == null) {
            return;
        }
        for (SimConnection connection : List.copyOf(connections)) {
            if (!linkLocalOnly || connection.isLinkLocal()) {
                connection.severBoth(new LinkLostException("link down at " + this));
            }
        }
    }

    void add(SimConnection connection) {
        if (connections == null) {
            connections = new LinkedHashSet<>(4);
        }
        connections.add(connection);
    }

    void remove(SimConnection connection) {
        if (connections != null && connections.remove(connection) && connections.isEmpty()) {
            connections = null;
        }
    }

    /** {@return the stream to a neighbor; a new one if there is none} */
    LinkStream streamTo(Attachment neighbor) {
        if (streams == null) {
            streams = new LinkedHashMap<>(4);
        }
        return streams.computeIfAbsent(neighbor, absent -> new LinkStream(this, absent));
    }

    /** The stream to a neighbor has ended; the next message begins another. */
    void forgetStream(Attachment neighbor) {
        if (streams != null) {
            LinkStream stream = streams.remove(neighbor);
            if (stream != null) {
                stream.stop();
            }
        }
    }

    private void stopStreams() {
        if (streams != null) {
            streams.values().forEach(LinkStream::stop);
            streams = null;
        }
    }

    /**
     * Queues bytes for sending on the link.
     *
     * @return the nanoseconds until all bytes are on the link, or -1 if the queue has no room for them
     */
    long transmit(int bytes) {
        LinkConditions conditions = link.conditions();
        long bandwidth = conditions.bandwidth();
        if (bandwidth == 0) {
            return 0;
        }
        long now = node.context().timeline().elapsed();
        long queued = Math.max(0, busyUntil - now);
        long queuedBytes = Math.round(queued * (bandwidth / NANOS_TIMES_BITS));
        if (queued > 0 && queuedBytes + bytes > conditions.queueBytes()) {
            return -1;
        }
        busyUntil = now + queued + (long) Math.ceil(bytes * NANOS_TIMES_BITS / bandwidth);
        return busyUntil - now;
    }

    /** Reports what became of a message to a neighbor. */
    void report(Kind kind, Attachment receiver, byte[] message, String detail) {
        node.context().observers().publish(kind, node.name(), receiver.node.name(), name(), message, detail);
    }

    /** @param forged the source that the message shows instead of the sender, or {@code null} */
    void receive(byte[] message, boolean corrupted, Attachment sender, @Nullable InetSocketAddress forged) {
        node.process(() -> {
            if (up) {
                InetSocketAddress source = seen(forged == null ? sender.source() : forged);
                if (link.kind().isSecured() && !node.authenticates(sender.node, source)) {
                    sender.report(Kind.UNREACHED, this, message, "not authenticated");
                    return;
                }
                Kind kind = corrupted ? Kind.CORRUPTED : Kind.DELIVERED;
                sender.report(kind, this, message, forged == null ? "" : "from " + AddressText.of(forged));
                PeerIdentity identity = link.kind().isSecured() ? sender.node.certificate() : null;
                ReplyPath replyPath = link.kind().repliesInBand()
                        ? new ReplyInBand(this, sender, identity)
                        : ReplyByConnection.on(this, source, identity);
                node.listener().linkMessage(this, message, replyPath);
            }
        });
    }

    /** {@return the source of this node's datagrams on the link} */
    private InetSocketAddress source() {
        return new InetSocketAddress(linkLocalAddress(), node.port());
    }

    /** {@return a source as this node sees it: a link-local address has the index of the link as scope} */
    private InetSocketAddress seen(InetSocketAddress source) {
        return source.getAddress() instanceof Inet6Address address && address.isLinkLocalAddress()
                ? new InetSocketAddress(SimAddresses.scoped(address, index), source.getPort())
                : source;
    }

    @Override
    public String name() {
        return link.name();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public InetAddress linkLocalAddress() {
        return SimAddresses.linkLocal(link.number(), node.number(), index); // kept, it would take 120 bytes
    }

    @Override
    public int maxMulticastBytes() {
        return link.kind().maxMulticastBytes(link.conditions());
    }

    @Override
    public boolean repliesInBand() {
        return link.kind().repliesInBand();
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        Loops.requireInLoop(node.loop());
        link.multicast(this, message, sent);
    }

    @Override
    public String toString() {
        return node.name() + " on " + link.name();
    }
}
