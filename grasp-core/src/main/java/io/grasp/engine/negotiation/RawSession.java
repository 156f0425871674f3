package io.grasp.engine.negotiation;

import io.grasp.cbor.CborItem;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.ConnectErrors;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.engine.node.Terminable;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.Completion;
import io.grasp.util.IntrusiveList;
import io.grasp.wire.GraspMessage;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session that goes on without GRASP messages: its connection carries any CBOR items both ways, as graspy's
 * {@code gsend} and {@code grecv} do. It begins in a {@link NegotiationSession}. All methods are called on the loop.
 *
 * <pre>
 *   request, or our turn in a negotiation
 *        |
 *        v     close, or the peer's end of its direction
 *      OPEN ------------------------------------------------> ENDED
 *        |                                                      ^
 *        '-- not reached, broken, not CBOR, idle, cancel: failed'
 * </pre>
 */
public final class RawSession implements Cancellable, Session {
    private final EngineContext context;
    private final IntrusiveList.Link<Terminable> owned;
    private final SessionInfo info;
    private final Objective request;
    private final MessageChannel channel;
    private final Consumer<SessionOutcome> release;
    private final RawEvents events;
    private final Deadlines.Deadline idle;
    private Deadlines.@Nullable Deadline opening;
    private boolean opened;
    private boolean ended;
    private long demand;

    RawSession(
            EngineContext context,
            RegisteredAsa asa,
            SessionInfo info,
            Objective request,
            MessageChannel channel,
            boolean opened,
            Consumer<SessionOutcome> release,
            RawEvents events) {
        this.context = context;
        this.info = info;
        this.request = request;
        this.channel = channel;
        this.opened = opened;
        this.release = release;
        this.events = events;
        this.idle = context.deadlines.unarmed(this::idle); // When to give up on a channel on which nothing moves
        channel.handlerOfRaw(new Inbound());
        channel.pause();
        owned = asa.own(this);
        moved();
    }

    /** {@return the session's ID, role and objective} */
    public SessionInfo info() {
        return info;
    }

    /** {@return the objective that was in hand when the channel began: the request, or the last offer} */
    public Objective request() {
        return request;
    }

    /**
     * Bounds how long the connection may take to open; the channel then fails as
     * {@linkplain GraspException#isUnreached unreached}. Once it is open this does nothing.
     *
     * @param time how long, from now
     */
    public void openWithin(Duration time) {
        if (!opened && !ended) {
            endOpening();
            opening =
                    context.deadlines.in(time, () -> notOpened(time)); // When to give up on a peer that is not reached
        }
    }

    private void notOpened(Duration time) {
        fail(GraspException.local(
                        GraspErrorCode.NO_NEGOTIATION_REPLY,
                        "no connection to the peer within " + time.toMillis() + " ms")
                .unreached());
    }

    private void endOpening() {
        if (opening != null) {
            opening.cancel();
            opening = null;
        }
    }

    /**
     * Asks for more items. Without demand nothing is read, and in the end the peer cannot send any more.
     *
     * @param more how many more, above 0; {@link Long#MAX_VALUE} is without bound
     */
    public void request(long more) {
        demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
        if (!ended) {
            channel.resume();
        }
    }

    /** Takes back what was asked for. */
    public void stopReading() {
        demand = 0;
        if (!ended) {
            channel.pause();
        }
    }

    /**
     * Sends an item.
     *
     * @param item any CBOR item
     * @param flushed told when it has been handed to the transport, or why not: wait for that before sending more
     * @throws GraspException if the channel has ended, or the item is none or too long
     */
    public void send(ObjectiveValue item, Completion flushed) {
        if (ended) {
            throw error(GraspException.local(GraspErrorCode.NO_SESSION, "the raw channel has ended"));
        }
        if (!item.isPresent()) {
            throw error(GraspException.local(GraspErrorCode.UNSPECIFIED, "there is no item to send"));
        }
        byte[] bytes = EngineContext.requireSize(item.item().bytes(), channel.maxBytes(), "an item of a raw channel");
        moved();
        channel.connection().send(bytes, failure -> {
            moved();
            flushed.done(failure == null ? null : broken(failure));
        });
    }

    /** Ends the channel once everything sent is flushed. */
    public void close() {
        if (!ended) {
            finish(SessionOutcome.COMPLETED, null);
            events.completed();
        }
    }

    @Override
    public void cancel() {
        if (!ended) {
            finish(SessionOutcome.CANCELLED, null);
        }
    }

    @Override
    public void end(GraspException reason) {
        if (!ended) {
            cancel();
            events.failed(error(reason));
        }
    }

    private void moved() {
        if (!ended) {
            idle.arm(context.timeouts.rawIdle());
        }
    }

    private void idle() {
        Duration time = context.timeouts.rawIdle();
        fail(GraspException.local(GraspErrorCode.NO_REPLY, "nothing moved within " + time.toMillis() + " ms"));
    }

    private void fail(GraspException failure) {
        if (!ended) {
            GraspException full = error(failure);
            finish(SessionOutcome.FAILED, full);
            events.failed(full);
        }
    }

    private GraspException error(GraspException failure) {
        return failure.in(info.id(), info.objective());
    }

    private GraspException broken(Throwable failure) {
        return error(GraspException.transport(
                GraspErrorCode.NO_SOCKET, "the connection broke: " + failure.getMessage(), failure));
    }

    private void finish(SessionOutcome outcome, @Nullable GraspException failure) {
        ended = true;
        idle.cancel();
        endOpening();
        release.accept(outcome);
        owned.leave();
        if (failure == null) {
            channel.close();
        } else {
            channel.closeAfter(failure);
        }
        context.observer.sessionEnded(info, outcome, failure);
    }

    /** What the connection tells. */
    private final class Inbound implements MessageHandler {
        @Override
        public void opened() {
            opened = true;
            endOpening();
            events.opened();
        }

        @Override
        public boolean takesRaw(byte[] item) {
            if (demand != Long.MAX_VALUE && --demand == 0) {
                channel.pause();
            }
            moved();
            channel.answered();
            events.received(ObjectiveValue.ofItem(CborItem.wrap(item, 0, item.length)));
            return true;
        }

        @Override
        public void received(GraspMessage message, byte[] encoded) {
            throw new AssertionError("a raw channel takes no messages");
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
            fail(GraspException.peer(GraspErrorCode.CBOR_FAIL, "the peer sent what is no item: " + what.getMessage())
                    .causedBy(what));
        }

        @Override
        public void inputEnded() {
            if (channel.hasPending()) {
                fail(GraspException.peer(GraspErrorCode.CBOR_FAIL, "the peer ended in the middle of an item"));
            } else {
                close();
            }
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            if (failure == null) {
                close();
            } else if (opened) {
                fail(broken(failure));
            } else {
                fail(ConnectErrors.because(failure, GraspErrorCode.SOCKET_ERROR_REQUEST));
            }
        }
    }
}
