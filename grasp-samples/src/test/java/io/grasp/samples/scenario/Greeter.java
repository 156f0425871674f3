package io.grasp.samples.scenario;

import io.grasp.api.Grasp;
import io.grasp.simulation.workload.Workload;
import io.grasp.simulation.workload.WorkloadContext;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

// The class in docs/scenarios.md.
public final class Greeter implements Workload {
    public record Settings(Duration every) {}

    @Override
    public Publisher<?> run(Grasp node, WorkloadContext context) {
        Settings settings = context.settings(Settings.class);
        return node.registerAsa("greeter")
                .flatMapMany(asa -> Flux.interval(settings.every(), node.scheduler())
                        .doOnNext(turn -> context.count("greetings", 1)));
    }
}
