package io.grasp.engine.negotiation;

import io.grasp.config.RegistrationOptions;
import io.grasp.engine.channel.ChannelSession;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.node.WaitingSession;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionInfo.Role;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.Completion;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Wait;
import io.grasp.wire.WireMillis;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One negotiation (RFC 8990 section 2.5.5), in either role. All methods are called on the loop.
 *
 * <pre>
 *  initiator                                  responder
 *  request                                    M_REQ_NEG
 *     |                                           |
 *     v        M_NEGOTIATE                        v
 *  REQUESTED ------------------------------> OUR_TURN ------+ waitFor: our timer is extended
 *     |  ^ M_WAIT: timer overwritten          |    ^   ^----+
 *     |  |                               step |    | M_NEGOTIATE
 *     |                                       v    |
 *     |                                    THEIR_TURN ------+ M_WAIT: timer overwritten
 *     |                                       |        ^----+
 *     | M_END                                 | M_END
 *     v                                       v                accept, decline (in OUR_TURN)
 *   ENDED &lt;---------------------------------------- flushed -- ENDING
 *     ^ REQUESTED, OUR_TURN, THEIR_TURN: it goes on as a raw channel
 *     ^ any state: M_INVALID, a message that does not fit, timeout, connection closed, cancel
 * </pre>
 */
public final class NegotiationSession extends ChannelSession {
    private static final String LOOP_EXHAUSTED = "Loop count exhausted";
    private static final String TOO_LONG = "The negotiation takes too long";
    private static final Codes CODES = new Codes(
            GraspErrorCode.NO_NEGOTIATION_REPLY,
            GraspErrorCode.SOCKET_ERROR_REQUEST,
            GraspErrorCode.NO_NEGOTIATION_REPLY);

    private final RegisteredAsa asa;
    private final Consumer<SessionOutcome> release;
    private final NegotiationTimer timer;
    private final boolean raisedLoopCount;
    /** For sessions that peers have requested. */
    private final @Nullable SessionKey theirs;

    private @Nullable Cancellable waiting;
    private boolean gaveWay;
    private State state;
    private Objective inHand;
    private Objective ourLast;
    private @Nullable NegotiationEvents events;
    private @Nullable Runnable onEndUntaken;
    private @Nullable Wait unsentWait;
    /** The number of M_NEGOTIATE of both sides. */
    private int offers;

    /** The states of a negotiation. */
    public enum State {
        REQUESTED,
        OUR_TURN,
        THEIR_TURN,
        ENDING,
        ENDED
    }

    /** @param release called with the session's end, so that its ID becomes free */
    private NegotiationSession(
            EngineContext context,
            RegisteredAsa asa,
            SessionInfo info,
            Objective objective,
            MessageChannel channel,
            State state,
            @Nullable SessionKey theirs,
            Consumer<SessionOutcome> release) {
        super(context, asa, info, channel, CODES);
        this.asa = asa;
        this.inHand = objective;
        this.ourLast = objective;
        this.state = state;
        this.theirs = theirs;
        this.release = release;
        this.raisedLoopCount = asa.raisesLoopCount(info.objective());
        this.timer = new NegotiationTimer(context, deadline, raisedLoopCount);
        channel.handler(new FromPeer());
        started();
    }

    /** Begins a session and sends the request; the channel may still be opening. */
    public static NegotiationSession initiate(
            EngineContext context,
            RegisteredAsa asa,
            RequestNegotiation message,
            byte[] encoded,
            MessageChannel channel,
            Duration timeout,
            NegotiationEvents events) {
        NegotiationSession session = ours(context, asa, message.session(), message.objective(), channel);
        session.awaitAnswer(events, timeout);
        session.request(message, encoded);
        return session;
    }

    /** Begins a session whose request was a discovery, with the peer that answered it on a connection. */
    public static NegotiationSession answered(
            EngineContext context,
            RegisteredAsa asa,
            SessionId id,
            Objective request,
            MessageChannel channel,
            Duration timeout,
            NegotiationEvents events) {
        NegotiationSession session = ours(context, asa, id, request, channel);
        session.awaitAnswer(events, timeout);
        return session;
    }

    private static NegotiationSession ours(
            EngineContext context, RegisteredAsa asa, SessionId id, Objective request, MessageChannel channel) {
        SessionInfo info = new SessionInfo(id, SessionInfo.Kind.NEGOTIATION, Role.INITIATOR, request.name());
        return new NegotiationSession(
                context, asa, info, request, channel, State.REQUESTED, null, outcome -> context.sessions.end(id));
    }

    /**
     * Begins a session that a peer has requested, before an ASA has accepted it.
     *
     * @param release called with the session's end
     */
    static NegotiationSession respond(
            EngineContext context,
            RegisteredAsa asa,
            SessionKey key,
            Objective request,
            MessageChannel channel,
            Consumer<SessionOutcome> release) {
        SessionInfo info = new SessionInfo(key.id(), SessionInfo.Kind.NEGOTIATION, Role.RESPONDER, request.name());
        NegotiationSession session =
                new NegotiationSession(context, asa, info, request, channel, State.OUR_TURN, key, release);
        session.timer.awaitOurMove();
        return session;
    }

    /** It is the peer's turn to answer our request, on a channel that may still be opening. */
    private void awaitAnswer(NegotiationEvents newEvents, Duration timeout) {
        events = newEvents;
        timer.awaitPeer(timeout);
    }

    /** Sends our request. */
    private void request(RequestNegotiation message, byte[] encoded) {
        channel.send(message, encoded, failure -> flushed(failure, GraspErrorCode.SOCKET_ERROR_REQUEST));
    }

    /** {@return the peer's last offer; the request if there is none yet} */
    public Objective inHand() {
        return inHand;
    }

    /** {@return whether it is our turn} */
    public boolean isOurTurn() {
        return state == State.OUR_TURN;
    }

    /** {@return whether no more moves are possible: the last message is being sent, or the session has ended} */
    public boolean isEndingOrEnded() {
        return state == State.ENDING || state == State.ENDED;
    }

    /**
     * Accepts a session that a peer has requested, or takes it over.
     *
     * @param newEvents receives all events from now on
     */
    public void take(NegotiationEvents newEvents) {
        requireTurn();
        events = newEvents;
        onEndUntaken = null;
    }

    /**
     * Leaves the negotiation for a raw channel on its connection: when it is our turn, or after a request or an offer.
     *
     * @param newEvents receives all events from now on
     * @return the session in its new form
     * @throws GraspException if the session has ended
     */
    public RawSession raw(RawEvents newEvents) {
        requireNotEnded();
        leave();
        return new RawSession(this, asa, inHand, initiator(), release, newEvents);
    }

    private InetAddress initiator() {
        return theirs == null ? context.addresses.initiator() : theirs.initiator();
    }

    @Override
    protected Inspected inspected() {
        SessionEntry.State seen = switch (state) {
            case REQUESTED -> SessionEntry.State.REQUESTED;
            case OUR_TURN -> SessionEntry.State.OUR_TURN;
            case THEIR_TURN -> SessionEntry.State.THEIR_TURN;
            case ENDING, ENDED -> SessionEntry.State.ENDING;
        };
        int loopCount = state == State.THEIR_TURN ? ourLast.loopCount() : inHand.loopCount();
        return new Inspected(seen, timer.awaited(), initiator(), peerIfKnown(), loopCount, offers);
    }

    MessageChannel channel() {
        return channel;
    }

    /** The first message of a session that began with a discovery. */
    public void received(GraspMessage message, byte[] encoded) {
        channel.deliver(message, encoded);
    }

    void onEndUntaken(Runnable action) {
        onEndUntaken = action;
    }

    /**
     * Offers a value to the peer (M_NEGOTIATE). If the loop count does not allow it, the session fails with
     * {@link GraspErrorCode#LOOP_EXHAUSTED} (RFC 8990 section 2.8.7), and the peer is notified instead of waiting for
     * its timer.
     *
     * @param value the value
     * @param timeout how long to wait for the peer's next message, above zero
     * @throws GraspException if it is not our turn, or the message is too long; the session is unchanged
     */
    public void step(ObjectiveValue value, Duration timeout) {
        requireTurn();
        int loopCount = inHand.loopCount() - 1;
        if (loopCount <= 0) {
            exhaust(LOOP_EXHAUSTED, "the peer's offer came with loop count " + inHand.loopCount());
            return;
        }
        offer(value, loopCount, timeout);
    }

    /**
     * Offers a value to the peer with a loop count that the ASA sets, for objectives that are {@linkplain
     * RegistrationOptions#raisedLoopCount registered that way}.
     *
     * @param value the value
     * @param loopCount the loop count, at least 1; a greater one than 255 is sent as 255
     * @param timeout how long to wait for the peer's next message
     * @throws GraspException if it is not our turn, the message is too long, or the objective is not registered that
     *     way; the session is unchanged
     * @throws IllegalArgumentException if the loop count is below 1
     */
    public void step(ObjectiveValue value, int loopCount, Duration timeout) {
        requireTurn();
        if (loopCount < 1) {
            throw new IllegalArgumentException("loop count " + loopCount + " is below 1");
        }
        if (!raisedLoopCount) {
            throw about(GraspException.local(
                    GraspErrorCode.UNSPECIFIED,
                    "the objective is not registered with the option that lets its ASA set the loop count"));
        }
        offer(value, Math.min(loopCount, Objective.MAX_LOOP_COUNT), timeout);
    }

    private void offer(ObjectiveValue value, int loopCount, Duration timeout) {
        if (exhausted()) {
            return;
        }
        Objective offer = new Objective(inHand.name(), inHand.flags(), loopCount, Placeholder.ifNone(value));
        Negotiate message = new Negotiate(info().id(), offer);
        byte[] encoded = context.encodeUnicast(message, channel.maxBytes());
        unsentWait = null;
        offers++;
        ourLast = offer;
        state = State.THEIR_TURN;
        timer.awaitPeer(timeout);
        channel.send(message, encoded, failure -> flushed(failure, GraspErrorCode.SOCKET_ERROR_STEP));
    }

    /**
     * Asks the peer to wait (M_WAIT); it remains our turn. The message is not sent if a move follows at once.
     *
     * @param wait the time from now, less than 2^32 ms, rounded up to whole milliseconds; zero ends an earlier wait at
     *     once
     * @throws GraspException if it is not our turn, or the wait is negative or too long; the session is unchanged
     */
    public void waitFor(Duration wait) {
        requireTurn();
        Wait message;
        try {
            message = new Wait(info().id(), WireMillis.of(wait));
        } catch (GraspException outOfRange) {
            throw about(outOfRange);
        }
        timer.extendOurMove(wait);
        sendSoon(message);
    }

    /**
     * Sends an M_WAIT on the next turn of the loop, and not at all if a move comes before: peers that take one read for
     * one message would not see it.
     */
    private void sendSoon(Wait message) {
        unsentWait = message;
        context.loop.execute(() -> {
            if (message.equals(unsentWait)) {
                unsentWait = null;
                send(message, failure -> flushed(failure, GraspErrorCode.SOCKET_ERROR_WAIT));
            }
        });
    }

    /**
     * Accepts the peer's last offer (M_END with O_ACCEPT). The session ends when the message has been flushed, which
     * does not prove that the peer has read it.
     *
     * @throws GraspException if it is not our turn
     */
    public void accept() {
        requireTurn();
        endWith(new End(info().id(), new GraspOption.Accept()), new Accepted(inHand, Side.LOCAL));
    }

    /**
     * Declines (M_END with O_DECLINE). Either side may do so at any time; if the request has not been sent yet, the
     * decline follows it.
     *
     * @param reason the reason, may be empty
     * @throws GraspException if the session has ended, or the reason is too long
     */
    public void decline(String reason) {
        requireNotEnded();
        endWith(declineMessage(reason), new Declined(reason, Side.LOCAL));
    }

    /**
     * Notifies the peer that its message is not valid (M_INVALID) and fails the session.
     *
     * @param diagnostic information for the peer; truncated to what fits in a message
     * @throws GraspException if the session has ended
     */
    public void sendInvalid(byte[] diagnostic) {
        requireNotEnded();
        channel.sendInvalid(info().id(), diagnostic);
        fail(GraspException.local(GraspErrorCode.INVALID_NEGOTIATE, "the ASA found the peer's offer invalid"));
    }

    /** Closes a session that no ASA has accepted, as if no ASA listened (RFC 8990 section 2.8.6). */
    public void refuse() {
        refuse(DropReason.NOT_LISTENING);
    }

    void refuse(DropReason reason) {
        if (!isEndingOrEnded()) {
            channel.drop(reason);
            end(GraspException.local(GraspErrorCode.NO_SESSION, "the session was refused"));
        }
    }

    /** {@return the state of the negotiation} */
    public State state() {
        return state;
    }

    /**
     * {@return whether no more offers are allowed, so that the session has failed} Each offer decrements the loop
     * count, so a negotiation never has more offers than the greatest loop count, whichever side makes them; this bound
     * stops a peer that does not decrement it. The bound of the time also stops one that may raise it.
     */
    private boolean exhausted() {
        if (!raisedLoopCount && offers >= Objective.MAX_LOOP_COUNT) {
            exhaust(LOOP_EXHAUSTED, "the two sides have made " + offers + " offers, as many as any loop count allows");
            return true;
        }
        if (timer.isUsedUp()) {
            exhaust(
                    TOO_LONG,
                    "the negotiation has taken longer than " + timer.longest().toMillis()
                            + " ms without its waits, the longest time for one");
            return true;
        }
        return false;
    }

    /** Fails because there may be no more offers, and notifies the peer so that it need not wait for its timer. */
    private void exhaust(String reason, String detail) {
        send(declineMessage(reason), Completion.IGNORED);
        fail(GraspException.local(GraspErrorCode.LOOP_EXHAUSTED, detail));
    }

    /** The peer has made a valid move. */
    private void peerOffers(Objective offer) {
        offers++;
        waitsNoMore();
        inHand = offer;
        state = State.OUR_TURN;
        timer.awaitOurMove();
        if (events != null) {
            events.offered(offer);
        }
    }

    private void waitsNoMore() {
        if (waiting != null) {
            waiting.cancel();
            waiting = null;
        }
    }

    /** Ends for another session, because the peer of this one has asked for time. */
    private void giveWay(boolean abrupt) {
        if (isEndingOrEnded()) {
            return;
        }
        gaveWay = true;
        channel.drop(DropReason.WAITING_SESSIONS);
        if (abrupt) {
            channel.abort();
        } else {
            send(declineMessage("The node has no room for sessions that wait"), Completion.IGNORED);
        }
        fail(GraspException.local(
                GraspErrorCode.NO_NEGOTIATION_REPLY,
                "the peer asked for time, and meanwhile the node needed the place for another session"));
    }

    /** {@return why the peer may have closed the connection, as text to append; may be empty} */
    private String waitLetPass() {
        Duration passed = timer.passedByAsa();
        return passed == null ? "" : "; the ASA had asked for a wait of " + passed.toMillis() + " ms and let it expire";
    }

    @Override
    protected void timedOut() {
        String detail = timer.expiry();
        if (state == State.OUR_TURN) {
            send(declineMessage("No answer in time"), Completion.IGNORED);
            fail(GraspException.local(GraspErrorCode.NO_SESSION, detail));
        } else if (state == State.ENDING) {
            fail(GraspException.transport(GraspErrorCode.SOCKET_ERROR_END, detail));
        } else {
            failSilent(GraspErrorCode.NO_NEGOTIATION_REPLY, detail);
        }
    }

    private void endWith(End message, NegotiationOutcome outcome) {
        byte[] encoded = context.encodeUnicast(message, channel.maxBytes());
        unsentWait = null;
        waitsNoMore();
        state = State.ENDING;
        timer.awaitFlush();
        channel.send(message, encoded, failure -> {
            if (failure == null) {
                conclude(outcome);
            } else {
                flushed(failure, GraspErrorCode.SOCKET_ERROR_END);
            }
        });
    }

    private End declineMessage(String reason) {
        return new End(info().id(), new GraspOption.Decline(reason.isEmpty() ? null : reason));
    }

    private void send(GraspMessage message, Completion flushed) {
        channel.send(message, context.encodeUnicast(message, channel.maxBytes()), flushed);
    }

    private void conclude(NegotiationOutcome outcome) {
        if (isEnded()) {
            return;
        }
        context.observer().negotiated(info(), outcome);
        finish(outcome instanceof Accepted ? SessionOutcome.ACCEPTED : SessionOutcome.DECLINED, null);
        if (info().role() == Role.INITIATOR) {
            channel.closeAfterPeer();
        } else {
            channel.close();
        }
        if (events != null) {
            events.ended(outcome);
        }
    }

    @Override
    protected boolean leave() {
        state = State.ENDED;
        unsentWait = null;
        waitsNoMore();
        return super.leave();
    }

    @Override
    protected void release(SessionOutcome outcome) {
        release.accept(outcome);
        if (onEndUntaken != null) {
            onEndUntaken.run();
        }
    }

    @Override
    protected void failed(GraspException failure) {
        NegotiationEvents notified = events;
        if (notified != null && gaveWay) {
            context.loop.execute(() -> notified.failed(failure));
        } else if (notified != null) {
            notified.failed(failure);
        }
    }

    private void requireNotEnded() {
        if (isEndingOrEnded()) {
            throw about(GraspException.local(GraspErrorCode.NO_SESSION, "the session has ended"));
        }
    }

    private void requireTurn() {
        requireNotEnded();
        if (state != State.OUR_TURN) {
            throw about(GraspException.local(GraspErrorCode.UNSPECIFIED, "it is the peer's turn"));
        }
    }

    /** Handles the peer's messages, and checks that they are allowed (RFC 8990 sections 2.8.7 to 2.8.9). */
    private final class FromPeer extends Inbound {
        @Override
        public void received(GraspMessage message, byte[] encoded) {
            if (isEndingOrEnded()) {
                channel.drop(DropReason.NO_SESSION); // nothing may follow our M_END, not even an answer
                return;
            }
            if (!info().id().equals(message.session())) {
                channel.drop(DropReasons.reason(message, info().id()));
                return;
            }
            if (!(message instanceof Invalid)) {
                channel.answered();
            }
            if (message instanceof Negotiate negotiate) {
                negotiate(negotiate.objective(), encoded);
            } else if (message instanceof Wait wait) {
                waits(wait);
            } else if (message instanceof End end) {
                ends(end, encoded);
            } else if (message instanceof Invalid invalid) {
                invalid(invalid, GraspErrorCode.NO_VALID_STEP);
            } else {
                channel.drop(DropReasons.reason(message, info().id()));
            }
        }

        private void negotiate(Objective offer, byte[] encoded) {
            if (isOurTurn()) {
                reject(GraspErrorCode.INVALID_NEGOTIATE, "the peer made two moves in a row", encoded);
            } else if (!offer.name().equals(inHand.name()) || !offer.isNegotiable()) {
                reject(GraspErrorCode.INVALID_NEGOTIATE, "the peer's offer is for another objective", encoded);
            } else if (offer.isDryRun() != inHand.isDryRun()) {
                reject(GraspErrorCode.INVALID_NEGOTIATE, "the peer mixed dry run and live", encoded);
            } else if (!exhausted()) {
                peerOffers(offer);
            }
        }

        private void waits(Wait wait) {
            if (isOurTurn()) {
                channel.drop(DropReason.OUT_OF_TURN); // only the side whose turn it is may ask for time
            } else if (!timer.peerWaits(Duration.ofMillis(wait.waitMillis()))) {
                channel.drop(DropReason.TOTAL_WAIT);
            } else if (waiting == null) { // a second M_WAIT makes it no younger
                WaitingSession session = NegotiationSession.this::giveWay;
                waiting = theirs == null
                        ? context.sessions.oursWaits(channel.source(), session)
                        : context.sessions.waits(theirs, session);
            }
        }

        private void ends(End end, byte[] encoded) {
            if (end.outcome() instanceof GraspOption.Decline decline) {
                conclude(new Declined(decline.reason() == null ? "" : decline.reason(), Side.PEER));
            } else if (!(end.outcome() instanceof GraspOption.Accept)) {
                reject(GraspErrorCode.INVALID_END, "the peer's M_END neither accepts nor declines", encoded);
            } else if (isOurTurn()) {
                reject(GraspErrorCode.INVALID_END, "the peer accepted while it was our turn to answer it", encoded);
            } else {
                conclude(new Accepted(ourLast, Side.PEER));
            }
        }

        private void reject(GraspErrorCode code, String detail, byte[] encoded) {
            channel.sendInvalid(info().id(), encoded);
            fail(GraspException.peer(code, detail));
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId id, byte[] raw) {
            if (!isEndingOrEnded()) {
                channel.sendInvalid(id, raw);
                super.malformed(what, id, raw);
            }
        }

        @Override
        public boolean mayAnswer() {
            return !isEndingOrEnded();
        }

        @Override
        public void inputEnded() {
            if (isEndingOrEnded()) {
                return; // if our M_END is being sent, its completion decides
            }
            if (state != State.REQUESTED) {
                fail(GraspException.peer(
                        GraspErrorCode.NO_PEER,
                        "the peer closed the connection in the middle of the negotiation" + waitLetPass()));
            } else if (channel.isAnswered()) { // by M_WAIT: an ASA has the request, and may have acted on it
                fail(GraspException.peer(
                        GraspErrorCode.NO_NEGOTIATION_REPLY,
                        "the peer closed the connection after it had asked for time" + waitLetPass()));
            } else {
                channel.notListening(info().objective());
                fail(GraspException.peer(
                        GraspErrorCode.NO_PEER,
                        "the peer closed the connection without an answer: no ASA listens there"));
            }
        }
    }
}
