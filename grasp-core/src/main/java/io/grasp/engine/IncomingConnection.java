package io.grasp.engine;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.channel.ReplyOnChannel;
import io.grasp.engine.fairness.FairPlaces.Place;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a peer has opened, until a session takes it over.
 *
 * <pre>
 *   accepted --> WAITING ---+ M_DISCOVERY: answers may follow, and until then it is not a silent connection
 *                   |  ^----+ a message of an unassigned type that a handler accepts: the same; the peer closes
 *                   |       + M_NOOP, a request whose Session ID clashes, a dropped message
 *                   |
 *                   +-- an accepted M_REQ_NEG, a rapid answer ---------------------> TAKEN by a session
 *                   +-- M_RESPONSE, if no answer is owed: our direction is closed
 *                   |        '--> LISTENING ---+ M_RESPONSE
 *                   |                  |  ^----'
 *                   |                  '-- the peer's end, timeout, refused --------> CLOSED
 *                   +-- M_REQ_SYN or the last M_DISCOVERY is answered --------------> CLOSED
 *                   +-- the peer's end, timeout, refused, not a message, displaced -> CLOSED
 * </pre>
 */
final class IncomingConnection implements MessageHandler, ReplyOnChannel.PendingAnswers {
    private static final String NOT_AUTHORIZED = "Not authorized";

    private final EngineContext context;
    private final IncomingConnections all;
    private final Dispatcher dispatcher;
    private final MessageChannel channel;
    private final InetAddress peer;
    private final TrafficSource source;
    private final Deadlines.Deadline deadline;
    private @Nullable Place<IncomingConnection> place;
    /** Its place after this side's use of it has ended. */
    private @Nullable Place<IncomingConnection> ending;

    private @Nullable Runnable uncount;
    private boolean waiting = true;
    private boolean listening;
    private boolean extended;
    private boolean asking;
    private int owed;
    private boolean answered;
    private boolean finishing;

    IncomingConnection(
            EngineContext context,
            IncomingConnections all,
            Dispatcher dispatcher,
            MessageChannel channel,
            InetAddress peer,
            TrafficSource source) {
        this.context = context;
        this.all = all;
        this.dispatcher = dispatcher;
        this.channel = channel;
        this.peer = peer;
        this.source = source;
        // Ends the wait for the first message.
        this.deadline = context.deadlines.unarmed(channel::close);
    }

    /**
     * Begins to wait for the first message.
     *
     * @param newPlace its place among the silent ones
     */
    void await(Place<IncomingConnection> newPlace, Duration time) {
        place = newPlace;
        deadline.arm(time);
    }

    /**
     * The connection counts as one of its source.
     *
     * @param end runs once, when it no longer does
     */
    void counted(Runnable end) {
        uncount = end;
    }

    void uncount() {
        if (uncount != null) {
            uncount.run();
            uncount = null;
        }
    }

    /** This side has no further use for the connection, and waits until the peer closes it. */
    void ending(@Nullable Place<IncomingConnection> newPlace) {
        ending = newPlace;
    }

    /** The connection is gone. */
    void gone() {
        uncount();
        if (ending != null) {
            ending.leave();
        }
    }

    /** The operator wants it to be closed: it has no session. */
    void forget() {
        taken();
        channel.reset();
    }

    /** Gives way to another connection, at once. */
    void displaced(DropReason bound) {
        taken();
        uncount();
        channel.drop(bound);
        channel.reset();
    }

    MessageChannel channel() {
        return channel;
    }

    InetAddress peer() {
        return peer;
    }

    /** {@return what is charged for it} */
    TrafficSource source() {
        return source;
    }

    MessagePath path() {
        return channel.path();
    }

    /** {@return the link that the peer is on, or {@code null} if that is not known; an ASA of this node is on none} */
    @Nullable
    Link link() {
        return channel.isLoopback() ? null : context.addresses.linkOf(peer);
    }

    /** {@return the return path to the peer for answers} */
    ReplyPath replyPath() {
        return new ReplyOnChannel(channel, this);
    }

    @Override
    public void received(GraspMessage message, byte[] encoded) {
        if (listening && !(message instanceof Response)) {
            drop(DropReason.NO_SESSION);
        } else {
            dispatcher.onConnection(message, encoded, this);
        }
        closeIfAnswered();
    }

    /** A response to a discovery has come in: other silent connections of the source give way first. */
    void used() {
        if (place != null) {
            place.renew();
        }
    }

    /** The peer has asked, and answers may follow: silent connections give way first. */
    void asks() {
        if (waiting && !asking && place != null) {
            asking = true;
            place.leave();
            place = all.hasAsked(this);
        }
    }

    /** No more answers follow, but the connection stays open. */
    private void isSilentAgain() {
        if (asking && place != null) {
            asking = false;
            place.leave();
            place = all.isSilent(this);
        }
    }

    /** A session has taken over the connection, or it is closed. A second call does nothing. */
    void taken() {
        if (waiting) {
            waiting = false;
            deadline.cancel();
            if (place != null) {
                place.leave();
            }
        }
    }

    /**
     * A request has been handled.
     *
     * @param refused why it was refused, or {@code null} if it was accepted
     */
    void requested(@Nullable DropReason refused, GraspMessage message, byte[] encoded) {
        if (refused == null) {
            if (message instanceof RequestNegotiation) {
                taken();
            } else if (owed == 0) {
                close();
            }
        } else if (refused == DropReason.SESSION_CLASH) {
            drop(refused); // RFC 8990 section 2.8.6: the peer sees a timeout
        } else if (refused == DropReason.OBJECTIVE_FLAGS) {
            refuseAsInvalid(refused, message, encoded);
        } else {
            SessionId session = message.session();
            context.sessions.heard(session, channel.source());
            if (refused == DropReason.NOT_AUTHORIZED && message instanceof RequestNegotiation && session != null) {
                End declined = new End(session, new GraspOption.Decline(NOT_AUTHORIZED));
                channel.send(declined, context.encodeUnicast(declined), Completion.IGNORED);
            }
            refuse(refused); // RFC 8990 section 2.8.6: the connection is closed at once
        }
    }

    /** A neighbor has sent a message that is not of a session. */
    void heard(GraspMessage message) {
        if (!channel.isLoopback()) {
            context.neighbors.heard(
                    link(), channel.connection().remote(), channel.path().identity(), message);
        }
    }

    /** A response came in. The node that asked closes first: the responder would have to keep a port for each one. */
    void responded() {
        if (owed == 0) {
            listening = true;
            channel.closeListening();
        }
    }

    /** An extension handles the message: the peer closes the connection, or the timeout for its first message does. */
    void extended() {
        extended = true;
    }

    @Override
    public void answering() {
        asks();
        owed++;
    }

    @Override
    public void answered() {
        owed--;
        answered = true;
        closeIfAnswered();
    }

    /**
     * Closes the connection after the last answer (RFC 8990 section 2.8.5), unless a session has taken it over or an
     * extension may use it. This happens on a later turn, because the peer may have sent more messages directly after
     * the answered one.
     */
    private void closeIfAnswered() {
        if (answered && waiting && !finishing) {
            finishing = true;
            context.loop.execute(() -> {
                finishing = false;
                if (waiting && !extended && owed == 0) {
                    if (channel.hasPending()) {
                        isSilentAgain();
                    } else {
                        close();
                    }
                }
            });
        }
    }

    void drop(DropReason reason) {
        channel.drop(reason);
    }

    /** Drops a message and closes the connection. */
    void refuse(DropReason reason) {
        drop(reason);
        close();
    }

    /** Refuses a message that cannot be processed, with an M_INVALID unless it is one (RFC 8990 section 2.8.12). */
    void refuseAsInvalid(DropReason reason, GraspMessage message, byte[] encoded) {
        context.sessions.heard(message.session(), channel.source());
        drop(reason);
        if (!(message instanceof Invalid)) {
            channel.sendInvalid(message.session(), encoded);
        }
        close();
    }

    private void close() {
        taken();
        channel.close();
    }

    @Override
    public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
        context.sessions.heard(session, channel.source());
        channel.sendInvalid(session, raw);
        close();
    }

    @Override
    public void inputEnded() {
        close();
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        taken();
    }
}
