package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Asks for the value of an objective. */
@Command(
        name = "synchronize",
        description = "Prints the value of a synchronization objective, as flooded or from whoever serves it.")
final class SynchronizeCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Parameters(paramLabel = "NAME", description = "The objective's name.")
    private String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds to wait for the value. Default: ${DEFAULT-VALUE}.")
    private long timeoutMillis = 5000;

    SynchronizeCommand() {}

    @Override
    public Integer call() {
        Duration timeout = network.millis("--timeout", timeoutMillis, 1);
        Objective received = network.withNode(grasp ->
                grasp.registerAsa("synchronize").flatMap(asa -> flooded(asa).or(served(asa, timeout))));
        if (received == null) {
            return 1;
        }
        network.output()
                .result(
                        new Synchronized(received.name(), JsonValues.show(received.value())),
                        received.name() + " = " + received.value());
        return 0;
    }

    private Mono<Objective> flooded(Asa asa) {
        return asa.floods(name).next().map(FloodedObjective::objective);
    }

    /** Not as {@link Asa#synchronize} does it, whose discovery may be over before the timeout. */
    private Mono<Objective> served(Asa asa, Duration timeout) {
        Objective objective = Objective.synchronizable(name);
        return asa.discover(objective, timeout)
                .next()
                .switchIfEmpty(Mono.error(() -> new IllegalStateException(
                        "Nobody flooded or answered for " + name + " within " + timeout.toMillis() + " ms")))
                .flatMap(peer -> asa.synchronize(objective, peer, timeout));
    }

    private record Synchronized(String name, @Nullable JsonNode value) {}
}
