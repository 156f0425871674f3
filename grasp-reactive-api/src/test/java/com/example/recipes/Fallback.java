package com.example.recipes;

import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.model.GraspException;
import io.grasp.model.TypedObjective;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** A customer with a second choice. */
final class Fallback {
    static final TypedObjective<Integer> RATE = TypedObjective.negotiable("example.com:rate", Integer.class);

    private Fallback() {}

    /** Asks any provider, and again if none answers. Without an agreement the rate is the standard one. */
    static Mono<Integer> rate(Grasp node, TypedAsa<Integer> customer, int wanted, int standard) {
        return customer.negotiate(wanted, RequestOptions.within(Duration.ofSeconds(5)), offers -> moves(offers, wanted))
                .retryWhen(node.backoff(3))
                .flatMap(Fallback::agreed)
                .onErrorResume(GraspException.class, noAnswer -> Mono.empty())
                .defaultIfEmpty(standard);
    }

    /** Asks one provider after the other. The first one that agrees is the last one that is asked. */
    static Mono<Integer> rateOfAny(TypedAsa<Integer> customer, int wanted) {
        return customer.discover(Duration.ofSeconds(1))
                .concatMap(provider -> customer.negotiate(wanted, provider, offers -> moves(offers, wanted))
                        .flatMap(Fallback::agreed)
                        .onErrorResume(GraspException.class, noAnswer -> Mono.empty()))
                .next();
    }

    /** Asks again if no provider answers, and if it is full, but not for longer than 5 minutes altogether. */
    static Mono<Integer> rateWhenFree(Grasp node, TypedAsa<Integer> customer, int wanted) {
        return customer.negotiate(wanted, offers -> moves(offers, wanted))
                .retryWhen(node.backoff(3))
                .flatMap(outcome -> isFull(outcome) ? Mono.error(new Full()) : agreed(outcome))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(10))
                        .maxBackoff(Duration.ofMinutes(1))
                        .filter(Full.class::isInstance)
                        .scheduler(node.scheduler()))
                .timeout(Duration.ofMinutes(5), node.scheduler());
    }

    private static boolean isFull(TypedOutcome<Integer> outcome) {
        return outcome instanceof TypedOutcome.Declined<Integer> declined
                && declined.reason().equals("full");
    }

    private static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    static Flux<TypedMove<Integer>> moves(Flux<TypedOffer<Integer>> offers, int wanted) {
        return offers.map(offer -> offer.value() >= wanted ? offer.accept() : offer.decline("too little"));
    }

    /** A negotiation that was declined is an outcome without an agreed value. */
    private static Mono<Integer> agreed(TypedOutcome<Integer> outcome) {
        return Mono.justOrEmpty(outcome.agreed());
    }
}
