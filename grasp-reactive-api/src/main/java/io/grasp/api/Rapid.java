package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Requests in rapid mode (RFC 8990 sections 2.5.4.5, 2.5.5.1 and 2.5.6.3): the discovery carries the request, and a
 * peer that does rapid mode answers it at once. The first answer decides: if it is an M_RESPONSE, or a peer is known
 * already, the request goes the ordinary way, {@linkplain Asa#withPeerChoice to one of those and then to the next}. RFC
 * 8990 wants rapid mode used only where one knows that it is of use: where peers do it, it saves a round trip; where
 * some do, timing decides which one answers.
 *
 * <p>Peers answer in rapid mode what is registered so, see {@link io.grasp.engine.RegistrationOptions#withRapid}. The
 * request must fit into a multicast.
 */
public final class Rapid {
    private final Asa asa;

    Rapid(Asa asa) {
        this.asa = asa;
    }

    /**
     * Requests a negotiation with whoever answers first, and waits for its answer.
     *
     * @param objective the objective with the requested value, which is not null, and the loop count to begin with
     * @param timeout how long to wait for the first answer, and then for each message of the peer; zero for
     *     GRASP_DEF_TIMEOUT
     * @return the negotiation, see {@link Asa#requestNegotiate(Objective, io.grasp.model.AsaLocator, Duration)}; fails
     *     with {@link GraspErrorCode#NO_DISCOVERY_REPLY} if no peer answers, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_REQUEST} if none that was tried can be reached, and with
     *     {@link GraspErrorCode#UNSPECIFIED} if there is no value. Cancelling it gives everything up
     */
    public Mono<Negotiation> requestNegotiate(Objective objective, Duration timeout) {
        return Mono.defer(() -> {
            Duration wait = asa.orDefault(timeout);
            Mono<Negotiation> rapid = LoopFlux.single(
                    asa.loop(),
                    Negotiation.rapid(
                            asa.loop(),
                            wait,
                            objective,
                            events -> asa.engine().negotiateRapidly(objective, wait, events)));
            return rapid.switchIfEmpty(asa.requestNegotiate(objective, wait));
        });
    }

    /**
     * Negotiates with whoever answers first, as a conversation, see {@link Negotiation#converse}.
     *
     * @param objective the objective with the requested value, which is not null
     * @param timeout how long to wait for the first answer, and then for each message of the peer
     * @param conversation turns the peer's offers into our moves
     * @return the outcome. Cancelling it gives everything up
     */
    public Mono<NegotiationOutcome> negotiate(
            Objective objective,
            Duration timeout,
            Function<? super Flux<Objective>, ? extends Publisher<? extends Move>> conversation) {
        return requestNegotiate(objective, timeout).flatMap(negotiation -> negotiation.converse(conversation));
    }

    /**
     * Asks whoever answers first for the value of an objective. What has been flooded is not looked at.
     *
     * @param objective the objective; without a value it is asked for with the value 0, as in RFC 8990 appendix A.1
     * @param timeout how long to wait for the first answer, and then for the value
     * @return the objective as it was sent: by M_SYNCH or within an M_RESPONSE; fails with
     *     {@link GraspErrorCode#NOT_FLOODED_NOR_DISCOVERED} if nobody answers, and with
     *     {@link GraspErrorCode#SOCKET_ERROR_SYNCH_REQUEST} if none that was tried can be reached. Cancelling it gives
     *     everything up
     */
    public Mono<Objective> synchronize(Objective objective, Duration timeout) {
        Mono<Objective> rapid = LoopFlux.single(
                asa.loop(),
                emitter -> asa.engine()
                        .synchronizeRapidly(
                                objective, asa.orDefault(timeout), Tell.synchronization(emitter), emitter::complete));
        return rapid.switchIfEmpty(asa.synchronizeWithAnyPeer(objective, timeout));
    }
}
