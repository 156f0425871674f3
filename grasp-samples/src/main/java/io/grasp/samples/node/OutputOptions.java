package io.grasp.samples.node;

import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Output;
import picocli.CommandLine.Option;

/** What a command without a node of its own prints. */
public final class OutputOptions extends CommandOptions {
    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not print what the command is doing; only results and errors.")
    private boolean quiet;

    public OutputOptions() {}

    /** {@return the output of the command: results on standard output, and what it is doing on standard error} */
    public Output output() {
        ErrorOutput err = new ErrorOutput(spec().commandLine().getErr());
        return new Output(spec().commandLine().getOut(), json, quiet ? line -> {} : err::line);
    }
}
