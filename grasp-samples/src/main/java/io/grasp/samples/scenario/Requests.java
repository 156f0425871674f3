package io.grasp.samples.scenario;

import io.grasp.model.GraspException;
import io.grasp.simulation.workload.WorkloadContext;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What built-in workloads share in which some nodes respond, and others send requests. */
final class Requests {
    /** What a node does. The first nodes respond, and those after them send requests. */
    enum Role {
        RESPONDER,
        INITIATOR,
        NONE;

        /**
         * {@return that of a node}
         *
         * @param responders the number of nodes that respond; absent for one
         * @param initiators the number of other nodes that send requests; absent for all
         */
        static Role of(WorkloadContext node, @Nullable Integer responders, @Nullable Integer initiators) {
            int first = Objects.requireNonNullElse(responders, 1);
            if (node.index() < first) {
                return RESPONDER;
            }
            return initiators == null || node.index() - first < initiators ? INITIATOR : NONE;
        }
    }

    private Requests() {}

    /**
     * Counts and times a request.
     *
     * @param result the name under which its result is counted
     * @return its result; empty if it has failed, which is counted too
     */
    static <T> Mono<T> measured(WorkloadContext context, Mono<T> request, Function<? super T, String> result) {
        return Mono.defer(() -> {
            Duration begun = context.now();
            context.count("attempts", 1);
            return request.doOnNext(value -> {
                        context.count(result.apply(value), 1);
                        context.measure(
                                "delayMillis", Schedule.millis(context.now().minus(begun)));
                    })
                    .onErrorResume(GraspException.class, failed -> {
                        context.count("failed." + failed.code(), 1);
                        return Mono.empty();
                    });
        });
    }
}
