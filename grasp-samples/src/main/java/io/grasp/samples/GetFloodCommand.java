package io.grasp.samples;

import io.grasp.model.FloodedObjective;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.FloodLifetime;
import io.grasp.samples.text.JsonValues;
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

    @Parameters(paramLabel = "NAME", description = "The objective's name.")
    private String name = "";

    @Option(
            names = "--wait",
            paramLabel = "MS",
            description = "Milliseconds to wait for floods. Default: ${DEFAULT-VALUE}.")
    private long waitMillis = 65_000;

    GetFloodCommand() {}

    @Override
    public Integer call() {
        Duration wait = network.millis("--wait", waitMillis, 1);
        Output output = network.output();
        Long count = network.withNode(grasp -> grasp.registerAsa("get-flood")
                .doOnNext(asa -> output.status("Listening for floods of " + name + " for " + waitMillis + " ms"))
                .flatMapMany(asa -> asa.floods(name))
                .take(wait, grasp.scheduler())
                .doOnNext(flooded -> output.result(Flooded.of(flooded), describe(flooded)))
                .count());
        if (count == null || count == 0) {
            throw new IllegalStateException("No flood of " + name + " within " + waitMillis + " ms");
        }
        return 0;
    }

    private static String describe(FloodedObjective flooded) {
        return flooded.objective().name() + " = " + flooded.objective().value() + " from " + source(flooded)
                + (flooded.link().isEmpty() ? "" : " on " + flooded.link()) + ", loop count "
                + flooded.objective().loopCount();
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
        static Flooded of(FloodedObjective flooded) {
            return new Flooded(
                    flooded.objective().name(),
                    JsonValues.show(flooded.objective().value()),
                    GetFloodCommand.source(flooded),
                    flooded.link(),
                    flooded.linkIndex(),
                    flooded.objective().loopCount(),
                    FloodLifetime.millis(flooded));
        }
    }
}
