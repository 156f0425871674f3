package io.grasp.samples;

import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import io.grasp.util.PrintableText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "grasp",
        description = "Autonomic service agents over GRASP (RFC 8990).",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            SecureDemoCommand.class,
            SimulateCommand.class,
            GrayCommand.class,
            BriggsCommand.class,
            DaemonCommand.class,
            DiscoverCommand.class,
            SynchronizeCommand.class,
            ServeCommand.class,
            FloodCommand.class,
            GetFloodCommand.class,
            NegotiateCommand.class,
            ChatCommand.class,
            ExtensionsCommand.class,
            DecodeCommand.class,
            ScaleCommand.class,
            StudyCommand.class,
            CaCommand.class,
            QuadsRegistrarCommand.class,
            QuadsEnrollCommand.class
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
        run(commandLine(), args);
    }

    /** Runs a command and exits with its code, also if memory runs out: other threads may keep the process alive. */
    static void run(CommandLine commands, String... args) {
        int code = CommandLine.ExitCode.SOFTWARE;
        try {
            code = commands.execute(args);
        } finally {
            System.exit(code);
        }
    }

    /** {@return the command line} Also used by tests. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler((failure, commandLine, result) -> {
                    new ErrorOutput(commandLine.getErr()).error(Failures.oneLine(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    private static int wrongUsage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        ErrorOutput err = new ErrorOutput(command.getErr());
        err.error(describe(failure));
        err.line("Try '" + name + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static String describe(ParameterException failure) {
        boolean root = failure.getCommandLine().getParent() == null;
        return root && failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()
                ? "Unknown command: "
                        + PrintableText.of(unmatched.getUnmatched().get(0))
                : Failures.oneLine(failure);
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "A command is missing");
    }
}
