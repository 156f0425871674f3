package io.grasp.benchmarks.load;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Methods shared by the commands. */
final class Commands {
    private Commands() {}

    static PrintWriter out(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec, "not a command").commandLine().getOut();
    }

    /** Throws a {@link ParameterException} if the value of an option is out of range. */
    static void check(@Nullable CommandSpec spec, String option, long value, long minimum, long maximum) {
        if (value < minimum || value > maximum) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    option + " " + value + " is not from " + minimum + " to " + maximum);
        }
    }
}
