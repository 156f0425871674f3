package io.grasp.engine.channel;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.node.EngineContext;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.util.IntrusiveList;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The places of answers to discoveries that are being sent, usually by a connection that is opened for it. An answer to
 * a forged source keeps its place until the connection fails.
 *
 * <ul>
 *   <li>Answers to neighbors share the places of {@code Limits.pendingReplies}. If all are in use, the oldest of the
 *       link and the neighbor with the most is given up: one that can be delivered does not take long. While more than
 *       half are in use, all that have taken longer than {@code Timeouts.replyUnderPressure} are given up too.
 *   <li>Any host can make this node answer to addresses beyond its links. These answers have the places of
 *       {@code Limits.routableReplies}, and each keeps its place for a second, also if it takes less. So they do not
 *       exceed a rate. When no place is left, they are refused.
 * </ul>
 */
public final class ReplyPlaces {
    private static final Duration LEAST_HOLD = Duration.ofSeconds(1);

    private final EngineContext context;
    private final FairPlaces<PendingReply> neighbors;
    private final FairPlaces<PendingReply> others;
    /** The answers to neighbors, the oldest first. */
    private final IntrusiveList<PendingReply> byAge = new IntrusiveList<>();

    ReplyPlaces(EngineContext context) {
        this.context = context;
        this.neighbors = new FairPlaces<>(
                context.limits.pendingReplies(), WhenOwnShareIsUsed.REPLACE_OLDEST, PendingReply::giveUp);
        this.others = new FairPlaces<>(
                Math.max(1, context.limits.routableReplies()), WhenOwnShareIsUsed.REFUSE, PendingReply::giveUp);
    }

    /**
     * Takes a place for an answer.
     *
     * @param path the path of the discovery
     * @return the place, or {@code null} if there is none, which has been counted
     */
    public @Nullable PendingReply take(MessagePath path) {
        Link link = context.linkOf(path);
        boolean near = isNear(link, path);
        if (near) {
            relieve();
        }
        PendingReply reply = new PendingReply(path, near);
        reply.place = (near ? neighbors : others).take(context.sourceOf(link, path), reply, 1);
        if (reply.place == null) {
            context.drop(DropReason.ROUTABLE_REPLIES, path);
            return null;
        }
        if (near) {
            reply.age = byAge.add(reply);
        }
        return reply;
    }

    /** Whether only neighbors can have asked, and other nodes of this host. */
    private boolean isNear(@Nullable Link link, MessagePath path) {
        InetSocketAddress to = path.kind() == MessagePath.Kind.LINK ? path.peer() : null;
        if (to == null) {
            return true; // it is sent on an open connection, or inside this node
        }
        InetAddress address = to.getAddress();
        return context.addresses.isNear(link, address)
                && (context.substrate.knowsBoundPorts() || !context.addresses.isThisHost(link, address));
    }

    private void relieve() {
        long patience = context.timeouts.replyUnderPressure().toNanos();
        IntrusiveList.Node<PendingReply> oldest = byAge.first();
        while (oldest != null
                && neighbors.used() > context.limits.pendingReplies() / 2
                && context.loop.nanoTime() - oldest.value().begun >= patience) {
            oldest.value().giveUp();
            oldest = byAge.first();
        }
    }

    /** An answer that is being sent. */
    public final class PendingReply {
        private final MessagePath path;
        private final boolean near;
        private final long begun = context.loop.nanoTime();
        private FairPlaces.@Nullable Place<PendingReply> place;
        private IntrusiveList.@Nullable Node<PendingReply> age;
        private Runnable abort = () -> {};
        private boolean givenUp;
        private boolean done;

        private PendingReply(MessagePath path, boolean near) {
            this.path = path;
            this.near = near;
        }

        /**
         * Sets how to give up the answer. It is called on a later turn of the loop, unless the answer is done by then.
         */
        public void onGivenUp(Runnable action) {
            abort = action;
        }

        private void giveUp() {
            if (!done) {
                givenUp = true;
                leave();
                context.loop.execute(
                        () -> { // later, because the failure may lead to another answer
                            if (!done) {
                                abort.run();
                            }
                        });
            }
        }

        /** The answer has been sent, or it could not be delivered, which is counted. A second call does nothing. */
        public void done(@Nullable Throwable failure) {
            if (done) {
                return;
            }
            done = true;
            long held = context.loop.nanoTime() - begun;
            if (near || context.isClosed() || held >= LEAST_HOLD.toNanos()) {
                leave();
            } else {
                context.deadlines.in(LEAST_HOLD.minusNanos(held), this::leave); // When the place is free again.
            }
            if (failure != null) {
                context.drop(givenUp ? DropReason.PENDING_REPLIES : DropReason.UNDELIVERED, path);
            }
        }

        private void leave() {
            if (age != null) {
                age.leave();
                age = null;
            }
            if (place != null) {
                place.leave();
            }
        }
    }
}
