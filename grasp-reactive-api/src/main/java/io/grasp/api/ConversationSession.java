package io.grasp.api;

import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.Loop;
import io.grasp.util.FailureText;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A negotiation that is carried on by a {@link Conversation} or a {@link TypedConversation}. What ends one side of it
 * ends the other, and the session, once. All its state is the loop's.
 *
 * <pre>
 *   request                                             our turn in a session
 *      |                  an offer: passed on,               |
 *      v                  and one move is requested          v
 *   PEER'S TURN -----------------------------------------> OUR TURN ---+ waitFor: one more move is requested
 *      |      ^------------------- propose -----------------' |    ^---+
 *      |                                                      |
 *      |                           accept, decline, no further move: the session ends
 *      v                                                      v
 *    ENDED &lt;---------------------------------------------------+
 *      ^ any state: the peer ends the session, it fails, cancel
 *      ^
 *    DECLINED: further moves are ignored, and the result is the error
 *      ^ any state: an offer that does not fit, moves that fail
 * </pre>
 *
 * At the end, the offers complete or fail, the moves are cancelled, and the outcome or the error is reported.
 *
 * @param <O> the type of the offers
 * @param <M> the type of the moves
 */
final class ConversationSession<O, M> implements NegotiationEvents, Cancellable {
    /** The reason sent to the peer if the moves fail; it does not reveal the error. */
    static final String MOVES_FAILED = "internal error";

    static final String NO_FURTHER_MOVE = "no further move";

    private final Loop loop;
    private final Duration timeout;
    private final LoopEmitter<NegotiationOutcome> result;
    private final Moves moves;
    private @Nullable NegotiationSession session;
    private final ConversationForm<O, M> form;
    private @Nullable LoopEmitter<O> offers;
    private @Nullable O unseen;
    /** Why this side has declined, if its ASA has not. */
    private @Nullable GraspException declined;

    private boolean offersTaken;
    /** Whether an offer has come that the ASA cannot see yet. */
    private boolean reading;

    private boolean movesEnded;
    private boolean ended;
    private @Nullable GraspException failure;

    private ConversationSession(
            Loop loop, Duration timeout, ConversationForm<O, M> form, LoopEmitter<NegotiationOutcome> result) {
        this.loop = loop;
        this.timeout = timeout;
        this.form = form;
        this.result = result;
        this.moves = new Moves();
    }

    /** A conversation that begins with a request from this node. */
    static LoopEmitter.Source<NegotiationOutcome> requested(
            Loop loop,
            Duration timeout,
            Function<NegotiationEvents, NegotiationSession> open,
            Conversation conversation) {
        return emitter -> {
            ConversationSession<Objective, Move> session =
                    new ConversationSession<>(loop, timeout, ConversationForm.UNTYPED, emitter);
            session.session = open.apply(session);
            session.converse(conversation::moves);
            return session;
        };
    }

    /** A conversation over a session in which it is our turn. */
    static <O, M> Cancellable goOn(
            Loop loop,
            Duration timeout,
            NegotiationSession session,
            ConversationForm<O, M> form,
            Function<Flux<O>, Publisher<? extends M>> conversation,
            LoopEmitter<NegotiationOutcome> emitter) {
        ConversationSession<O, M> begun = new ConversationSession<>(loop, timeout, form, emitter);
        begun.session = session;
        session.take(begun);
        begun.unseen = form.inHand(session.inHand());
        begun.converse(conversation);
        begun.moves.request();
        return begun;
    }

    private void converse(Function<Flux<O>, Publisher<? extends M>> conversation) {
        Flux<O> incoming = LoopFlux.bounded(loop, this::takeOffers);
        try {
            ScheduledLoop.<M>called(
                            loop,
                            () -> Objects.requireNonNull(
                                    conversation.apply(incoming), "the conversation returned null"))
                    .subscribe(moves);
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            movesFailed(described(e));
        }
    }

    private Cancellable takeOffers(LoopEmitter<O> emitter) {
        if (offersTaken) {
            throw new IllegalStateException("the offers can be subscribed to only once");
        }
        offersTaken = true;
        offers = emitter;
        O first = unseen;
        unseen = null;
        if (first != null) {
            emitter.next(first);
        }
        if (ended) {
            endOffers(emitter);
        }
        return () -> offers = null;
    }

    @Override
    public void offered(Objective received) {
        if (form.callsAsa()) {
            reading = true;
            ScheduledLoop.result(loop, () -> offer(received), this::read, this::notRead);
        } else {
            read(form.offer(received));
        }
    }

    private O offer(Objective received) {
        try {
            return form.offer(received);
        } catch (ConversationForm.UnfitOffer unfit) {
            throw unfit;
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            throw described(e);
        }
    }

    private void notRead(Throwable why) {
        reading = false;
        if (why instanceof ConversationForm.UnfitOffer unfit) {
            GraspException unread = in(unfit.failure());
            failure = ended ? failure : unread;
            decline(unfit.reason(), unread);
        } else {
            movesFailed(why instanceof GraspException known ? known : described(why));
        }
    }

    private void read(O offer) {
        reading = false;
        if (offers != null) {
            offers.next(offer);
        } else if (!offersTaken) {
            unseen = offer;
        }
        if (ended || session().isEndingOrEnded()) {
            return; // the reaction to the offer has ended it
        }
        if (movesEnded) {
            session().decline(NO_FURTHER_MOVE);
        } else {
            moves.request();
        }
    }

    @Override
    public void ended(NegotiationOutcome outcome) {
        if (end(null)) {
            result.success(outcome);
        }
    }

    @Override
    public void failed(GraspException why) {
        if (end(why)) {
            result.error(why);
        }
    }

    private boolean end(@Nullable GraspException why) {
        if (ended) {
            return false;
        }
        ended = true;
        failure = why == null ? failure : why;
        if (offers != null) {
            endOffers(offers);
        }
        moves.cancel();
        if (declined != null) {
            result.error(declined);
            return false;
        }
        return true;
    }

    private void endOffers(LoopEmitter<O> emitter) {
        if (failure == null) {
            emitter.complete();
        } else {
            emitter.error(failure);
        }
    }

    @Override
    public void cancel() {
        if (!ended) {
            session().cancel();
            end(GraspException.local(GraspErrorCode.NO_SESSION, "the negotiation was cancelled"));
        }
    }

    private void move(Move move) {
        if (ended || declined != null) {
            return;
        }
        NegotiationSession current = session();
        try {
            if (move instanceof Move.Propose propose) {
                if (propose.loopCount().isPresent()) {
                    current.step(propose.value(), propose.loopCount().getAsInt(), timeout);
                } else {
                    current.step(propose.value(), timeout);
                }
            } else if (move instanceof Move.Accept) {
                current.accept();
            } else if (move instanceof Move.Decline decline) {
                current.decline(decline.reason());
            } else if (move instanceof Move.WaitFor wait) {
                current.waitFor(wait.duration());
                moves.request();
            }
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            movesFailed(described(e));
        }
    }

    private void movesCompleted() {
        movesEnded = true;
        if (!ended && !reading && session().isOurTurn()) {
            session().decline(NO_FURTHER_MOVE);
        }
    }

    /** Describes a failure where it comes from, because its text may be made by code of the ASA. */
    private static GraspException described(Throwable why) {
        return GraspException.local(GraspErrorCode.UNSPECIFIED, "the ASA's moves failed: " + FailureText.of(why))
                .causedBy(why);
    }

    private void movesFailed(GraspException why) {
        movesEnded = true;
        decline(MOVES_FAILED, in(why));
    }

    /** Declines for the ASA; the result is the failure. */
    private void decline(String reason, GraspException why) {
        if (ended || declined != null) {
            return;
        }
        declined = why;
        NegotiationSession current = session();
        if (current.isEndingOrEnded()) {
            return; // the outcome will be the error
        }
        try {
            current.decline(reason);
        } catch (GraspException e) {
            current.cancel();
            end(e);
        }
    }

    private GraspException in(GraspException why) {
        return why.in(session().info().id(), session().info().objective());
    }

    private NegotiationSession session() {
        if (session == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return session;
    }

    /** Moves signals from any thread to the loop, one for each request. */
    private final class Moves implements CoreSubscriber<M> {
        private final Context context = AsaErrors.receivedBy(this::onError, result.context());
        private volatile @Nullable Subscription subscription;
        private boolean wanted;
        private boolean cancelled;

        @Override
        public Context currentContext() {
            return context;
        }

        /** Requests one move as soon as there is a subscription. */
        void request() {
            wanted = true;
            ask();
        }

        void cancel() {
            cancelled = true;
            Subscription current = subscription;
            if (current != null) {
                CallerContext.run(context, () -> AsaErrors.isolated(current::cancel));
            }
        }

        private void ask() {
            Subscription current = subscription;
            if (wanted && !cancelled && current != null) {
                wanted = false;
                try {
                    CallerContext.run(context, () -> current.request(1));
                } catch (Throwable e) {
                    AsaErrors.rethrowIfFatal(e);
                    movesFailed(described(e));
                }
            }
        }

        @Override
        public void onSubscribe(Subscription newSubscription) {
            if (Operators.validate(subscription, newSubscription)) {
                subscription = newSubscription;
                onLoop(() -> {
                    if (cancelled) {
                        cancel();
                    } else {
                        ask();
                    }
                });
            }
        }

        @Override
        public void onNext(M ours) {
            Move move;
            try {
                move = form.move(ours);
            } catch (Throwable e) {
                AsaErrors.rethrowIfFatal(e);
                onError(e);
                return;
            }
            onLoop(() -> move(move));
        }

        @Override
        public void onError(Throwable failed) {
            GraspException why = described(failed);
            onLoop(() -> movesFailed(why));
        }

        @Override
        public void onComplete() {
            onLoop(() -> movesCompleted());
        }

        private void onLoop(Runnable event) {
            if (loop.inLoop()) {
                event.run();
            } else {
                try {
                    loop.execute(event);
                } catch (RejectedExecutionException e) {
                    cancel(); // the node is closed, and has reported the result
                }
            }
        }
    }
}
