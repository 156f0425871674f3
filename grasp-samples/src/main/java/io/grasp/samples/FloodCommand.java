package io.grasp.samples;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** Floods an objective. */
@Command(
        name = "flood",
        description = "Floods the value of a synchronization objective, once or again and again.",
        mixinStandardHelpOptions = true)
final class FloodCommand implements Callable<Integer> {
    private static final long MAX_MILLIS = 0xFFFF_FFFFL;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "The objective's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "JSON", description = "Its value.")
    private String json = "";

    @Option(
            names = "--ttl",
            paramLabel = "MS",
            description = "Milliseconds for which it is valid, 0 without end. Default: ${DEFAULT-VALUE}.")
    private long ttlMillis = 60_000;

    @Option(names = "--every", paramLabel = "MS", description = "Milliseconds between two floods. Default: one flood.")
    private @Nullable Long everyMillis;

    FloodCommand() {}

    @Override
    public Integer call() {
        ObjectiveValue value = network.value(json);
        if (ttlMillis < 0 || ttlMillis > MAX_MILLIS) {
            throw network.wrong("--ttl must be 0 to " + MAX_MILLIS);
        }
        if (everyMillis != null && everyMillis < 1) {
            throw network.wrong("--every must be above 0");
        }
        Objective objective = Objective.synchronizable(name);
        Duration ttl = Duration.ofMillis(ttlMillis);
        Output output = network.output();
        network.withNode(grasp -> {
            Flux<Long> beats = everyMillis == null
                    ? Flux.just(0L)
                    : Flux.interval(Duration.ZERO, Duration.ofMillis(everyMillis), grasp.scheduler())
                            .onBackpressureDrop();
            return grasp.registerAsa("flood").flatMap(asa -> asa.register(objective)
                    .thenMany(beats.concatMap(beat -> asa.flood(ttl, objective.withValue(value))
                            .doOnSuccess(sent -> output.say("Flooded " + name + " = " + value))))
                    .then());
        });
        return 0;
    }
}
