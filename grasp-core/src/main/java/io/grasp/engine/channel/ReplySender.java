package io.grasp.engine.channel;

import io.grasp.engine.node.EngineContext;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.GraspMessage;
import java.io.IOException;

/** Sends discovery responses, both this node's and relayed ones, up to a maximum at one time. */
public final class ReplySender {
    private final EngineContext context;
    private int underWay;

    public ReplySender(EngineContext context) {
        this.context = context;
    }

    /**
     * Sends a response.
     *
     * @param path the path of the discovery
     */
    public void send(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path) {
        send(response, encoded, previousHop, path, Completion.IGNORED);
    }

    /**
     * Sends a response.
     *
     * @param sent called once, also if too many responses are in progress
     */
    public void send(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path, Completion sent) {
        if (underWay >= context.limits.pendingReplies()) {
            drop(DropReason.PENDING_REPLIES, path);
            sent.done(new IOException(underWay + " replies are in progress"));
            return;
        }
        context.observer.messageSent(response, encoded, path);
        underWay++;
        previousHop.reply(
                encoded,
                failure -> { // RFC 8990 section 2.8.5: on failure there is no response
                    underWay--;
                    sent.done(failure);
                });
    }

    /** Sends the only response to a discovery. */
    public void sendLast(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path) {
        begin(previousHop);
        send(response, encoded, previousHop, path);
        end(previousHop);
    }

    /** Responses to a discovery may follow: a connection that the peer asked on stays open until {@link #end}. */
    public static void begin(ReplyPath previousHop) {
        if (previousHop instanceof ReplyOnChannel onChannel) {
            onChannel.pending().answering();
        }
    }

    /** No more responses follow: a connection that the peer asked on may be closed (RFC 8990 section 2.8.5). */
    public static void end(ReplyPath previousHop) {
        if (previousHop instanceof ReplyOnChannel onChannel) {
            onChannel.pending().answered();
        }
    }

    /** {@return whether responses can still be sent, as far as this node knows} */
    public static boolean isUsable(ReplyPath previousHop) {
        return !(previousHop instanceof ReplyOnChannel onChannel) || onChannel.isUsable();
    }

    public void drop(DropReason reason, MessagePath path) {
        context.drop(reason, path);
    }
}
