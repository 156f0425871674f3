package io.grasp.samples;

import io.grasp.model.Objective;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.Synchronization;
import io.grasp.samples.text.JsonValues;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Requests the value of an objective. */
@Command(
        name = "synchronize",
        description = "Prints the value of a synchronization objective, as flooded or from an ASA that serves it.")
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

    @Option(names = "--loop-count", paramLabel = "N", description = NetworkOptions.LOOP_COUNT)
    private @Nullable Integer loopCount;

    SynchronizeCommand() {}

    @Override
    public Integer call() {
        Duration timeout = network.millis("--timeout", timeoutMillis, 1);
        Objective wanted = network.loopCount(Objective.synchronizable(name), loopCount);
        Objective received = network.withNode(grasp ->
                grasp.registerAsa("synchronize").flatMap(asa -> Synchronization.of(grasp, asa, wanted, timeout)));
        if (received == null) {
            return 1;
        }
        network.output()
                .result(
                        new Synchronized(received.name(), JsonValues.show(received.value())),
                        received.name() + " = " + received.value());
        return 0;
    }

    private record Synchronized(String name, @Nullable JsonNode value) {}
}
