package io.grasp.samples.scenario;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.samples.scenario.Requests.Role;
import io.grasp.simulation.workload.Workload;
import io.grasp.simulation.workload.WorkloadContext;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Some nodes support an objective, and others discover it. A discovery succeeds if it finds at least one of them. */
final class DiscoverWorkload implements Workload {
    DiscoverWorkload() {}

    /**
     * The settings.
     *
     * @param responders the number of nodes that support the objective
     * @param seekers the number of other nodes that discover; absent for all
     * @param cached whether a discovery may be answered by the node's own cache
     */
    record Settings(
            @Nullable String objective,
            @Nullable Integer loopCount,
            @Nullable Integer responders,
            @Nullable Integer seekers,
            @Nullable Duration start,
            @Nullable Duration every,
            @Nullable Integer count,
            @Nullable Duration timeout,
            @Nullable Boolean cached) {
        Settings {
            Schedule.of(start, every, count);
            sought(objective, loopCount);
        }

        private static Objective sought(@Nullable String objective, @Nullable Integer loopCount) {
            return Objective.discoverable(Objects.requireNonNullElse(objective, "EX2"))
                    .withLoopCount(Objects.requireNonNullElse(loopCount, Objective.DEFAULT_LOOP_COUNT));
        }

        Objective sought() {
            return sought(objective, loopCount);
        }

        DiscoverOptions options() {
            DiscoverOptions within = DiscoverOptions.within(Objects.requireNonNullElse(timeout, Duration.ofSeconds(2)));
            return Boolean.TRUE.equals(cached) ? within : within.withoutCached();
        }
    }

    @Override
    public Publisher<?> run(Grasp node, WorkloadContext context) {
        Settings settings = context.settings(Settings.class);
        Role role = Role.of(context, settings.responders(), settings.seekers());
        return node.registerAsa(context.name()).flatMapMany(asa -> {
            if (role == Role.RESPONDER) {
                RegistrationOptions discoverable = RegistrationOptions.DEFAULTS.withDiscoverable(true);
                return asa.register(settings.sought(), discoverable).then(Mono.never());
            }
            return role == Role.INITIATOR
                    ? Schedule.of(settings.start(), settings.every(), settings.count())
                            .on(node, context.random())
                            .flatMap(turn -> discover(asa, settings, context))
                    : Flux.empty();
        });
    }

    private static Mono<?> discover(Asa asa, Settings settings, WorkloadContext context) {
        return Requests.measured(
                context, asa.discover(settings.sought(), settings.options()).next(), found -> "successes");
    }
}
