package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Output;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Runs Gray on a real network. */
@Command(name = "gray", description = "Looks for a banker and bargains over EX3.")
final class GrayCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Option(names = "--rounds", paramLabel = "N", description = "How often. Default: ${DEFAULT-VALUE}.")
    private long rounds = 1;

    @Option(
            names = "--pause",
            paramLabel = "MS",
            description = "Milliseconds between two rounds. Default: ${DEFAULT-VALUE}.")
    private long pauseMillis = 1000;

    @Option(names = "--seed", paramLabel = "N", description = "Makes the demands repeatable.")
    private @Nullable Long seed;

    GrayCommand() {}

    @Override
    public Integer call() {
        if (rounds < 1) {
            throw network.wrong("--rounds must be above 0");
        }
        Duration pause = network.millis("--pause", pauseMillis, 0);
        Output output = network.output();
        RandomGenerator random = seed == null ? new Random() : new Random(seed);
        return control.serving(network, served -> {
            Boolean anyFailed = network.withNode(served.with(grasp -> bargain(grasp, random, pause, output)));
            return Boolean.TRUE.equals(anyFailed) ? 1 : 0;
        });
    }

    /** {@return whether a round has failed} */
    private Mono<Boolean> bargain(Grasp grasp, RandomGenerator random, Duration pause, Output output) {
        if (rounds > 1) {
            output.ready("gray", "Bargaining over EX3 " + rounds + " times");
        }
        return new Gray(grasp.scheduler(), random, output)
                .run(grasp, rounds, pause)
                .doOnNext(round -> output.result(round, round.describe()))
                .reduce(false, (failed, round) -> failed || round.hasFailed());
    }
}
