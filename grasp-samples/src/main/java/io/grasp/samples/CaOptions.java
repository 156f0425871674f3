package io.grasp.samples;

import io.grasp.samples.ca.AuthorityDirectory;
import io.grasp.samples.ca.InvalidRequestException;
import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.node.OutputOptions;
import io.grasp.samples.text.Output;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The options of every command on a test authority. */
final class CaOptions extends CommandOptions {
    @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the authority.")
    private Path directory = Path.of("");

    @Option(
            names = "--ca-password-file",
            paramLabel = "FILE",
            description = "The first line of this file is the password of the authority's key; - prompts for it.")
    private @Nullable Path passwordFile;

    @Mixin
    private OutputOptions output = new OutputOptions();

    CaOptions() {}

    /**
     * {@return the result of an operation on the authority}
     *
     * @throws ParameterException if what the user has asked for cannot be right
     */
    <T> T with(Function<AuthorityDirectory, T> operation) {
        try {
            return operation.apply(new AuthorityDirectory(directory, Clock.systemUTC()));
        } catch (InvalidRequestException e) {
            throw wrong(e.getMessage());
        }
    }

    Path directory() {
        return directory;
    }

    char @Nullable [] password() {
        return passwordIn("--ca-password-file", passwordFile);
    }

    /** {@return the password in a file; {@code null} without a file} */
    char @Nullable [] passwordIn(String option, @Nullable Path file) {
        return file == null ? null : password(option, file);
    }

    Output output() {
        return output.output();
    }
}
