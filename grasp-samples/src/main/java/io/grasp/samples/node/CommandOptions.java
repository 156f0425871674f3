package io.grasp.samples.node;

import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that several commands have. Their values are refused with the name of the option, as wrong usage. */
public abstract class CommandOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    protected CommandOptions() {}

    /** {@return the command that has these options} */
    protected final CommandSpec spec() {
        if (command == null) {
            throw new IllegalStateException("not a mixin of a command");
        }
        return command;
    }

    /** An error about a wrong value of a parameter. */
    public final ParameterException wrong(@Nullable String what) {
        return new ParameterException(spec().commandLine(), what);
    }

    /**
     * An error about an option that has no effect on what the command does.
     *
     * @param option the name of the option
     * @param what the message
     */
    public final ParameterException withoutEffect(String option, String what) {
        return new NoEffectException(spec().commandLine(), option, what);
    }

    /**
     * Reads a password, see {@link SecretFile}.
     *
     * @param option the name of the option, for errors and for the prompt
     * @param file the file
     * @return the password
     * @throws ParameterException if there is none
     */
    public final char[] password(String option, Path file) {
        return read(option, file, () -> SecretFile.read(file, "Password for " + option));
    }

    /** {@return a password, see {@link #password}, in UTF-8} */
    public final byte[] secret(String option, Path file) {
        return new String(password(option, file)).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a file that an option names.
     *
     * @param option the name of the option, for errors
     * @param file the file
     * @param reading reads it
     * @return what is read
     * @throws ParameterException if it cannot be read
     */
    public final <T> T read(String option, Path file, Reading<T> reading) {
        try {
            return reading.read();
        } catch (NoSuchFileException e) {
            throw wrong(option + ": there is no file " + file);
        } catch (IOException e) {
            String name = SecretFile.isStandardInput(file) ? "standard input" : file.toString();
            throw wrong(option + ": cannot read " + name + ": " + FileErrorText.reason(e));
        }
    }

    /** Reads a file. */
    public interface Reading<T> {
        /**
         * Reads it.
         *
         * @throws IOException if that fails
         */
        T read() throws IOException;
    }
}
