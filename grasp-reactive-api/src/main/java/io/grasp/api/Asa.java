package io.grasp.api;

import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.EngineAsa;
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
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A registered autonomic service agent: the handle that RFC 8991 asks every call for. Its methods may be called on any
 * thread; every signal comes on the node's loop. Errors are {@link GraspException}s with RFC 8991's codes: after
 * {@link #deregister} {@link GraspErrorCode#NO_ASA}, and wherever the network is used without protection
 * {@link GraspErrorCode#NO_SECURITY}.
 *
 * <p>A timeout of zero means GRASP_DEF_TIMEOUT ({@link Timeouts#operation}), but for discovery.
 */
public final class Asa {
    private final EngineAsa asa;
    private final Loop loop;
    private final LoopScheduler scheduler;
    private final int floodBacklog;
    private final PeerChoice peerChoice;

    Asa(EngineAsa asa, Loop loop, LoopScheduler scheduler, int floodBacklog, PeerChoice peerChoice) {
        this.asa = asa;
        this.loop = loop;
        this.scheduler = scheduler;
        this.floodBacklog = floodBacklog;
        this.peerChoice = peerChoice;
    }

    EngineAsa engine() {
        return asa;
    }

    /** {@return the ASA's name} */
    public String name() {
        return asa.name();
    }

    /**
     * This ASA with another choice among the peers that it finds when the caller names none;
     * {@link PeerChoice#STANDARD} at first. They are tried one after the other, no more than
     * {@link io.grasp.engine.Limits#peersTried}, until one has been reached where an ASA listens: what happens after
     * that is the result, and no other peer is asked.
     *
     * @param choice whom to ask, and in which order
     * @return the same ASA, with that choice
     */
    public Asa withPeerChoice(PeerChoice choice) {
        return new Asa(asa, loop, scheduler, floodBacklog, Objects.requireNonNull(choice, "choice"));
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
     * Discovers who supports an objective (RFC 8991 {@code discover}): first what is known, ASAs of this node and
     * cached locators, then what answers. No locator comes twice. It asks once (but for links that come up meanwhile):
     * the timeout is the one of RFC 8990 section 2.5.4.3, after which, without an answer, a discovery may be repeated,
     * and what to do then is the caller's to say, as by {@link Grasp#backoff}. Operations that find a peer by
     * themselves do repeat theirs.
     *
     * @param objective the objective; its loop count says how many hops away
     * @param timeout when it completes; with zero, after what is known, and nobody is asked
     * @return the locators, perhaps none; fails if the message fits on no link. Cancelling it stops the discovery
     */
    public Flux<AsaLocator> discover(Objective objective, Duration timeout) {
        return discover(objective, timeout, null);
    }

    /**
     * Discovers after forgetting cached locators, see {@link #discover(Objective, Duration)}.
     *
     * @param objective the objective
     * @param timeout when it completes
     * @param minimumTtl locators valid for no longer than this are forgotten first; zero forgets all
     * @return the locators, perhaps none. Cancelling it stops the discovery
     */
    public Flux<AsaLocator> discover(Objective objective, Duration timeout, @Nullable Duration minimumTtl) {
        return LoopFlux.bounded(loop, emitter -> asa.discover(objective, timeout, minimumTtl, Tell.discovery(emitter)));
    }

    /**
     * Asks one node for peers that support an objective: itself, or those that it knows or finds (RFC 8990 section
     * 2.5.4.2). For links that carry no multicasts.
     *
     * @param objective the objective
     * @param peer any ASA of the node to ask
     * @param timeout how long
     * @return the locators as they are found; completes when the timeout is over or the peer has ended the connection.
     *     Fails if the peer cannot be reached. Cancelling it closes the connection
     */
    public Flux<AsaLocator> discoverAt(Objective objective, AsaLocator peer, Duration timeout) {
        return LoopFlux.bounded(loop, emitter -> asa.discoverAt(objective, peer, timeout, Tell.discovery(emitter)));
    }

    /**
     * Requests a negotiation with a peer (RFC 8991 {@code request_negotiate}) and waits for its first answer.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param peer whom to ask
     * @param timeout how long to wait for each message of the peer, unless it asks for more time
     * @return the negotiation, when the peer has answered: with its offer in hand, or already with an outcome. Fails
     *     with {@link GraspErrorCode#NO_PEER} if nobody listens there. Cancelling it gives the session up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, AsaLocator peer, Duration timeout) {
        return Mono.defer(() -> {
            Duration wait = orDefault(timeout);
            return LoopFlux.single(
                    loop,
                    Negotiation.requested(
                            loop, wait, objective, events -> asa.negotiate(objective, peer, wait, events)));
        });
    }

    /**
     * Discovers a peer, {@linkplain #withPeerChoice known or found}, and requests a negotiation with it, see
     * {@link #requestNegotiate(Objective, AsaLocator, Duration)}. The discovery is repeated if no peer answers (RFC
     * 8990 section 2.5.4.3): {@link io.grasp.engine.Limits#discoveryTries} times at most, each for
     * {@link io.grasp.engine.Timeouts#discoveryHop} for each hop of the loop count, after pauses of
     * {@link io.grasp.engine.Timeouts#discoveryPause} and more. So without any peer, and with the defaults and loop
     * count 6, it fails after 8.8 seconds. If no ASA listens any more where one was, the next peer is asked.
     *
     * @param objective the objective with the requested value
     * @param timeout how long to look for a peer, how long connections to those found may take to open altogether, and
     *     then how long to wait for each message of the peer. A peer whose connection does not open in half of that is
     *     tried once more; nothing is multicast after an answer
     * @return the negotiation; fails with {@link GraspErrorCode#NO_DISCOVERY_REPLY} if there is no peer, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_REQUEST} if none that was tried can be reached
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, Duration timeout) {
        return LoopFlux.run(loop, () -> asa.requireNegotiable(objective))
                .then(withAnyPeer(
                        objective,
                        GraspErrorCode.NO_DISCOVERY_REPLY,
                        timeout,
                        (peer, opening) -> requestNegotiate(objective, peer, timeout, opening)));
    }

    private Mono<Negotiation> requestNegotiate(
            Objective objective, AsaLocator peer, Duration timeout, Duration opening) {
        Duration wait = orDefault(timeout);
        return LoopFlux.single(loop, Negotiation.requested(loop, wait, objective, events -> {
            NegotiationSession session = asa.negotiate(objective, peer, wait, events);
            session.openWithin(opening);
            return session;
        }));
    }

    /**
     * Discovers a peer as {@link #requestNegotiate(Objective, Duration)} does, and negotiates with it as a
     * conversation, see {@link #negotiate(Objective, AsaLocator, Function)}.
     *
     * @param objective the objective with the requested value
     * @param timeout how long to wait for each message of the peer, unless it asks for more time
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives the session up
     */
    public Mono<NegotiationOutcome> negotiate(
            Objective objective,
            Duration timeout,
            Function<? super Flux<Objective>, ? extends Publisher<? extends Move>> conversation) {
        return requestNegotiate(objective, timeout).flatMap(negotiation -> negotiation.converse(conversation));
    }

    /** {@return requests of this ASA that are sent with the discovery of whom to ask (RFC 8990 section 2.5.4.5)} */
    public Rapid rapid() {
        return new Rapid(this);
    }

    /**
     * Negotiates with a peer as a conversation of offers in and moves out, see {@link Negotiation#converse}; the
     * request is our first move.
     *
     * @param objective the objective with the requested value, and the loop count to begin with
     * @param peer whom to ask
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives the session up
     */
    public Mono<NegotiationOutcome> negotiate(
            Objective objective,
            AsaLocator peer,
            Function<? super Flux<Objective>, ? extends Publisher<? extends Move>> conversation) {
        return negotiate(objective, peer, Duration.ZERO, conversation);
    }

    /**
     * Negotiates with a peer as a conversation, see {@link #negotiate(Objective, AsaLocator, Function)}.
     *
     * @param objective the objective with the requested value
     * @param peer whom to ask
     * @param timeout how long to wait for each message of the peer, unless it asks for more time
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives the session up
     */
    public Mono<NegotiationOutcome> negotiate(
            Objective objective,
            AsaLocator peer,
            Duration timeout,
            Function<? super Flux<Objective>, ? extends Publisher<? extends Move>> conversation) {
        return Mono.defer(() -> {
            Duration wait = orDefault(timeout);
            return LoopFlux.single(
                    loop,
                    Conversation.requested(
                            loop, wait, events -> asa.negotiate(objective, peer, wait, events), conversation));
        });
    }

    /**
     * Listens for negotiation requests (RFC 8991 {@code listen_negotiate}), and makes the objective discoverable. Many
     * sessions may be under way at once. Without demand a few requests wait
     * ({@link io.grasp.engine.Limits#queuedNegotiations}) and further ones are refused as if nobody listened.
     *
     * <p>A request may be a {@linkplain Objective#isDryRun dry run}, however the objective is registered: what that
     * means is the ASA's matter, and GRASP merely carries the flag (RFC 8991 section 2.3.5). An ASA without dry runs
     * declines it.
     *
     * <p>This form leaves everything to the subscriber. In {@code flatMap}, an error of one negotiation, such as a
     * value that cannot be decoded, ends the listening and cancels all the others unless each has an {@code
     * onErrorResume} of its own; no more than the operator's concurrency are under way; and a negotiation whose
     * handling ends early stays open until {@link Timeouts#ownMove}. {@link #listenNegotiate(Objective, Function)} sees
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
     * {@link io.grasp.engine.Limits} allow, see {@link #listenNegotiate(Objective, Function, ListenOptions)}.
     *
     * <pre>{@code
     * asa.listenNegotiate(EX3, negotiation -> negotiation.converse(offers -> offers.map(this::next)))
     * }</pre>
     *
     * @param objective an objective that this ASA has registered
     * @param handler what to do with a negotiation
     * @return completes with the ASA or the objective
     */
    public Mono<Void> listenNegotiate(
            Objective objective, Function<? super Negotiation, ? extends Publisher<?>> handler) {
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
     * Failures go to {@link io.grasp.engine.GraspObserver#handlerFailed} and to {@link
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
            Objective objective, Function<? super Negotiation, ? extends Publisher<?>> handler, ListenOptions options) {
        return isolated(listenNegotiate(objective), Negotiation.END, handler, options);
    }

    /** Handles sessions of this ASA apart from each other, as many at once as the node's limits allow. */
    <T> Mono<Void> isolated(
            Flux<T> sessions,
            IsolatedHandlers.SessionEnd<T> end,
            Function<? super T, ? extends Publisher<?>> handler,
            ListenOptions options) {
        return isolated(sessions, end, Integer.MAX_VALUE, handler, options);
    }

    private <T> Mono<Void> isolated(
            Flux<T> listener,
            IsolatedHandlers.SessionEnd<T> end,
            int concurrency,
            Function<? super T, ? extends Publisher<?>> handler,
            ListenOptions options) {
        return new IsolatedHandlers<>(
                loop, listener, end, concurrency, handler, options, asa::handlerFailed, () -> !asa.isRegistered());
    }

    /**
     * Asks a peer for the value of an objective (RFC 8991 {@code synchronize}).
     *
     * @param objective the objective
     * @param peer whom to ask
     * @param timeout how long to wait for the answer
     * @return the objective as the peer sent it; fails with {@link GraspErrorCode#NO_LISTENER} if nobody listens
     *     there. Cancelling it gives the session up
     */
    public Mono<Objective> synchronize(Objective objective, AsaLocator peer, Duration timeout) {
        return LoopFlux.single(
                loop, emitter -> asa.synchronize(objective, peer, orDefault(timeout), Tell.synchronization(emitter)));
    }

    /**
     * The value of an objective, as it was flooded lately, or else from a peer
     * {@linkplain #withPeerChoice known or found}, see {@link #synchronize(Objective, AsaLocator, Duration)}. The
     * discovery is repeated as that of {@link #requestNegotiate(Objective, Duration)}.
     *
     * @param objective the objective
     * @param timeout how long to look for a peer, and then to wait for its answer
     * @return the objective; fails with {@link GraspErrorCode#NOT_FLOODED_NOR_DISCOVERED} if there is neither, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_SYNCH_REQUEST} if no peer that was tried can be reached
     */
    public Mono<Objective> synchronize(Objective objective, Duration timeout) {
        return LoopFlux.run(loop, () -> asa.requireSynchronizable(objective))
                .thenMany(getFlood(objective.name()))
                .takeLast(1)
                .next()
                .map(FloodedObjective::objective)
                .switchIfEmpty(synchronizeWithAnyPeer(objective, timeout));
    }

    Mono<Objective> synchronizeWithAnyPeer(Objective objective, Duration timeout) {
        return withAnyPeer(
                objective,
                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED,
                timeout,
                (peer, opening) -> LoopFlux.single(
                        loop,
                        emitter -> asa.synchronize(
                                objective, peer, orDefault(timeout), opening, Tell.synchronization(emitter))));
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
     * @param values its values
     * @return completes with the ASA or the objective, or when the ASA listens anew; fails when the values fail, or
     *     when one does not fit into a message. Cancelling it stops listening, and the values
     */
    public Mono<Void> listenSynchronize(Objective objective, Publisher<ObjectiveValue> values) {
        return LoopFlux.single(
                loop, ServedValues.of(loop, stopped -> asa.listenSynchronize(objective, stopped), values));
    }

    /**
     * Floods objectives with their values (RFC 8991 {@code flood}) on every link; one that is too small for the message
     * is left out, and the observer is notified ({@link io.grasp.engine.DropReason#LIMIT}). A link-local tag goes out
     * on its own link only, one with the address {@code ::} as the address of each link, and all that goes with them is
     * not relayed. A node that is on no link keeps it for its own ASAs, and does not send it when a link comes up:
     * {@link Grasp#links} tells.
     *
     * @param ttl how long they are valid, below 2^32 ms, rounded up to whole ones; zero is without end
     * @param objectives synchronization objectives that this ASA has registered, at least one
     * @return completes when they have been sent; fails if they do not fit into one message on any link, or not
     *     on the link that a link-local tag is on; or if no link takes it
     */
    public Mono<Void> flood(Duration ttl, List<TaggedObjective> objectives) {
        List<TaggedObjective> all = List.copyOf(objectives);
        return LoopFlux.single(loop, emitter -> {
            asa.flood(all, ttl, Tell.sent(emitter));
            return () -> {};
        });
    }

    /**
     * Floods one objective without a locator, see {@link #flood(Duration, List)}.
     *
     * @param ttl how long it is valid
     * @param objective the objective with its value
     * @return completes when it has been sent
     */
    public Mono<Void> flood(Duration ttl, Objective objective) {
        return flood(ttl, List.of(TaggedObjective.untagged(objective)));
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
     * that follow, which {@link #floods(String, Function)} does not.
     *
     * @param objective the objective's name
     * @return the copies; completes with the ASA. Cancelling it stops watching
     */
    public Flux<FloodedObjective> floods(String objective) {
        return new LoopFlux<>(
                loop,
                () -> new Backlog.Latest<>(Asa::cacheEntry, floodBacklog),
                emitter -> asa.watchFloods(objective, Tell.floods(emitter)));
    }

    /**
     * Handles what has been flooded of an objective, and then whatever is flooded of it: one copy after the other, see
     * {@link #floods(String, Function, ListenOptions)}.
     *
     * @param objective the objective's name
     * @param handler what to do with a copy
     * @return completes with the ASA
     */
    public Mono<Void> floods(String objective, Function<? super FloodedObjective, ? extends Publisher<?>> handler) {
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
    public Mono<Void> floods(
            String objective,
            Function<? super FloodedObjective, ? extends Publisher<?>> handler,
            ListenOptions options) {
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
            Duration timeout,
            BiFunction<AsaLocator, Duration, Mono<T>> operation) {
        return Mono.defer(
                () -> new PeerSearch<>(loop, asa, peerChoice, objective, none, orDefault(timeout), operation).run());
    }

    Loop loop() {
        return loop;
    }

    Duration orDefault(Duration timeout) {
        return timeout.isZero() ? asa.operationTimeout() : timeout;
    }
}
