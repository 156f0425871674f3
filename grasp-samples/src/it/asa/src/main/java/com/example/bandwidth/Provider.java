package com.example.bandwidth;

import io.grasp.api.Grasp;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import reactor.core.publisher.Mono;

/** The ASA that has bandwidth. */
final class Provider {
    private Provider() {}

    /** Answers every customer until the node is closed. */
    static Mono<Void> serve(Grasp node, int limit) {
        return node.registerAsa("provider")
                .flatMap(asa -> asa.typed(Bandwidth.OBJECTIVE).register())
                .flatMap(bandwidth -> bandwidth.listenNegotiate(
                        customer -> customer.converse(offers -> offers.map(asked -> answer(asked, limit)))));
    }

    static TypedMove<Bandwidth> answer(TypedOffer<Bandwidth> asked, int limit) {
        return asked.value().mbits() <= limit ? asked.accept() : asked.propose(new Bandwidth(limit));
    }
}
