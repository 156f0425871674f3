package io.grasp.substrate.sim;

import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.NodeLoop;
import org.jspecify.annotations.Nullable;

/** One direction of the stream between two neighbors on a {@link LinkKind#STREAM} link. */
final class LinkStream implements Pipe.Endpoint<Route> {
    private final Attachment sender;
    private final Attachment receiver;
    private final Pipe<Route> pipe;

    LinkStream(Attachment sender, Attachment receiver) {
        this.sender = sender;
        this.receiver = receiver;
        this.pipe = new Pipe<>(sender.node().context(), Route.direct(sender, receiver), this);
    }

    /** Sends a message. A receiver that has crashed in the meantime does not know the stream. */
    void send(byte[] message) {
        NodeLoop life = receiver.node().life();
        pipe.send("message", message, 0, message.length, (bytes, corrupted) -> {
            if (receiver.isUp() && !life.isDead()) {
                receiver.receive(bytes, corrupted, sender, null);
            } else {
                sender.report(Kind.UNREACHED, receiver, bytes, "not running");
            }
        });
    }

    void stop() {
        pipe.stop();
    }

    @Override
    public @Nullable Route reroute() {
        return null;
    }

    @Override
    public boolean isPointless() {
        return !sender.isUp() || !receiver.isAttached();
    }

    @Override
    public void gaveUp() {
        sender.forgetStream(receiver);
    }
}
