package io.grasp.api;

import io.grasp.model.TypedObjective;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * Requests in rapid mode for a {@link TypedObjective}: like those of {@link Rapid}, with typed values like those of
 * {@link TypedAsa}.
 *
 * @param <T> the type of the objective's values
 */
public final class TypedRapid<T> {
    private final Rapid rapid;
    private final TypedValues<T> values;

    TypedRapid(Rapid rapid, TypedValues<T> values) {
        this.rapid = rapid;
        this.values = values;
    }

    /**
     * Negotiates with the peer that answers first, see {@link #negotiate(Object, RequestOptions, TypedConversation)}.
     *
     * @param request the requested value, which must not be encoded as null
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the discovery and the session
     */
    public Mono<TypedOutcome<T>> negotiate(T request, TypedConversation<T> conversation) {
        return negotiate(request, RequestOptions.DEFAULTS, conversation);
    }

    /**
     * Negotiates with the peer that answers first, as a conversation.
     *
     * @param request the requested value, which must not be encoded as null
     * @param options see {@link #requestNegotiate(Object, RequestOptions)}
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the discovery and the session
     */
    public Mono<TypedOutcome<T>> negotiate(T request, RequestOptions options, TypedConversation<T> conversation) {
        Objects.requireNonNull(conversation, "conversation");
        return requestNegotiate(request, options).flatMap(negotiation -> negotiation.converse(conversation));
    }

    /**
     * Requests a negotiation with the peer that answers first, see {@link #requestNegotiate(Object, RequestOptions)}.
     *
     * @param request the requested value, which must not be encoded as null
     * @return the negotiation. Cancelling it ends the discovery and the session
     */
    public Mono<TypedNegotiation<T>> requestNegotiate(T request) {
        return requestNegotiate(request, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a negotiation with the peer that answers first, and waits for its answer, see
     * {@link Rapid#requestNegotiate(io.grasp.model.Objective, RequestOptions)}.
     *
     * @param request the requested value, which must not be encoded as null
     * @param options how long to wait for the first answer, and then for each message of the peer
     * @return the negotiation; fails as {@link TypedAsa#requestNegotiate(Object, RequestOptions)} does. Cancelling it
     *     ends the discovery and the session
     */
    public Mono<TypedNegotiation<T>> requestNegotiate(T request, RequestOptions options) {
        return TypedNegotiation.requested(values, request, asked -> rapid.requestNegotiate(asked, options));
    }

    /**
     * Requests the value from the peer that answers first, see {@link #synchronize(RequestOptions)}.
     *
     * @return the value. Cancelling it ends the discovery and the session
     */
    public Mono<T> synchronize() {
        return synchronize(RequestOptions.DEFAULTS);
    }

    /**
     * Requests the value from the peer that answers first, see {@link Rapid#synchronize(io.grasp.model.Objective,
     * RequestOptions)}. Flooded values are not used.
     *
     * @param options how long to wait for the first answer, and then for the value
     * @return the value; fails with {@link io.grasp.model.GraspErrorCode#CBOR_FAIL} if it does not fit. Cancelling it
     *     ends the discovery and the session
     */
    public Mono<T> synchronize(RequestOptions options) {
        return rapid.synchronize(values.objective().objective(), options).map(values::value);
    }
}
