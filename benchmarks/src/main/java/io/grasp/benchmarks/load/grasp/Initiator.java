package io.grasp.benchmarks.load.grasp;

import io.grasp.api.Asa;
import io.grasp.api.RequestOptions;
import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.concurrent.Executor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs sessions of an ASA with one peer.
 *
 * @param loop its node's loop
 * @param asa the ASA, which has registered the negotiated objective
 * @param peer the peer
 * @param timeout the maximum wait for each message
 */
public record Initiator(Executor loop, Asa asa, AsaLocator peer, Duration timeout) {
    /** Begins one session after the other. Called from any thread. */
    public void begin(ClosedLoop sessions) {
        int steps = sessions.exchange().steps();
        loop.execute(() -> sessions.start(slot -> session(steps).subscribe(slot::ended, failure -> slot.ended(false))));
        sessions.pace(loop);
    }

    /**
     * {@return whether the session succeeded} A declined one fails: it is shorter than the sessions of the ceilings.
     */
    public Mono<Boolean> session(int steps) {
        return steps == 0
                ? asa.synchronize(
                                CountdownNegotiation.SERVED,
                                RequestOptions.to(peer).withTimeout(timeout))
                        .thenReturn(true)
                : asa.negotiate(
                                CountdownNegotiation.request(steps),
                                RequestOptions.to(peer).withTimeout(timeout),
                                (Flux<Objective> offers) -> offers.map(CountdownNegotiation::answer))
                        .map(NegotiationOutcome.Accepted.class::isInstance);
    }
}
