package io.grasp.samples;

import io.grasp.model.Objective;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Asks for the value of an objective. */
@Command(
        name = "synchronize",
        description = "Prints the value of a synchronization objective, as flooded or from whoever serves it.",
        mixinStandardHelpOptions = true)
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
        Objective received = network.withNode(grasp -> grasp.registerAsa("synchronize")
                .flatMap(asa -> asa.synchronize(Objective.synchronizable(name), timeout)));
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
