package io.grasp.api;

import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.Loop;
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
 * A negotiation that is carried on by a {@link Conversation}. What ends one side of it ends the other, and the session,
 * once. All its state is the loop's.
 */
final class ConversationSession implements NegotiationEvents, Cancellable {
    /** The reason that the peer gets when the moves fail: nothing of the error itself. */
    static final String MOVES_FAILED = "internal error";

    static final String NO_FURTHER_MOVE = "no further move";

    private final Loop loop;
    private final Duration timeout;
    private final LoopEmitter<NegotiationOutcome> result;
    private final Moves moves;
    private @Nullable NegotiationSession session;
    private @Nullable LoopEmitter<Objective> offers;
    private @Nullable Objective unseen;
    private @Nullable Throwable movesFailure;
    private boolean offersTaken;
    private boolean movesEnded;
    private boolean over;
    private @Nullable GraspException failure;

    private ConversationSession(Loop loop, Duration timeout, LoopEmitter<NegotiationOutcome> result) {
        this.loop = loop;
        this.timeout = timeout;
        this.result = result;
        this.moves = new Moves();
    }

    /** A conversation that begins with a request of this node. */
    static LoopFlux.Source<NegotiationOutcome> requested(
            Loop loop,
            Duration timeout,
            Function<NegotiationEvents, NegotiationSession> open,
            Conversation conversation) {
        return emitter -> {
            ConversationSession session = new ConversationSession(loop, timeout, emitter);
            session.session = open.apply(session);
            session.converse(conversation);
            return session;
        };
    }

    /** A conversation over a session in which it is our turn. */
    static Cancellable goOn(
            Loop loop,
            Duration timeout,
            NegotiationSession session,
            Conversation conversation,
            LoopEmitter<NegotiationOutcome> emitter) {
        ConversationSession begun = new ConversationSession(loop, timeout, emitter);
        begun.session = session;
        session.take(begun);
        begun.unseen = session.inHand();
        begun.converse(conversation);
        begun.moves.request();
        return begun;
    }

    private void converse(Conversation conversation) {
        Flux<Objective> incoming = LoopFlux.bounded(loop, this::takeOffers);
        try {
            Publisher<? extends Move> outgoing =
                    Objects.requireNonNull(conversation.moves(incoming), "the conversation returned null");
            outgoing.subscribe(moves);
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            movesFailed(e);
        }
    }

    private Cancellable takeOffers(LoopEmitter<Objective> emitter) {
        if (offersTaken) {
            throw new IllegalStateException("the offers can be subscribed to once");
        }
        offersTaken = true;
        offers = emitter;
        Objective first = unseen;
        unseen = null;
        if (first != null) {
            emitter.next(first);
        }
        if (over) {
            endOffers(emitter);
        }
        return () -> offers = null;
    }

    @Override
    public void offered(Objective offer) {
        if (offers != null) {
            offers.next(offer);
        } else if (!offersTaken) {
            unseen = offer;
        }
        if (over || session().isOver()) {
            return; // what the offer led to has ended it
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
        if (over) {
            return false;
        }
        over = true;
        failure = why;
        if (offers != null) {
            endOffers(offers);
        }
        moves.cancel();
        if (movesFailure != null) {
            result.error(movesError(movesFailure));
            return false;
        }
        return true;
    }

    private void endOffers(LoopEmitter<Objective> emitter) {
        if (failure == null) {
            emitter.complete();
        } else {
            emitter.error(failure);
        }
    }

    @Override
    public void cancel() {
        if (!over) {
            session().cancel();
            end(GraspException.local(GraspErrorCode.NO_SESSION, "the negotiation was cancelled"));
        }
    }

    private void move(Move move) {
        if (over) {
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
            movesFailed(e);
        }
    }

    private void movesCompleted() {
        movesEnded = true;
        if (!over && session().isOurTurn()) {
            session().decline(NO_FURTHER_MOVE);
        }
    }

    private void movesFailed(Throwable why) {
        movesEnded = true;
        if (over) {
            return;
        }
        movesFailure = why;
        NegotiationSession current = session();
        if (current.isOver()) {
            return; // the outcome is on its way, and will be the error
        }
        try {
            current.decline(MOVES_FAILED);
        } catch (GraspException e) {
            current.cancel();
            end(e);
        }
    }

    private GraspException movesError(Throwable why) {
        return GraspException.local(GraspErrorCode.UNSPECIFIED, "the ASA's moves failed: " + why)
                .in(session().info().id(), session().info().objective())
                .causedBy(why);
    }

    private NegotiationSession session() {
        if (session == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return session;
    }

    /** Takes moves from whatever thread they come on to the loop, one for each request. */
    private final class Moves implements CoreSubscriber<Move> {
        private final Context context = AsaErrors.receivedBy(ConversationSession.this::movesFailed, result.context());
        private volatile @Nullable Subscription subscription;
        private boolean wanted;
        private boolean cancelled;

        @Override
        public Context currentContext() {
            return context;
        }

        /** Asks for one move, as soon as there is somebody to ask. */
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
                    movesFailed(e);
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
        public void onNext(Move move) {
            onLoop(() -> move(move));
        }

        @Override
        public void onError(Throwable failed) {
            onLoop(() -> movesFailed(failed));
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
                    cancel(); // the node is closed, and has given the result
                }
            }
        }
    }
}
