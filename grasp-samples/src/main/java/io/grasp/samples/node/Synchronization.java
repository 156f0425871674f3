package io.grasp.samples.node;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Gets the value of an objective, as flooded or from an ASA that serves it, whichever comes first. */
public final class Synchronization {
    private static final Duration USUAL_FLOOD_PERIOD = Duration.ofMinutes(1);

    private Synchronization() {}

    /**
     * {@return the objective with its value; fails with a {@link NoAnswerException} if there is none in time}
     *
     * @param grasp the node
     * @param asa an ASA of the node
     * @param wanted the objective
     * @param timeout how long to wait
     */
    public static Mono<Objective> of(Grasp grasp, Asa asa, Objective wanted, Duration timeout) {
        return flooded(asa, wanted.name()).or(served(grasp, asa, wanted, timeout));
    }

    private static Mono<Objective> flooded(Asa asa, String name) {
        return asa.floods(name).next().map(FloodedObjective::objective);
    }

    /** The search for a peer may end before the timeout, but a flood may still arrive until then. */
    private static Mono<Objective> served(Grasp grasp, Asa asa, Objective wanted, Duration timeout) {
        Mono<Objective> nothing = Mono.error(() -> new NoAnswerException(
                "No flood and no answer for " + wanted.name() + " within " + timeout.toMillis() + " ms"
                        + (timeout.compareTo(USUAL_FLOOD_PERIOD) < 0
                                ? "; many values are flooded only once a minute: try --timeout 65000"
                                : "")));
        return Mono.defer(() -> {
            Scheduler time = grasp.scheduler();
            long end = time.now(TimeUnit.NANOSECONDS) + timeout.toNanos();
            return asa.synchronize(wanted, RequestOptions.within(timeout))
                    .onErrorResume(
                            NoPeerErrors::isNoPeer,
                            noPeer -> nothing.delaySubscription(
                                    Duration.ofNanos(Math.max(0, end - time.now(TimeUnit.NANOSECONDS))), time));
        });
    }
}
