package io.grasp.benchmarks.load;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line of the load tests. */
@Command(
        name = "load",
        description = "Measures the stack on real sockets, compares it with bare Netty, and measures how its cost grows"
                + " with the number of sessions and objects.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            RunCommand.class,
            CompareCommand.class,
            SecuredCommand.class,
            SustainedCommand.class,
            GrowthCommand.class,
            RespondCommand.class,
            InitiateCommand.class
        },
        footer = {"", "Exit codes: 0 success, 1 failure, 2 wrong usage."})
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    Main() {}

    /**
     * Runs a command and exits with its code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** {@return the command line, for tests too} */
    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, commandLine, result) -> {
            commandLine
                    .getErr()
                    .println("load: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "a command is missing");
    }
}
