package io.grasp.api;

import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An ASA's ordinary requests: to the peer that the options name, or to a known or discovered one. */
final class Requests {
    private final AsaContext asa;

    Requests(AsaContext asa) {
        this.asa = asa;
    }

    /** See {@link Asa#requestNegotiate(Objective, RequestOptions)}. */
    Mono<Negotiation> negotiate(Objective objective, RequestOptions options) {
        Duration timeout = asa.timeout(options);
        return asa.emitted(options.peer()
                .map(peer -> negotiate(objective, peer, timeout, timeout))
                .orElseGet(() -> LoopFlux.run(asa.loop(), () -> asa.engine().requireNegotiable(objective))
                        .then(PeerSearch.run(
                                asa,
                                objective,
                                GraspErrorCode.NO_DISCOVERY_REPLY,
                                options,
                                (peer, opening) -> negotiate(objective, peer, timeout, opening)))));
    }

    private Mono<Negotiation> negotiate(Objective objective, AsaLocator peer, Duration timeout, Duration opening) {
        return LoopFlux.single(asa.loop(), Negotiation.requested(asa.signals(), timeout, objective, events -> {
            NegotiationSession session = asa.engine().negotiate(objective, peer, timeout, events);
            if (opening.compareTo(timeout) < 0) {
                session.openWithin(opening);
            }
            return session;
        }));
    }

    /** See {@link Asa#synchronize(Objective, RequestOptions)}. */
    Mono<Objective> synchronize(Objective objective, RequestOptions options) {
        return synchronize(objective, options, Requests::newest, Function.identity());
    }

    private static @Nullable Objective newest(List<FloodedObjective> copies) {
        return copies.isEmpty() ? null : copies.get(copies.size() - 1).objective();
    }

    /**
     * See {@link Asa#synchronize(Objective, RequestOptions)}.
     *
     * @param choose chooses among the flooded copies, of which the last is the newest; {@code null} for none
     * @param received converts a value from a peer
     */
    <T> Mono<T> synchronize(
            Objective objective,
            RequestOptions options,
            Function<List<FloodedObjective>, @Nullable T> choose,
            Function<Objective, T> received) {
        Duration timeout = asa.timeout(options);
        return options.peer()
                .map(peer -> asa.emitted(synchronize(objective, peer, timeout, timeout))
                        .map(received))
                .orElseGet(() -> LoopFlux.run(asa.signals(), () -> asa.engine().requireSynchronizable(objective))
                        .thenMany(getFlood(objective.name()))
                        .collectList()
                        .flatMap(copies -> Mono.justOrEmpty(choose.apply(copies)))
                        .switchIfEmpty(synchronizeUnflooded(objective, options).map(received)));
    }

    /** Requests a value from a known or discovered peer, also if a value has been flooded. */
    Mono<Objective> synchronizeUnflooded(Objective objective, RequestOptions options) {
        return asa.emitted(PeerSearch.run(
                asa,
                objective,
                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED,
                options,
                (peer, opening) -> synchronize(objective, peer, asa.timeout(options), opening)));
    }

    private Mono<Objective> synchronize(Objective objective, AsaLocator peer, Duration timeout, Duration opening) {
        return LoopFlux.single(
                asa.loop(),
                emitter -> asa.engine()
                        .synchronize(objective, peer, timeout, opening, EventAdapters.synchronization(emitter)));
    }

    /** See {@link Asa#getFlood}. */
    Flux<FloodedObjective> getFlood(String objective) {
        return LoopFlux.bounded(asa.signals(), emitter -> {
            asa.engine().getFlood(objective).forEach(emitter::next);
            emitter.complete();
            return () -> {};
        });
    }
}
