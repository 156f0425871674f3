package com.example.recipes;

import io.grasp.api.GraspConfig;
import io.grasp.api.ListenOptions;
import io.grasp.api.TypedAsa;
import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** A provider that serves few customers at a time, and none of them for long. */
final class BoundedProvider {
    private BoundedProvider() {}

    /** Bounds for each ASA of a node. */
    static GraspConfig bounded(GraspConfig config) {
        return config.withLimits(Limits.DEFAULTS.withQueuedNegotiations(2))
                .withTimeouts(Timeouts.DEFAULTS
                        .withOwnMove(Duration.ofSeconds(30))
                        .withTotalWait(Duration.ofMinutes(2))
                        .withNegotiation(Duration.ofMinutes(10)));
    }

    /** Asks a slow device whether a rate is free, for at most four customers at a time. */
    static Mono<Void> serve(TypedAsa<Integer> asa, Function<Integer, Mono<Boolean>> isFree) {
        return asa.listenNegotiate(
                customer -> customer.converse(offers -> offers.concatMap(asked ->
                        isFree.apply(asked.value()).map(free -> free ? asked.accept() : asked.decline("full")))),
                ListenOptions.DEFAULTS.withConcurrency(4));
    }
}
