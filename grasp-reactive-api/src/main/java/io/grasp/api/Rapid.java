package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Requests in rapid mode (RFC 8990 sections 2.5.4.5, 2.5.5.1 and 2.5.6.3): the discovery carries the request, and a
 * peer that supports rapid mode answers it at once. The first answer decides: if it is an M_RESPONSE, or if a peer is
 * already known, an ordinary request is sent {@linkplain RequestOptions#withPeerSelector to one of those peers and then
 * to the next}. RFC 8990 requires that rapid mode is used only where it is known to help: if all peers support it, it
 * saves a round trip; if only some do, timing decides which one answers.
 *
 * <p>Peers answer in rapid mode for objectives that are registered with it, see
 * {@link io.grasp.config.RegistrationOptions#withRapid}. The request must fit in a multicast.
 */
public final class Rapid {
    private final AsaContext asa;
    private final Requests requests;

    Rapid(AsaContext asa, Requests requests) {
        this.asa = asa;
        this.requests = requests;
    }

    /**
     * Requests a negotiation with the peer that answers first, see {@link #requestNegotiate(Objective,
     * RequestOptions)}.
     *
     * @param objective the objective with the requested value, which must not be null, and the initial loop count
     * @return the negotiation. Cancelling it ends the discovery and the session
     */
    public Mono<Negotiation> requestNegotiate(Objective objective) {
        return requestNegotiate(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Requests a negotiation with the peer that answers first, and waits for its answer.
     *
     * @param objective the objective with the requested value, which must not be null, and the initial loop count
     * @param options how long to wait for the first answer, and then for each message of the peer; to a
     *     {@linkplain RequestOptions#withPeer named peer}, an ordinary request is sent
     * @return the negotiation, see {@link Asa#requestNegotiate(Objective, RequestOptions)}; fails with
     *     {@link GraspErrorCode#NO_DISCOVERY_REPLY} if no peer answers, with
     *     {@link GraspErrorCode#SOCKET_ERROR_REQUEST} if none of the peers tried can be reached, and with
     *     {@link GraspErrorCode#UNSPECIFIED} if there is no value. Cancelling it ends the discovery and the session
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, RequestOptions options) {
        Mono<Negotiation> ordinary = requests.negotiate(objective, options);
        if (options.peer().isPresent()) {
            return ordinary;
        }
        Duration timeout = asa.timeout(options);
        Mono<Negotiation> rapid = LoopFlux.single(
                asa.signals(),
                Negotiation.rapid(
                        asa.signals(),
                        timeout,
                        objective,
                        events -> asa.engine().negotiateRapidly(objective, timeout, events)));
        return rapid.switchIfEmpty(ordinary);
    }

    /**
     * Negotiates with the peer that answers first, see {@link #negotiate(Objective, RequestOptions, Conversation)}.
     *
     * @param objective the objective with the requested value, which must not be null
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the discovery and the session
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, Conversation conversation) {
        return negotiate(objective, RequestOptions.DEFAULTS, conversation);
    }

    /**
     * Negotiates with the peer that answers first, as a conversation.
     *
     * @param objective the objective with the requested value, which must not be null
     * @param options see {@link #requestNegotiate(Objective, RequestOptions)}
     * @param conversation maps the peer's offers to our moves
     * @return the outcome. Cancelling it ends the discovery and the session
     */
    public Mono<NegotiationOutcome> negotiate(Objective objective, RequestOptions options, Conversation conversation) {
        return requestNegotiate(objective, options).flatMap(negotiation -> negotiation.converse(conversation));
    }

    /**
     * Requests the value of an objective from the peer that answers first, see
     * {@link #synchronize(Objective, RequestOptions)}.
     *
     * @param objective the objective
     * @return the objective as it was sent. Cancelling it ends the discovery and the session
     */
    public Mono<Objective> synchronize(Objective objective) {
        return synchronize(objective, RequestOptions.DEFAULTS);
    }

    /**
     * Requests the value of an objective from the peer that answers first. Flooded values are not used.
     *
     * @param objective the objective; without a value, the request carries the value 0, as in RFC 8990 appendix A.1
     * @param options how long to wait for the first answer, and then for the value; to a
     *     {@linkplain RequestOptions#withPeer named peer}, an ordinary request is sent
     * @return the objective as it was sent: by M_SYNCH or within an M_RESPONSE; fails with
     *     {@link GraspErrorCode#NOT_FLOODED_NOR_DISCOVERED} if no peer answers, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_SYNCH_REQUEST} if none of the peers tried can be reached. Cancelling it
     *     ends the discovery and the session
     */
    public Mono<Objective> synchronize(Objective objective, RequestOptions options) {
        if (options.peer().isPresent()) {
            return requests.synchronize(objective, options);
        }
        Mono<Objective> rapid = LoopFlux.single(
                asa.signals(),
                emitter -> asa.engine()
                        .synchronizeRapidly(
                                objective,
                                asa.timeout(options),
                                EventAdapters.synchronization(emitter),
                                emitter::complete));
        return rapid.switchIfEmpty(requests.synchronizeUnflooded(objective, options));
    }
}
