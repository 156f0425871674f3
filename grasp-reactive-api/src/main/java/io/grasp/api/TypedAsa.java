package io.grasp.api;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.model.TypedObjective;
import io.grasp.model.ValueRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The calls of an {@link Asa} for one {@link TypedObjective}, see {@link Asa#typed}: the values that it sends and
 * receives have the objective's type, and are never {@code null}. A received value that does not fit, or that is
 * missing:
 *
 * <ul>
 *   <li>declines a negotiation, with a reason that names the place in the value, and is an error for the caller or a
 *   failure of the handler;
 *   <li>is an error of {@link #synchronize(RequestOptions)};
 *   <li>is omitted from the flooded values, and reported to {@link io.grasp.observe.GraspObserver#handlerFailed}.
 * </ul>
 *
 * The error is a {@link io.grasp.model.GraspException} with {@link GraspErrorCode#CBOR_FAIL} and the objective's name;
 * its message names the place in the value. Otherwise the calls behave like those of {@link Asa}.
 *
 * @param <T> the type of the objective's values
 */
public final class TypedAsa<T> {
    private final Asa asa;
    private final Requests requests;
    private final TypedObjective<T> objective;
    private final TypedValues<T> values;

    TypedAsa(Asa asa, Requests requests, TypedValues<T> values) {
        this.asa = asa;
        this.requests = requests;
        this.objective = values.objective();
        this.values = values;
    }

    /** {@return the objective} */
    public TypedObjective<T> objective() {
        return objective;
    }

    /**
     * Registers the objective with {@linkplain RegistrationOptions#DEFAULTS the default options}, see
     * {@link Asa#register(Objective, RegistrationOptions)}.
     *
     * @return this, when the objective is registered
     */
    public Mono<TypedAsa<T>> register() {
        return register(RegistrationOptions.DEFAULTS);
    }

    /**
     * Registers the objective, see {@link Asa#register(Objective, RegistrationOptions)}. A further subscription to the
     * same {@code Mono} gets the same registration; a second call fails while the first registration exists.
     *
     * @param options the options
     * @return this, when the objective is registered
     */
    public Mono<TypedAsa<T>> register(RegistrationOptions options) {
        return asa.register(objective.objective(), options).thenReturn(this);
    }

    /**
     * Deregisters the objective, see {@link Asa#deregister(String)}.
     *
     * @return completes when the objective is deregistered
     */
    public Mono<Void> deregister() {
        return asa.deregister(objective.name());
    }

    /**
     * Discovers peers, see {@link Asa#discover(Objective, DiscoverOptions)}.
     *
     * @param timeout the duration, above zero
     * @return the locators, possibly none. Cancelling it stops the discovery
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Flux<AsaLocator> discover(Duration timeout) {
        return asa.discover(objective.objective(), timeout);
    }

    /**
     * Discovers peers, see {@link Asa#discover(Objective, DiscoverOptions)}.
     *
     * @param options the duration, and which node to ask
     * @return the locators, possibly none. Cancelling it stops the discovery
     */
    public Flux<AsaLocator> discover(DiscoverOptions options) {
        return asa.discover(objective.objective(), options);
    }

    /**
     * Negotiates with a known or discovered peer, see {@link #negotiate(Object, RequestOptions, TypedConversation)}.
     *
     * @param request the requested value
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the session
     */
    public Mono<TypedOutcome<T>> negotiate(T request, TypedConversation<T> conversation) {
        return negotiate(request, RequestOptions.DEFAULTS, conversation);
    }

    /**
     * Negotiates with one peer, see {@link #negotiate(Object, RequestOptions, TypedConversation)}.
     *
     * @param request the requested value
     * @param peer the peer
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the session
     */
    public Mono<TypedOutcome<T>> negotiate(T request, AsaLocator peer, TypedConversation<T> conversation) {
        return negotiate(request, RequestOptions.to(peer), conversation);
    }

    /**
     * Negotiates as a conversation, which maps offers to moves; the request is our first move. The conversation begins
     * when the peer has answered the request with an offer.
     *
     * @param request the requested value
     * @param options the peer, and how long to wait for each of its messages, unless it asks for more time
     * @param conversation maps the peer's offers to our moves
     * @return the outcome; fails as {@link #requestNegotiate(Object, RequestOptions)} and
     *     {@link TypedNegotiation#converse} do. Cancelling it ends the session
     */
    public Mono<TypedOutcome<T>> negotiate(T request, RequestOptions options, TypedConversation<T> conversation) {
        Objects.requireNonNull(conversation, "conversation");
        return requestNegotiate(request, options).flatMap(negotiation -> negotiation.converse(conversation));
    }

    /**
     * Requests a negotiation with a known or discovered peer, see {@link #requestNegotiate(Object, RequestOptions)}.
     *
     * @param request the requested value
     * @return the negotiation. Cancelling it ends the session
     */
    public Mono<TypedNegotiation<T>> requestNegotiate(T request) {
        return requestNegotiate(request, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a negotiation with one peer, see {@link #requestNegotiate(Object, RequestOptions)}.
     *
     * @param request the requested value
     * @param peer the peer
     * @return the negotiation. Cancelling it ends the session
     */
    public Mono<TypedNegotiation<T>> requestNegotiate(T request, AsaLocator peer) {
        return requestNegotiate(request, RequestOptions.to(peer));
    }

    /**
     * Requests a negotiation and waits for the peer's first answer, see
     * {@link Asa#requestNegotiate(Objective, RequestOptions)}.
     *
     * @param request the requested value
     * @param options the peer, and how long to wait
     * @return the negotiation, when the peer has answered: with its offer in hand, or already with an outcome; fails as
     *     {@link Asa#requestNegotiate(Objective, RequestOptions)} does, and with {@link GraspErrorCode#CBOR_FAIL} if
     *     the request cannot be written, or the answer does not fit and has been declined. Cancelling it ends the
     *     session
     */
    public Mono<TypedNegotiation<T>> requestNegotiate(T request, RequestOptions options) {
        return TypedNegotiation.requested(values, request, asked -> asa.requestNegotiate(asked, options));
    }

    /**
     * Listens for negotiation requests and handles each in isolation, see
     * {@link #listenNegotiate(Handler, ListenOptions)}.
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="listenTyped"}
     *
     * @param handler handles a negotiation
     * @return completes when the ASA or the objective is deregistered
     */
    public Mono<Void> listenNegotiate(Handler<? super TypedNegotiation<T>> handler) {
        return listenNegotiate(handler, ListenOptions.DEFAULTS);
    }

    /**
     * Listens for negotiation requests and handles each in isolation, see {@link Asa#listenNegotiate(Objective,
     * Handler, ListenOptions)}. A request that does not fit is declined and reported as a failure of the handler, which
     * is not called with it.
     *
     * @param handler handles a negotiation
     * @param options the concurrency, and a hook for failures
     * @return completes when the ASA or the objective is deregistered. Cancelling it stops listening, cancels the
     *     handlers and ends their negotiations
     */
    public Mono<Void> listenNegotiate(Handler<? super TypedNegotiation<T>> handler, ListenOptions options) {
        Objects.requireNonNull(handler, "handler");
        return asa.listenNegotiate(
                objective.objective(), negotiation -> TypedNegotiation.handle(negotiation, values, handler), options);
    }

    /**
     * The value of the objective: the last flooded one or, if there is none, that from a known or discovered peer, see
     * {@link #synchronize(RequestOptions)}.
     *
     * @return the value. Cancelling it ends the session
     */
    public Mono<T> synchronize() {
        return synchronize(RequestOptions.DEFAULTS);
    }

    /**
     * Asks one peer for the value of the objective, see {@link #synchronize(RequestOptions)}.
     *
     * @param peer the peer
     * @return the value. Cancelling it ends the session
     */
    public Mono<T> synchronize(AsaLocator peer) {
        return synchronize(RequestOptions.to(peer));
    }

    /**
     * Requests the value of the objective, see {@link Asa#synchronize(Objective, RequestOptions)}. A flooded value that
     * does not fit is reported and ignored; then the value is requested from a peer.
     *
     * @param options the peer, and how long to wait
     * @return the value; fails as {@link Asa#synchronize(Objective, RequestOptions)} does, and with
     *     {@link GraspErrorCode#CBOR_FAIL} if the peer's value does not fit. Cancelling it ends the session
     */
    public Mono<T> synchronize(RequestOptions options) {
        return requests.synchronize(objective.objective(), options, this::newest, values::value);
    }

    /** {@return the last flooded value of those that fit} */
    private @Nullable T newest(List<FloodedObjective> copies) {
        for (int i = copies.size() - 1; i >= 0; i--) {
            T value = values.valueOrReport(copies.get(i).objective());
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /**
     * Listens for synchronization requests and answers them with a value, see {@link Asa#listenSynchronize(Objective)}.
     *
     * @param value the value
     * @return a handle to change the value and to stop, when the value is being served; fails with
     *     {@link GraspErrorCode#CBOR_FAIL} if the codec cannot write the value
     */
    public Mono<TypedSynchronizationResponder<T>> listenSynchronize(T value) {
        return Mono.defer(() -> asa.listenSynchronize(objective.withValue(value)))
                .map(responder -> new TypedSynchronizationResponder<>(responder, objective));
    }

    /**
     * Listens for synchronization requests and answers them with the latest value of a publisher, see
     * {@link Asa#listenSynchronize(Objective, Flux)}.
     *
     * @param newValues the values
     * @return completes when the ASA or the objective is deregistered, or when the ASA listens again; fails when the
     *     publisher fails, or when a value cannot be written or does not fit in a message. Cancelling it stops
     *     listening, and cancels the publisher
     */
    public Mono<Void> listenSynchronize(Flux<? extends T> newValues) {
        return asa.listenSynchronize(objective.objective(), newValues.map(objective::encode));
    }

    /**
     * Listens for synchronization requests and answers each with a separate value, see
     * {@link Asa#listenSynchronize(Objective, ValueSource)}.
     *
     * @param source returns the value for a request. If the codec cannot write it, the failure is reported and the
     *     request is refused, as if the source had failed
     * @return completes when the ASA or the objective is deregistered, or when the ASA listens again. Cancelling it
     *     stops listening
     */
    public Mono<Void> listenSynchronize(TypedValueSource<T> source) {
        Objects.requireNonNull(source, "source");
        return asa.listenSynchronize(
                objective.objective(),
                (ValueRequest request) ->
                        source.value(request).map(objective::encode).orElse(ObjectiveValue.NONE));
    }

    /**
     * Floods a value without a locator, see {@link Asa#flood(List, FloodOptions)}.
     *
     * @param value the value
     * @param ttl how long it is valid
     * @return completes when it has been sent
     */
    public Mono<Void> flood(T value, Duration ttl) {
        return flood(value, FloodOptions.validFor(ttl));
    }

    /**
     * Floods a value without a locator, see {@link Asa#flood(List, FloodOptions)}.
     *
     * @param value the value
     * @param options how long it is valid
     * @return completes when it has been sent; fails with {@link GraspErrorCode#CBOR_FAIL} if the codec cannot write
     *     the value
     */
    public Mono<Void> flood(T value, FloodOptions options) {
        Objects.requireNonNull(value, "value");
        return Mono.defer(() -> asa.flood(objective.withValue(value), options));
    }

    /**
     * Floods a value with a locator, see {@link Asa#flood(List, FloodOptions)}.
     *
     * @param value the value
     * @param tag the locator of its ASA
     * @param options how long it is valid
     * @return completes when it has been sent; fails with {@link GraspErrorCode#CBOR_FAIL} if the codec cannot write
     *     the value
     */
    public Mono<Void> flood(T value, Locator tag, FloodOptions options) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(tag, "tag");
        return Mono.defer(() -> asa.flood(List.of(new TaggedObjective(objective.withValue(value), tag)), options));
    }

    /**
     * The valid flooded copies of the objective, see {@link Asa#getFlood}.
     *
     * @return the copies in the order in which they were last renewed, possibly none; copies that do not fit are
     *     reported and omitted
     */
    public Flux<TypedFlood<T>> getFlood() {
        return typed(asa.getFlood(objective.name()));
    }

    /**
     * The flooded copies of the objective, and then further floods of it, see {@link Asa#floods(String)}.
     *
     * @return the copies; those that do not fit are reported and omitted, and do not end it. Completes when the ASA is
     *     deregistered. Cancelling it stops watching
     */
    public Flux<TypedFlood<T>> floods() {
        return typed(asa.floods(objective.name()));
    }

    /**
     * Handles the flooded copies of the objective, and then further floods of it, one copy after the other, see
     * {@link #floods(Handler, ListenOptions)}.
     *
     * @param handler handles a copy
     * @return completes when the ASA is deregistered
     */
    public Mono<Void> floods(Handler<? super TypedFlood<T>> handler) {
        return floods(handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles the flooded copies of the objective, and then further floods of it, see
     * {@link Asa#floods(String, Handler, ListenOptions)}. A copy that does not fit is reported as a failure of the
     * handler, which is not called with it.
     *
     * @param handler handles a copy
     * @param options the concurrency, by default 1; and a hook for failures
     * @return completes when the ASA is deregistered. Cancelling it stops watching and cancels the handlers
     */
    public Mono<Void> floods(Handler<? super TypedFlood<T>> handler, ListenOptions options) {
        Objects.requireNonNull(handler, "handler");
        return asa.floods(
                objective.name(),
                flooded -> handler.handle(new TypedFlood<>(values.value(flooded.objective()), flooded)),
                options);
    }

    private Flux<TypedFlood<T>> typed(Flux<FloodedObjective> floods) {
        return floods.handle((flooded, sink) -> {
            T value = values.valueOrReport(flooded.objective());
            if (value != null) {
                sink.next(new TypedFlood<>(value, flooded));
            }
        });
    }

    /** {@return requests of this ASA that are sent with the discovery of a peer, see {@link Asa#rapid}} */
    public TypedRapid<T> rapid() {
        return new TypedRapid<>(asa.rapid(), values);
    }
}
