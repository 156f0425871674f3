package io.grasp.engine.channel;

import io.grasp.engine.node.EngineContext;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.GraspMessage;
import java.io.IOException;

/** Sends answers to discoveries, both this node's and relayed ones. Each has a place while it is being sent. */
public final class ReplySender {
    private final EngineContext context;
    private final ReplyPlaces places;

    public ReplySender(EngineContext context) {
        this.context = context;
        this.places = new ReplyPlaces(context);
    }

    /** {@return the places of answers, for those that need a connection of their own} */
    public ReplyPlaces places() {
        return places;
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
     * @param sent called once, also if the response is refused or given up
     */
    public void send(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path, Completion sent) {
        ReplyPlaces.PendingReply pending = places.take(path);
        if (pending == null) {
            sent.done(new IOException("too many replies are in progress"));
            return;
        }
        Completion completion = failure -> {
            pending.done(failure);
            if (failure == null) { // RFC 8990 section 2.8.5: on failure there is no response
                context.observer.messageSent(response, encoded, path);
            }
            sent.done(failure);
        };
        Runnable abort = previousHop.reply(encoded, completion, pending::gone);
        pending.onGivenUp(abort);
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
