package io.grasp.samples.node;

import io.grasp.samples.text.Failures;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** An option that names a file with a password. */
public final class PasswordOption {
    private PasswordOption() {}

    /**
     * Reads a password, see {@link SecretFile}.
     *
     * @param option the name of the option, for errors and for the prompt
     * @param file the file
     * @return the password
     * @throws IllegalArgumentException if there is none; the message is for the user
     */
    public static char[] read(String option, Path file) {
        return read(option, file, () -> SecretFile.read(file, "Password for " + option));
    }

    /**
     * Reads a file that an option names.
     *
     * @throws IllegalArgumentException if it cannot be read; the message is for the user
     */
    static <T> T read(String option, Path file, Reading<T> reading) {
        try {
            return reading.read();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + ": there is no file " + file, e);
        } catch (IOException e) {
            String name = SecretFile.isStandardInput(file) ? "standard input" : file.toString();
            throw new IllegalArgumentException(option + ": cannot read " + name + ": " + Failures.oneLine(e), e);
        }
    }

    /** Reads a file. */
    interface Reading<T> {
        T read() throws IOException;
    }
}
