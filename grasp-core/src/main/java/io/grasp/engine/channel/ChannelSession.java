package io.grasp.engine.channel;

import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Owner;
import io.grasp.engine.node.Session;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Peer;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.wire.Invalid;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A session with one peer, on its own connection, which may still be opening. */
public abstract class ChannelSession extends Session {
    protected final MessageChannel channel;
    private final Codes codes;
    private Deadlines.@Nullable Deadline opening;

    /**
     * The RFC 8991 error codes for failures of the connection, for one kind of session.
     *
     * @param notInTime the connection does not open in time
     * @param notOpened the connection cannot be opened
     * @param broken the open connection breaks
     */
    public record Codes(GraspErrorCode notInTime, GraspErrorCode notOpened, GraspErrorCode broken) {
        /** {@return the error of a connection that has failed} */
        public GraspException closed(MessageChannel channel, Throwable failure) {
            return channel.isOpened() ? broken(failure) : unreached(failure);
        }

        /** {@return the error of a connection that was open} */
        GraspException broken(Throwable failure) {
            return GraspException.transport(broken, "the connection broke: " + failure.getMessage(), failure);
        }

        /** {@return the substrate's own error if it is more specific, for example for a name that does not exist} */
        private GraspException unreached(Throwable failure) {
            GraspException error = failure instanceof GraspException known
                    ? known
                    : GraspException.transport(
                            notOpened, "cannot connect to the peer: " + failure.getMessage(), failure);
            return error.unreached();
        }
    }

    /** {@return the error of a peer that has sent what is not a GRASP message} */
    public static GraspException malformed(Exception what) {
        return GraspException.peer(GraspErrorCode.CBOR_FAIL, "the peer sent an invalid message: " + what.getMessage())
                .causedBy(what);
    }

    protected ChannelSession(
            EngineContext context, Owner owner, @Nullable SessionInfo info, MessageChannel channel, Codes codes) {
        super(context, owner, info);
        this.channel = channel;
        this.codes = codes;
    }

    /**
     * Creates a session that continues another one on the same connection.
     *
     * @param former the other one
     */
    protected ChannelSession(ChannelSession former, Owner owner, Codes codes) {
        super(former, owner);
        this.channel = former.channel;
        this.codes = codes;
    }

    /**
     * Bounds how long the connection may take to open; after this time the session fails as
     * {@linkplain GraspException#isUnreached unreached}. Has no effect if the connection is open.
     *
     * @param time the time from now
     */
    public final void openWithin(Duration time) {
        if (!channel.isOpened() && !isEnded()) {
            endOpening();
            opening = context.deadlines.in(time, () -> notOpened(time)); // ends the wait for the connection
        }
    }

    /** {@return the other side, once the connection is open} */
    public final Peer peer() {
        return channel.peer();
    }

    @Override
    protected void addTimers(List<SessionEntry.Timer> timers) {
        Duration remaining = opening == null ? null : opening.remaining();
        if (remaining != null) {
            timers.add(new SessionEntry.Timer(SessionEntry.Awaited.CONNECTION, remaining));
        }
    }

    /** {@return the other side, if the connection is open} */
    protected final Optional<Peer> peerIfKnown() {
        return channel.isOpened() ? Optional.of(channel.peer()) : Optional.empty();
    }

    private void notOpened(Duration time) {
        fail(GraspException.local(
                        codes.notInTime,
                        "no connection to the peer within " + time.toMillis()
                                + " ms, the time that this call allows for it")
                .unreached());
    }

    private void endOpening() {
        if (opening != null) {
            opening.cancel();
            opening = null;
        }
    }

    @Override
    protected boolean leave() {
        endOpening();
        return super.leave();
    }

    @Override
    protected void closeConnection(@Nullable GraspException failure) {
        if (failure == null) {
            channel.close();
        } else {
            channel.closeAfter(failure);
        }
    }

    /** Fails because the peer has not answered; the peer was not reached if the connection is still opening. */
    protected final void failSilent(GraspErrorCode code, String detail) {
        GraspException silence = GraspException.local(code, detail);
        fail(channel.isOpened() ? silence : silence.unreached());
    }

    /** Fails if a message could not be sent. Before the connection is open, its own failure is more specific. */
    protected final void flushed(@Nullable Throwable failure, GraspErrorCode code) {
        if (failure != null && channel.isOpened()) {
            fail(GraspException.transport(code, "cannot send to the peer: " + failure.getMessage(), failure));
        }
    }

    /** {@return the error of a connection that was open} */
    protected final GraspException broken(Throwable failure) {
        return codes.broken(failure);
    }

    /** Receives the events of the connection. */
    protected abstract class Inbound implements MessageHandler {
        @Override
        public void opened() {
            endOpening();
        }

        /** Fails because the peer found something invalid (RFC 8990 section 2.8.12). */
        protected final void invalid(Invalid message, GraspErrorCode code) {
            String content = message.content() == null
                    ? "no diagnostic"
                    : message.content().diagnostic();
            fail(GraspException.peer(code, "the peer answered M_INVALID: " + content));
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
            fail(ChannelSession.malformed(what));
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            if (isEnded()) {
                return; // the usual case
            }
            if (failure == null) {
                inputEnded();
            } else {
                fail(codes.closed(channel, failure));
            }
        }
    }
}
