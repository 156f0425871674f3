package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Objective;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NoPeerErrors;
import io.grasp.samples.text.JsonValues;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;

/** Requests the value of an objective. */
@Command(
        name = "synchronize",
        description = "Prints the value of a synchronization objective, as flooded or from an ASA that serves it.")
final class SynchronizeCommand implements Callable<Integer> {
    private static final Duration USUAL_FLOOD_PERIOD = Duration.ofMinutes(1);

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Parameters(paramLabel = "NAME", description = "The objective's name.")
    private String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds to wait for the value. Default: ${DEFAULT-VALUE}.")
    private long timeoutMillis = 5000;

    @Option(names = "--loop-count", paramLabel = "N", description = NetworkOptions.LOOP_COUNT)
    private @Nullable Integer loopCount;

    SynchronizeCommand() {}

    @Override
    public Integer call() {
        Duration timeout = network.millis("--timeout", timeoutMillis, 1);
        Objective wanted = network.loopCount(Objective.synchronizable(name), loopCount);
        Objective received = network.withNode(grasp ->
                grasp.registerAsa("synchronize").flatMap(asa -> flooded(asa).or(served(grasp, asa, wanted, timeout))));
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

    /** The search for a peer may end before the timeout, but a flood may still arrive until then. */
    private Mono<Objective> served(Grasp grasp, Asa asa, Objective wanted, Duration timeout) {
        Mono<Objective> nothing = Mono.error(() ->
                new IllegalStateException("No flood and no answer for " + name + " within " + timeout.toMillis() + " ms"
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

    private record Synchronized(String name, @Nullable JsonNode value) {}
}
