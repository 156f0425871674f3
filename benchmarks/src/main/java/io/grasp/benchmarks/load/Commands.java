package io.grasp.benchmarks.load;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Methods that the commands share. */
final class Commands {
    private Commands() {}

    static PrintWriter out(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec, "not a command").commandLine().getOut();
    }

    /** Refuses an option's value that is out of range. */
    static void check(@Nullable CommandSpec spec, String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    option + " " + value + " is not from " + least + " to " + most);
        }
    }
}
