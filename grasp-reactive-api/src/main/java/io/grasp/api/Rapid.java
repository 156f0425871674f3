package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Requests in rapid mode (RFC 8990 sections 2.5.4.5, 2.5.5.1 and 2.5.6.3): the discovery carries the request, and a
 * peer that does rapid mode answers it at once. The first answer decides: if it is an M_RESPONSE, or a peer is known
 * already, the request goes the ordinary way, to {@linkplain RequestOptions#withPeerSelector one of those and then to the next}.
 * RFC 8990 wants rapid mode used only where one knows that it is of use: where peers do it, it saves a round trip; where
 * some do, timing decides which one answers.
 *
 * <p>Peers answer in rapid mode what is registered so, see {@link io.grasp.config.RegistrationOptions#withRapid}. The
 * request must fit into a multicast.
 */
public final class Rapid {
    private final Asa asa;

    Rapid(Asa asa) {
        this.asa = asa;
    }

    /**
     * Requests a negotiation with the peer that answers first, see {@link #requestNegotiate(Objective,
     * RequestOptions)}.
     *
     * @param objective the objective with the requested value, which is not null, and the loop count to begin with
     * @return the negotiation. Cancelling it gives everything up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective) {
        return requestNegotiate(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a negotiation with the peer that answers first, and waits for its answer.
     *
     * @param objective the objective with the requested value, which is not null, and the loop count to begin with
     * @param options how long to wait for the first answer, and then for each message of the peer; a request to a
     *     {@linkplain RequestOptions#withPeer named peer} goes there the ordinary way
     * @return the negotiation, see {@link Asa#requestNegotiate(Objective, RequestOptions)}; fails with
     *     {@link GraspErrorCode#NO_DISCOVERY_REPLY} if no peer answers, with {@link GraspErrorCode#SOCKET_ERROR_REQUEST}
     *     if none that was tried can be reached, and with {@link GraspErrorCode#UNSPECIFIED} if there is no value.
     *     Cancelling it gives everything up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, RequestOptions options) {
        Mono<Negotiation> ordinary = asa.requestNegotiate(objective, options);
        if (options.peer().isPresent()) {
            return ordinary;
        }
        Duration timeout = asa.timeout(options);
        Mono<Negotiation> rapid = LoopFlux.single(
                asa.loop(),
                Negotiation.rapid(
                        asa.loop(),
                        timeout,
                        objective,
                        events -> asa.engine().negotiateRapidly(objective, timeout, events)));
        return rapid.switchIfEmpty(ordinary);
    }

    /**
     * Negotiates with the peer that answers first, see {@link #negotiate(Objective, RequestOptions, Conversation)}.
     *
     * @param objective the objective with the requested value, which is not null
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives everything up
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, Conversation conversation) {
        return negotiate(objective, RequestOptions.DEFAULTS, conversation);
    }

    /**
     * Negotiates with the peer that answers first, as a conversation.
     *
     * @param objective the objective with the requested value, which is not null
     * @param options see {@link #requestNegotiate(Objective, RequestOptions)}
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives everything up
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, RequestOptions options, Conversation conversation) {
        return requestNegotiate(objective, options).flatMap(negotiation -> negotiation.converse(conversation));
    }

    /**
     * Asks the peer that answers first for the value of an objective, see {@link #synchronize(Objective,
     * RequestOptions)}.
     *
     * @param objective the objective
     * @return the objective as it was sent. Cancelling it gives everything up
     */
    public Mono<Objective> synchronize(Objective objective) {
        return synchronize(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Asks the peer that answers first for the value of an objective. What has been flooded is not looked at.
     *
     * @param objective the objective; without a value it is asked for with the value 0, as in RFC 8990 appendix A.1
     * @param options how long to wait for the first answer, and then for the value; a {@linkplain
     *     RequestOptions#withPeer named peer} is asked the ordinary way
     * @return the objective as it was sent: by M_SYNCH or within an M_RESPONSE; fails with
     *     {@link GraspErrorCode#NOT_FLOODED_NOR_DISCOVERED} if no peer answers, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_SYNCH_REQUEST} if none that was tried can be reached. Cancelling it gives
     *     everything up
     */
    public Mono<Objective> synchronize(Objective objective, RequestOptions options) {
        if (options.peer().isPresent()) {
            return asa.synchronize(objective, options);
        }
        Mono<Objective> rapid = LoopFlux.single(
                asa.loop(),
                emitter -> asa.engine()
                        .synchronizeRapidly(
                                objective,
                                asa.timeout(options),
                                EventAdapters.synchronization(emitter),
                                emitter::complete));
        return rapid.switchIfEmpty(asa.synchronizeWithAnyPeer(objective, options));
    }
}
