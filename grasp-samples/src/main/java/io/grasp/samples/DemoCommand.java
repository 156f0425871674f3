package io.grasp.samples;

import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.Output;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the demonstration. */
@Command(
        name = "demo",
        description = "Gray and Briggs bargain on a simulated network: no privileges, no configuration.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object per line: each round.")
    private boolean json;

    DemoCommand() {}

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("not a command");
        }
        Output output = new Output(spec.commandLine().getOut(), json);
        output.say("A simulated link with two nodes. Times are virtual seconds; => is a multicast, -> a unicast.");
        new Demo(output, output::record, GraspObserver.NONE).run();
        return 0;
    }
}
