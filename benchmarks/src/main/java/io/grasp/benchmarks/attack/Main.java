package io.grasp.benchmarks.attack;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line of the attacks. */
@Command(
        name = "attack",
        description = "The programs of benchmarks/attacks: a hostile neighbor, legitimate neighbors that count their"
                + " successes, and a node. Use them in network namespaces only.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {AttackCommand.class, LegitimateCommand.class, NodeCommand.class, BudgetCommand.class},
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
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, result) -> {
                    commandLine
                            .getErr()
                            .println("attack: "
                                    + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "A command is missing");
    }
}
