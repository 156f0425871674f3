package io.grasp.engine;

import io.grasp.substrate.ReplyPath;
import io.grasp.wire.GraspMessage;

/** Sends discovery responses, of this node and passed on, as many at once as the bound allows. */
final class Replies {
    private final EngineContext context;
    private int underWay;

    Replies(EngineContext context) {
        this.context = context;
    }

    /** @param path where the discovery came from */
    void send(GraspMessage response, byte[] encoded, ReplyPath previousHop, MessagePath path) {
        if (underWay >= context.limits.pendingReplies()) {
            drop(DropReason.LIMIT, path);
            return;
        }
        context.observer.messageSent(response, encoded, path);
        underWay++;
        previousHop.reply(encoded, failure -> underWay--); // RFC 8990 section 2.8.5: a failure is no response
    }

    void drop(DropReason reason, MessagePath path) {
        context.drop(reason, path);
    }
}
