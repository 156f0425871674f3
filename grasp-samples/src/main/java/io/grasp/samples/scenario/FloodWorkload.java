package io.grasp.samples.scenario;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.simulation.workload.Workload;
import io.grasp.simulation.workload.WorkloadContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Some nodes flood, and all receive. Each flood is an attempt for each other node, and a success at each node that
 * receives it.
 */
final class FloodWorkload implements Workload {
    private final List<Sent> floods = new ArrayList<>();

    FloodWorkload() {}

    /**
     * The settings.
     *
     * @param sources the number of nodes that flood
     * @param bytes the size of the value, in addition to a number
     */
    record Settings(
            @Nullable String objective,
            @Nullable Integer loopCount,
            @Nullable Integer sources,
            @Nullable Duration start,
            @Nullable Duration every,
            @Nullable Integer count,
            @Nullable Duration ttl,
            @Nullable Integer bytes) {
        private static final int MOST_BYTES = 1000;

        Settings {
            ScenarioFile.require(
                    bytes == null || bytes >= 0 && bytes <= MOST_BYTES, "bytes must be 0 to " + MOST_BYTES);
            Schedule.of(start, every, count);
            typed(objective, loopCount);
        }

        TypedObjective<Value> typed() {
            return typed(objective, loopCount);
        }

        private static TypedObjective<Value> typed(@Nullable String objective, @Nullable Integer loopCount) {
            return TypedObjective.synchronizable(Objects.requireNonNullElse(objective, "EX1"), Value.class)
                    .withLoopCount(Objects.requireNonNullElse(loopCount, Objective.DEFAULT_LOOP_COUNT));
        }

        Schedule schedule() {
            return Schedule.of(start, every, count);
        }
    }

    /**
     * A flooded value.
     *
     * @param number the number of the flood
     * @param padding makes it as long as the settings demand
     */
    record Value(int number, String padding) {}

    /** A flood that was sent. */
    private record Sent(String by, Duration at) {}

    @Override
    public Publisher<?> run(Grasp node, WorkloadContext context) {
        Settings settings = context.settings(Settings.class);
        TypedObjective<Value> objective = settings.typed();
        return node.registerAsa(context.name()).flatMapMany(asa -> {
            Flux<?> received = asa.typed(objective).floods().doOnNext(flood -> received(flood.value(), context));
            boolean floods = context.index() < Objects.requireNonNullElse(settings.sources(), 1);
            return floods ? Flux.merge(received, sent(node, asa, settings, context)) : received;
        });
    }

    private void received(Value value, WorkloadContext context) {
        Sent sent = floods.get(value.number());
        if (!sent.by().equals(context.node())) {
            context.count("successes", 1);
            context.measure("delayMillis", Schedule.millis(context.now().minus(sent.at())));
        }
    }

    private Flux<?> sent(Grasp node, Asa asa, Settings settings, WorkloadContext context) {
        Duration ttl = Objects.requireNonNullElse(settings.ttl(), Duration.ofMinutes(1));
        String padding = "x".repeat(Objects.requireNonNullElse(settings.bytes(), 0));
        return asa.typed(settings.typed())
                .register()
                .flatMapMany(objective -> settings.schedule()
                        .on(node, context.random())
                        .flatMap(turn -> Mono.defer(() -> {
                            Value value = new Value(floods.size(), padding);
                            floods.add(new Sent(context.node(), context.now()));
                            context.count("floods", 1);
                            context.count("attempts", context.nodes() - 1L);
                            return objective.flood(value, ttl);
                        })));
    }
}
