package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Peer;
import io.grasp.model.SessionId;
import io.grasp.util.SettingChecks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A {@link Negotiation} over a {@link io.grasp.model.TypedObjective}, in either role: step by step, or with
 * {@link #converse}, but not both. An offer of the peer whose value does not fit is declined with a reason that names
 * the place in the value, and calls that wait for it fail with {@link GraspErrorCode#CBOR_FAIL}.
 *
 * @param <T> the type of the objective's values
 */
public final class TypedNegotiation<T> {
    private final Negotiation negotiation;
    private final TypedValues<T> values;
    private volatile TypedOffer<T> offer;

    private TypedNegotiation(Negotiation negotiation, TypedValues<T> values, TypedOffer<T> offer) {
        this.negotiation = negotiation;
        this.values = values;
        this.offer = offer;
    }

    /** Passes a negotiation that a peer has requested to a handler, or declines it if the request does not fit. */
    static <T> Publisher<?> handle(
            Negotiation negotiation, TypedValues<T> values, Handler<? super TypedNegotiation<T>> handler) {
        TypedOffer<T> request;
        try {
            request = values.offer(negotiation.objective());
        } catch (ConversationForm.UnfitOffer unfit) {
            return decline(negotiation, unfit);
        }
        return handler.handle(new TypedNegotiation<>(negotiation, values, request));
    }

    /**
     * Requests a negotiation by a call.
     *
     * @return the negotiation that the peer has answered; fails if the answer has been declined because it does not fit
     */
    static <T> Mono<TypedNegotiation<T>> requested(
            TypedValues<T> values, T request, Function<Objective, Mono<Negotiation>> call) {
        Objects.requireNonNull(request, "request");
        return Mono.defer(() -> call.apply(values.objective().withValue(request)))
                .flatMap(negotiation -> new TypedNegotiation<>(
                                negotiation, values, new TypedOffer<>(request, negotiation.objective()))
                        .answered());
    }

    private Mono<TypedNegotiation<T>> answered() {
        return Mono.defer(() -> {
                    if (negotiation.outcome().isEmpty()) {
                        offer = values.offer(negotiation.objective());
                    }
                    return Mono.just(this);
                })
                .onErrorResume(ConversationForm.UnfitOffer.class, unfit -> decline(negotiation, unfit));
    }

    private static <T> Mono<T> decline(Negotiation negotiation, ConversationForm.UnfitOffer unfit) {
        GraspException failure = unfit.failure()
                .in(negotiation.sessionId(), negotiation.objective().name());
        return negotiation
                .decline(unfit.reason())
                .onErrorResume(GraspException.class, ended -> Mono.empty())
                .then(Mono.error(failure));
    }

    /**
     * The peer's last offer; our request if there is none yet.
     *
     * @return the offer in hand
     */
    public TypedOffer<T> offer() {
        return offer;
    }

    /** {@return the peer, see {@link Negotiation#peer}} */
    public Peer peer() {
        return negotiation.peer();
    }

    /** {@return the Session ID} */
    public SessionId sessionId() {
        return negotiation.sessionId();
    }

    /**
     * How the negotiation was concluded.
     *
     * @return the outcome; empty while the negotiation is in progress or if it has failed
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the agreed value was offered through
     *     {@link #untyped} and does not fit the type
     */
    public Optional<TypedOutcome<T>> outcome() {
        return negotiation.outcome().map(this::typed);
    }

    /**
     * Offers a value and waits for the peer's next move, see {@link Negotiation#step(Object)}.
     *
     * @param value the value
     * @return this negotiation, when the peer has answered: either with another offer in hand or with an outcome; fails
     *     with {@link GraspErrorCode#CBOR_FAIL} if the codec cannot write the value, and it remains our turn.
     *     Cancelling it ends the session
     */
    public Mono<TypedNegotiation<T>> step(T value) {
        return moved(value, negotiation::step);
    }

    /**
     * Offers a value and waits for the peer's next move with another timeout, see
     * {@link Negotiation#step(Object, Duration)}.
     *
     * @param value the value
     * @param stepTimeout how long to wait, above zero, unless the peer asks for more time
     * @return as {@link #step(Object)}
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Mono<TypedNegotiation<T>> step(T value, Duration stepTimeout) {
        SettingChecks.positive("timeout", stepTimeout);
        return moved(value, written -> negotiation.step(written, stepTimeout));
    }

    /**
     * Offers a value with a loop count that the ASA sets, see {@link Negotiation#step(Object, int)}.
     *
     * @param value the value
     * @param loopCount the loop count, at least 1; a greater one than 255 is sent as 255
     * @return as {@link #step(Object)}; fails with {@link GraspErrorCode#UNSPECIFIED}, and it remains our turn, if the
     *     objective is not registered as one whose authors set the loop count
     */
    public Mono<TypedNegotiation<T>> step(T value, int loopCount) {
        return moved(value, written -> negotiation.step(written, loopCount));
    }

    private Mono<TypedNegotiation<T>> moved(T value, Function<ObjectiveValue, Mono<Negotiation>> step) {
        return Mono.defer(() -> step.apply(values.objective().encode(value))).flatMap(moved -> answered());
    }

    /**
     * Accepts the peer's last offer, see {@link Negotiation#accept}.
     *
     * @return this negotiation with its outcome, when the message has been flushed, which does not prove that the peer
     *     has read it
     */
    public Mono<TypedNegotiation<T>> accept() {
        return negotiation.accept().thenReturn(this);
    }

    /**
     * Declines, see {@link Negotiation#decline}.
     *
     * @param reason the reason, for the peer; may be empty
     * @return this negotiation with its outcome, when the message has been flushed
     */
    public Mono<TypedNegotiation<T>> decline(String reason) {
        return negotiation.decline(reason).thenReturn(this);
    }

    /**
     * Asks the peer to wait, see {@link Negotiation#waitFor}.
     *
     * @param duration the time from now
     * @return completes when the message is being sent
     */
    public Mono<Void> waitFor(Duration duration) {
        return negotiation.waitFor(duration);
    }

    /**
     * Continues the negotiation as a conversation of offers in and moves out, see {@link Negotiation#converse}. The
     * first offer is the one in hand.
     *
     * @param conversation maps offers to moves
     * @return the outcome; fails with {@link GraspErrorCode#CBOR_FAIL}, and names the place in the value, if an offer
     *     of the peer did not fit. Cancelling it ends the session
     */
    public Mono<TypedOutcome<T>> converse(TypedConversation<T> conversation) {
        return negotiation
                .<TypedOffer<T>, TypedMove<T>>converse(new Form(), conversation::moves)
                .map(this::typed);
    }

    /**
     * The same session without types, for operations that only it has: {@link Negotiation#refuse},
     * {@link Negotiation#raw}, {@link Negotiation#sendInvalid}, {@link Negotiation#cancel}. Offers of the peer that
     * answer its moves do not change {@link #offer}, but {@link #outcome} has the agreed value in any case.
     *
     * @return the session
     */
    public Negotiation untyped() {
        return negotiation;
    }

    private TypedOutcome<T> typed(NegotiationOutcome outcome) {
        if (outcome instanceof NegotiationOutcome.Declined declined) {
            return new TypedOutcome.Declined<>(declined.reason(), declined.by());
        }
        NegotiationOutcome.Accepted accepted = (NegotiationOutcome.Accepted) outcome;
        return new TypedOutcome.Accepted<>(agreed(accepted.objective()), accepted.objective(), accepted.by());
    }

    /** {@return the agreed value: that of the offer in hand, or one that this side has offered} */
    private T agreed(Objective objective) {
        TypedOffer<T> inHand = offer;
        return inHand.objective().value().equals(objective.value()) ? inHand.value() : values.value(objective);
    }

    /** Offers and moves of this negotiation. */
    private final class Form implements ConversationForm<TypedOffer<T>, TypedMove<T>> {
        @Override
        public TypedOffer<T> inHand(Objective received) {
            return offer; // has been read
        }

        @Override
        public TypedOffer<T> offer(Objective received) {
            offer = values.offer(received);
            return offer;
        }

        @Override
        public Move move(TypedMove<T> move) {
            if (move instanceof TypedMove.Propose<T> propose) {
                return new Move.Propose(values.objective().encode(propose.value()), propose.loopCount());
            } else if (move instanceof TypedMove.Accept<T>) {
                return Move.accept();
            } else if (move instanceof TypedMove.Decline<T> decline) {
                return Move.decline(decline.reason());
            }
            return Move.waitFor(((TypedMove.WaitFor<T>) move).duration());
        }
    }
}
