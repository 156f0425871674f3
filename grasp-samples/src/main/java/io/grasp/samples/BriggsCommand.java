package io.grasp.samples;

import io.grasp.samples.asa.Briggs;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Output;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs Briggs on a real network. */
@Command(name = "briggs", description = "Floods EX1, serves EX2 and bargains over EX3, until it is stopped.")
final class BriggsCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Option(names = "--seed", paramLabel = "N", description = "Makes the reserves repeatable.")
    private @Nullable Long seed;

    BriggsCommand() {}

    @Override
    public Integer call() {
        Output output = network.output();
        RandomGenerator random = seed == null ? new Random() : new Random(seed);
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> new Briggs(
                            grasp.scheduler(),
                            Clock.systemUTC(),
                            random,
                            output,
                            round -> output.result(round, round.describe()))
                    .run(grasp, () -> output.ready("briggs", Briggs.READY))));
            return 0;
        });
    }
}
