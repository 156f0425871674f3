package com.example.recipes;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedOutcome;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;

/** A customer that negotiates several times at once. */
final class SeveralRequests {
    private SeveralRequests() {}

    /** Asks for all rates at the same time, as one ASA. The outcomes come in the order of their ends. */
    static Flux<TypedOutcome<Integer>> ask(Grasp node, List<Integer> wishes) {
        return Flux.usingWhen(
                node.registerAsa("customer"),
                asa -> asa.typed(Fallback.RATE)
                        .register()
                        .flatMapMany(rates -> Flux.fromIterable(wishes)
                                .flatMap(wish -> rates.negotiate(
                                                wish,
                                                RequestOptions.within(Duration.ofSeconds(5)),
                                                offers -> Fallback.moves(offers, wish))
                                        .retryWhen(node.backoff(3)))),
                Asa::deregister);
    }
}
