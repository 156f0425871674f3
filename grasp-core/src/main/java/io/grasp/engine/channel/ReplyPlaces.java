package io.grasp.engine.channel;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Nanos;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LimitUse.Unit;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.util.IntrusiveList;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The places of answers to discoveries that are being sent, usually by a connection that is opened for it. An answer to
 * a forged source keeps its place until the connection fails.
 *
 * <ul>
 *   <li>Answers to neighbors share the places of {@code Limits.pendingReplies}. If all are in use, the oldest of the
 *       link and the neighbor with the most is given up: one that can be delivered does not take long. While more than
 *       half are in use, those that have taken longer than {@code Timeouts.replyUnderPressure} are given up too, of
 *       links that use more than an equal share of that half.
 *   <li>Any host can make this node answer to routable addresses, by datagrams to this node alone. These answers have
 *       the places of {@code Limits.routableReplies}, and each keeps its place for a second, also if it takes less. So
 *       they do not exceed a rate. When no place is left, they are refused.
 *   <li>The connection of an answer lasts until the receiver closes it. If the substrate cannot open more of them, the
 *       oldest of the link and the source with the most is reset.
 * </ul>
 */
public final class ReplyPlaces {
    private static final Duration LEAST_HOLD = Duration.ofSeconds(1);

    private final EngineContext context;
    private final FairPlaces<PendingReply> neighbors;
    private final FairPlaces<PendingReply> others;
    /** The open connections of all answers, also after these have been sent. The substrate bounds their number. */
    private final FairPlaces<PendingReply> connections;
    /** The answers to neighbors, the oldest first. */
    private final IntrusiveList<PendingReply> byAge = new IntrusiveList<>();

    ReplyPlaces(EngineContext context) {
        this.context = context;
        this.neighbors = new FairPlaces<>(
                context.limits.pendingReplies(), WhenOwnShareIsUsed.REPLACE_OLDEST, PendingReply::giveUp);
        this.others = new FairPlaces<>(
                Math.max(1, context.limits.routableReplies()), WhenOwnShareIsUsed.REFUSE, PendingReply::giveUp);
        this.connections =
                new FairPlaces<>(Long.MAX_VALUE, WhenOwnShareIsUsed.REPLACE_OLDEST, PendingReply::disconnect);
    }

    /**
     * Takes a place for an answer.
     *
     * @param path the path of the discovery
     * @return the place, or {@code null} if there is none, which has been counted
     */
    public @Nullable PendingReply take(MessagePath path) {
        return take(path, true);
    }

    /**
     * Takes a place for the first message of a session. It resets no connection of an answer.
     *
     * @param path the path of the discovery
     * @return the place, or {@code null} if there is none, which has been counted
     */
    public @Nullable PendingReply takeForSession(MessagePath path) {
        if (!context.substrate.hasRoomForSessionInReply()) {
            context.drop(DropReason.DESCRIPTORS, path);
            return null;
        }
        return take(path, false);
    }

    /** Reports the bounds, and what is used of them. */
    public void limits(Consumer<LimitUse> uses) {
        uses.accept(
                new LimitUse("Limits.pendingReplies", neighbors.used(), context.limits.pendingReplies(), Unit.COUNT));
        uses.accept(
                new LimitUse("Limits.routableReplies", others.used(), context.limits.routableReplies(), Unit.COUNT));
    }

    private @Nullable PendingReply take(MessagePath path, boolean mayReset) {
        Link link = context.linkOf(path);
        TrafficSource source = context.sourceOf(link, path);
        // Otherwise it is sent on an open connection, or inside this node.
        InetSocketAddress to = path.kind() == MessagePath.Kind.LINK ? path.peer() : null;
        boolean near = to == null || isNear(link, to.getAddress());
        if (near) {
            relieve();
        }
        PendingReply reply = new PendingReply(path, near, source.link());
        reply.place = (near ? neighbors : others).take(source, reply, 1);
        if (reply.place == null) {
            context.drop(DropReason.ROUTABLE_REPLIES, path);
            return null;
        }
        if (near) {
            reply.age = byAge.add(reply);
        }
        if (to != null) {
            if (mayReset && !context.substrate.hasRoomForReply()) {
                connections.displaceFor(source, any -> true);
            }
            reply.connection = connections.take(source, reply, 1);
        }
        return reply;
    }

    /** Whether only a neighbor can have asked, or another node of this host. */
    private boolean isNear(@Nullable Link link, InetAddress address) {
        return link != null
                && context.addresses.isOnLink(link, address)
                && (context.substrate.knowsBoundPorts() || !context.addresses.isThisHost(link, address));
    }

    /** While more than half of the places are in use, links with more than their share of it give up old ones. */
    private void relieve() {
        long half = context.limits.pendingReplies() / 2;
        if (neighbors.used() <= half) {
            return;
        }
        long begunBefore = context.loop.nanoTime() - Nanos.of(context.timeouts.replyUnderPressure());
        IntrusiveList.Node<PendingReply> next = byAge.first();
        while (next != null && neighbors.used() > half && next.value().begun - begunBefore <= 0) {
            PendingReply reply = next.value();
            next = next.next();
            if (neighbors.usedOnLink(reply.link) * neighbors.links() > half) {
                reply.giveUp();
            }
        }
    }

    /** An answer that is being sent, and its connection. */
    public final class PendingReply {
        private final MessagePath path;
        private final boolean near;
        /** The index of the link that is charged. */
        private final int link;

        private final long begun = context.loop.nanoTime();
        private FairPlaces.@Nullable Place<PendingReply> place;
        private FairPlaces.@Nullable Place<PendingReply> connection;
        private IntrusiveList.@Nullable Node<PendingReply> age;
        private Runnable abort = () -> {};
        private boolean givenUp;
        private boolean done;
        private boolean gone;

        private PendingReply(MessagePath path, boolean near, int link) {
            this.path = path;
            this.near = near;
            this.link = link;
        }

        /**
         * Sets how to give up the answer and to reset its connection. It is called at most once, on a later turn of the
         * loop, and not after {@link #gone}.
         */
        public void onGivenUp(Runnable action) {
            abort = action;
        }

        /** Another answer needs the place. */
        private void giveUp() {
            if (!done && !givenUp) {
                givenUp = true;
                leave();
                context.loop.execute(
                        () -> { // later, because the failure may lead to another answer
                            if (!done) {
                                abort();
                            }
                        });
            }
        }

        /**
         * Another answer needs the connection, whether or not this one has been sent. It keeps its place until it is
         * done: places for routable addresses bound a rate.
         */
        private void disconnect() {
            givenUp = true;
            context.loop.execute(this::abort);
        }

        private void abort() {
            if (!gone) {
                Runnable action = abort;
                abort = () -> {};
                action.run();
            }
        }

        /** The answer is done, and has no connection any more that others may need. */
        public void end(@Nullable Throwable failure) {
            done(failure);
            gone();
        }

        /** The connection of the answer has ended. A second call does nothing. */
        public void gone() {
            gone = true;
            if (connection != null) {
                connection.leave();
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
