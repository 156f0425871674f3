package io.grasp.samples.node;

import io.grasp.api.Grasp;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Wraps operations that look for a peer by themselves, so that a command reports if there is none. */
public final class NoPeerErrors {
    private NoPeerErrors() {}

    /** {@return the operation; if there is no peer, it fails with a message that says how long it has looked} */
    public static <T> Mono<T> on(Grasp grasp, String objective, Mono<T> operation) {
        return Mono.defer(() -> {
            Scheduler time = grasp.scheduler();
            long begun = time.now(TimeUnit.MILLISECONDS);
            return operation.onErrorMap(NoPeerErrors::isNoPeer, failure -> {
                long took = time.now(TimeUnit.MILLISECONDS) - begun;
                return new IllegalStateException(
                        "No peer answered for " + objective + " within " + took + " ms", failure);
            });
        });
    }

    /** {@return whether no peer was found at all} */
    public static boolean isNoPeer(Throwable failure) {
        return failure instanceof GraspException known
                && (known.code() == GraspErrorCode.NO_DISCOVERY_REPLY
                        || known.code() == GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED);
    }
}
