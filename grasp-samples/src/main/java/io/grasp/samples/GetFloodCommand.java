package io.grasp.samples;

import io.grasp.model.FloodedObjective;
import io.grasp.samples.control.client.RemoteNode;
import io.grasp.samples.control.client.ViaOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.FloodLifetime;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.ObjectiveName;
import io.grasp.samples.text.Output;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows flooded values. */
@Command(
        name = "get-flood",
        description = {
            "Prints the values of an objective that are flooded while it waits; exits with 1 if none is.",
            "With --json, ttlMillis is null for a value that does not expire."
        })
final class GetFloodCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ViaOptions via = new ViaOptions();

    @Parameters(paramLabel = "NAME", converter = ObjectiveName.class, description = "The objective's name.")
    private String name = "";

    @Option(
            names = "--wait",
            paramLabel = "MS",
            description = "Milliseconds to wait for floods. Default: ${DEFAULT-VALUE}.")
    private long waitMillis = 65_000;

    GetFloodCommand() {}

    @Override
    public Integer call() {
        Duration wait = network.requestMillis("--wait", waitMillis);
        Output output = network.output();
        if (count(wait, output) == 0) {
            throw new IllegalStateException("No flood of " + name + " within " + waitMillis + " ms");
        }
        return 0;
    }

    private long count(Duration wait, Output output) {
        String listening = "Listening for floods of " + name + " for " + waitMillis + " ms";
        try (RemoteNode node = via.node(network)) {
            if (node != null) {
                output.status(listening);
                return node.getFlood(name, wait, flooded -> print(flooded, output));
            }
        }
        Long count = network.withNode(grasp -> grasp.registerAsa("get-flood")
                .doOnNext(asa -> output.status(listening))
                .flatMapMany(asa -> asa.floods(name))
                .take(wait, grasp.scheduler())
                .doOnNext(flooded -> print(received(flooded), output))
                .count());
        return count == null ? 0 : count;
    }

    private static RemoteNode.Flooded received(FloodedObjective flooded) {
        return new RemoteNode.Flooded(
                flooded.objective().name(),
                flooded.objective().value(),
                flooded.objective().loopCount(),
                source(flooded),
                flooded.link(),
                flooded.linkIndex(),
                FloodLifetime.millis(flooded));
    }

    private static void print(RemoteNode.Flooded flooded, Output output) {
        output.result(Flooded.of(flooded), describe(flooded));
    }

    private static String describe(RemoteNode.Flooded flooded) {
        return flooded.name() + " = " + flooded.value() + " from " + flooded.source()
                + (flooded.link().isEmpty() ? "" : " on " + flooded.link()) + ", loop count " + flooded.loopCount();
    }

    private static String source(FloodedObjective flooded) {
        return flooded.locator() == null
                ? AddressText.of(flooded.initiator())
                : flooded.locator().toString();
    }

    /** A line of output; see {@link FloodLifetime#millis} for the ttl. */
    private record Flooded(
            String name,
            @Nullable JsonNode value,
            String source,
            String link,
            int linkIndex,
            int loopCount,
            @Nullable Long ttlMillis) {
        static Flooded of(RemoteNode.Flooded flooded) {
            return new Flooded(
                    flooded.name(),
                    JsonValues.show(flooded.value()),
                    flooded.source(),
                    flooded.link(),
                    flooded.linkIndex(),
                    flooded.loopCount(),
                    flooded.ttlMillis());
        }
    }
}
