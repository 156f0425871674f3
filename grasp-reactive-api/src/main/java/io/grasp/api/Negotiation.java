package io.grasp.api;

import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Peer;
import io.grasp.model.SessionId;
import io.grasp.substrate.Loop;
import io.grasp.util.SettingChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A negotiation session (RFC 8991 section 2.3.5), in either role: the session handle with the objective in hand. Use it
 * step by step, or with {@link #converse}, but not both. Its methods may be called on any thread; those that make a
 * move fail with {@link GraspErrorCode#UNSPECIFIED} if it is not our turn, and with {@link GraspErrorCode#NO_SESSION}
 * if the session has ended.
 *
 * <p>The peer's timer determines how long an ASA may take for a move: normally GRASP_DEF_TIMEOUT, unless
 * {@link #waitFor} overwrites it. When that timer expires, the peer closes the connection, and the session fails. A
 * node can also bound this time ({@link Timeouts#ownMove}): the negotiation is then declined.
 *
 * <pre>
 *   requested by this ASA --> THEIR TURN --- the peer offers ---> OUR TURN
 *   requested by a peer -----------------------------------------> OUR TURN
 *
 *   OUR TURN   --- step ------------------------------------------> THEIR TURN
 *   OUR TURN   --- accept, decline -------------------------------> ENDED, with an outcome
 *   THEIR TURN --- the peer accepts or declines ------------------> ENDED, with an outcome
 *   either     --- raw -------------------------------------------> continued by the raw channel
 *   either     --- cancel, a timeout, the connection is lost -----> FAILED
 * </pre>
 */
public final class Negotiation {
    static final IsolatedHandlers.SessionEnd<Negotiation> END = new End();

    private final Loop loop;
    private final Duration timeout;
    private @Nullable NegotiationSession session;
    private final List<LoopEmitter<Negotiation>> waiting = new ArrayList<>(1);
    private @Nullable GraspException failure;
    private boolean used;
    /** Whether the ASA itself has ended it. */
    private boolean endedByAsa;

    private Consumer<GraspException> whenUnnoticed = why -> {};
    private @Nullable RawChannel raw;
    private volatile Objective inHand;
    private volatile @Nullable Peer peer;
    private volatile @Nullable NegotiationOutcome outcome;

    private Negotiation(Loop loop, Duration timeout, Objective inHand) {
        this.loop = loop;
        this.timeout = timeout;
        this.inHand = inHand;
    }

    /** A negotiation that this node requests; the emitter gets it once the peer has answered. */
    static LoopEmitter.Source<Negotiation> requested(
            Loop loop, Duration timeout, Objective request, Function<NegotiationEvents, NegotiationSession> open) {
        return emitter -> {
            Negotiation negotiation = new Negotiation(loop, timeout, request);
            negotiation.waiting.add(emitter);
            NegotiationSession opened = open.apply(negotiation.new Steps());
            negotiation.session = opened;
            return opened;
        };
    }

    /** Negotiations that peers request. */
    static LoopEmitter.Source<Negotiation> requestedByPeers(
            Loop loop, Duration timeout, Function<NegotiationAcceptor, NegotiationListening> listen) {
        return emitter -> {
            NegotiationListening listening = listen.apply(new NegotiationAcceptor() {
                @Override
                public void requested(NegotiationSession session) {
                    if (!emitter.next(Negotiation.taken(loop, timeout, session))) {
                        session.refuse();
                    }
                }

                @Override
                public void stopped() {
                    emitter.complete();
                }

                @Override
                public void failed(GraspException failure) {
                    emitter.error(failure);
                }
            });
            emitter.onRequest(listening::request);
            return listening;
        };
    }

    /**
     * A negotiation that begins with a discovery; the emitter gets it once a peer has answered, or completes empty if
     * an ordinary request must follow.
     */
    static LoopEmitter.Source<Negotiation> rapid(
            Loop loop, Duration timeout, Objective request, Function<RapidEvents, Cancellable> open) {
        return emitter -> {
            Negotiation negotiation = new Negotiation(loop, timeout, request);
            negotiation.waiting.add(emitter);
            return open.apply(negotiation.new RapidSteps());
        };
    }

    private static Negotiation taken(Loop loop, Duration timeout, NegotiationSession session) {
        Negotiation negotiation = new Negotiation(loop, timeout, session.inHand());
        negotiation.session = session;
        negotiation.peer = session.peer();
        session.take(negotiation.new Steps());
        return negotiation;
    }

    /**
     * The peer's last offer, with the received loop count; the request itself if there is none yet. For an accepted
     * negotiation see {@link NegotiationOutcome.Accepted#objective}.
     *
     * @return the objective in hand
     */
    public Objective objective() {
        return inHand;
    }

    /** {@return the Session ID} */
    public SessionId sessionId() {
        return session().info().id();
    }

    /** {@return the other side, and the link that leads to it} */
    public Peer peer() {
        Peer known = peer;
        if (known == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return known;
    }

    /** {@return how the negotiation was concluded; empty while it is in progress or if it has failed} */
    public Optional<NegotiationOutcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /**
     * Offers a value (RFC 8991 {@code negotiate_step}) and waits for the peer's next move for as long as the session's
     * timeout. The core sets the loop count.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @return this negotiation, when the peer has answered: either with another objective in hand or with an outcome.
     *     Cancelling it ends the session
     */
    public Mono<Negotiation> step(Object value) {
        return LoopFlux.written(loop, value, written -> move(session -> session.step(written, timeout)));
    }

    /**
     * Offers a value and waits for the peer's next move with another timeout, see {@link #step(Object)}.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @param stepTimeout how long to wait, above zero, unless the peer asks for more time
     * @return this negotiation, when the peer has answered
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Mono<Negotiation> step(Object value, Duration stepTimeout) {
        SettingChecks.positive("timeout", stepTimeout);
        return LoopFlux.written(loop, value, written -> move(session -> session.step(written, stepTimeout)));
    }

    /**
     * Offers a value with a loop count that the ASA sets, for objectives that are {@linkplain
     * RegistrationOptions#raisedLoopCount registered that way}, see {@link #step(Object)}.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @param loopCount the loop count, at least 1; a greater one than 255 is sent as 255
     * @return this negotiation, when the peer has answered; fails with {@link GraspErrorCode#UNSPECIFIED}, and it
     *     remains our turn, if the objective is not registered that way
     */
    public Mono<Negotiation> step(Object value, int loopCount) {
        return LoopFlux.written(loop, value, written -> move(session -> session.step(written, loopCount, timeout)));
    }

    /**
     * Accepts the peer's last offer (RFC 8991 {@code end_negotiate}).
     *
     * @return this negotiation with its outcome, when the message has been flushed, which does not prove that the peer
     *     has read it
     */
    public Mono<Negotiation> accept() {
        return move(NegotiationSession::accept);
    }

    /**
     * Declines (RFC 8991 {@code end_negotiate}).
     *
     * @param reason the reason, for the peer; may be empty
     * @return this negotiation with its outcome, when the message has been flushed
     */
    public Mono<Negotiation> decline(String reason) {
        return move(session -> session.decline(reason));
    }

    /**
     * Asks the peer to wait (RFC 8991 {@code negotiate_wait}). It remains our turn. A move that follows at once
     * replaces the message.
     *
     * @param duration the time from now, less than 2^32 ms, rounded up to whole milliseconds; zero ends an earlier wait
     *     at once
     * @return completes when the message is being sent
     */
    public Mono<Void> waitFor(Duration duration) {
        return LoopFlux.run(loop, () -> {
            requireAlive();
            used = true;
            session().waitFor(duration);
        });
    }

    /**
     * Notifies the peer that its message is invalid (RFC 8991 {@code send_invalid}), and ends the session without an
     * outcome.
     *
     * @param diagnostic information for the peer
     * @return completes when the message is being sent
     */
    public Mono<Void> sendInvalid(byte[] diagnostic) {
        return LoopFlux.run(loop, () -> {
            requireAlive();
            endedByAsa = true;
            session().sendInvalid(diagnostic);
        });
    }

    /**
     * Refuses an unanswered request, as if no ASA listened: the connection is closed (RFC 8990 section 2.8.6).
     *
     * @return completes when the session has ended, also if it had ended before
     */
    public Mono<Void> refuse() {
        return LoopFlux.end(loop, () -> {
            endedByAsa = true;
            session().refuse();
        });
    }

    /**
     * Leaves the negotiation for a {@link RawChannel} on its connection. Allowed only when it is our turn; the peer
     * must know that it has to do the same. Data that the peer sends before this is read as GRASP messages, so a
     * responder to a peer that does not wait must use {@link RawChannels#listen}.
     *
     * @return the channel; this negotiation has ended without an outcome
     */
    public Mono<RawChannel> raw() {
        return raw(session -> {
            if (!session.isOurTurn() && !session.isEndingOrEnded()) {
                throw GraspException.local(GraspErrorCode.UNSPECIFIED, "it is the peer's turn");
            }
        });
    }

    /**
     * Offers a value and leaves the negotiation for a {@link RawChannel} without waiting for an answer, see
     * {@link #raw()}.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @return the channel; this negotiation has ended without an outcome
     */
    public Mono<RawChannel> raw(Object value) {
        return LoopFlux.written(loop, value, written -> raw(session -> session.step(written, timeout)));
    }

    private Mono<RawChannel> raw(Consumer<NegotiationSession> before) {
        return LoopFlux.single(loop, emitter -> {
            requireAlive();
            before.accept(session());
            RawChannel channel = RawChannel.begin(loop, session());
            channel.opened();
            raw = channel;
            channel.whenUnnoticed(whenUnnoticed);
            emitter.success(channel);
            return () -> channel.session().cancel();
        });
    }

    /**
     * Cancels the session: the connection is closed, and calls that wait for the peer fail.
     *
     * @return completes when the session has ended, also if it had ended before
     */
    public Mono<Void> cancel() {
        return LoopFlux.end(loop, () -> {
            endedByAsa = true;
            session().end(GraspException.local(GraspErrorCode.NO_SESSION, "the negotiation was cancelled"));
        });
    }

    /**
     * Continues the negotiation as a {@link Conversation} of offers in and moves out. The first offer is the objective
     * in hand.
     *
     * @param conversation maps offers to moves
     * @return the outcome. Cancelling it ends the session
     */
    public Mono<NegotiationOutcome> converse(Conversation conversation) {
        return converse(ConversationForm.UNTYPED, conversation::moves);
    }

    <O, M> Mono<NegotiationOutcome> converse(
            ConversationForm<O, M> form, Function<Flux<O>, Publisher<? extends M>> conversation) {
        return LoopFlux.<NegotiationOutcome>single(loop, emitter -> {
                    requireAlive();
                    used = true;
                    NegotiationOutcome known = outcome;
                    if (known != null) {
                        emitter.success(known);
                        return () -> {};
                    }
                    return ConversationSession.goOn(loop, timeout, session(), form, conversation, emitter);
                })
                .doOnNext(how -> outcome = how);
    }

    private Mono<Negotiation> move(Consumer<NegotiationSession> action) {
        return LoopFlux.single(loop, emitter -> {
            requireAlive();
            used = true;
            action.accept(session());
            if (outcome == null && failure == null) {
                waiting.add(emitter);
            } else {
                answer(emitter);
            }
            return session();
        });
    }

    private void answer(LoopEmitter<Negotiation> emitter) {
        if (failure != null) {
            emitter.error(failure);
        } else {
            emitter.success(this);
        }
    }

    private void requireAlive() {
        if (failure != null) {
            throw failure;
        }
    }

    private NegotiationSession session() {
        if (session == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return session;
    }

    /** Ends a negotiation whose handler has ended. */
    private static final class End implements IsolatedHandlers.SessionEnd<Negotiation> {
        @Override
        public GraspException in(Negotiation negotiation, GraspException why) {
            return why.in(negotiation.sessionId(), negotiation.objective().name());
        }

        @Override
        public void whenUnnoticed(Negotiation negotiation, Consumer<GraspException> report) {
            negotiation.whenUnnoticed = report;
        }

        @Override
        public void completed(Negotiation negotiation) {
            if (negotiation.raw != null) {
                RawChannel.END.completed(negotiation.raw);
            } else if (!negotiation.used) {
                negotiation.session().refuse();
            } else {
                negotiation.declineIfOpen(ConversationSession.NO_FURTHER_MOVE);
            }
        }

        @Override
        public void failed(Negotiation negotiation) {
            if (negotiation.raw != null) {
                RawChannel.END.failed(negotiation.raw);
            } else {
                negotiation.declineIfOpen(ConversationSession.MOVES_FAILED);
            }
        }

        @Override
        public void cancelled(Negotiation negotiation) {
            if (negotiation.raw != null) {
                RawChannel.END.cancelled(negotiation.raw);
            } else if (!negotiation.used) {
                negotiation.session().refuse();
            } else {
                negotiation.session().cancel();
            }
        }
    }

    private void declineIfOpen(String reason) {
        if (!session().isEndingOrEnded()) {
            session().decline(reason);
        }
    }

    /** Receives the events of the session for step-by-step use. */
    private class Steps implements NegotiationEvents {
        @Override
        public void offered(Objective offer) {
            answered();
            inHand = offer;
            notifyWaiting();
        }

        @Override
        public void ended(NegotiationOutcome how) {
            answered();
            outcome = how;
            if (how instanceof NegotiationOutcome.Declined declined && declined.by() == NegotiationOutcome.Side.PEER) {
                notice(GraspException.local(
                        GraspErrorCode.NO_SESSION, "the peer has declined out of turn: " + declined.reason()));
            }
            notifyWaiting();
        }

        @Override
        public void failed(GraspException why) {
            failure = why;
            notice(why);
            notifyWaiting();
        }

        /** The connection is open. */
        private void answered() {
            if (peer == null) {
                peer = session().peer();
            }
        }

        private void notice(GraspException why) {
            if (waiting.isEmpty() && !endedByAsa) {
                whenUnnoticed.accept(why);
            }
        }

        private void notifyWaiting() {
            List<LoopEmitter<Negotiation>> subscribers = List.copyOf(waiting);
            waiting.clear();
            subscribers.forEach(Negotiation.this::answer);
        }
    }

    /** As {@link Steps}, for a session that begins later. */
    private final class RapidSteps extends Steps implements RapidEvents {
        @Override
        public void begun(NegotiationSession newSession) {
            session = newSession;
        }

        @Override
        public void ordinary() {
            waiting.forEach(LoopEmitter::complete);
            waiting.clear();
        }
    }
}
