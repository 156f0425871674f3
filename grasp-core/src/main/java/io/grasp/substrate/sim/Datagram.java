package io.grasp.substrate.sim;

import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.SeededRandom;
import io.grasp.substrate.sim.time.Timeline;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A multicast in transit to one of the neighbors. */
final class Datagram implements Runnable {
    private static final String NO_ROOM = "queue full";

    private final Attachment sender;
    private final Attachment receiver;
    private final byte[] message;
    private final byte @Nullable [] changed;
    private final @Nullable InetSocketAddress forged;
    private final long flaps;

    private Datagram(
            Attachment sender,
            Attachment receiver,
            byte[] message,
            byte @Nullable [] changed,
            @Nullable InetSocketAddress forged) {
        this.sender = sender;
        this.receiver = receiver;
        this.message = message;
        this.changed = changed;
        this.forged = forged;
        this.flaps = sender.link().flaps();
    }

    /**
     * Sends to one neighbor.
     *
     * @param queued the nanoseconds until the message is on the link, or -1 if the queue had no room for it
     * @param forged the source that the receiver sees instead of the sender, or {@code null}
     */
    static void send(
            Attachment sender, Attachment receiver, byte[] message, long queued, @Nullable InetSocketAddress forged) {
        LinkConditions conditions = sender.link().conditions();
        SeededRandom random = sender.link().random();
        if (queued < 0) {
            sender.report(Kind.LOST, receiver, message, NO_ROOM);
            return;
        }
        if (!sender.reaches(receiver)) {
            sender.report(Kind.UNREACHED, receiver, message, "partition");
            return;
        }
        if (random.happens(conditions.loss())) {
            sender.report(Kind.LOST, receiver, message, "");
            return;
        }
        boolean twice = random.happens(conditions.duplication());
        carry(sender, receiver, message, queued, forged);
        if (twice) {
            sender.report(Kind.DUPLICATED, receiver, message, "");
            carry(sender, receiver, message, queued, forged);
        }
    }

    private static void carry(
            Attachment sender, Attachment receiver, byte[] message, long queued, @Nullable InetSocketAddress forged) {
        LinkConditions conditions = sender.link().conditions();
        SeededRandom random = sender.link().random();
        long delay = queued
                + conditions.delay().toNanos()
                + random.upTo(conditions.jitter().toNanos());
        if (random.happens(conditions.reordering())) {
            delay += conditions.hold().toNanos();
        }
        byte[] changed = null;
        if (message.length > 0 && random.happens(conditions.corruption())) {
            changed = message.clone();
            random.flipBits(changed);
        }
        launch(new Datagram(sender, receiver, message, changed, forged), delay);
    }

    /** Delivers the sender's own copy, which the link only delays. */
    static void loopBack(Attachment sender, byte[] message, @Nullable InetSocketAddress forged) {
        launch(
                new Datagram(sender, sender, message, null, forged),
                sender.link().conditions().delay().toNanos());
    }

    private static void launch(Datagram datagram, long delay) {
        Timeline timeline = datagram.sender.node().context().timeline();
        timeline.deliverAt(timeline.elapsed() + delay, datagram);
    }

    /** Arrives. Each receiver gets its own copy, which it may change. */
    @Override
    public void run() {
        SimLink link = sender.link();
        boolean there =
                link.flaps() == flaps && receiver.isUp() && receiver.node().isAwake() && sender.reaches(receiver);
        if (there) {
            receiver.receive(changed != null ? changed : message.clone(), changed != null, sender, forged);
        } else {
            sender.report(Kind.UNREACHED, receiver, message, "");
        }
    }
}
