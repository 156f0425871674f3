package io.grasp.samples;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints help, as the option {@code --help} does. */
@Command(name = "help", description = "Prints the help of a command; without one, all commands and exit codes.")
final class HelpCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command, perhaps with a command of its own.")
    private List<String> names = List.of();

    HelpCommand() {}

    @Override
    public void run() {
        CommandLine here = Objects.requireNonNull(spec, "spec").commandLine();
        CommandLine command = here.getParent();
        for (String name : names) {
            CommandLine next = command.getSubcommands().get(name);
            if (next == null) {
                throw new UnmatchedArgumentException(command, List.of(name));
            }
            command = next;
        }
        command.usage(here.getOut());
    }
}
