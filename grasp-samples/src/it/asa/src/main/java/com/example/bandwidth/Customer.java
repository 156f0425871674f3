package com.example.bandwidth;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** The ASA that needs bandwidth. */
final class Customer {
    private Customer() {}

    /**
     * Asks any provider, as an ASA that exists only for this. If none answers within 5 s, or the network fails, it asks
     * again, up to 3 times.
     */
    static Mono<TypedOutcome<Bandwidth>> request(Grasp node, int mbits) {
        return Mono.usingWhen(
                        node.registerAsa("customer"),
                        asa -> asa.typed(Bandwidth.OBJECTIVE).register().flatMap(bandwidth -> ask(bandwidth, mbits)),
                        Asa::deregister)
                .retryWhen(node.backoff(3));
    }

    private static Mono<TypedOutcome<Bandwidth>> ask(TypedAsa<Bandwidth> bandwidth, int mbits) {
        return bandwidth.negotiate(
                new Bandwidth(mbits),
                RequestOptions.within(Duration.ofSeconds(5)),
                offers -> offers.map(offer -> answer(offer, mbits)));
    }

    private static TypedMove<Bandwidth> answer(TypedOffer<Bandwidth> offer, int mbits) {
        return 2 * offer.value().mbits() >= mbits ? offer.accept() : offer.decline("less than half");
    }
}
