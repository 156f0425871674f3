package io.grasp.api;

import io.grasp.engine.EngineAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Objective;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Requests and listens for raw channels of an ASA, see {@link RawChannel}. The ASA must have registered the objective,
 * for negotiation.
 */
public final class RawChannels {
    private final AsaContext asa;

    RawChannels(AsaContext asa) {
        this.asa = asa;
    }

    /**
     * Requests a raw channel with a known or discovered peer, see {@link #request(Objective, RequestOptions)}.
     *
     * @param objective the objective with the value to request
     * @return the channel. Cancelling it ends the search, or closes the connection
     */
    public Mono<RawChannel> request(Objective objective) {
        return request(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a raw channel with one peer, see {@link #request(Objective, RequestOptions)}.
     *
     * @param objective the objective with the value to request
     * @param peer the peer
     * @return the channel. Cancelling it closes the connection
     */
    public Mono<RawChannel> request(Objective objective, AsaLocator peer) {
        return request(objective, RequestOptions.to(peer));
    }

    /**
     * Requests a negotiation and turns its connection into a raw channel at once, without waiting for an answer. The
     * peer is found as in {@link Asa#requestNegotiate(Objective, RequestOptions)}.
     *
     * @param objective the objective with the value to request
     * @param options the peer; how long to look for one, and how long connections to discovered peers may take to open
     *     in total
     * @return the channel, once its connection is open, which does not prove that an ASA listens there; a peer without
     *     one closes the connection. Fails with {@link GraspErrorCode#NO_DISCOVERY_REPLY} if there is no peer, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_REQUEST} if none of the peers tried can be reached. Cancelling it ends the
     *     search, or closes the connection
     */
    public Mono<RawChannel> request(Objective objective, RequestOptions options) {
        return asa.emitted(options.peer()
                .map(peer -> request(objective, peer, asa.timeout(options)))
                .orElseGet(() -> LoopFlux.run(asa.loop(), () -> engine().requireNegotiable(objective))
                        .then(PeerSearch.run(
                                asa,
                                objective,
                                GraspErrorCode.NO_DISCOVERY_REPLY,
                                options,
                                (peer, opening) -> request(objective, peer, opening)))));
    }

    private Mono<RawChannel> request(Objective objective, AsaLocator peer, Duration opening) {
        return LoopFlux.single(
                asa.loop(),
                RawChannel.requested(
                        asa.signals(), events -> engine().negotiate(objective, peer, opening, events), opening));
    }

    /**
     * Listens for requests of raw channels, like {@link Asa#listenNegotiate(Objective)} for negotiations. The first
     * item is the one that the peer sends after its request.
     *
     * @param objective the objective
     * @return the channels; completes when the ASA or the objective is deregistered. Cancelling it stops listening;
     *     channels continue. An error of one channel in {@code flatMap} ends the listening unless it has its own
     *     {@code onErrorResume}, see {@link #listen(Objective, Handler)}
     */
    public Flux<RawChannel> listen(Objective objective) {
        return asa.emitted(channels(objective));
    }

    private Flux<RawChannel> channels(Objective objective) {
        return LoopFlux.bounded(
                asa.loop(),
                RawChannel.requestedByPeers(asa.signals(), acceptor -> engine().listenRaw(objective, acceptor)));
    }

    /**
     * Listens for requests of raw channels and handles each in isolation, as many at once as
     * {@link io.grasp.config.Limits} allow, see {@link #listen(Objective, Handler, ListenOptions)}.
     *
     * @param objective the objective
     * @param handler handles a channel
     * @return completes when the ASA or the objective is deregistered
     */
    public Mono<Void> listen(Objective objective, Handler<? super RawChannel> handler) {
        return listen(objective, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Listens for requests of raw channels and handles each in isolation. A channel is closed when the publisher that
     * the handler returns completes. If that fails, the channel is {@linkplain RawChannel#cancel cancelled}, so that
     * the peer does not take it for a normal end. Failures are reported like those of
     * {@link Asa#listenNegotiate(Objective, Handler, ListenOptions)}, and listening continues. A handler that neither
     * reads nor sends when its channel fails, for example after {@link io.grasp.config.Timeouts#rawIdle}, is cancelled,
     * unless it has closed the channel.
     *
     * @param objective the objective
     * @param handler handles a channel
     * @param options the concurrency, and a hook for failures
     * @return completes when the objective is deregistered and the channels have ended, or when the ASA is deregistered
     *     or the node is closed; handlers that have not ended by then are cancelled. Cancelling it stops listening, and
     *     cancels the handlers and their channels
     */
    public Mono<Void> listen(Objective objective, Handler<? super RawChannel> handler, ListenOptions options) {
        return asa.isolated(channels(objective), RawChannel.END, handler, options);
    }

    private EngineAsa engine() {
        return asa.engine();
    }
}
