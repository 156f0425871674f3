package io.grasp.samples.node;

import io.grasp.substrate.netty.quads.QuadsKey;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options for the shared key of encrypted graspy nodes. */
public final class QuadsOptions extends CommandOptions {
    static final String WARNING =
            "messages are encrypted with QUADS, as graspy does: one key for all nodes, no integrity,"
                    + " no protection against replay. Use it only for meeting encrypted graspy nodes";

    @Option(
            names = "--quads-key",
            paramLabel = "FILE",
            description = "The key of QUADS, with which graspy encrypts messages, in a file of graspy (quadsk.py).")
    private @Nullable Path keyFile;

    @Option(
            names = "--quads-password-file",
            paramLabel = "FILE",
            description = "The same with a key from the password in the first line of this file; - prompts for it.")
    private @Nullable Path passwordFile;

    public QuadsOptions() {}

    /** {@return whether the user has given a key} */
    public boolean isGiven() {
        return keyFile != null || passwordFile != null;
    }

    /** {@return the option that gives the key} */
    String option() {
        return keyFile == null ? "--quads-password-file" : "--quads-key";
    }

    /**
     * {@return the key; {@code null} if none is given}
     *
     * @throws ParameterException if it cannot be read
     */
    public @Nullable QuadsKey key() {
        if (keyFile != null && passwordFile != null) {
            throw wrong("--quads-key and --quads-password-file exclude each other");
        }
        Path file = keyFile;
        if (file != null) {
            return read("--quads-key", file, () -> QuadsKey.read(file));
        }
        return passwordFile == null ? null : fromPassword(password("--quads-password-file", passwordFile));
    }

    private static QuadsKey fromPassword(char[] password) {
        try {
            return QuadsKey.fromPassword(password);
        } finally {
            Arrays.fill(password, '\0');
        }
    }
}
