package io.grasp.samples;

import io.grasp.samples.ca.AuthorityDirectory;
import io.grasp.samples.node.PasswordOption;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of every command on a test authority. */
final class CaOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the authority.")
    private Path directory = Path.of("");

    @Option(
            names = "--ca-password-file",
            paramLabel = "FILE",
            description = "The first line of this file is the password of the authority's key; - prompts for it.")
    private @Nullable Path passwordFile;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    CaOptions() {}

    AuthorityDirectory authority() {
        return new AuthorityDirectory(directory, Clock.systemUTC());
    }

    Path directory() {
        return directory;
    }

    char @Nullable [] password() {
        return password("--ca-password-file", passwordFile);
    }

    char @Nullable [] password(String option, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            return PasswordOption.read(option, file);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), Failures.oneLine(e), e);
        }
    }

    Output output() {
        return new Output(spec().commandLine().getOut(), json);
    }

    private CommandSpec spec() {
        if (command == null) {
            throw new IllegalStateException("not a mixin of a command");
        }
        return command;
    }
}
