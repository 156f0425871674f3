package io.grasp.samples;

import io.grasp.samples.control.client.ControlCommand;
import io.grasp.samples.control.client.PrefixesCommand;
import io.grasp.samples.control.client.ShowCommand;
import io.grasp.samples.control.client.StatusCommand;
import io.grasp.samples.control.client.TopCommand;
import io.grasp.samples.control.client.TraceCommand;
import io.grasp.samples.control.client.WatchCommand;
import io.grasp.samples.node.NoEffectException;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.FilePath;
import io.grasp.samples.text.StandardStream;
import io.grasp.samples.text.Terminal;
import io.grasp.util.PrintableText;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
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
        footer = {"", Main.EXIT_CODES})
public final class Main implements Runnable {
    /** The last line of each help. */
    static final String EXIT_CODES = "Exit codes: 0 success, 1 failure, 2 wrong usage; 'grasp help' lists all.";

    /** In the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            SecureDemoCommand.class,
            SimulateCommand.class,
            GrayCommand.class,
            BriggsCommand.class,
            DaemonCommand.class,
            HostCommand.class,
            DiscoverCommand.class,
            SynchronizeCommand.class,
            ServeCommand.class,
            FloodCommand.class,
            GetFloodCommand.class,
            NegotiateCommand.class,
            ChatCommand.class,
            PrefixManagerCommand.class,
            PrefixesCommand.class,
            GetCommand.class,
            PutCommand.class,
            AnnounceRegistrarCommand.class,
            JoinProxyCommand.class,
            PledgeCommand.class,
            StatusCommand.class,
            ShowCommand.class,
            WatchCommand.class,
            TraceCommand.class,
            TopCommand.class,
            ControlCommand.class,
            ExtensionsCommand.class,
            DecodeCommand.class,
            ScaleCommand.class,
            StudyCommand.class,
            CaCommand.class,
            QuadsRegistrarCommand.class,
            QuadsEnrollCommand.class,
            DoctorCommand.class,
            SelfTestCommand.class,
            HelpCommand.class);

    private static final int LEAST_HELP_WIDTH = 55;
    private static final int MOST_HELP_WIDTH = 120;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @SuppressWarnings("unused") // ConfigFile reads it
    @CommandLine.Option(
            names = ConfigFile.OPTION,
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Read options from this file, as in 'port = 7017'; those of the command line replace them.")
    private @Nullable Path config;

    Main() {}

    /**
     * Runs a command and exits with its code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        run(commandLineFor(args), args);
    }

    /** Runs a command as the whole process, and exits with its code. */
    static void run(CommandLine commands, String... args) {
        StandardStream err = StandardStream.error();
        ErrorOutput errors = new ErrorOutput(err);
        ProcessEnd end = new ProcessEnd(errors);
        int code = CommandLine.ExitCode.SOFTWARE;
        try (StandardStream out = StandardStream.output(end::outputFailed)) {
            OutputWatch.start(end::outputFailed);
            end.endAtOnceWhenSignaledAgain();
            if (out.columns() != Terminal.UNBOUNDED) {
                commands.setUsageHelpWidth(Math.min(Math.max(out.columns(), LEAST_HELP_WIDTH), MOST_HELP_WIDTH));
            }
            code = execute(commands.setOut(out).setErr(err), args);
        } finally {
            // Also if memory runs out: other threads may keep the process alive.
            System.exit(end.code(code));
        }
    }

    /** {@return the exit code of the command that the arguments of the process name} */
    static int execute(CommandLine commands, String... args) {
        return execute(commands, ConfigFile.OF_SERVICE, args);
    }

    /** {@return the same on a host with another file of the service} */
    static int execute(CommandLine commands, Path fileOfService, String... args) {
        try {
            String[] exact = Arguments.exact(args);
            return execute(
                    commands,
                    ConfigFile.isNamedIn(exact)
                            ? ConfigFile.expand(commandLine().setErr(commands.getErr()), exact)
                            : withFileOfService(commands, fileOfService, exact));
        } catch (IllegalArgumentException e) {
            new ErrorOutput(commands.getErr()).error(Failures.oneLine(e));
            return CommandLine.ExitCode.USAGE;
        } catch (ParameterException e) {
            return wrongUsage(e, ConfiguredArguments.of(args));
        }
    }

    /** Adds the options of the service for the doctor; it reports what is wrong with their file. */
    private static ConfiguredArguments withFileOfService(CommandLine commands, Path file, String... args) {
        String[] named = ConfigFile.withFileOfService(Main::commandLine, file, args);
        if (!ConfigFile.isNamedIn(named)) {
            return ConfiguredArguments.of(args);
        }
        try {
            return ConfigFile.expandForDoctor(commandLine().setErr(commands.getErr()), named);
        } catch (ParameterException e) {
            DoctorCommand doctor = Objects.requireNonNull(
                            commands.getSubcommands().get(DoctorCommand.NAME))
                    .getCommand();
            doctor.wrongFile = Failures.oneLine(e);
            return ConfiguredArguments.of(args);
        }
    }

    private static int execute(CommandLine commands, ConfiguredArguments arguments) {
        handleErrors(commands, arguments);
        return commands.execute(arguments.toArray());
    }

    /** Prints errors, those about options from a file with their place in it. */
    private static CommandLine handleErrors(CommandLine commands, ConfiguredArguments arguments) {
        return commands.setParameterExceptionHandler((failure, args) -> {
                    ConfiguredArguments rest =
                            failure instanceof NoEffectException none ? arguments.without(none.option()) : null;
                    return rest == null ? wrongUsage(failure, arguments) : execute(commands, rest);
                })
                .setExecutionExceptionHandler((failure, commandLine, result) -> {
                    // Only the end of the process cancels a command.
                    if (!(failure instanceof CancellationException)) {
                        new ErrorOutput(commandLine.getErr()).error(arguments.located(Failures.oneLine(failure)));
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /**
     * {@return the command line with the command that the first argument names, or with all} Each command takes
     * time and memory, most of it for its options.
     */
    static CommandLine commandLineFor(String... args) {
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> args.length > 0
                        && command != HelpCommand.class
                        && command.getAnnotation(Command.class).name().equals(args[0]))
                .toList();
        return commandLine(named.isEmpty() ? COMMANDS : named);
    }

    /** {@return the command line with all commands} */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    private static CommandLine commandLine(List<Class<?>> classes) {
        CommandLine commands = new CommandLine(new Main());
        classes.forEach(commands::addSubcommand);
        commands.registerConverter(int.class, text -> number(text, "a whole number", Integer::valueOf))
                .registerConverter(Integer.class, text -> number(text, "a whole number", Integer::valueOf))
                .registerConverter(long.class, text -> number(text, "a whole number", Long::valueOf))
                .registerConverter(Long.class, text -> number(text, "a whole number", Long::valueOf))
                .registerConverter(Path.class, new FilePath())
                .registerConverter(Double.class, text -> number(text, "a number", Double::valueOf));
        handleErrors(commands, ConfiguredArguments.of());
        HelpLayout.apply(commands);
        // Set here, so that the commands do not inherit them.
        commands.getCommandSpec()
                .usageMessage()
                .footer(new String[0])
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCodes.table());
        return commands;
    }

    private static <T> T number(String text, String kind, Function<String, T> reading) {
        try {
            return reading.apply(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not " + kind);
        }
    }

    private static int wrongUsage(ParameterException failure, ConfiguredArguments arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        ErrorOutput err = new ErrorOutput(command.getErr());
        err.error(arguments.located(describe(failure)));
        List<String> meant = Suggestions.of(failure);
        if (!meant.isEmpty()) {
            err.line("Did you mean '" + String.join("' or '", meant) + "'?");
        }
        err.line("Try '" + name + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static String describe(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return Failures.oneLine(failure);
        }
        String word = "'" + PrintableText.of(unmatched.getUnmatched().get(0)) + "'";
        if (unmatched.isUnknownOption()) {
            return "Unknown option: " + word;
        }
        boolean hasCommands = !failure.getCommandLine().getSubcommands().isEmpty();
        return (hasCommands ? "Unknown command: " : "Unexpected argument: ") + word;
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "A command is missing");
    }
}
