package com.example.recipes;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** A node with several ASAs. */
final class SeveralAsas {
    private SeveralAsas() {}

    /** Runs ASAs until all have ended. One that fails is registered and started again after a pause; the others go on. */
    static Mono<Void> run(Grasp node, Map<String, Function<Asa, Mono<Void>>> asas) {
        return Flux.fromIterable(asas.entrySet())
                .flatMap(asa -> Mono.usingWhen(node.registerAsa(asa.getKey()), asa.getValue(), Asa::deregister)
                        .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(1))
                                .maxBackoff(Duration.ofMinutes(1))
                                .scheduler(node.scheduler())))
                .then();
    }
}
