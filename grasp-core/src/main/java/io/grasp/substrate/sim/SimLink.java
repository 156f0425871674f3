package io.grasp.substrate.sim;

import io.grasp.substrate.Completion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A link of a simulated network. Whatever one node sends to another over it takes the same time. Called on the loop,
 * or while that does not run.
 */
public final class SimLink {
    private final SimNetwork network;
    private final String name;
    private final int number;
    private final LinkKind kind;
    private final List<Attachment> attachments = new ArrayList<>();
    private final Map<Route, Pipe> streams = new HashMap<>();
    private long delayNanos;

    SimLink(SimNetwork network, String name, int number, LinkKind kind, Duration delay) {
        this.network = network;
        this.name = name;
        this.number = number;
        this.kind = kind;
        setDelay(delay);
    }

    /** {@return the link's name, unique in the network} */
    public String name() {
        return name;
    }

    /** {@return how the link carries messages to all neighbors} */
    public LinkKind kind() {
        return kind;
    }

    /**
     * Changes the time that everything takes which is sent from now on.
     *
     * @param delay how long, one way; not negative
     */
    public void setDelay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay " + delay + " is negative");
        }
        delayNanos = delay.toNanos();
    }

    int number() {
        return number;
    }

    long delayNanos() {
        return delayNanos;
    }

    List<Attachment> attachments() {
        return attachments;
    }

    void add(Attachment attachment) {
        attachments.add(attachment);
    }

    void remove(Attachment attachment) {
        attachments.remove(attachment);
        streams.keySet().removeIf(route -> route.uses(attachment));
    }

    /** Sends to all neighbors; the network, not the link, decides whom a message reaches first. */
    void multicast(Attachment sender, byte[] message, Completion sent) {
        if (!sender.isUp()) {
            sent.done(new IOException("link " + name + " is down"));
            return;
        }
        if (message.length > kind.maxMulticastBytes()) {
            sent.done(new IOException("a multicast of " + message.length + " bytes on link " + name + ", which carries "
                    + kind.maxMulticastBytes()));
            return;
        }
        for (Attachment receiver : network.shuffled(attachments)) {
            if (receiver != sender || kind == LinkKind.DATAGRAM) {
                carry(sender, receiver, message);
            }
        }
        sent.done(null);
    }

    /** Sends to one neighbor, on the stream to it. */
    void unicast(Attachment sender, Attachment receiver, byte[] message, Completion sent) {
        if (!sender.isUp() || !receiver.isUp()) {
            sent.done(new IOException("no stream from " + sender + " to " + receiver + " any more"));
            return;
        }
        carry(sender, receiver, message);
        sent.done(null);
    }

    /** The one place that every message on the link passes. A copy for each receiver: none can spoil another's. */
    private void carry(Attachment sender, Attachment receiver, byte[] message) {
        byte[] copy = message.clone();
        Runnable arrival = () -> receiver.receive(copy, sender);
        if (kind == LinkKind.STREAM) {
            streams.computeIfAbsent(Route.direct(sender, receiver), route -> new Pipe(network, route))
                    .send(arrival);
        } else {
            network.deliverAt(network.loop().nanoTime() + delayNanos, arrival);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
