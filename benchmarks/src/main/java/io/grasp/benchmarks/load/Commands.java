package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.process.Namespace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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

    /** {@return the beginning of a command line that runs this program in another JVM} */
    static List<String> program(@Nullable CommandSpec spec) {
        Object main = Objects.requireNonNull(spec, "not a command").root().userObject();
        List<String> line = new ArrayList<>(Namespace.java());
        line.add(main.getClass().getName());
        return line;
    }

    /** Runs the program again, with the same arguments, in a network namespace; {@return its exit code} */
    static int runAgainInNamespace(@Nullable CommandSpec spec) throws IOException, InterruptedException {
        List<String> line = program(spec);
        line.addAll(Objects.requireNonNull(spec)
                .root()
                .commandLine()
                .getParseResult()
                .originalArgs());
        return Namespace.run(line);
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
