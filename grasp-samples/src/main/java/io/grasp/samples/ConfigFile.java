package io.grasp.samples;

import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Failures;
import io.grasp.util.FileErrorText;
import io.grasp.util.PrintableText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The file that {@code --config} names: options by their long names without dashes, one a line, such as {@code port =
 * 7017}, or {@code audit} for one without a value. Options before the first section apply to each command on which they
 * have an effect, those after {@code [discover]} only to that command, where they replace the others. An option of the
 * command line replaces all lines that set it.
 */
final class ConfigFile {
    /** The name of the option. */
    static final String OPTION = "--config";

    /** The file of the installed service. */
    static final Path OF_SERVICE = Path.of("/etc/grasp/grasp.conf");

    private static final String DAEMON = "daemon";
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final int MAX_BYTES = 1 << 20;
    private static final Set<String> NOT_IN_FILES = Set.of(OPTION, DaemonCommand.CHECK, "--help", "--version");

    private final Path path;
    private final CommandLine commands;

    /** The section that counts for the command as its own does. */
    private final @Nullable String further;

    private ConfigFile(Path path, CommandLine commands, @Nullable String further) {
        this.path = path;
        this.commands = commands;
        this.further = further;
    }

    private record Entry(
            int line,
            @Nullable String section,
            String name,
            @Nullable String value) {
        String option() {
            return "--" + name;
        }
    }

    /** {@return whether a file may set an option} */
    static boolean mayHave(OptionSpec option) {
        return !NOT_IN_FILES.contains(option.longestName());
    }

    /** {@return whether the arguments may name a file} */
    static boolean isNamedIn(String... args) {
        return Arrays.stream(args).anyMatch(argument -> argument.equals(OPTION) || argument.startsWith(OPTION + "="));
    }

    /**
     * {@return the arguments; with the file of the service if the doctor is to run, which then examines the node of the
     * service, and no option for a node is given}
     *
     * @param newCommandLine makes a command line, for the doctor only
     * @param file the file of the service
     * @param args the arguments, which name no file
     */
    static String[] withFileOfService(Supplier<CommandLine> newCommandLine, Path file, String... args) {
        if (args.length == 0 || !args[0].equals(DoctorCommand.NAME) || !Files.isReadable(file)) {
            return args;
        }
        CommandLine commands = newCommandLine.get();
        collectErrors(commands);
        ParseResult parsed = commands.parseArgs(args).subcommand();
        if (parsed.matchedOptions().stream().anyMatch(NetworkOptions::describesNode)) {
            return args;
        }
        return Stream.concat(Stream.of(OPTION + "=" + file), Arrays.stream(args))
                .toArray(String[]::new);
    }

    /** {@return the file that the arguments of a command name, {@code null} if they name none} */
    static @Nullable Path of(CommandSpec command) {
        return named(command.root().commandLine().getParseResult());
    }

    /**
     * Adds the options of the file that the arguments name, if they do.
     *
     * @param commands the command line; it must not be used to execute the result
     * @param args the arguments
     * @return the arguments with those options
     * @throws ParameterException if the file cannot be read, or if a line is wrong; the message names file and line
     */
    static ConfiguredArguments expand(CommandLine commands, String... args) {
        return expanded(commands, null, args);
    }

    /**
     * Adds the options of the file of the service for the doctor, also those of the daemon, which is the service.
     *
     * @param commands the command line; it must not be used to execute the result
     * @param args the result of {@link #withFileOfService}
     * @return the arguments with those options
     * @throws ParameterException as {@link #expand}
     */
    static ConfiguredArguments expandForDoctor(CommandLine commands, String... args) {
        return expanded(commands, DAEMON, args);
    }

    private static ConfiguredArguments expanded(CommandLine commands, @Nullable String further, String... args) {
        collectErrors(commands);
        ParseResult whole = commands.parseArgs(args);
        ParseResult parsed = whole;
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        boolean isComplete = errors(whole).allMatch(MissingParameterException.class::isInstance);
        Path path = named(whole);
        if (path == null || parsed == whole || !isComplete || parsed.isUsageHelpRequested()) {
            return ConfiguredArguments.of(args); // what is wrong is reported when the command is executed
        }
        return new ConfigFile(path, commands, further).addTo(args, parsed);
    }

    private static void collectErrors(CommandLine command) {
        command.getCommandSpec().parser().collectErrors(true);
        command.getSubcommands().values().forEach(ConfigFile::collectErrors);
    }

    private static Stream<Exception> errors(ParseResult parsed) {
        Stream<Exception> own = parsed.errors().stream();
        return parsed.hasSubcommand() ? Stream.concat(own, errors(parsed.subcommand())) : own;
    }

    private static @Nullable Path named(ParseResult parsed) {
        Path here = parsed.matchedOptionValue(OPTION, null);
        return here != null || !parsed.hasSubcommand() ? here : named(parsed.subcommand());
    }

    private ConfiguredArguments addTo(String[] args, ParseResult parsed) {
        CommandSpec command = parsed.commandSpec();
        Map<String, Integer> known = new HashMap<>();
        Set<String> special = new HashSet<>();
        List<ConfiguredArguments.Line> lines = new ArrayList<>();
        List<Entry> entries = entries();
        Set<String> own = entries.stream()
                .filter(entry -> entry.section != null && isNamed(command, entry.section))
                .map(Entry::option)
                .collect(Collectors.toSet());
        for (Entry entry : entries) {
            OptionSpec option = checked(entry);
            if (!option.isMultiValue()) {
                Integer before = known.putIfAbsent(entry.section + " " + entry.name, entry.line);
                if (before != null) {
                    throw wrong(entry.line, entry.name + " is set in line " + before + ", too");
                }
            }
            boolean isSet = isSet(entry, option);
            boolean isFurther = entry.section != null
                    && entry.section.equals(further)
                    && !own.contains(entry.option())
                    && command.findOption(entry.option()) != null;
            boolean isRelevant = isFurther || isFor(entry, command);
            if (!isRelevant || parsed.hasMatchedOption(entry.option())) {
                continue;
            }
            boolean isGeneral = entry.section == null;
            if (!isGeneral) {
                special.add(entry.option());
            }
            if (isSet) {
                String value = option.arity().max() == 0 ? null : entry.value;
                lines.add(new ConfiguredArguments.Line(entry.line, isGeneral, entry.option(), value));
            }
        }
        lines.removeIf(line -> line.general() && special.contains(line.option()));
        return new ConfiguredArguments(List.of(args), path, List.copyOf(lines));
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        String section = null;
        int number = 0;
        for (String each : text().lines().toList()) {
            number++;
            String line = each.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[")) {
                section = section(line, number);
                continue;
            }
            int sign = line.indexOf('=');
            String name = sign < 0 ? line : line.substring(0, sign).strip();
            if (name.isEmpty()) {
                throw wrong(number, "a name is missing before the =");
            }
            entries.add(new Entry(
                    number,
                    section,
                    name,
                    sign < 0 ? null : line.substring(sign + 1).strip()));
        }
        return entries;
    }

    private String section(String line, int number) {
        String name = line.endsWith("]") ? line.substring(1, line.length() - 1).strip() : "";
        if (commandsBelow(commands).noneMatch(spec -> isNamed(spec, name))) {
            throw wrong(number, "not a section for a command: " + line);
        }
        return name;
    }

    /** {@return the option that an entry sets} */
    private OptionSpec checked(Entry entry) {
        if (NOT_IN_FILES.contains(entry.option())) {
            throw wrong(entry.line, entry.name + " cannot be set in a file");
        }
        return commandsBelow(commands)
                .filter(spec -> entry.section == null || isNamed(spec, entry.section))
                .map(spec -> spec.findOption(entry.option()))
                .filter(option -> option != null && option.longestName().equals(entry.option()))
                .findFirst()
                .orElseThrow(() -> wrong(
                        entry.line,
                        entry.section == null
                                ? "no command has the option " + entry.name
                                : "grasp " + entry.section + " has no option " + entry.name));
    }

    private boolean isFor(Entry entry, CommandSpec command) {
        return entry.section == null ? command.findOption(entry.option()) != null : isNamed(command, entry.section);
    }

    /** {@return whether an entry sets the option, and not that it is not given} */
    private boolean isSet(Entry entry, OptionSpec option) {
        String value = entry.value;
        if (option.arity().max() > 0) {
            if (value == null && option.arity().min() > 0) {
                throw wrong(entry.line, entry.name + " needs a value: " + entry.name + " = " + option.paramLabel());
            }
            refuseWrongValue(entry, option, value == null ? entry.option() : entry.option() + "=" + value);
            return true;
        }
        if (value == null || value.equals("true")) {
            return true;
        }
        if (value.equals("false")) {
            return false;
        }
        throw wrong(entry.line, entry.name + " is true or false, not '" + PrintableText.of(value) + "'");
    }

    /** Refuses a value that is not of the option's type. */
    private void refuseWrongValue(Entry entry, OptionSpec option, String argument) {
        List<String> names =
                new ArrayList<>(List.of(option.command().qualifiedName().split(" ")));
        names.remove(0);
        names.add(argument);
        ParseResult parsed = commands.parseArgs(names.toArray(String[]::new));
        errors(parsed)
                .filter(error -> error instanceof ParameterException wrong && option.equals(wrong.getArgSpec()))
                .findFirst()
                .ifPresent(error -> {
                    throw wrong(entry.line, Failures.oneLine(error));
                });
    }

    private static Stream<CommandSpec> commandsBelow(CommandLine command) {
        return command.getSubcommands().values().stream()
                .flatMap(each -> Stream.concat(Stream.of(each.getCommandSpec()), commandsBelow(each)));
    }

    /** {@return whether a section is for this command} A command of a command has both names: ca serve. */
    private static boolean isNamed(CommandSpec command, String section) {
        return command.qualifiedName().equals(command.root().name() + " " + section);
    }

    private String text() {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw wrong(path + " has more than " + MAX_BYTES + " bytes");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        } catch (NoSuchFileException e) {
            throw wrong("there is no file " + path);
        } catch (CharacterCodingException e) {
            throw wrong(path + " is not UTF-8");
        } catch (IOException e) {
            throw wrong("cannot read " + path + ": " + FileErrorText.reason(e));
        }
    }

    private ParameterException wrong(String what) {
        return new ParameterException(commands, OPTION + ": " + what);
    }

    private ParameterException wrong(int line, String what) {
        return new ParameterException(commands, path + ":" + line + ": " + what);
    }
}
