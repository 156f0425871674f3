package com.example.recipes;

import io.grasp.api.Grasp;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedFlood;
import io.grasp.model.GraspException;
import io.grasp.model.TypedObjective;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A setting that one node announces and all others follow. */
final class Announcement {
    static final TypedObjective<String> LOG_SERVER =
            TypedObjective.synchronizable("example.com:log-server", String.class);

    private Announcement() {}

    /** Floods the current value three times in its time to live: for nodes that start later, and because floods can be lost. */
    static <T> Mono<Void> announce(Grasp node, TypedAsa<T> asa, Supplier<T> value, Duration ttl) {
        return Flux.interval(Duration.ZERO, ttl.dividedBy(3), node.scheduler())
                .onBackpressureLatest()
                .concatMap(tick -> asa.flood(value.get(), ttl)
                        .onErrorResume(GraspException.class, notSent -> Mono.empty())) // the next one may be
                .then();
    }

    /** Begins an activity with each new value, and cancels that of the value before. */
    static <T, R> Flux<R> follow(TypedAsa<T> asa, Function<? super T, ? extends Publisher<R>> activity) {
        return asa.floods().map(TypedFlood::value).distinctUntilChanged().<R>switchMap(activity::apply);
    }
}
