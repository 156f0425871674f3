package io.grasp.api;

import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationSession;
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
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A registered autonomic service agent: the handle that RFC 8991 asks every call for. Its methods may be called on any
 * thread; every signal comes on the node's loop. Errors are {@link GraspException}s with RFC 8991's codes: after
 * {@link #deregister} {@link GraspErrorCode#NO_ASA}, and wherever the network is used without protection
 * {@link GraspErrorCode#NO_SECURITY}.
 *
 * <p>A request goes to a peer that the caller names, or else to one that is known or found: {@link RequestOptions} says
 * to which, and how long an answer is awaited, GRASP_DEF_TIMEOUT ({@link Timeouts#operation}) unless set.
 */
public final class Asa {
    private final EngineAsa asa;
    private final Loop loop;
    private final Limits limits;

    Asa(EngineAsa asa, Loop loop, Limits limits) {
        this.asa = asa;
        this.loop = loop;
        this.limits = limits;
    }

    EngineAsa engine() {
        return asa;
    }

    /** {@return the ASA's name} */
    public String name() {
        return asa.name();
    }

    /**
     * Deregisters the ASA and its objectives, and ends everything that it has under way (RFC 8991
     * {@code deregister_asa}): sessions fail, listeners complete.
     *
     * @return completes when it is done
     */
    public Mono<Void> deregister() {
        return LoopFlux.run(loop, asa::deregister);
    }

    /**
     * Registers an objective with {@linkplain RegistrationOptions#DEFAULTS the usual options}.
     *
     * @param objective the objective, see {@link #register(Objective, RegistrationOptions)}
     * @return completes when it is done
     */
    public Mono<Void> register(Objective objective) {
        return register(objective, RegistrationOptions.DEFAULTS);
    }

    /**
     * Registers an objective (RFC 8991 {@code register_objective}): needed for what the ASA negotiates, floods or
     * serves, not for what it only reads. Discovery of it is answered once the ASA listens.
     *
     * @param objective the objective; its flags and loop count are those it is served with
     * @param options how
     * @return completes when it is done; fails with {@link GraspErrorCode#NOT_BOTH}, {@link GraspErrorCode#NOT_DRY},
     *     {@link GraspErrorCode#OBJECTIVE_REGISTERED} or {@link GraspErrorCode#OBJECTIVES_FULL}
     */
    public Mono<Void> register(Objective objective, RegistrationOptions options) {
        return LoopFlux.run(loop, () -> asa.register(objective, options));
    }

    /**
     * Deregisters an objective (RFC 8991 {@code deregister_objective}): what listens for it completes, and what this
     * ASA has flooded of it leaves the flood cache of this node; negotiations under way go on.
     *
     * @param objective the objective's name
     * @return completes when it is done; fails with {@link GraspErrorCode#NOT_OBJECTIVE} if no ASA of this node has
     *     registered it, and with {@link GraspErrorCode#NOT_YOUR_OBJECTIVE} if another one has
     */
    public Mono<Void> deregister(String objective) {
        return LoopFlux.run(loop, () -> asa.deregister(objective));
    }

    /**
     * Discovers peers that support an objective, see {@link #discover(Objective, DiscoverOptions)}.
     *
     * @param objective the objective; its loop count says how many hops away
     * @param timeout when it completes, above zero
     * @return the locators, perhaps none. Cancelling it stops the discovery
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Flux<AsaLocator> discover(Objective objective, Duration timeout) {
        return discover(objective, DiscoverOptions.within(timeout));
    }

    /**
     * Discovers peers that support an objective (RFC 8991 {@code discover}): first what is known, ASAs of this node and
     * cached locators, then what answers. No locator comes twice. It asks once (but for links that come up meanwhile):
     * the timeout is the one of RFC 8990 section 2.5.4.3, after which, without an answer, a discovery may be repeated,
     * and what to do then is for the caller to decide, as by {@link Grasp#backoff}. Operations that find a peer by
     * themselves do repeat theirs.
     *
     * @param objective the objective; its loop count says how many hops away
     * @param options when it completes, and what is asked
     * @return the locators, perhaps none. Fails if the message fits on no link; with a {@linkplain
     *     DiscoverOptions#withPeer peer to ask}, if that cannot be reached, and completes when the peer has ended the
     *     connection. Cancelling it stops the discovery
     */
    public Flux<AsaLocator> discover(Objective objective, DiscoverOptions options) {
        return LoopFlux.bounded(loop, emitter -> {
            DiscoveryEvents events = EventAdapters.discovery(emitter);
            return options.peer()
                    .map(peer -> asa.discoverAt(objective, peer, options.timeout(), options.minimumTtl(), events))
                    .orElseGet(() -> asa.discover(objective, options.timeout(), options.minimumTtl(), events));
        });
    }

    /**
     * Requests a negotiation with a peer that is known or found, see {@link #requestNegotiate(Objective,
     * RequestOptions)}.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @return the negotiation. Cancelling it gives the session up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective) {
        return requestNegotiate(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a negotiation with one peer, see {@link #requestNegotiate(Objective, RequestOptions)}.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param peer the peer
     * @return the negotiation. Cancelling it gives the session up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, AsaLocator peer) {
        return requestNegotiate(objective, RequestOptions.to(peer));
    }

    /**
     * Requests a negotiation (RFC 8991 {@code request_negotiate}) and waits for the peer's first answer.
     *
     * <p>If the options name no peer, known ones are tried first, and then those that a discovery finds. It is repeated
     * if no peer answers (RFC 8990 section 2.5.4.3): {@link Limits#discoveryTries} times at most, each for
     * {@link Timeouts#discoveryHop} for each hop of the loop count, after pauses of {@link Timeouts#discoveryPause} and
     * more. So without any peer, and with the defaults and loop count 6, it fails after 8.8 seconds. If no ASA listens
     * any more where one was, the next peer is asked. A peer whose connection does not open in half of the timeout is
     * tried once more; nothing is multicast after an answer.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param options which peer, and how long to wait
     * @return the negotiation, when the peer has answered: with its offer in hand, or already with an outcome. Fails
     *     with {@link GraspErrorCode#NO_PEER} if no ASA listens there, with {@link GraspErrorCode#NO_DISCOVERY_REPLY} if
     *     there is no peer, and with {@link GraspErrorCode#SOCKET_ERROR_REQUEST} if none that was tried can be reached.
     *     Cancelling it gives the session up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, RequestOptions options) {
        return options.peer()
                .map(peer -> requestNegotiate(objective, peer, timeout(options), timeout(options)))
                .orElseGet(() -> LoopFlux.run(loop, () -> asa.requireNegotiable(objective))
                        .then(withAnyPeer(
                                objective,
                                GraspErrorCode.NO_DISCOVERY_REPLY,
                                options,
                                (peer, opening) -> requestNegotiate(objective, peer, timeout(options), opening))));
    }

    private Mono<Negotiation> requestNegotiate(
            Objective objective, AsaLocator peer, Duration timeout, Duration opening) {
        return LoopFlux.single(loop, Negotiation.requested(loop, timeout, objective, events -> {
            NegotiationSession session = asa.negotiate(objective, peer, timeout, events);
            if (opening.compareTo(timeout) < 0) {
                session.openWithin(opening);
            }
            return session;
        }));
    }

    /**
     * Negotiates with a peer that is known or found, see {@link #negotiate(Objective, RequestOptions, Conversation)}.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives the session up
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, Conversation conversation) {
        return negotiate(objective, RequestOptions.DEFAULTS, conversation);
    }

    /**
     * Negotiates with one peer, see {@link #negotiate(Objective, RequestOptions, Conversation)}.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param peer the peer
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives the session up
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, AsaLocator peer, Conversation conversation) {
        return negotiate(objective, RequestOptions.to(peer), conversation);
    }

    /**
     * Negotiates with a peer as a conversation of offers in and moves out; the request is our first move. A peer is
     * found as {@link #requestNegotiate(Objective, RequestOptions)} does, and the outcome fails as that does.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param options which peer, and how long to wait for each of its messages, unless it asks for more time
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives the session up
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, RequestOptions options, Conversation conversation) {
        Duration timeout = timeout(options);
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
     * The calls of this ASA for an objective whose values are of a Java type.
     *
     * <pre>{@code
     * asa.typed(EX3).register().flatMap(ex3 -> ex3.negotiate(300, offers -> offers.map(this::answer)))
     * }</pre>
     *
     * @param objective the objective
     * @param <T> the type of its values
     * @return the calls
     */
    public <T> TypedAsa<T> typed(TypedObjective<T> objective) {
        return new TypedAsa<>(this, objective);
    }

    /** {@return requests of this ASA that are sent with the discovery of a peer (RFC 8990 section 2.5.4.5)} */
    public Rapid rapid() {
        return new Rapid(this);
    }

    /** {@return messages and options of later documents, which this ASA sends and handles} */
    public Extensions extensions() {
        return new Extensions(this);
    }

    /** {@return sessions of this ASA that carry any CBOR items instead of GRASP messages} */
    public RawChannels raw() {
        return new RawChannels(this);
    }

    /**
     * Listens for negotiation requests (RFC 8991 {@code listen_negotiate}), and makes the objective discoverable. Many
     * sessions may be under way at once. Without demand a few requests wait
     * ({@link io.grasp.config.Limits#queuedNegotiations}) and further ones are refused as if nobody listened.
     *
     * <p>A request may be a {@linkplain Objective#isDryRun dry run}, however the objective is registered: what that
     * means is the ASA's matter, and GRASP merely carries the flag (RFC 8991 section 2.3.5). An ASA without dry runs
     * declines it.
     *
     * <p>This form leaves everything to the subscriber. In {@code flatMap}, an error of one negotiation, such as a
     * value that cannot be decoded, ends the listening and cancels all the others unless each has an {@code
     * onErrorResume} of its own; no more than the operator's concurrency are under way; and a negotiation whose
     * handling ends early stays open until {@link Timeouts#ownMove}. {@link #listenNegotiate(Objective, Handler)} sees
     * to all that.
     *
     * @param objective an objective that this ASA has registered
     * @return the negotiations, each with the request in hand, and it is our turn. Completes with the ASA or the
     *     objective. Cancelling it stops listening; negotiations under way go on
     */
    public Flux<Negotiation> listenNegotiate(Objective objective) {
        return LoopFlux.bounded(
                loop,
                Negotiation.requestedByPeers(
                        loop, asa.operationTimeout(), acceptor -> asa.listenNegotiate(objective, acceptor)));
    }

    /**
     * Listens for negotiation requests and handles each apart from the others, as many at once as
     * {@link Limits} allow, see {@link #listenNegotiate(Objective, Handler, ListenOptions)}.
     *
     * <pre>{@code
     * asa.listenNegotiate(EX3, negotiation -> negotiation.converse(offers -> offers.map(this::next)))
     * }</pre>
     *
     * @param objective an objective that this ASA has registered
     * @param handler what to do with a negotiation
     * @return completes with the ASA or the objective
     */
    public Mono<Void> listenNegotiate(Objective objective, Handler<? super Negotiation> handler) {
        return listenNegotiate(objective, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Listens for negotiation requests (RFC 8991 {@code listen_negotiate}), makes the objective discoverable, and
     * handles each request apart from the others. A negotiation lasts as long as the publisher that the handler
     * returns: if that completes before, a request that has not been answered is refused and any other negotiation
     * declined; if it fails, or the handler throws or returns {@code null}, the peer is declined without the reason.
     * If the session ends otherwise, such as when the peer goes away, while the handler waits for nothing of it but for
     * something else, the handler is cancelled and the session's failure is reported; a handler that the negotiation
     * has notified, or that has ended it, goes on.
     * Failures go to {@link io.grasp.observe.GraspObserver#handlerFailed} and to {@link
     * ListenOptions#withOnFailure}, and listening goes on.
     *
     * @param objective an objective that this ASA has registered
     * @param handler called on the loop with each negotiation, the request in hand and our turn; what the publisher
     *     that it returns emits is ignored. Its subscriber's Reactor Context is that of this Mono's
     * @param options how many at once, and a hook for failures
     * @return completes when the objective is deregistered and the negotiations under way have ended, or when the ASA
     *     is deregistered or the node closed; handlers that have not ended by then are cancelled. Fails as {@link
     *     #listenNegotiate(Objective)} does. Cancelling it stops listening, cancels the handlers and gives their
     *     negotiations up
     */
    public Mono<Void> listenNegotiate(
            Objective objective, Handler<? super Negotiation> handler, ListenOptions options) {
        return isolated(listenNegotiate(objective), Negotiation.END, handler, options);
    }

    /** Handles sessions of this ASA apart from each other, as many at once as the node's limits allow. */
    <T> Mono<Void> isolated(
            Flux<T> sessions, IsolatedHandlers.SessionEnd<T> end, Handler<? super T> handler, ListenOptions options) {
        return isolated(sessions, end, Integer.MAX_VALUE, handler, options);
    }

    /** Handles messages and options, as many at once as replies may be pending. */
    <T> Mono<Void> isolatedMessages(
            Flux<T> messages, IsolatedHandlers.SessionEnd<T> end, Handler<? super T> handler, ListenOptions options) {
        return isolated(messages, end, limits.pendingReplies(), handler, options);
    }

    private <T> Mono<Void> isolated(
            Flux<T> listener,
            IsolatedHandlers.SessionEnd<T> end,
            int concurrency,
            Handler<? super T> handler,
            ListenOptions options) {
        return new IsolatedHandlers<>(
                loop, listener, end, concurrency, handler, options, asa::handlerFailed, () -> !asa.isRegistered());
    }

    /**
     * The value of an objective, as it was flooded lately, or else from a peer that is known or found, see
     * {@link #synchronize(Objective, RequestOptions)}.
     *
     * @param objective the objective
     * @return the objective with its value. Cancelling it gives the session up
     */
    public Mono<Objective> synchronize(Objective objective) {
        return synchronize(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Asks one peer for the value of an objective, see {@link #synchronize(Objective, RequestOptions)}.
     *
     * @param objective the objective
     * @param peer the peer
     * @return the objective with its value. Cancelling it gives the session up
     */
    public Mono<Objective> synchronize(Objective objective, AsaLocator peer) {
        return synchronize(objective, RequestOptions.to(peer));
    }

    /**
     * Asks for the value of an objective (RFC 8991 {@code synchronize}). If the options name no peer, a value that was
     * flooded and is still valid is taken, and otherwise a peer is found as {@link #requestNegotiate(Objective,
     * RequestOptions)} does.
     *
     * @param objective the objective
     * @param options which peer, and how long to wait
     * @return the objective as it was flooded, or as the peer sent it; fails with {@link GraspErrorCode#NO_LISTENER} if
     *     no ASA listens there, with {@link GraspErrorCode#NOT_FLOODED_NOR_DISCOVERED} if there is neither a value nor a
     *     peer, and with {@link GraspErrorCode#SOCKET_ERROR_SYNCH_REQUEST} if no peer that was tried can be reached.
     *     Cancelling it gives the session up
     */
    public Mono<Objective> synchronize(Objective objective, RequestOptions options) {
        return options.peer()
                .map(peer -> synchronize(objective, peer, timeout(options), timeout(options)))
                .orElseGet(() -> LoopFlux.run(loop, () -> asa.requireSynchronizable(objective))
                        .thenMany(getFlood(objective.name()))
                        .takeLast(1)
                        .next()
                        .map(FloodedObjective::objective)
                        .switchIfEmpty(synchronizeWithAnyPeer(objective, options)));
    }

    private Mono<Objective> synchronize(Objective objective, AsaLocator peer, Duration timeout, Duration opening) {
        return LoopFlux.single(
                loop,
                emitter -> asa.synchronize(objective, peer, timeout, opening, EventAdapters.synchronization(emitter)));
    }

    Mono<Objective> synchronizeWithAnyPeer(Objective objective, RequestOptions options) {
        return withAnyPeer(
                objective,
                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED,
                options,
                (peer, opening) -> synchronize(objective, peer, timeout(options), opening));
    }

    /**
     * Listens for synchronization requests and answers them with a value (RFC 8991 {@code listen_synchronize}); the
     * objective becomes discoverable.
     *
     * @param objective an objective that this ASA has registered, with the value
     * @return how to change the value and to stop, once it is served
     */
    public Mono<SynchronizationResponder> listenSynchronize(Objective objective) {
        return LoopFlux.call(loop, () -> {
            SynchronizationListening listening = asa.listenSynchronize(objective, () -> {});
            listening.update(objective.value());
            return new SynchronizationResponder(loop, listening);
        });
    }

    /**
     * Listens for synchronization requests and answers them with the latest of the values that a publisher gives; until
     * the first one nobody is listening, after the last one it goes on being served.
     *
     * @param objective an objective that this ASA has registered
     * @param values its values, each what {@link ObjectiveValue#of} takes
     * @return completes with the ASA or the objective, or when the ASA listens anew; fails when the values fail, or
     *     when one does not fit into a message. Cancelling it stops listening, and the values
     */
    public Mono<Void> listenSynchronize(Objective objective, Publisher<?> values) {
        return LoopFlux.single(
                loop, ServedValues.of(loop, stopped -> asa.listenSynchronize(objective, stopped), values));
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
     * Floods objectives with their values (RFC 8991 {@code flood}) on every link; one that is too small for the message
     * is left out, and the observer is notified ({@link io.grasp.observe.DropReason#LIMIT}). A link-local tag goes out
     * on its own link only, one with the address {@code ::} as the address of each link, and all that goes with them is
     * not relayed. A node that is on no link keeps it for its own ASAs, and does not send it when a link comes up:
     * {@link Grasp#links} shows the links.
     *
     * @param objectives synchronization objectives that this ASA has registered, at least one
     * @param options how long they are valid, and what else the message holds
     * @return completes when they have been sent; fails if they do not fit into one message on any link, or not
     *     on the link that a link-local tag is on; or if no link takes it
     */
    public Mono<Void> flood(List<TaggedObjective> objectives, FloodOptions options) {
        List<TaggedObjective> all = List.copyOf(objectives);
        FloodExtension extension = options.extension();
        return LoopFlux.single(loop, emitter -> {
            asa.flood(all, options.ttl(), extension::option, EventAdapters.sent(emitter));
            return () -> {};
        });
    }

    /**
     * What has been flooded of an objective and is still valid (RFC 8991 {@code get_flood}): a copy for each tag, and
     * for each link that a link-local tag is on.
     *
     * <p>A copy is here for as long as its sender says, which may be a millisecond: some flood {@code AN_ACP} or
     * {@code AN_Proxy} so, as an event rather than a state. Asking again and again misses these; {@link #floods} does
     * not.
     *
     * @param objective the objective's name
     * @return the copies in the order in which they were renewed, perhaps none
     */
    public Flux<FloodedObjective> getFlood(String objective) {
        return LoopFlux.bounded(loop, emitter -> {
            asa.getFlood(objective).forEach(emitter::next);
            emitter.complete();
            return () -> {};
        });
    }

    /**
     * What has been flooded of an objective, and then whatever is flooded of it, however short its time to live is. A
     * slow subscriber misses values, but never the latest one of a tag. Any node may flood: an operator behind this
     * that throws on one value, as in {@code map(flooded -> flooded.objective().value().as(Integer.class))}, misses all
     * that follow, which {@link #floods(String, Handler)} does not.
     *
     * @param objective the objective's name
     * @return the copies; completes with the ASA. Cancelling it stops watching
     */
    public Flux<FloodedObjective> floods(String objective) {
        return new LoopFlux<>(
                loop,
                () -> new Backlog.Latest<>(Asa::cacheEntry, limits.floodEntries()),
                emitter -> asa.watchFloods(objective, EventAdapters.floods(emitter)));
    }

    /**
     * Handles what has been flooded of an objective, and then whatever is flooded of it: one copy after the other, see
     * {@link #floods(String, Handler, ListenOptions)}.
     *
     * @param objective the objective's name
     * @param handler what to do with a copy
     * @return completes with the ASA
     */
    public Mono<Void> floods(String objective, Handler<? super FloodedObjective> handler) {
        return floods(objective, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles what has been flooded of an objective, and then whatever is flooded of it, as {@link #floods(String)}
     * emits it. A copy that the handler fails on, such as one whose value cannot be decoded, does not keep it from the
     * next ones.
     *
     * @param objective the objective's name
     * @param handler called on the loop with each copy; what the publisher that it returns emits is ignored
     * @param options how many copies at once, 1 unless set; and a hook for failures
     * @return completes with the ASA, fails as {@link #floods(String)} does. Cancelling it stops watching and cancels
     *     the handlers
     */
    public Mono<Void> floods(String objective, Handler<? super FloodedObjective> handler, ListenOptions options) {
        return isolated(floods(objective), (flooded, failure) -> failure.about(objective), 1, handler, options);
    }

    /**
     * Removes a copy from the flood cache (RFC 8991 {@code expire_flood}), for ASAs that can tell that it is stale.
     *
     * @param tagged the objective with its tag, see {@link FloodedObjective#tagged}. If the tag is link-local, the
     *     copies from all links are removed
     * @return completes when it is done; fails with {@link GraspErrorCode#NOT_OBJECTIVE} if there was none
     */
    public Mono<Void> expireFlood(TaggedObjective tagged) {
        return LoopFlux.run(loop, () -> asa.expireFlood(tagged));
    }

    /**
     * Removes one copy from the flood cache (RFC 8991 {@code expire_flood}), for ASAs that can tell that it is stale.
     *
     * @param flooded what is in the cache; if its tag is link-local, copies from other links stay
     * @return completes when it is done; fails with {@link GraspErrorCode#NOT_OBJECTIVE} if there was none
     */
    public Mono<Void> expireFlood(FloodedObjective flooded) {
        return LoopFlux.run(loop, () -> asa.expireFlood(flooded));
    }

    /**
     * {@return what distinguishes a flooded objective from others of its name: its tag, and the link of a link-local
     * one}
     */
    private static Object cacheEntry(FloodedObjective flooded) {
        Locator tag = flooded.locator();
        return Optional.ofNullable(tag).map(each -> List.of(each, each.isLinkLocal() ? flooded.linkIndex() : 0));
    }

    <T> Mono<T> withAnyPeer(
            Objective objective,
            GraspErrorCode none,
            RequestOptions options,
            BiFunction<AsaLocator, Duration, Mono<T>> operation) {
        return Mono.defer(() ->
                new PeerSearch<>(loop, asa, options.selector(), objective, none, timeout(options), operation).run());
    }

    Loop loop() {
        return loop;
    }

    Duration timeout(RequestOptions options) {
        return options.timeoutOr(asa.operationTimeout());
    }
}
