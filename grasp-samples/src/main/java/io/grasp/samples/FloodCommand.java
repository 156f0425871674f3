package io.grasp.samples;

import io.grasp.api.FloodOptions;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Output;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Floods an objective. */
@Command(name = "flood", description = "Floods the value of a synchronization objective, once or repeatedly.")
final class FloodCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "The objective's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "JSON", description = "Its value.")
    private String json = "";

    @Option(
            names = "--ttl",
            paramLabel = "MS",
            description = "Milliseconds for which it is valid, 0 if it does not expire. Default: ${DEFAULT-VALUE}.")
    private long ttlMillis = 60_000;

    @Option(names = "--every", paramLabel = "MS", description = "Milliseconds between two floods. Default: one flood.")
    private @Nullable Long everyMillis;

    FloodCommand() {}

    @Override
    public Integer call() {
        ObjectiveValue value = network.value(json);
        Duration ttl = network.millis("--ttl", ttlMillis, 0);
        FloodOptions options = ttl.isZero() ? FloodOptions.indefinite() : FloodOptions.validFor(ttl);
        Duration every = everyMillis == null ? null : network.millis("--every", everyMillis, 1);
        Objective objective = Objective.synchronizable(name);
        Output output = network.output();
        network.withNode(grasp -> {
            Flux<Long> beats = every == null
                    ? Flux.just(0L)
                    : Flux.interval(Duration.ZERO, every, grasp.scheduler()).onBackpressureDrop();
            return grasp.registerAsa("flood")
                    .flatMap(asa -> asa.register(objective)
                            .thenMany(beats.concatMap(beat -> grasp.links()
                                    .flatMap(links -> links.isEmpty()
                                            ? noLink(every)
                                            : asa.flood(objective.withValue(value), options)
                                                    .doOnSuccess(
                                                            sent -> output.say("Flooded " + name + " = " + value)))))
                            .then());
        });
        return 0;
    }

    /**
     * With {@code --await-links} there may be no link yet; a flood would reach only the ASAs of this node, which end
     * with the command.
     */
    private Mono<Void> noLink(@Nullable Duration every) {
        String what = name + " was not flooded: no link can send it";
        if (every == null) {
            return Mono.error(new IllegalStateException(what));
        }
        network.warn(what + "; trying again in " + every.toMillis() + " ms");
        return Mono.empty();
    }
}
