package io.grasp.samples.scenario;

import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.samples.scenario.Requests.Role;
import io.grasp.simulation.workload.Workload;
import io.grasp.simulation.workload.WorkloadContext;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Some nodes serve a value, and others, which discover them, request it. A request succeeds if the value comes. */
final class SynchronizeWorkload implements Workload {
    SynchronizeWorkload() {}

    /**
     * The settings.
     *
     * @param responders the number of nodes that serve the value
     * @param initiators the number of other nodes that request it; absent for all
     * @param timeout how long a node waits for the value
     */
    record Settings(
            @Nullable String objective,
            @Nullable Integer loopCount,
            @Nullable Integer responders,
            @Nullable Integer initiators,
            @Nullable Duration start,
            @Nullable Duration every,
            @Nullable Integer count,
            @Nullable Duration timeout) {
        Settings {
            Schedule.of(start, every, count);
            typed(objective, loopCount);
        }

        private static TypedObjective<Integer> typed(@Nullable String objective, @Nullable Integer loopCount) {
            return TypedObjective.synchronizable(Objects.requireNonNullElse(objective, "EX4"), Integer.class)
                    .withLoopCount(Objects.requireNonNullElse(loopCount, Objective.DEFAULT_LOOP_COUNT));
        }

        TypedObjective<Integer> typed() {
            return typed(objective, loopCount);
        }
    }

    @Override
    public Publisher<?> run(Grasp node, WorkloadContext context) {
        Settings settings = context.settings(Settings.class);
        Role role = Role.of(context, settings.responders(), settings.initiators());
        return node.registerAsa(context.name()).flatMapMany(asa -> {
            if (role == Role.RESPONDER) {
                return asa.typed(settings.typed())
                        .register()
                        .flatMap(objective -> objective.listenSynchronize(1))
                        .then(Mono.never())
                        .flux();
            }
            return role == Role.INITIATOR
                    ? asa.typed(settings.typed())
                            .register()
                            .flatMapMany(objective -> Schedule.of(settings.start(), settings.every(), settings.count())
                                    .on(node, context.random())
                                    .flatMap(turn -> synchronize(objective, settings, context)))
                    : Flux.empty();
        });
    }

    private static Mono<?> synchronize(TypedAsa<Integer> objective, Settings settings, WorkloadContext context) {
        RequestOptions options =
                settings.timeout() == null ? RequestOptions.DEFAULTS : RequestOptions.within(settings.timeout());
        return Requests.measured(context, objective.synchronize(options), value -> "successes");
    }
}
