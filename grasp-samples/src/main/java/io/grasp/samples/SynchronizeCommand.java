package io.grasp.samples;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.control.client.RemoteNode;
import io.grasp.samples.control.client.ViaOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.Synchronization;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.ObjectiveName;
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

    @Mixin
    private ViaOptions via = new ViaOptions();

    @Parameters(paramLabel = "NAME", converter = ObjectiveName.class, description = "The objective's name.")
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
        Duration timeout = network.requestMillis("--timeout", timeoutMillis);
        Objective wanted = network.loopCount(Objective.synchronizable(name), loopCount);
        ObjectiveValue value = value(wanted, timeout);
        if (value == null) {
            return 1;
        }
        network.output().result(new Synchronized(name, JsonValues.show(value)), name + " = " + value);
        return 0;
    }

    private @Nullable ObjectiveValue value(Objective wanted, Duration timeout) {
        try (RemoteNode node = via.node(network)) {
            if (node != null) {
                return node.synchronize(name, loopCount, timeout);
            }
        }
        Objective received = network.withNode(grasp ->
                grasp.registerAsa("synchronize").flatMap(asa -> Synchronization.of(grasp, asa, wanted, timeout)));
        return received == null ? null : received.value();
    }

    private record Synchronized(String name, @Nullable JsonNode value) {}
}
