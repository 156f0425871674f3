package io.grasp.substrate.sim;

import io.grasp.substrate.Completion;
import io.grasp.substrate.sim.time.Loops;
import io.grasp.substrate.sim.time.SeededRandom;
import io.grasp.util.NumberedList;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A link of a simulated network. Its {@link LinkConditions} apply to each direction, from one node to the others. Call
 * its methods on the loop, or while the loop does not run.
 */
public final class SimLink {
    private final NetworkContext context;
    private final String name;
    private final int number;
    private final LinkKind kind;
    /** By the number of the node. */
    private final NumberedList<Attachment> attachments =
            new NumberedList<>(attachment -> attachment.node().number());

    private final SeededRandom random;
    private LinkConditions conditions;
    private long flaps;
    private boolean down;

    SimLink(
            NetworkContext context,
            String name,
            int number,
            LinkKind kind,
            LinkConditions conditions,
            SeededRandom random) {
        this.context = context;
        this.name = name;
        this.number = number;
        this.kind = Objects.requireNonNull(kind, "kind");
        this.conditions = Objects.requireNonNull(conditions, "conditions");
        this.random = random;
    }

    /** {@return the link's name, unique in the network} */
    public String name() {
        return name;
    }

    /** {@return how the link carries messages to all neighbors} */
    public LinkKind kind() {
        return kind;
    }

    /** {@return the conditions for messages sent from now on} */
    public LinkConditions conditions() {
        return conditions;
    }

    /**
     * Changes the conditions for messages sent from now on. Messages in transit are not affected.
     *
     * @param newConditions the new conditions
     */
    public void setConditions(LinkConditions newConditions) {
        conditions = Objects.requireNonNull(newConditions, "newConditions");
    }

    /**
     * Changes the delay for messages sent from now on.
     *
     * @param delay the one-way delay; not negative
     * @throws IllegalArgumentException if it is negative
     */
    public void setDelay(Duration delay) {
        conditions = conditions.withDelay(delay);
    }

    /** {@return the nodes on the link, in the order in which they were connected} */
    public List<SimNode> nodes() {
        return attachments.all().stream().map(Attachment::node).toList();
    }

    /**
     * Takes the link down. All its nodes notice: their substrates are notified. Messages in transit over it are lost.
     * Connections over it between link-local addresses fail at both ends; other connections notice nothing, and take
     * another route, if there is one, when they next send or retransmit. Does nothing if the link is down.
     */
    public void down() {
        if (!down) {
            down = true;
            flaps++;
            List<Attachment> ends = List.copyOf(attachments.all());
            ends.forEach(Attachment::fall);
            ends.forEach(end -> end.severConnections(true));
        }
    }

    /** Brings the link up again, with the same index for each node. Does nothing if the link is up. */
    public void up() {
        if (down) {
            down = false;
            attachments.all().forEach(attachment -> attachment.node().raise(attachment));
        }
    }

    /** {@return whether the link is down} */
    public boolean isDown() {
        return down;
    }

    NetworkContext context() {
        return context;
    }

    int number() {
        return number;
    }

    SeededRandom random() {
        return random;
    }

    /** {@return how many times the link has gone down} */
    long flaps() {
        return flaps;
    }

    Collection<Attachment> attachments() {
        return attachments.all();
    }

    @Nullable
    Attachment attachmentOf(SimNode node) {
        return attachments.get(node.number());
    }

    /** {@return the attachment of the node with a link-local address, or {@code null} if there is none} */
    @Nullable
    Attachment neighbor(InetAddress linkLocalAddress) {
        Attachment attachment =
                linkLocalAddress instanceof Inet6Address ? attachments.get(SimAddresses.node(linkLocalAddress)) : null;
        return attachment != null && attachment.linkLocalAddress().equals(linkLocalAddress) ? attachment : null;
    }

    void add(Attachment attachment) {
        attachments.add(attachment);
    }

    void remove(Attachment attachment) {
        attachments.remove(attachment);
        if (kind.repliesInBand()) {
            attachments.all().forEach(other -> other.forgetStream(attachment));
        }
    }

    /** Sends to all neighbors; the network, not the link, decides in which order they receive it. */
    void multicast(Attachment sender, byte[] message, Completion sent) {
        multicast(sender, message, null, sent);
    }

    /**
     * Sends a multicast whose source is forged, as a host can on a link without source address validation. The
     * receivers, including the sender itself, see the given source and reply to it. Everything else is as with
     * {@link io.grasp.substrate.Link#multicast}.
     *
     * @param sender the node that sends it, which must be on the link
     * @param source the source that the receivers see. They see a link-local IPv6 address on their side of this link,
     *     any other address unchanged. No node need have it
     * @param message the message
     * @param sent as with {@link io.grasp.substrate.Link#multicast}
     * @throws IllegalArgumentException if the node is not on the link, the source is not resolved, or the link consists
     *     of streams, whose ends are known
     */
    public void forge(SimNode sender, InetSocketAddress source, byte[] message, Completion sent) {
        Loops.requireInLoop(sender.loop());
        Attachment attachment = attachmentOf(sender);
        if (attachment == null) {
            throw new IllegalArgumentException(sender + " is not on link " + name);
        }
        if (kind.repliesInBand()) {
            throw new IllegalArgumentException("link " + name + " consists of streams, whose source cannot be forged");
        }
        if (source.isUnresolved()) {
            throw new IllegalArgumentException("source " + source + " is not resolved");
        }
        multicast(attachment, message, source, sent);
    }

    private void multicast(Attachment sender, byte[] message, @Nullable InetSocketAddress forged, Completion sent) {
        if (!sender.isUp()) {
            sent.done(new IOException("link " + name + " is down"));
            return;
        }
        int most = kind.maxMulticastBytes(conditions);
        if (message.length > most) {
            sent.done(new IOException(
                    "a multicast of " + message.length + " bytes on link " + name + ", which carries " + most));
            return;
        }
        List<Attachment> receivers = context.shuffled(attachments.all());
        if (kind.repliesInBand()) {
            receivers.stream()
                    .filter(receiver -> receiver != sender)
                    .forEach(receiver -> sender.streamTo(receiver).send(message));
        } else {
            long queued = sender.transmit(message.length);
            for (Attachment receiver : receivers) {
                if (receiver == sender) {
                    Datagram.loopBack(sender, message, forged);
                } else {
                    Datagram.send(sender, receiver, message, queued, forged);
                }
            }
        }
        sent.done(null);
    }

    /**
     * Sends to one neighbor, on the stream to it. The link does not know whether the neighbor has crashed or sleeps.
     */
    void unicast(Attachment sender, Attachment receiver, byte[] message, Completion sent) {
        if (!sender.isUp()
                || !receiver.isAttached()
                || !receiver.isUp() && receiver.node().isAwake()) {
            sent.done(new IOException("no stream from " + sender + " to " + receiver + " any more"));
            return;
        }
        sender.streamTo(receiver).send(message);
        sent.done(null);
    }

    @Override
    public String toString() {
        return name;
    }
}
