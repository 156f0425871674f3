package io.grasp.engine.channel;

import io.grasp.engine.node.EngineContext;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageDecoder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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
     * Sends a response of this node.
     *
     * @param path the path of the discovery
     * @param sent called once, also if the response is refused or given up
     */
    public void send(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path, Completion sent) {
        begin(response, encoded, previousHop, path, sent);
    }

    /**
     * Sends a response with content of peers. While it waits to be sent, only its bytes are kept.
     *
     * @param path the path of the discovery
     */
    public void relay(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path) {
        Sending sending = begin(response, encoded, previousHop, path, Completion.IGNORED);
        if (sending != null) {
            sending.message = null;
        }
    }

    private @Nullable Sending begin(
            GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path, Completion sent) {
        ReplyPlaces.PendingReply pending = places.take(path);
        if (pending == null) {
            sent.done(new IOException("too many replies are in progress"));
            return null;
        }
        Sending sending = new Sending(response, encoded, path, pending, sent);
        Runnable abort = previousHop.reply(encoded, sending, pending::gone);
        pending.onGivenUp(abort);
        return sending;
    }

    /** Sends the only response of this node to a discovery. */
    public void sendLast(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path) {
        begin(previousHop);
        send(response, encoded, previousHop, path, Completion.IGNORED);
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

    /** A response that is being sent. */
    private final class Sending implements Completion {
        private final byte[] encoded;
        private final MessagePath path;
        private final ReplyPlaces.PendingReply pending;
        private final Completion sent;
        /** {@code null} if only the bytes are kept. */
        private @Nullable GraspMessage message;

        Sending(
                GraspMessage message,
                byte[] encoded,
                MessagePath path,
                ReplyPlaces.PendingReply pending,
                Completion sent) {
            this.message = message;
            this.encoded = encoded;
            this.path = path;
            this.pending = pending;
            this.sent = sent;
        }

        @Override
        public void done(@Nullable Throwable failure) {
            pending.done(failure);
            if (failure == null) { // RFC 8990 section 2.8.5: on failure there is no response
                GraspMessage response = message == null ? MessageDecoder.decodeAgain(encoded) : message;
                context.sent(response, encoded, path);
            }
            sent.done(failure);
        }
    }
}
