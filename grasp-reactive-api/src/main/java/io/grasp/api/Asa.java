package io.grasp.api;

import io.grasp.api.EventAdapters.ReceivedFlood;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.flood.FloodCache;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.model.TypedObjective;
import io.grasp.model.ValueRequest;
import io.grasp.substrate.Loop;
import io.grasp.util.FailureText;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * A registered autonomic service agent: the ASA handle of RFC 8991. Its methods may be called on any thread; every
 * signal comes on the node's loop. Errors are {@link GraspException}s with RFC 8991's codes:
 * {@link GraspErrorCode#NO_ASA} after {@link #deregister}, and {@link GraspErrorCode#NO_SECURITY} if an operation would
 * use the network without protection.
 *
 * <p>A request goes to a peer that the caller names, or otherwise to a known or discovered one: {@link RequestOptions}
 * selects the peer and sets the timeout, by default GRASP_DEF_TIMEOUT ({@link Timeouts#operation}).
 */
public final class Asa {
    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    private final AsaContext context;
    private final EngineAsa asa;
    private final Loop loop;
    private final Requests requests;

    Asa(AsaContext context) {
        this.context = context;
        this.asa = context.engine();
        this.loop = context.signals();
        this.requests = new Requests(context);
    }

    /** {@return the ASA's name} */
    public String name() {
        return asa.name();
    }

    /**
     * Deregisters the ASA and its objectives, and ends all its activities (RFC 8991 {@code deregister_asa}): sessions
     * fail, listeners complete.
     *
     * @return completes when the ASA is deregistered, also if its node is closed, which deregisters all ASAs; fails
     *     with {@link GraspErrorCode#NO_ASA} if it was deregistered before
     */
    public Mono<Void> deregister() {
        return LoopFlux.end(loop, asa::deregister);
    }

    /**
     * This ASA with a scheduler, instead of the node's loop, for the signals that it gets and the functions that it
     * passes to calls: handlers, conversations, publishers of values, selectors of peers, hooks. So they do not hold up
     * the node. What the returned ASA hands out, such as negotiations and channels, uses the scheduler too.
     *
     * <p>Values are converted where the functions are called, or where the caller subscribes. Functions that must
     * answer at once are not possible: a {@link ValueSource} and a {@link FloodExtension} are refused.
     *
     * @param scheduler runs one task at a time, in their order, in each of its workers
     * @return the same ASA, not registered again
     */
    public Asa on(Scheduler scheduler) {
        return new Asa(context.on(scheduler));
    }

    /**
     * This ASA with a function that is notified when one of its handlers fails on a session or message, in all calls of
     * the returned ASA: for a supervisor, where {@link ListenOptions#withOnFailure} is for one call. An exception of it
     * goes to the thread's uncaught exception handler.
     *
     * @param function called on the node's loop, also if the ASA {@linkplain #on has a scheduler}, with what
     *     {@link io.grasp.observe.GraspObserver#handlerFailed} has been given; it must not block
     * @return the same ASA, not registered again
     */
    public Asa onHandlerFailure(Consumer<? super GraspException> function) {
        return new Asa(context.onHandlerFailure(Objects.requireNonNull(function, "function")));
    }

    /**
     * Registers a successor of this ASA, as a new version that is to take over without a gap: an ASA with the same
     * name, which may register the objectives of this one although it has registered them, with or without
     * {@linkplain RegistrationOptions#overlap overlap}. Requests are offered to the successor once it listens, and to
     * this ASA if the successor cannot take them. Then {@link #drain} and {@link #deregister} this one.
     *
     * <p>Like {@link Grasp#registerAsa}, each call is one registration.
     *
     * @return the successor, with the scheduler of this ASA and its function for failures of handlers; fails with
     *     {@link GraspErrorCode#DUPLICATE_ASA} if this ASA has one, and with {@link GraspErrorCode#ASA_FULL}
     */
    public Mono<Asa> registerSuccessor() {
        return LoopFlux.single(loop, OnceRegistered.asa(asa::succeed, engine -> new Asa(context.with(engine))));
    }

    /**
     * Deregisters all objectives of this ASA, and waits for its sessions. Requests that peers have made, and that wait
     * for the ASA's demand, are still delivered; listeners complete after them. Floods stay valid until the ASA is
     * deregistered.
     *
     * @return completes when the ASA has no session with a peer any more, or is deregistered. Cancelling it ends the
     *     waiting only
     */
    public Mono<Void> drain() {
        return LoopFlux.end(context.loop(), asa::drain)
                .thenMany(
                        Flux.interval(Duration.ZERO, DRAIN_POLL, context.time()).onBackpressureDrop())
                .filter(tick -> asa.sessions() == 0)
                .onErrorComplete(GraspException.class) // the interval ends with the node
                .next()
                .then()
                .transform(context::emitted);
    }

    /**
     * Registers an objective with {@linkplain RegistrationOptions#DEFAULTS the default options}.
     *
     * @param objective the objective, see {@link #register(Objective, RegistrationOptions)}
     * @return completes when the objective is registered
     */
    public Mono<Void> register(Objective objective) {
        return register(objective, RegistrationOptions.DEFAULTS);
    }

    /**
     * Registers an objective (RFC 8991 {@code register_objective}): required for objectives that the ASA negotiates,
     * floods or serves, but not for those that it only reads. The node answers discoveries of it once the ASA listens.
     *
     * <p>Each call is one registration. A further subscription to the same {@code Mono}, as by {@code retry} or
     * {@code repeat}, completes if that registration exists, and registers again if it has been deregistered. A second
     * call fails while the first registration exists.
     *
     * @param objective the objective; it is served with its flags and loop count
     * @param options the options
     * @return completes when the objective is registered; fails with {@link GraspErrorCode#NOT_BOTH},
     *     {@link GraspErrorCode#NOT_DRY}, {@link GraspErrorCode#OBJECTIVE_REGISTERED} or
     *     {@link GraspErrorCode#OBJECTIVES_FULL}. Cancelling it does not undo a registration: only a deregistration
     *     does
     */
    public Mono<Void> register(Objective objective, RegistrationOptions options) {
        return LoopFlux.run(loop, OnceRegistered.objective(() -> asa.register(objective, options)));
    }

    /**
     * Deregisters an objective (RFC 8991 {@code deregister_objective}): its listeners complete, and this ASA's floods
     * of it are removed from this node's flood cache; negotiations in progress continue.
     *
     * @param objective the objective's name
     * @return completes when the objective is deregistered, also if the node is closed; fails with
     *     {@link GraspErrorCode#NOT_OBJECTIVE} if no ASA of this node has registered it, and with
     *     {@link GraspErrorCode#NOT_YOUR_OBJECTIVE} if another one has
     */
    public Mono<Void> deregister(String objective) {
        return LoopFlux.end(loop, () -> asa.deregister(objective));
    }

    /**
     * Discovers peers that support an objective, see {@link #discover(Objective, DiscoverOptions)}.
     *
     * @param objective the objective; its loop count limits the distance in hops
     * @param timeout the duration, above zero
     * @return the locators, possibly none. Cancelling it stops the discovery
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Flux<AsaLocator> discover(Objective objective, Duration timeout) {
        return discover(objective, DiscoverOptions.within(timeout));
    }

    /**
     * Discovers peers that support an objective (RFC 8991 {@code discover}): first the known ones (ASAs of this node
     * and cached locators), then those that answer. Each locator is emitted once. The discovery is sent once (and again
     * on links that come up meanwhile). The timeout is that of RFC 8990 section 2.5.4.3, after which an unanswered
     * discovery may be repeated; the caller decides about that, for example with {@link Grasp#backoff}. Operations that
     * look for a peer by themselves do repeat their discovery.
     *
     * @param objective the objective; its loop count limits the distance in hops
     * @param options the duration, and which node to ask
     * @return the locators, possibly none. Fails if the message fits on no link. If the options name a
     *     {@linkplain DiscoverOptions#withPeer peer to ask}, it fails if the peer cannot be reached, and completes when
     *     the peer ends the connection. Cancelling it stops the discovery
     */
    public Flux<AsaLocator> discover(Objective objective, DiscoverOptions options) {
        return LoopFlux.bounded(loop, emitter -> {
            DiscoveryEvents events = EventAdapters.discovery(emitter);
            if (options.isWithoutCached()) {
                asa.forgetLocators(objective);
            }
            options.minimumTtl().ifPresent(ttl -> asa.forgetLocators(objective, ttl));
            if (options.isKnownOnly()) {
                asa.discoverKnown(objective, events);
                return () -> {};
            }
            return options.peer()
                    .map(peer -> asa.discoverAt(objective, peer, options.timeout(), events))
                    .orElseGet(() -> asa.discover(objective, options.timeout(), events));
        });
    }

    /**
     * Requests a negotiation with a known or discovered peer, see {@link #requestNegotiate(Objective, RequestOptions)}.
     *
     * @param objective the objective with the requested value and the initial loop count
     * @return the negotiation. Cancelling it ends the session
     */
    public Mono<Negotiation> requestNegotiate(Objective objective) {
        return requestNegotiate(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a negotiation with one peer, see {@link #requestNegotiate(Objective, RequestOptions)}.
     *
     * @param objective the objective with the requested value and the initial loop count
     * @param peer the peer
     * @return the negotiation. Cancelling it ends the session
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, AsaLocator peer) {
        return requestNegotiate(objective, RequestOptions.to(peer));
    }

    /**
     * Requests a negotiation (RFC 8991 {@code request_negotiate}) and waits for the peer's first answer.
     *
     * <p>If the options name no peer, known peers are tried first, and then discovered ones. The discovery is repeated
     * if no peer answers (RFC 8990 section 2.5.4.3): {@link Limits#discoveryTries} times at most, each for
     * {@link Timeouts#discoveryHop} for each hop of the loop count, after pauses of {@link Timeouts#discoveryPause} and
     * more. So with the defaults and loop count 6 it fails after 8.8 seconds if there is no peer. If no ASA listens any
     * more at a peer, the next peer is tried. If the connection to a peer does not open within half of the timeout, the
     * peer is tried once more; after an answer, no further discovery is sent.
     *
     * @param objective the objective with the requested value and the initial loop count
     * @param options the peer, and how long to wait
     * @return the negotiation, when the peer has answered: it holds the peer's offer, or already an outcome. Fails
     *     with {@link GraspErrorCode#NO_PEER} if no ASA listens there, with {@link GraspErrorCode#NO_DISCOVERY_REPLY}
     *     if there is no peer, and with {@link GraspErrorCode#SOCKET_ERROR_REQUEST} if none of the peers tried can be
     *     reached. Cancelling it ends the session
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, RequestOptions options) {
        return requests.negotiate(objective, options);
    }

    /**
     * Negotiates with a known or discovered peer, see {@link #negotiate(Objective, RequestOptions, Conversation)}.
     *
     * @param objective the objective with the requested value and the initial loop count
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the session
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, Conversation conversation) {
        return negotiate(objective, RequestOptions.DEFAULTS, conversation);
    }

    /**
     * Negotiates with one peer, see {@link #negotiate(Objective, RequestOptions, Conversation)}.
     *
     * @param objective the objective with the requested value and the initial loop count
     * @param peer the peer
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the session
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, AsaLocator peer, Conversation conversation) {
        return negotiate(objective, RequestOptions.to(peer), conversation);
    }

    /**
     * Negotiates with a peer as a conversation, which maps offers to moves; the request is our first move. The peer is
     * found as in {@link #requestNegotiate(Objective, RequestOptions)}, and the outcome fails in the same cases.
     *
     * @param objective the objective with the requested value and the initial loop count
     * @param options the peer, and how long to wait for each of its messages, unless it asks for more time
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the session
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, RequestOptions options, Conversation conversation) {
        Duration timeout = context.timeout(options);
        return options.peer()
                .map(peer -> LoopFlux.single(
                        loop,
                        ConversationSession.requested(
                                loop,
                                timeout,
                                events -> asa.negotiate(objective, peer, timeout, events),
                                conversation)))
                .orElseGet(() -> requestNegotiate(objective, options)
                        .flatMap(negotiation -> negotiation.converse(conversation)));
    }

    /**
     * The calls of this ASA for an objective whose values have a Java type.
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="typed"}
     *
     * @param objective the objective
     * @param <T> the type of its values
     * @return the calls
     */
    public <T> TypedAsa<T> typed(TypedObjective<T> objective) {
        return new TypedAsa<>(this, requests, new TypedValues<>(context, objective));
    }

    /**
     * {@return this ASA's operations in rapid mode, in which the discovery carries the request (RFC 8990 section
     * 2.5.4.5)}
     */
    public Rapid rapid() {
        return new Rapid(context, requests);
    }

    /** {@return the messages and options of later documents, for this ASA to send and handle} */
    public Extensions extensions() {
        return new Extensions(context);
    }

    /** {@return sessions of this ASA that carry any CBOR items instead of GRASP messages} */
    public RawChannels raw() {
        return new RawChannels(context);
    }

    /**
     * Listens for negotiation requests (RFC 8991 {@code listen_negotiate}), and makes the objective discoverable. Many
     * sessions may be in progress at once. Without demand a few requests are queued
     * ({@link io.grasp.config.Limits#queuedNegotiations}) and further ones are refused as if no ASA listened.
     *
     * <p>A request may be a {@linkplain Objective#isDryRun dry run}, regardless of how the objective is registered. The
     * ASA decides what that means; GRASP only carries the flag (RFC 8991 section 2.3.5). An ASA that does not support
     * dry runs should decline it.
     *
     * <p>This form leaves everything to the subscriber. In {@code flatMap}, an error of one negotiation, such as a
     * value that cannot be decoded, ends the listening and cancels all other negotiations unless each has its own
     * {@code onErrorResume}; the operator's concurrency limits the number of negotiations; and a negotiation whose
     * handling ends early stays open until {@link Timeouts#ownMove}. {@link #listenNegotiate(Objective, Handler)} takes
     * care of all that.
     *
     * @param objective an objective that this ASA has registered
     * @return the negotiations; each holds the peer's request, and it is our turn. Completes when the ASA or the
     *     objective is deregistered. Cancelling it stops listening; negotiations in progress continue
     */
    public Flux<Negotiation> listenNegotiate(Objective objective) {
        return context.emitted(requests(objective));
    }

    /** {@return the requests of peers, emitted on the loop} */
    private Flux<Negotiation> requests(Objective objective) {
        return LoopFlux.bounded(
                context.loop(),
                Negotiation.requestedByPeers(
                        loop, asa.operationTimeout(), acceptor -> asa.listenNegotiate(objective, acceptor)));
    }

    /**
     * Listens for negotiation requests and handles each in isolation, as many at once as {@link Limits} allow, see
     * {@link #listenNegotiate(Objective, Handler, ListenOptions)}.
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="listen"}
     *
     * @param objective an objective that this ASA has registered
     * @param handler handles a negotiation
     * @return completes when the ASA or the objective is deregistered
     */
    public Mono<Void> listenNegotiate(Objective objective, Handler<? super Negotiation> handler) {
        return listenNegotiate(objective, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Listens for negotiation requests (RFC 8991 {@code listen_negotiate}), makes the objective discoverable, and
     * handles each request in isolation. A negotiation lasts as long as the publisher that the handler returns: if that
     * completes first, an unanswered request is refused, and any other negotiation is declined; if it fails, or if the
     * handler throws or returns {@code null}, the negotiation is declined without giving the reason. The session
     * may end for another reason, for example because the peer has gone. If the handler is then waiting for something
     * else, it is cancelled and the session's failure is reported. If the negotiation has already notified the handler,
     * or the handler has ended the negotiation, the handler continues. Failures go to
     * {@link io.grasp.observe.GraspObserver#handlerFailed} and to {@link ListenOptions#withOnFailure}, and listening
     * continues.
     *
     * @param objective an objective that this ASA has registered
     * @param handler called on the loop with each negotiation, which holds the peer's request, and it is our turn. The
     *     values of the returned publisher are ignored; it gets the Reactor Context of this Mono's subscriber
     * @param options the concurrency, and a hook for failures
     * @return completes when the objective is deregistered and the negotiations in progress have ended, or when the ASA
     *     is deregistered or the node is closed; handlers that have not ended by then are cancelled. Fails like
     *     {@link #listenNegotiate(Objective)}. Cancelling it stops listening, cancels the handlers and ends their
     *     negotiations
     */
    public Mono<Void> listenNegotiate(
            Objective objective, Handler<? super Negotiation> handler, ListenOptions options) {
        return context.isolated(requests(objective), Negotiation.END, handler, options);
    }

    /**
     * The value of an objective: the last flooded one or, if there is none, that from a known or discovered peer, see
     * {@link #synchronize(Objective, RequestOptions)}.
     *
     * @param objective the objective
     * @return the objective with its value. Cancelling it ends the session
     */
    public Mono<Objective> synchronize(Objective objective) {
        return synchronize(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Asks one peer for the value of an objective, see {@link #synchronize(Objective, RequestOptions)}.
     *
     * @param objective the objective
     * @param peer the peer
     * @return the objective with its value. Cancelling it ends the session
     */
    public Mono<Objective> synchronize(Objective objective, AsaLocator peer) {
        return synchronize(objective, RequestOptions.to(peer));
    }

    /**
     * Requests the value of an objective (RFC 8991 {@code synchronize}). If the options name no peer, a valid flooded
     * value is used if there is one; otherwise a peer is found as in
     * {@link #requestNegotiate(Objective, RequestOptions)}.
     *
     * @param objective the objective
     * @param options the peer, and how long to wait
     * @return the objective as it was flooded, or as the peer sent it; fails with {@link GraspErrorCode#NO_LISTENER} if
     *     no ASA listens there, with {@link GraspErrorCode#NOT_FLOODED_NOR_DISCOVERED} if there is neither a value nor
     *     a peer, and with {@link GraspErrorCode#SOCKET_ERROR_SYNCH_REQUEST} if none of the peers tried can be reached.
     *     Cancelling it ends the session
     */
    public Mono<Objective> synchronize(Objective objective, RequestOptions options) {
        return requests.synchronize(objective, options);
    }

    /**
     * Listens for synchronization requests and answers them with a value (RFC 8991 {@code listen_synchronize}); the
     * objective becomes discoverable.
     *
     * @param objective an objective that this ASA has registered, with the value
     * @return a handle to change the value and to stop, when the value is being served
     */
    public Mono<SynchronizationResponder> listenSynchronize(Objective objective) {
        return LoopFlux.call(loop, () -> {
            SynchronizationListening listening = asa.listenSynchronize(objective, () -> {});
            listening.update(objective.value());
            return new SynchronizationResponder(loop, listening);
        });
    }

    /**
     * Listens for synchronization requests and answers them with the latest value of a publisher. Requests are refused
     * until the first value; the last value is served after the publisher has completed.
     *
     * @param objective an objective that this ASA has registered
     * @param values its values, each a value for {@link ObjectiveValue#of}
     * @return completes when the ASA or the objective is deregistered, or when the ASA listens again; fails when the
     *     publisher fails, or when a value does not fit in a message. Cancelling it stops listening, and cancels the
     *     publisher
     */
    public Mono<Void> listenSynchronize(Objective objective, Flux<?> values) {
        return LoopFlux.single(
                loop, ServedValues.of(loop, stopped -> asa.listenSynchronize(objective, stopped), values));
    }

    /**
     * Listens for synchronization requests and answers each with a separate value, which may depend on the peer or on
     * the time. The objective can be discovered while the ASA listens; a discovery in rapid mode is answered like an
     * ordinary one.
     *
     * @param objective an objective that this ASA has registered
     * @param source returns the value for a request. If it throws, or its value does not fit in a message, the failure
     *     is reported ({@link io.grasp.observe.GraspObserver#handlerFailed}), the request is refused as if no ASA
     *     listened, and listening continues
     * @return completes when the ASA or the objective is deregistered, or when the ASA listens again. Cancelling it
     *     stops listening
     */
    public Mono<Void> listenSynchronize(Objective objective, ValueSource source) {
        return LoopFlux.single(loop, emitter -> {
            context.refuseOnScheduler("a ValueSource");
            SynchronizationListening listening = asa.listenSynchronize(objective, emitter::complete);
            listening.onFailure(emitter::error);
            listening.serve(request -> value(source, request, listening, emitter.context()));
            return listening;
        });
    }

    private @Nullable ObjectiveValue value(
            ValueSource source, ValueRequest request, SynchronizationListening listening, ContextView context) {
        @Nullable ObjectiveValue[] value = {null};
        CallerContext.run(context, () -> {
            try {
                ObjectiveValue given = ObjectiveValue.of(source.value(request));
                listening.requireFits(given);
                value[0] = given.isPresent() ? given : null;
            } catch (Throwable e) {
                AsaErrors.rethrowIfFatal(e);
                this.context.handlerFailed(GraspException.local(
                                GraspErrorCode.UNSPECIFIED, "the value source failed: " + FailureText.of(e))
                        .causedBy(e)
                        .in(request.session(), request.objective().name()));
            }
        });
        return value[0];
    }

    /**
     * Floods one objective without a locator, see {@link #flood(List, FloodOptions)}.
     *
     * @param objective the objective with its value
     * @param ttl how long it is valid, above zero and below 2^32 ms
     * @return completes when it has been sent
     * @throws IllegalArgumentException if the ttl is zero, negative or too long
     */
    public Mono<Void> flood(Objective objective, Duration ttl) {
        return flood(objective, FloodOptions.validFor(ttl));
    }

    /**
     * Floods one objective without a locator, see {@link #flood(List, FloodOptions)}.
     *
     * @param objective the objective with its value
     * @param options how long it is valid
     * @return completes when it has been sent
     */
    public Mono<Void> flood(Objective objective, FloodOptions options) {
        return flood(List.of(TaggedObjective.untagged(objective)), options);
    }

    /**
     * Floods objectives, see {@link #flood(List, FloodOptions)}.
     *
     * @param objectives synchronization objectives that this ASA has registered, at least one
     * @param ttl how long they are valid, above zero and below 2^32 ms
     * @return completes when they have been sent
     * @throws IllegalArgumentException if the ttl is zero, negative or too long
     */
    public Mono<Void> flood(List<TaggedObjective> objectives, Duration ttl) {
        return flood(objectives, FloodOptions.validFor(ttl));
    }

    /**
     * Floods objectives with their values (RFC 8991 {@code flood}) on every link; a link that is too small for the
     * message is skipped, and the observer is notified ({@link io.grasp.observe.DropReason#TOO_LONG_FOR_LINK}). A
     * link-local tag is sent only on its own link; a tag with the address {@code ::} is sent as the address of each
     * link; a flood with such a tag is not relayed. A node without a link keeps the flood for its own ASAs, and does
     * not send it when a link comes up; see {@link Grasp#links}.
     *
     * @param objectives synchronization objectives that this ASA has registered, at least one
     * @param options how long they are valid, and additional content of the message
     * @return completes when they have been sent; fails if they do not fit in one message on any link, or on the link
     *     of a link-local tag, or if no link can send the message
     */
    public Mono<Void> flood(List<TaggedObjective> objectives, FloodOptions options) {
        List<TaggedObjective> all = List.copyOf(objectives);
        FloodExtension extension = options.extension();
        return LoopFlux.single(loop, emitter -> {
            if (options.hasExtension()) {
                context.refuseOnScheduler("a FloodExtension");
            }
            asa.flood(all, options.ttl(), extension::option, EventAdapters.sent(emitter));
            return () -> {};
        });
    }

    /**
     * Returns the valid flooded copies of an objective (RFC 8991 {@code get_flood}): one for each tag, and for a
     * link-local tag one for each link.
     *
     * <p>A copy is valid for as long as its sender specifies, which may be a millisecond: some nodes flood
     * {@code AN_ACP} or {@code AN_Proxy} like this, as an event rather than a state. Polling misses these;
     * {@link #floods} does not.
     *
     * <p>If several nodes flood the objective with the same tag, the newest copy is valid. When it expires, the newest
     * of the others is valid again.
     *
     * @param objective the objective's name
     * @return the copies in the order in which they were last renewed, possibly none
     */
    public Flux<FloodedObjective> getFlood(String objective) {
        return requests.getFlood(objective);
    }

    /**
     * Emits the flooded copies of an objective, and then further floods of it, however short their time to live. A slow
     * subscriber may miss values, but never the latest one of a tag, unless the values that wait for all subscribers of
     * this node take more than {@link Limits#waitingFloodBytes}. Any node may flood: if an operator after this Flux
     * throws on one value, as in {@code map(flooded -> flooded.objective().value().as(Integer.class))}, it misses all
     * later ones; {@link #floods(String, Handler)} does not.
     *
     * @param objective the objective's name
     * @return the copies; completes when the ASA is deregistered. Cancelling it stops watching
     */
    public Flux<FloodedObjective> floods(String objective) {
        return context.emitted(watchFloods(objective));
    }

    /** {@return the floods, emitted on the loop} */
    private Flux<FloodedObjective> watchFloods(String objective) {
        return new LoopFlux<ReceivedFlood>(
                        context.loop(),
                        () -> new Backlog.Latest<>(
                                received -> cacheEntry(received.flooded()),
                                ReceivedFlood::source,
                                received -> FloodCache.bytes(received.flooded().tagged()),
                                asa.waitingFloods()),
                        emitter -> asa.watchFloods(objective, EventAdapters.floods(emitter)))
                .map(ReceivedFlood::flooded);
    }

    /**
     * Handles the flooded copies of an objective, and then further floods of it, one after the other, see
     * {@link #floods(String, Handler, ListenOptions)}.
     *
     * @param objective the objective's name
     * @param handler handles a copy
     * @return completes when the ASA is deregistered
     */
    public Mono<Void> floods(String objective, Handler<? super FloodedObjective> handler) {
        return floods(objective, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles the flooded copies of an objective, and then further floods of it, as {@link #floods(String)} emits them.
     * If the handler fails on a copy, for example because its value cannot be decoded, it is still called with the next
     * ones.
     *
     * @param objective the objective's name
     * @param handler called on the loop with each copy; the values of the returned publisher are ignored
     * @param options the concurrency, by default 1; and a hook for failures
     * @return completes when the ASA is deregistered, fails like {@link #floods(String)}. Cancelling it stops watching
     *     and cancels the handlers
     */
    public Mono<Void> floods(String objective, Handler<? super FloodedObjective> handler, ListenOptions options) {
        return context.isolated(
                watchFloods(objective), (flooded, failure) -> failure.about(objective), 1, handler, options);
    }

    /**
     * Removes a copy from the flood cache (RFC 8991 {@code expire_flood}), for ASAs that know that it is stale.
     *
     * @param tagged the objective with its tag, see {@link FloodedObjective#tagged}. If the tag is link-local, the
     *     copies from all links are removed
     * @return completes when it is removed; fails with {@link GraspErrorCode#NOT_OBJECTIVE} if there was none
     */
    public Mono<Void> expireFlood(TaggedObjective tagged) {
        return LoopFlux.run(loop, () -> asa.expireFlood(tagged));
    }

    /**
     * Removes one copy from the flood cache (RFC 8991 {@code expire_flood}), for ASAs that know that it is stale.
     *
     * @param flooded the copy; if its tag is link-local, copies from other links stay
     * @return completes when it is removed; fails with {@link GraspErrorCode#NOT_OBJECTIVE} if there was none
     */
    public Mono<Void> expireFlood(FloodedObjective flooded) {
        return LoopFlux.run(loop, () -> asa.expireFlood(flooded));
    }

    /** {@return the key of a flooded objective among others of its name: its tag, and for a link-local tag its link} */
    private static Object cacheEntry(FloodedObjective flooded) {
        Locator tag = flooded.locator();
        return new CacheEntry(tag, tag != null && tag.isLinkLocal() ? flooded.linkIndex() : 0);
    }

    /** Comparable, because the floods of peers can have any number of tags with the same hash code. */
    record CacheEntry(@Nullable Locator tag, int linkIndex) implements Comparable<CacheEntry> {
        private static final Comparator<CacheEntry> ORDER = Comparator.comparing(
                        CacheEntry::tag, Comparator.nullsFirst(LocatorOrder.INSTANCE))
                .thenComparingInt(CacheEntry::linkIndex);

        @Override
        public int compareTo(CacheEntry other) {
            return ORDER.compare(this, other);
        }
    }
}
