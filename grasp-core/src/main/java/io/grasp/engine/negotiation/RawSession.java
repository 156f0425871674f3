package io.grasp.engine.negotiation;

import io.grasp.cbor.CborItem;
import io.grasp.engine.channel.ChannelSession;
import io.grasp.engine.node.WaitText;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.Completion;
import io.grasp.util.Demand;
import io.grasp.wire.GraspMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session that continues without GRASP messages: its connection carries any CBOR items in both directions, like
 * graspy's {@code gsend} and {@code grecv}. It begins in a {@link NegotiationSession}. All methods are called on the
 * loop.
 *
 * <pre>
 *   request, or our turn in a negotiation
 *        |
 *        v     close, or the peer's end of its direction
 *      OPEN ------------------------------------------------> ENDED
 *        |                                                     ^ ^
 *        |-- not reached, broken, not CBOR, idle: failed ------' |
 *        '-- cancel: the connection is reset --------------------'
 * </pre>
 */
public final class RawSession extends ChannelSession {
    private static final Codes CODES = new Codes(
            GraspErrorCode.NO_NEGOTIATION_REPLY, GraspErrorCode.SOCKET_ERROR_REQUEST, GraspErrorCode.NO_SOCKET);

    private final Objective request;
    private final InetAddress initiator;
    private final Consumer<SessionOutcome> release;
    private final RawEvents events;
    private final Demand demand = new Demand();

    RawSession(
            NegotiationSession former,
            RegisteredAsa asa,
            Objective request,
            InetAddress initiator,
            Consumer<SessionOutcome> release,
            RawEvents events) {
        super(former, asa, CODES);
        this.request = request;
        this.initiator = initiator;
        this.release = release;
        this.events = events;
        channel.handlerOfRaw(new FromPeer());
        channel.pause();
        moved();
    }

    /** {@return the objective at the beginning of the channel: the request, or the last offer} */
    public Objective request() {
        return request;
    }

    @Override
    protected Inspected inspected() {
        return new Inspected(
                SessionEntry.State.RAW,
                SessionEntry.Awaited.RAW_ITEM,
                initiator,
                peerIfKnown(),
                request.loopCount(),
                0);
    }

    /**
     * Requests more items. Without demand nothing is read, and in the end the peer cannot send any more.
     *
     * @param more how many more, above 0; {@link Long#MAX_VALUE} is unbounded
     */
    public void request(long more) {
        demand.add(more);
        if (!isEnded()) {
            channel.resume();
        }
    }

    /** Withdraws the demand. */
    public void stopReading() {
        demand.clear();
        if (!isEnded()) {
            channel.pause();
        }
    }

    /**
     * Sends an item.
     *
     * @param item any CBOR item
     * @param flushed called when it has been handed to the transport, or with the failure; wait for this before sending
     *     more
     * @throws GraspException if the channel has ended, or the item is missing, too long or nested too deeply
     */
    public void send(ObjectiveValue item, Completion flushed) {
        if (isEnded()) {
            throw about(GraspException.local(GraspErrorCode.NO_SESSION, "the raw channel has ended"));
        }
        if (!item.isPresent()) {
            throw about(GraspException.local(GraspErrorCode.UNSPECIFIED, "the item to send is absent"));
        }
        byte[] bytes = context.requireAcceptable(item.item().bytes(), channel.maxBytes(), "an item of a raw channel");
        moved();
        channel.connection().send(bytes, failure -> {
            moved();
            flushed.done(failure == null ? null : about(broken(failure)));
        });
    }

    /** Ends the channel once everything sent is flushed. */
    public void close() {
        if (finish(SessionOutcome.COMPLETED, null)) {
            channel.close();
            events.completed();
        }
    }

    /**
     * Ends the channel at once: the connection is reset, and what is not flushed is dropped, so that the peer does not
     * take it for a normal end.
     */
    @Override
    public void cancel() {
        if (finish(SessionOutcome.CANCELLED, null)) {
            channel.abort();
        }
    }

    private void moved() {
        if (!isEnded()) {
            deadline.arm(context.timeouts.rawIdle()); // ends an idle channel
        }
    }

    @Override
    protected void timedOut() {
        Duration time = context.timeouts.rawIdle();
        fail(GraspException.local(
                GraspErrorCode.NO_REPLY,
                "no item was sent or received "
                        + WaitText.ofSetting(time, "the longest time that a raw channel may be idle")));
    }

    @Override
    protected void release(SessionOutcome outcome) {
        release.accept(outcome);
    }

    @Override
    protected void failed(GraspException failure) {
        events.failed(failure);
    }

    /** Receives the peer's items. */
    private final class FromPeer extends Inbound {
        @Override
        public void opened() {
            super.opened();
            events.opened();
        }

        @Override
        public boolean takesRaw(byte[] item) {
            if (!demand.take()) {
                channel.pause();
            }
            moved();
            channel.answered();
            events.received(ObjectiveValue.ofItem(CborItem.wrap(item, 0, item.length)));
            return true;
        }

        @Override
        public void received(GraspMessage message, byte[] encoded) {
            throw new AssertionError("a raw channel does not decode messages");
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
            fail(GraspException.peer(GraspErrorCode.CBOR_FAIL, "the peer sent an unreadable item: " + what.getMessage())
                    .causedBy(what));
        }

        @Override
        public void inputEnded() {
            if (channel.hasPending()) {
                fail(GraspException.peer(
                        GraspErrorCode.CBOR_FAIL, "the peer closed the connection in the middle of an item"));
            } else {
                close();
            }
        }
    }
}
