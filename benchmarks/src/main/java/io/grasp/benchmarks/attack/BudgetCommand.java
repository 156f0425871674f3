package io.grasp.benchmarks.attack;

import io.grasp.api.GraspConfig;
import io.grasp.substrate.netty.NettyConfig;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the memory that nodes of the stack on the class path may need. */
@Command(
        name = "budget",
        description = "Prints the most heap in bytes that a node with default settings needs, whatever its peers send.")
final class BudgetCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--dull", description = "Together with that of a DULL instance.")
    private boolean dull;

    BudgetCommand() {}

    @Override
    public Integer call() {
        GraspConfig node = GraspConfig.defaults().withNetwork(NettyConfig.defaults());
        long bytes = node.worstCase().heapBytes()
                + (dull ? GraspConfig.dull("n1", "AN_ACP").worstCase().heapBytes() : 0);
        Objects.requireNonNull(spec).commandLine().getOut().println(bytes);
        return 0;
    }
}
